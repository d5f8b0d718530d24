package web

import (
	"strings"
	"testing"
	"time"
)

func TestLogInWithAMailedCode(t *testing.T) {
	t.Parallel()
	s := setup(t)
	j := s.join(t, "anna@deelnemer.example", "percentage")
	b := s.visitor(t)
	b.get("/nl/mijn/inloggen").want(200, "Inloggen in Mijn zaak")
	b.post("/nl/mijn/inloggen", "email", " Anna@Deelnemer.example ").goes("/nl/mijn/code")
	b.get("/nl/mijn/code").want(200, "Vul uw code in")
	code := s.code(t, "anna@deelnemer.example")
	b.post("/nl/mijn/code", "code", wrongCode(code)).want(422, "Deze code klopt niet", `aria-invalid="true"`)
	before := b.cookies[s.mine.Cookie.Name]
	b.post("/nl/mijn/code", "code", code[:3]+" "+code[3:]).goes("/nl/mijn")
	if after := b.cookies[s.mine.Cookie.Name]; after == "" || after == before {
		t.Errorf("the session was not renewed: %q, before %q", after, before)
	}
	b.get("/nl/mijn").goes("/nl/mijn/" + j.Ref)
	b.get("/nl/mijn/"+j.Ref).want(200, "U doet mee", j.Number)
	b.get("/nl/mijn/inloggen").goes("/nl/mijn")

	b.postFrom("/nl/mijn/"+j.Ref+"/gegevens", "/nl/mijn/uitloggen").goes("/nl/mijn/inloggen?uit=ja")
	b.get("/nl/mijn/inloggen?uit=ja").want(200, "U bent uitgelogd")
	b.get("/nl/mijn/" + j.Ref).goes("/nl/mijn/inloggen")
	b.post("/nl/mijn/code", "code", code).want(422, "Deze code is verlopen")
}

// wrongCode is a code that differs from the right one.
func wrongCode(code string) string {
	last := "0"
	if code[5] == '0' {
		last = "1"
	}
	return code[:5] + last
}

func TestNobodySeesWhoTakesPart(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "percentage")
	known, unknown := s.visitor(t), s.visitor(t)
	unknown.ip = "192.0.2.77"
	for _, step := range []func(b *client, email string) page{
		func(b *client, email string) page { return b.post("/nl/mijn/inloggen", "email", email) },
		func(b *client, _ string) page { return b.get("/nl/mijn/code") },
		func(b *client, _ string) page { return b.post("/nl/mijn/code", "code", "000000") },
	} {
		one, two := step(known, "anna@deelnemer.example"), step(unknown, "niemand@deelnemer.example")
		if one.Status != two.Status || one.Place != two.Place || one.text() != two.text() {
			t.Errorf("known: %d %q %s\nunknown: %d %q %s", one.Status, one.Place, one.text(), two.Status, two.Place, two.text())
		}
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient = 'niemand@deelnemer.example'`); n != 0 {
		t.Errorf("%d mails to somebody nobody knows, want 0", n)
	}
	if log := s.log.String(); strings.Contains(log, "deelnemer.example") {
		t.Errorf("an address is in the log: %s", log)
	}
}

func TestACodeIsForOneBrowser(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "percentage")
	asked, other := s.visitor(t), s.visitor(t)
	asked.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example")
	code := s.code(t, "anna@deelnemer.example")
	other.post("/nl/mijn/code", "code", code).want(422, "Deze code is verlopen")
	s.data.Watch.Advance(11 * time.Minute)
	asked.post("/nl/mijn/code", "code", code).want(422, "Deze code is verlopen. Vraag een nieuwe code")
}

func TestGuessingCodesEnds(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "percentage")
	b := s.visitor(t)
	b.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example")
	code := s.code(t, "anna@deelnemer.example")
	for range 5 {
		b.post("/nl/mijn/code", "code", wrongCode(code))
	}
	b.post("/nl/mijn/code", "code", code).want(422, "U hebt te vaak geprobeerd")
	b.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example").goes("/nl/mijn/code")
	b.solve("/nl/mijn/inloggen", b.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example")).goes("/nl/mijn/code")
	b.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example").want(429, "Even wachten")
}

func TestLogInForms(t *testing.T) {
	t.Parallel()
	s := setup(t)
	b := s.visitor(t)
	for _, tt := range []struct{ name, path, field, typed, words string }{
		{"no address", "/nl/mijn/inloggen", "email", "", "Vul uw e-mailadres in"},
		{"blanks for an address", "/nl/mijn/inloggen", "email", "   ", "Vul uw e-mailadres in"},
		{"half an address", "/nl/mijn/inloggen", "email", "anna@", "Vul een e-mailadres in zoals naam@voorbeeld.nl"},
		{"no code", "/nl/mijn/code", "code", "", "Vul de code uit de mail in"},
		{"five digits", "/nl/mijn/code", "code", "12345", "De code heeft 6 cijfers"},
		{"letters", "/nl/mijn/code", "code", "abcdef", "De code heeft 6 cijfers"},
	} {
		p := b.post(tt.path, tt.field, tt.typed).want(422, tt.words, "Er is iets niet goed ingevuld", `href="#`+tt.field+`"`)
		if !strings.Contains(p.Body, "<title>Fout:") {
			t.Errorf("%s: the title does not begin with the error", tt.name)
		}
	}
	for _, text := range naughty {
		if p := b.post("/nl/mijn/inloggen", "email", text); p.Status >= 500 {
			t.Errorf("e-mail %q: %d", text, p.Status)
		}
		if p := b.post("/nl/mijn/code", "code", text); p.Status >= 500 {
			t.Errorf("code %q: %d", text, p.Status)
		}
	}
}
