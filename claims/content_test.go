package claims

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

const goodFoundation = `{"name": "De Proef", "legal_name": "Stichting De Proef", "register_number": "00000001", "founded_year": 2016,
"street": "Kade 1", "postcode": "1000 ZZ", "city": "Utrecht", "postal_address": "Postbus 1, 1000 ZX Utrecht", "email": "info@proef.example",
"phone": "020 000 00 01", "phone_hours_nl": "elke dag", "phone_hours_en": "every day", "website": "https://proef.example",
"iban": "NL49SYNT0000000001", "bic": "SYNTNL2A", "logo": "logo.svg", "theme_color": "#0f5c6e", "signatory_name": "A. Proef",
"signatory_role": "voorzitter", "lawyer_recipient": "",
"people": [{"name": "A. Proef", "group": "board", "role_nl": "voorzitter", "role_en": "chair", "bio_nl": "Jurist.", "bio_en": "Lawyer."}]}`

const goodLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="#0f5c6e"/></svg>`

func TestParseFoundation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // a change to the good file
		logo     string
		want     string // part of the error; empty is none
	}{
		{"a whole file is read", "", "", goodLogo, ""},
		{"an unknown field is refused by name", `"name":`, `"nmae": "x", "name":`, goodLogo, `unknown field "nmae"`},
		{"something after the end is refused", `"Lawyer."}]}`, `"Lawyer."}]} {}`, goodLogo, "closing brace"},
		{"a file cut short is refused", `"bio_en": "Lawyer."}]}`, "", goodLogo, "unexpected EOF"},
		{"a colour is six figures in small letters", "#0f5c6e", "#0F5C6E", goodLogo, "theme_color"},
		{"a colour is not a word", "#0f5c6e", "blue", goodLogo, `theme_color "blue" is not a colour like #0f5c6e`},
		{"a register number has eight figures", "00000001", "123", goodLogo, "register_number"},
		{"an account has no blanks", "NL49SYNT", "NL49 SYNT", goodLogo, "iban"},
		{"a lawyer's key is a public one", `"lawyer_recipient": ""`, `"lawyer_recipient": "AGE-SECRET-KEY-1"`, goodLogo, "lawyer_recipient"},
		{"an e-mail address is only an address", "info@proef.example", "De Proef <info@proef.example>", goodLogo, "email"},
		{"a website is safe", "https://", "http://", goodLogo, "website"},
		{"office hours are there in English too", `"every day"`, `" "`, goodLogo, "phone_hours_en is empty"},
		{"people are in a known group", `"board"`, `"friends"`, goodLogo, "people[0].group"},
		{"signs that turn the text round are refused", "Stichting De Proef", `Stichting \u202eDe Proef`, goodLogo, "legal_name holds a sign"},
		{"a logo lies beside the file", "logo.svg", "../logo.svg", goodLogo, "logo"},
		{"a logo that is not there is missed", "logo.svg", "other.svg", goodLogo, "other.svg cannot be read"},
		{"a logo runs nothing", "", "", `<svg xmlns="x"><script>alert(1)</script></svg>`, `logo "script"`},
		{"a logo listens to nothing", "", "", `<svg xmlns="x" onload="alert(1)"/>`, "attribute onload"},
		{"a logo has no style of its own", "", "", `<svg xmlns="x" style="color:red"/>`, "attribute style"},
		{"a logo loads nothing", "", "", `<svg xmlns="x"><rect fill="url(https://evil.example/x)"/></svg>`, "attribute fill"},
		{"a logo declares nothing", "", "", `<svg xmlns="x"><!DOCTYPE x></svg>`, "instruction"},
		{"a logo is a drawing", "", "", `<html/>`, "small SVG"},
		{"a logo is whole", "", "", `<svg xmlns="x"><g></svg>`, "well-formed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(goodFoundation, tt.old, tt.new, 1)
			got, err := ParseFoundation(fstest.MapFS{"f.json": {Data: []byte(file)}, "logo.svg": {Data: []byte(tt.logo)}}, "f.json")
			checkContentError(t, err, tt.want)
			if tt.want == "" && (got.LegalName != "Stichting De Proef" || got.LogoSVG != goodLogo || len(got.People) != 1) {
				t.Errorf("ParseFoundation = %+v", got)
			}
			if tt.want != "" && got.Name != "" {
				t.Errorf("ParseFoundation gives %q beside an error", got.Name)
			}
		})
	}
}

func TestAllProblemsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	file := strings.NewReplacer("#0f5c6e", "red", "00000001", "1", `"SYNTNL2A"`, `"x"`).Replace(goodFoundation)
	_, err := ParseFoundation(fstest.MapFS{"f.json": {Data: []byte(file)}, "logo.svg": {Data: []byte(goodLogo)}}, "f.json")
	for _, field := range []string{"f.json", "bic", "register_number", "theme_color"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("error %v does not name %s", err, field)
		}
	}
	if _, err := ParseFoundation(fstest.MapFS{}, "f.json"); !errors.Is(err, ErrContent) {
		t.Errorf("no file: error %v, want ErrContent", err)
	}
}

// claimFiles is the smallest claim that can be read.
func claimFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	claim := ClaimFile{
		Slug: "proef", NameNL: "Proef", NameEN: "Trial", NumberPrefix: "PR", DefendantName: "X B.V.", DefendantAddress: "Kade 2\nUtrecht",
		MaxAwardCents: 50000, FlatFeeCents: 5000, RateBP: 2000, CapBP: 10000, VATBP: 2100, ClassNL: "Allen", ClassEN: "All",
		PeriodFrom: "2020-03-01", PeriodTo: "2022-12-27", KnownOn: "2022-12-28", Articles: "art. 5 AVG", DemandNL: "geld", DemandEN: "money",
		TermDays: 14, Counters: map[string]int{"founded_year": 2016}, Service: "X", Countries: []string{"NL", "EEA"},
		Sources: []Source{
			{ID: "own", NameNL: "Wij", NameEN: "Us", Date: "2026-01-15", Grade: "own"},
			{ID: "S1", NameNL: "Krant", NameEN: "Paper", WhenNL: "voorjaar 2020", WhenEN: "spring 2020", Grade: "reported", CheckedOn: "2026-01-15"},
		},
		Facts: []Fact{{ID: "F1", StatementNL: "Het gebeurde.", StatementEN: "It happened.", SourceID: "S1"}},
	}
	for _, key := range requiredTexts {
		kind, source := "page", "own"
		if strings.HasPrefix(key, "faq_") {
			kind, source = "faq", "S1"
		}
		claim.Texts = append(claim.Texts, Text{Kind: kind, Key: key, Version: "2026-01", SourceID: source})
		for _, lang := range []string{"nl", "en"} {
			files["claims/proef/"+lang+"/"+key+".md"] = &fstest.MapFile{Data: []byte("# Kop " + lang + "\r\n\r\nEen.\r\n\r\n## Sub\r\n\r\n- twee\r\n")}
		}
	}
	raw, err := json.Marshal(claim)
	if err != nil {
		t.Fatal(err)
	}
	files["claims/proef.json"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(raw), `"when_nl":"","when_en":"",`, ""))}
	return files
}

func TestParseClaim(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			file := files["claims/proef.json"]
			file.Data = []byte(strings.Replace(string(file.Data), old, new, 1))
		}
	}
	write := func(name, text string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { files["claims/proef/"+name] = &fstest.MapFile{Data: []byte(text)} }
	}
	tests := []struct {
		name   string
		damage func(fstest.MapFS)
		want   string
	}{
		{"a whole claim is read", func(fstest.MapFS) {}, ""},
		{"the class has a service", replace(`"service":"X"`, `"service":" "`), "service is empty"},
		{"the class has countries", replace(`["NL","EEA"]`, `[]`), "countries is empty"},
		{"a country is two capitals", replace(`"EEA"`, `"Europa"`), "is not two capitals, or EEA"},
		{"a late policy is one of three", replace(`"service"`, `"late_policy":"free","service"`), "none of closed, waitlist, paid"},
		{"who is late pays a price", replace(`"service"`, `"late_policy":"paid","service"`), "late_price_cents 0 is not between"},
		{"a price for who is late is not above the fee", replace(`"service"`, `"late_policy":"paid","late_price_cents":5001,"service"`), "late_price_cents 5001 is not between"},
		{"a price belongs to a policy", replace(`"service"`, `"late_price_cents":2500,"service"`), "while late_policy is not paid"},
		{"an unknown field is refused by name", replace(`"slug"`, `"colour":1,"slug"`), `unknown field "colour"`},
		{"a text is there in both languages", func(f fstest.MapFS) { delete(f, "claims/proef/en/mandate.md") }, "texts.mandate has no file claims/proef/en/mandate.md"},
		{"a file that is in no list is refused", write("nl/mandaat.md", "# x\n\ny"), "does not list the file claims/proef/nl/mandaat.md"},
		{"a text that pages need is in the list", replace(`"key":"mandate"`, `"key":"mandaat"`), `texts lacks "mandate"`},
		{"a text is listed once", replace(`"key":"mandate_summary"`, `"key":"mandate"`), "texts.mandate is listed twice"},
		{"a text has a title", write("nl/hero.md", "Zonder kop\n\nTekst"), "claims/proef/nl/hero.md does not begin with a title"},
		{"a text has words", write("nl/hero.md", "# Kop\n\n"), "claims/proef/nl/hero.md is empty"},
		{"a text holds no HTML", write("nl/hero.md", "# Kop\n\nEen <b>woord</b>"), `holds "<"`},
		{"a text holds no place to fill in", write("nl/hero.md", "# Kop\n\nHet kost {fee}"), `holds "{"`},
		{"a text holds no link", write("nl/hero.md", "# Kop\n\nZie https://evil.example"), `holds "://"`},
		{"a text holds no other heads", write("nl/hero.md", "# Kop\n\n### Klein"), `has the line "### Klein"`},
		{"a text holds no numbered list", write("nl/hero.md", "# Kop\n\n1. een"), `has the line "1. een"`},
		{"a text holds no hidden signs", write("nl/hero.md", "# Kop\n\nA\u200bB"), "a sign that cannot be shown"},
		{"a text has a known kind", replace(`"kind":"faq"`, `"kind":"vraag"`), "texts.faq_01.kind"},
		{"a text has a version", replace(`"version":"2026-01"`, `"version":"2026-13"`), "is not a version like 2026-01"},
		{"a text has a known source", replace(`"source_id":"own"}`, `"source_id":"S9"}`), `source_id "S9" is none of the sources`},
		{"a fact has a known source", replace(`happened.","source_id":"S1"`, `happened.","source_id":"S9"`), `facts[0].source_id "S9"`},
		{"a fact does not rest on ourselves", replace(`happened.","source_id":"S1"`, `happened.","source_id":"own"`), "needs another source"},
		{"a source was checked on a day", replace(`"checked_on":"2026-01-15"`, `"checked_on":"laatst"`), "sources[1].checked_on"},
		{"a source has a known grade", replace(`"reported"`, `"rumour"`), "sources[1].grade"},
		{"a source without a date tells the year", replace(`voorjaar 2020`, `voorjaar`), "sources[1].when_nl"},
		{"a date is a day that exists", replace("2022-12-28", "2022-02-29"), "known_on"},
		{"a period runs forward", replace("2022-12-27", "2019-12-27"), "period_to"},
		{"a fee is not more than the award asked for", replace(`"flat_fee_cents":5000`, `"flat_fee_cents":50001`), "flat_fee_cents"},
		{"a rate is at most the whole", replace(`"rate_bp":2000`, `"rate_bp":20000`), "rate_bp"},
		{"a rate is a whole number", replace(`"rate_bp":2000`, `"rate_bp":20.5`), "rate_bp"},
		{"a prefix is two capitals", replace(`"PR"`, `"pr"`), "number_prefix"},
		{"a slug is short and small", replace(`"slug":"proef"`, `"slug":"Proef/2"`), "slug"},
		{"a name is there in English too", replace(`"Trial"`, `""`), "name_en is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := claimFiles(t)
			tt.damage(files)
			_, err := ParseClaim(files, "claims/proef.json")
			checkContentError(t, err, tt.want)
		})
	}
}

func TestWhatAClaimFileGives(t *testing.T) {
	t.Parallel()
	claim, err := ParseClaim(claimFiles(t), "claims/proef.json")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(claim.Texts), 2*len(requiredTexts); got != want {
		t.Errorf("%d texts, want %d: each in two languages", got, want)
	}
	text, ok := claim.Text("faq_01", "en")
	if !ok || text.Title != "Kop en" || text.Body != "Een.\n\n## Sub\n\n- twee" {
		t.Errorf("Text(faq_01, en) = %q %q", text.Title, text.Body)
	}
	if want := "Paper, spring 2020 (reported; not checked by us)"; text.Source != want || text.SourceDate != "" {
		t.Errorf("source of faq_01 is %q of %q, want %q without a day", text.Source, text.SourceDate, want)
	}
	if own, _ := claim.Text("hero", "nl"); own.Source != "Wij" || own.SourceDate != "2026-01-15" {
		t.Errorf("source of hero is %q of %q, want our own", own.Source, own.SourceDate)
	}
	if got := claim.Sources[0].WhenNL + claim.Facts[0].Source.WhenNL; !strings.HasSuffix(got, "voorjaar 2020") {
		t.Errorf("the fact's source is of %q, want voorjaar 2020", got)
	}
	if _, ok := claim.Text("hero", "de"); ok {
		t.Error("Text(hero, de) is there, want none")
	}
}

func TestADayIsPutIntoWords(t *testing.T) {
	t.Parallel()
	var c contentCheck
	got := c.when("", Source{Date: "2023-08-18"})
	if got.WhenNL != "18 augustus 2023" || got.WhenEN != "18 August 2023" || len(c.problems) > 0 {
		t.Errorf("when = %q, %q, %v", got.WhenNL, got.WhenEN, c.problems)
	}
	c.when("", Source{Date: "2023-08-18", WhenNL: "zomer 2023"})
	if len(c.problems) != 1 {
		t.Errorf("a date and words beside it give %d problems, want 1", len(c.problems))
	}
}

func checkContentError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	if !errors.Is(err, ErrContent) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want ErrContent with %q", err, want)
	}
}
