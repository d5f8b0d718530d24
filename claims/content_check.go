package claims

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// requiredTexts are the keys a claim cannot be opened without; the pages ask for them by name.
var requiredTexts = []string{
	"hero", "what_happened", "who_can_join", "what_it_costs", "what_you_get", "free_until", "why_join", "limitation", "who_we_are", "contact",
	"signup_done", "signup_closed", "signup_not_used", "signup_unsure", "signup_minor", "signup_abroad", "signup_known",
	"declare_used", "declare_adult", "declare_residence", "mandate_summary",
	"letter_opening", "letter_capacity", "letter_facts", "letter_breaches", "letter_demand", "letter_term",
	"letter_consultation", "letter_reservation", "letter_annex", "letter_data_request", "letter_closing",
	"mandate", "agreement", "privacy",
	"note_email", "note_name", "note_address", "note_usage", "note_evidence", "note_fee", "note_payee",
	"consent_newsletter", "consent_interview", "consent_data_request", "consent_research",
	"faq_01",
}

// signingTexts are those of them that people sign, or read while they sign.
var signingTexts = slices.Collect(func(yield func(string) bool) {
	for _, key := range requiredTexts {
		for _, kind := range []string{"mandate", "agreement", "privacy", "declare_", "note_", "consent_"} {
			if strings.HasPrefix(key, kind) && !yield(key) {
				return
			}
		}
	}
})

var (
	textKinds    = []string{"page", "faq", "mandate", "agreement", "privacy", "consent"}
	peopleGroups = []string{"board", "supervisors", "lawyers"}
	// svgElements are the shapes a logo may be drawn with: nothing that runs, loads or links.
	svgElements = []string{"svg", "title", "desc", "g", "defs", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon",
		"linearGradient", "radialGradient", "stop"}
)

var (
	slugForm     = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	classCountry = regexp.MustCompile(`^([A-Z]{2}|EEA)$`)
	prefixForm   = regexp.MustCompile(`^[A-Z]{2}$`)
	keyForm      = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)
	idForm       = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,19}$`)
	vatForm      = regexp.MustCompile(`^(NL[0-9]{9}B[0-9]{2})?$`)
	registerForm = regexp.MustCompile(`^[0-9]{8}$`)
	colorForm    = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	ibanForm     = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
	bicForm      = regexp.MustCompile(`^([A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?)?$`)
	recipient    = regexp.MustCompile(`^(age1[0-9a-z]{58})?$`)
	yearForm     = regexp.MustCompile(`\b(19|20)[0-9]{2}\b`)
	markupForm   = regexp.MustCompile("[<>{}*`\\[\\]\\\\]|://")
	versionForm  = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)
	numberedForm = regexp.MustCompile(`^[0-9]+[.)] `)
)

// contentCheck gathers all that is wrong, so that a file is mended in one go.
type contentCheck struct{ problems []error }

func (c *contentCheck) say(field, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s %s", field, fmt.Sprintf(format, args...)))
}

func (c *contentCheck) result(name string) error {
	if len(c.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(c.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return fmt.Errorf("%w: %s: %w", ErrContent, name, errors.Join(c.problems...))
}

func (c *contentCheck) form(field, value string, form *regexp.Regexp, like string) {
	if !form.MatchString(value) {
		c.say(field, "%q is not %s", value, like)
	}
}

// words wants something to read, without signs that cannot be seen.
func (c *contentCheck) words(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.say(field, "is empty")
	}
	if i := strings.IndexFunc(value, hidden); i >= 0 {
		c.say(field, "holds a sign that cannot be shown, at byte %d", i)
	}
}

func hidden(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar)
}

func (c *contentCheck) oneOf(field, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		c.say(field, "%q is none of %s", value, strings.Join(allowed, ", "))
	}
}

func (c *contentCheck) between(field string, value, from, to int64) {
	if value < from || value > to {
		c.say(field, "%d is not between %d and %d", value, from, to)
	}
}

func (c *contentCheck) date(field, value string) {
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		c.say(field, "%q is not a date like 2026-01-31", value)
	}
}

// body allows what the pages, the mails and the letter can all show: paragraphs, sub-heads and lists.
func (c *contentCheck) body(field, body string) {
	c.words(field, body)
	if bad := markupForm.FindString(body); bad != "" {
		c.say(field, "holds %q; only paragraphs, sub-heads and lists can be shown", bad)
	}
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "## "), strings.HasPrefix(line, "- "):
		case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "-"), strings.HasPrefix(line, " "), numberedForm.MatchString(line):
			c.say(field, "has the line %q; only paragraphs, sub-heads and lists can be shown", line)
		}
	}
}

// svg refuses a drawing that could run a script, load a file or carry style of its own.
func (c *contentCheck) svg(field, drawing string) {
	if !strings.HasPrefix(drawing, "<svg") || len(drawing) > 20_000 {
		c.say(field, "is not a small SVG drawing that begins with <svg")
		return
	}
	dec := xml.NewDecoder(strings.NewReader(drawing))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			c.say(field, "is not well-formed: %v", err)
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			c.oneOf(field, t.Name.Local, svgElements)
			c.svgAttributes(field, t.Attr)
		case xml.Directive, xml.ProcInst:
			c.say(field, "holds an instruction; only shapes are drawn")
		}
	}
}

func (c *contentCheck) svgAttributes(field string, attrs []xml.Attr) {
	for _, a := range attrs {
		name := strings.ToLower(a.Name.Local)
		outside := strings.Contains(strings.ToLower(a.Value), "url(") && !strings.HasPrefix(a.Value, "url(#")
		if strings.HasPrefix(name, "on") || name == "style" || name == "href" || outside {
			c.say(field, "has the attribute %s; only shapes are drawn", a.Name.Local)
		}
	}
}

func checkFoundation(c *contentCheck, f FoundationFile) {
	for field, value := range map[string]string{
		"name": f.Name, "legal_name": f.LegalName, "street": f.Street, "postcode": f.Postcode, "city": f.City,
		"postal_address": f.PostalAddress, "phone": f.Phone, "phone_hours_nl": f.PhoneHoursNL, "phone_hours_en": f.PhoneHoursEN,
		"signatory_name": f.SignatoryName, "signatory_role": f.SignatoryRole,
	} {
		c.words(field, value)
	}
	c.form("register_number", f.RegisterNumber, registerForm, "eight digits")
	c.form("vat_number", f.VATNumber, vatForm, "a VAT number like NL123456789B01, or empty")
	c.form("theme_color", f.ThemeColor, colorForm, "a colour like #0f5c6e, in small letters")
	c.form("iban", f.IBAN, ibanForm, "an account number without blanks")
	c.form("bic", f.BIC, bicForm, "a BIC of 8 or 11 signs, or empty")
	c.form("lawyer_recipient", f.LawyerRecipient, recipient, "a public key that begins with age1, or empty")
	c.between("founded_year", int64(f.FoundedYear), 1800, 2100)
	if a, err := mail.ParseAddress(f.Email); err != nil || a.Address != f.Email {
		c.say("email", "%q is not an address like info@voorbeeld.nl", f.Email)
	}
	if u, err := url.Parse(f.Website); err != nil || u.Scheme != "https" || u.Host == "" {
		c.say("website", "%q is not an address that begins with https://", f.Website)
	}
	for i, p := range f.People {
		field := fmt.Sprintf("people[%d].", i)
		c.oneOf(field+"group", p.Group, peopleGroups)
		c.words(field+"name", p.Name)
		c.words(field+"role_nl", p.RoleNL)
		c.words(field+"role_en", p.RoleEN)
		c.words(field+"bio_nl", p.BioNL)
		c.words(field+"bio_en", p.BioEN)
	}
	checkPapers(c, f)
}

// checkPapers checks what only the public account tells.
func checkPapers(c *contentCheck, f FoundationFile) {
	for i, p := range f.Processors {
		field := fmt.Sprintf("processors[%d].", i)
		c.words(field+"name", p.Name)
		c.form(field+"country", p.Country, prefixForm, "two capitals")
		c.words(field+"purpose_nl", p.PurposeNL)
		c.words(field+"purpose_en", p.PurposeEN)
		c.date(field+"checked_on", p.CheckedOn)
	}
	for i, p := range f.Papers {
		field := fmt.Sprintf("papers[%d].", i)
		c.words(field+"name_nl", p.NameNL)
		c.words(field+"name_en", p.NameEN)
		c.date(field+"date", p.Date)
		if u, err := url.Parse(p.URL); p.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
			c.say(field+"url", "%q is not an address that begins with https://, or empty", p.URL)
		}
	}
}

func checkClaim(c *contentCheck, f ClaimFile) {
	for field, value := range map[string]string{
		"name_nl": f.NameNL, "name_en": f.NameEN, "defendant_name": f.DefendantName, "defendant_address": f.DefendantAddress,
		"class_nl": f.ClassNL, "class_en": f.ClassEN, "articles": f.Articles, "demand_nl": f.DemandNL, "demand_en": f.DemandEN,
	} {
		c.words(field, value)
	}
	c.form("slug", f.Slug, slugForm, "a short name in small letters")
	c.form("number_prefix", f.NumberPrefix, prefixForm, "two capitals")
	c.between("max_award_cents", f.MaxAwardCents, 1, 100_000_000)
	c.between("flat_fee_cents", f.FlatFeeCents, 1, f.MaxAwardCents)
	c.between("rate_bp", f.RateBP, 0, 10_000)
	c.between("cap_bp", f.CapBP, 0, 10_000)
	c.between("vat_bp", f.VATBP, 0, 10_000)
	c.between("term_days", int64(f.TermDays), 1, 365)
	c.date("period_from", f.PeriodFrom)
	c.date("period_to", f.PeriodTo)
	c.date("known_on", f.KnownOn)
	if f.KnownOn < f.PeriodFrom {
		c.say("known_on", "%s lies before period_from %s", f.KnownOn, f.PeriodFrom)
	}
	if _, err := closing(f.ClosesAt); err != nil {
		c.say("closes_at", "%q is not a moment with its zone like 2026-12-01T00:00:00+01:00, or empty", f.ClosesAt)
	}
	c.words("service", f.Service)
	if len(f.Countries) == 0 {
		c.say("countries", "is empty")
	}
	for _, country := range f.Countries {
		c.form("countries", country, classCountry, "two capitals, or EEA")
	}
	c.late(f)
	if f.PeriodTo < f.PeriodFrom {
		c.say("period_to", "%s lies before period_from %s", f.PeriodTo, f.PeriodFrom)
	}
	for name, count := range f.Counters {
		c.form("counters", name, keyForm, "a name in small letters")
		c.between("counters."+name, int64(count), 0, 1_000_000_000)
	}
}

// late checks what happens to who signs late.
func (c *contentCheck) late(f ClaimFile) {
	switch {
	case f.LatePolicy != "" && !f.LatePolicy.valid():
		c.say("late_policy", "%q is none of closed, waitlist, paid", f.LatePolicy)
	case f.LatePolicy == LatePaid:
		c.between("late_price_cents", f.LatePriceCents, 1, f.FlatFeeCents)
	case f.LatePriceCents != 0:
		c.say("late_price_cents", "is there, while late_policy is not paid")
	}
}

// closing reads the moment after which nobody can join; empty is never.
func closing(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	return &at, err
}

func checkSources(c *contentCheck, f ClaimFile) map[string]Source {
	sources := map[string]Source{}
	for i, s := range f.Sources {
		field := fmt.Sprintf("sources[%d].", i)
		c.form(field+"id", s.ID, idForm, "a short name")
		c.words(field+"name_nl", s.NameNL)
		c.words(field+"name_en", s.NameEN)
		if _, known := gradeWords[s.Grade]; !known {
			c.say(field+"grade", "%q is none of reported, self-declared, verified, own", s.Grade)
		}
		if s.URL != "" {
			if u, err := url.Parse(s.URL); err != nil || u.Scheme != "https" || u.Host == "" {
				c.say(field+"url", "%q is not an address that begins with https://, or empty", s.URL)
			}
		}
		if s.Grade != "own" {
			c.date(field+"checked_on", s.CheckedOn)
		}
		s = c.when(field, s)
		if _, twice := sources[s.ID]; twice {
			c.say(field+"id", "%q is there twice", s.ID)
		}
		sources[s.ID] = s
	}
	return sources
}

// when wants a day, or words for a season or a year in both languages, and puts a day into words.
func (c *contentCheck) when(field string, s Source) Source {
	if s.Date == "" {
		c.form(field+"when_nl", s.WhenNL, yearForm, "a time like voorjaar 2020, and there is no date")
		c.form(field+"when_en", s.WhenEN, yearForm, "a time like spring 2020, and there is no date")
		return s
	}
	if s.WhenNL != "" || s.WhenEN != "" {
		c.say(field+"date", "is there, so when_nl and when_en have to be left out")
	}
	c.date(field+"date", s.Date)
	if day, err := time.Parse(time.DateOnly, s.Date); err == nil {
		s.WhenNL = fmt.Sprintf("%d %s %d", day.Day(), dutchMonths[day.Month()-1], day.Year())
		s.WhenEN = day.Format("2 January 2006")
	}
	return s
}

var dutchMonths = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

func checkFacts(c *contentCheck, f ClaimFile, sources map[string]Source) {
	seen := map[string]bool{}
	for i, fact := range f.Facts {
		field := fmt.Sprintf("facts[%d].", i)
		c.form(field+"id", fact.ID, idForm, "a short name")
		c.words(field+"statement_nl", fact.StatementNL)
		c.words(field+"statement_en", fact.StatementEN)
		if from, known := sources[fact.SourceID]; !known {
			c.say(field+"source_id", "%q is none of the sources", fact.SourceID)
		} else if from.Grade == "own" {
			c.say(field+"source_id", "%q is ourselves: a fact needs another source", fact.SourceID)
		}
		if seen[fact.ID] {
			c.say(field+"id", "%q is there twice", fact.ID)
		}
		seen[fact.ID] = true
	}
}

func checkText(c *contentCheck, t Text, sources map[string]Source) {
	field := "texts." + t.Key
	c.form(field, t.Key, keyForm, "a key in small letters")
	c.oneOf(field+".kind", t.Kind, textKinds)
	c.form(field+".version", t.Version, versionForm, "a version like 2026-01")
	if _, known := sources[t.SourceID]; !known {
		c.say(field+".source_id", "%q is none of the sources", t.SourceID)
	}
}
