package claims

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ErrContent means a file with a foundation's or a claim's own data cannot be used; the text around it names every field to mend.
var ErrContent = errors.New("the content cannot be used")

// FoundationFile is what a foundation says about itself: who it is, where it can be reached, and how its pages look.
type FoundationFile struct {
	Name            string             `json:"name"`
	LegalName       string             `json:"legal_name"`
	RegisterNumber  string             `json:"register_number"`
	FoundedYear     int                `json:"founded_year"`
	Street          string             `json:"street"`
	Postcode        string             `json:"postcode"`
	City            string             `json:"city"`
	PostalAddress   string             `json:"postal_address"`
	Email           string             `json:"email"`
	Phone           string             `json:"phone"`
	PhoneHoursNL    string             `json:"phone_hours_nl"`
	PhoneHoursEN    string             `json:"phone_hours_en"`
	Website         string             `json:"website"`
	IBAN            string             `json:"iban"`
	BIC             string             `json:"bic"`
	Logo            string             `json:"logo"` // name of an SVG file beside this one
	LogoSVG         string             `json:"-"`    // what that file holds
	ThemeColor      string             `json:"theme_color"`
	SignatoryName   string             `json:"signatory_name"`
	SignatoryRole   string             `json:"signatory_role"`
	LawyerRecipient string             `json:"lawyer_recipient"` // age public key that opens annexes with names
	People          []FoundationPerson `json:"people"`
}

// FoundationPerson is somebody who answers for the foundation, as shown on its pages.
type FoundationPerson struct {
	Name   string `json:"name"`
	Group  string `json:"group"` // board, supervisors or lawyers
	RoleNL string `json:"role_nl"`
	RoleEN string `json:"role_en"`
	BioNL  string `json:"bio_nl"`
	BioEN  string `json:"bio_en"`
}

// ClaimFile is everything a new claim starts with: the defendant, the terms, the facts, and every text in both languages.
type ClaimFile struct {
	Slug             string         `json:"slug"`
	NameNL           string         `json:"name_nl"`
	NameEN           string         `json:"name_en"`
	NumberPrefix     string         `json:"number_prefix"`
	DefendantName    string         `json:"defendant_name"`
	DefendantAddress string         `json:"defendant_address"`
	MaxAwardCents    int64          `json:"max_award_cents"`
	FlatFeeCents     int64          `json:"flat_fee_cents"`
	RateBP           int64          `json:"rate_bp"`
	CapBP            int64          `json:"cap_bp"`
	VATBP            int64          `json:"vat_bp"`
	ClassNL          string         `json:"class_nl"`
	ClassEN          string         `json:"class_en"`
	PeriodFrom       string         `json:"period_from"` // 2006-01-02, as every date here
	PeriodTo         string         `json:"period_to"`
	LimitationOn     string         `json:"limitation_on"`
	Articles         string         `json:"articles"`
	DemandNL         string         `json:"demand_nl"`
	DemandEN         string         `json:"demand_en"`
	TermDays         int            `json:"term_days"`
	Counters         map[string]int `json:"counters"`
	Sources          []Source       `json:"sources"`
	Facts            []Fact         `json:"facts"`
	Texts            []Text         `json:"texts"`
}

// Source is where facts and texts come from, and how far they can be relied on.
type Source struct {
	ID     string `json:"id"`
	NameNL string `json:"name_nl"`
	NameEN string `json:"name_en"`
	Date   string `json:"date,omitempty"` // empty when no more than a season or a year is known
	WhenNL string `json:"when_nl"`        // the date in words, "voorjaar 2020"; made from Date when there is one
	WhenEN string `json:"when_en"`
	Grade  string `json:"grade"` // reported, self-declared, verified or own
}

// Fact is one statement about the defendant, with what is needed to show where it comes from.
type Fact struct {
	ID          string `json:"id"`
	StatementNL string `json:"statement_nl"`
	StatementEN string `json:"statement_en"`
	SourceID    string `json:"source_id"`
	Source      Source `json:"source,omitzero"` // filled in while reading
}

// Text is one version of one text in one language, as people read or sign it.
type Text struct {
	Kind     string `json:"kind"` // page, faq, mandate, agreement, privacy or consent
	Key      string `json:"key"`
	Version  string `json:"version"`
	SourceID string `json:"source_id"`

	Lang       string `json:"-"` // nl or en
	Title      string `json:"-"`
	Body       string `json:"-"` // paragraphs, "## " heads and "- " lists
	Source     string `json:"-"` // name and grade of the source, in the language of the text, and when if there is no SourceDate
	SourceDate string `json:"-"` // a day, or empty
}

// ParseFoundation reads a foundation's file and the logo beside it, and refuses both unless every field is right.
func ParseFoundation(fsys fs.FS, name string) (FoundationFile, error) {
	var f FoundationFile
	if err := decodeStrict(fsys, name, &f); err != nil {
		return FoundationFile{}, err
	}
	var c contentCheck
	checkFoundation(&c, f)
	if logo, ok := beside(&c, fsys, name, f.Logo); ok {
		f.LogoSVG = strings.TrimSpace(logo)
		c.svg("logo", f.LogoSVG)
	}
	if err := c.result(name); err != nil {
		return FoundationFile{}, err
	}
	return f, nil
}

// ParseClaim reads a claim's file and its texts, from the folders nl and en in a folder of the same name, and refuses
// all of it unless every field is right and every text is there in both languages.
func ParseClaim(fsys fs.FS, name string) (ClaimFile, error) {
	var f ClaimFile
	if err := decodeStrict(fsys, name, &f); err != nil {
		return ClaimFile{}, err
	}
	var c contentCheck
	checkClaim(&c, f)
	sources := checkSources(&c, f)
	checkFacts(&c, f, sources)
	for i := range f.Facts {
		f.Facts[i].Source = sources[f.Facts[i].SourceID]
	}
	dir := strings.TrimSuffix(name, path.Ext(name))
	f.Texts = readTexts(&c, fsys, dir, f.Texts, sources)
	if err := c.result(name); err != nil {
		return ClaimFile{}, err
	}
	return f, nil
}

// decodeStrict reads one JSON object and refuses fields it does not know, so that a slip of the pen is not lost.
func decodeStrict(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("%w: %s cannot be read: %w", ErrContent, name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrContent, name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %s: something follows the closing brace", ErrContent, name)
	}
	return nil
}

func beside(c *contentCheck, fsys fs.FS, name, file string) (string, bool) {
	if file == "" {
		c.say("logo", "is empty")
		return "", false
	}
	if file != path.Base(file) {
		c.say("logo", "%q is not the name of a file beside this one", file)
		return "", false
	}
	raw, err := fs.ReadFile(fsys, path.Join(path.Dir(name), file))
	if err != nil {
		c.say("logo", "%s cannot be read", file)
		return "", false
	}
	return string(raw), true
}

// readTexts turns each listed text into two, one a language, and looks for files that no list names.
func readTexts(c *contentCheck, fsys fs.FS, dir string, listed []Text, sources map[string]Source) []Text {
	var texts []Text
	seen := map[string]bool{}
	for _, t := range listed {
		checkText(c, t, sources)
		if seen[t.Key] {
			c.say("texts."+t.Key, "is listed twice")
			continue
		}
		seen[t.Key] = true
		for _, lang := range []string{"nl", "en"} {
			if read, ok := readText(c, fsys, dir, lang, t, sources[t.SourceID]); ok {
				texts = append(texts, read)
			}
		}
	}
	for _, key := range requiredTexts {
		if !seen[key] {
			c.say("texts", "lacks %q", key)
		}
	}
	for _, lang := range []string{"nl", "en"} {
		files, _ := fs.Glob(fsys, path.Join(dir, lang, "*")) // the pattern is ours and well-formed
		for _, file := range files {
			if !seen[strings.TrimSuffix(path.Base(file), ".md")] {
				c.say("texts", "does not list the file %s", file)
			}
		}
	}
	return texts
}

func readText(c *contentCheck, fsys fs.FS, dir, lang string, t Text, from Source) (Text, bool) {
	file := path.Join(dir, lang, t.Key+".md")
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		c.say("texts."+t.Key, "has no file %s", file)
		return Text{}, false
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	title, ok := strings.CutPrefix(head, "# ")
	if !ok {
		c.say(file, `does not begin with a title: "# " and words`)
	}
	t.Lang, t.Title, t.Body = lang, strings.TrimSpace(title), strings.TrimSpace(body)
	t.Source, t.SourceDate = from.line(lang), from.Date
	c.words(file, t.Title)
	c.body(file, t.Body)
	return t, true
}

// line names the source and how far it goes, as shown below a text.
func (s Source) line(lang string) string {
	name, when := s.NameNL, s.WhenNL
	if lang == "en" {
		name, when = s.NameEN, s.WhenEN
	}
	if s.Date == "" {
		name += ", " + when
	}
	if words := gradeWords[s.Grade][lang]; words != "" {
		name += " (" + words + ")"
	}
	return name
}

// gradeWords says in plain words how far a source can be relied on; our own texts need none.
var gradeWords = map[string]map[string]string{
	"reported":      {"nl": "gemeld; niet door ons nagegaan", "en": "reported; not checked by us"},
	"self-declared": {"nl": "zegt het bedrijf zelf", "en": "stated by the company itself"},
	"verified":      {"nl": "vastgesteld door een toezichthouder of door ons", "en": "established by a public authority or by us"},
	"own":           {"nl": "", "en": ""},
}

// Text returns the text with this key in this language, and whether there is one.
func (f ClaimFile) Text(key, lang string) (Text, bool) {
	i := slices.IndexFunc(f.Texts, func(t Text) bool { return t.Key == key && t.Lang == lang })
	if i < 0 {
		return Text{}, false
	}
	return f.Texts[i], true
}
