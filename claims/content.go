package claims

import (
	"errors"
	"slices"
)

// ErrContent means a file with a foundation's or a claim's own data cannot be used; the text around it names every field to mend.
var ErrContent = errors.New("the content cannot be used")

// FoundationFile is what a foundation says about itself: who it is, where it can be reached, and how its pages look.
type FoundationFile struct {
	Name            string             `json:"name"`
	LegalName       string             `json:"legal_name"`
	RegisterNumber  string             `json:"register_number"`
	VATNumber       string             `json:"vat_number"` // may be empty
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
	Processors      []Processor        `json:"processors"`
	Papers          []FoundationPaper  `json:"papers"`
}

// Processor is a company that works with people's data for the foundation (GDPR art. 28), as told in public.
type Processor struct {
	Name      string `json:"name"`
	Country   string `json:"country"` // two capitals, ISO 3166-1
	PurposeNL string `json:"purpose_nl"`
	PurposeEN string `json:"purpose_en"`
	CheckedOn string `json:"checked_on"` // when the contract was last looked at, 2006-01-02
}

// FoundationPaper is a paper that the foundation answers with: statutes, accounts, a policy.
type FoundationPaper struct {
	NameNL string `json:"name_nl"`
	NameEN string `json:"name_en"`
	Date   string `json:"date"`          // 2006-01-02
	URL    string `json:"url,omitempty"` // where it can be read, if it can
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
	KnownOn          string         `json:"known_on"` // from when people could know their damage and who is liable: limitation runs from the next day
	Articles         string         `json:"articles"`
	DemandNL         string         `json:"demand_nl"`
	DemandEN         string         `json:"demand_en"`
	TermDays         int            `json:"term_days"`
	Service          string         `json:"service"`                    // of the defendant, that the class is about
	Countries        []string       `json:"countries"`                  // where the class lived: two capitals each, or EEA
	ClosesAt         string         `json:"closes_at,omitempty"`        // the deadline: 2026-12-01T00:00:00+01:00; empty: until the first letter is sent
	LatePolicy       LatePolicy     `json:"late_policy,omitempty"`      // closed, waitlist or paid; empty: waitlist
	LatePriceCents   int64          `json:"late_price_cents,omitempty"` // what who signs late pays ahead, with the policy paid
	Counters         map[string]int `json:"counters"`
	Sources          []Source       `json:"sources"`
	Facts            []Fact         `json:"facts"`
	Texts            []Text         `json:"texts"`
}

// Source is where facts and texts come from, and how far they can be relied on.
type Source struct {
	ID        string `json:"id"`
	NameNL    string `json:"name_nl"`
	NameEN    string `json:"name_en"`
	Date      string `json:"date,omitempty"` // empty when no more than a season or a year is known
	WhenNL    string `json:"when_nl"`        // the date in words, "voorjaar 2020"; made from Date when there is one
	WhenEN    string `json:"when_en"`
	Grade     string `json:"grade"` // reported, self-declared, verified or own
	URL       string `json:"url,omitempty"`
	CheckedOn string `json:"checked_on,omitempty"` // when somebody last looked at it; not of our own texts
}

// Fact is one statement about the defendant, with what is needed to show where it comes from.
type Fact struct {
	ID          string `json:"id"`
	StatementNL string `json:"statement_nl"`
	StatementEN string `json:"statement_en"`
	Quote       string `json:"quote,omitempty"` // what the source says itself, in its own language
	SourceID    string `json:"source_id"`
	Background  bool   `json:"background,omitempty"` // not for the letter
	Source      Source `json:"source,omitzero"`      // filled in while reading
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
