package web

import (
	"strings"
	"testing"

	"samenclaim/web/staff"
)

func TestTheClaimPageSaysAllThereIsToKnow(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "flat")
	tests := []struct {
		lang  string
		words []string
	}{
		{"nl", []string{
			"Wat is er gebeurd?", "Wie kan meedoen?", "Wat kost het?", "Wat krijgt u?", "tot € 500,00", "geen belofte", "Bij € 250,00 is de uitkomst gelijk",
			"€ 40,00", "€ 100,00", "€ 250,00", "€ 500,00", "€ 450,00", "€ 400,00", "€ 8,00", "Tot wanneer kunt u gratis meedoen?", "Bron:", "2 november 2026 om 11.00 uur",
			"Vragen en antwoorden", "Tegen welk bedrijf gaat deze zaak?", "Wie zijn wij?", "KVK-nummer", "Doe mee", `lang="nl"`,
		}},
		{"en", []string{"up to € 500.00", "At € 250.00 the outcome is equal", "Source:", "Questions and answers", "Join", `lang="en"`, "2 November 2026"}},
	}
	for _, tt := range tests {
		p := s.visitor(t).get("/"+tt.lang+"/zoom").want(200, tt.words...)
		if n := strings.Count(p.Body, "<h1"); n != 1 {
			t.Errorf("%s: %d first headings, want 1", tt.lang, n)
		}
		if len(p.Body) > 100<<10 {
			t.Errorf("%s: the page weighs %d bytes, want at most 100 kB", tt.lang, len(p.Body))
		}
	}
	s.visitor(t).get("/nl").want(200, "Zoom en uw privacy", "1 persoon doet mee")
}

func TestTextsShowTheirVersionAndHash(t *testing.T) {
	t.Parallel()
	s := setup(t)
	texts, err := s.claims.Texts(t.Context(), s.zoom.ID, "nl")
	must(t, err)
	for _, path := range []string{"/nl/zoom/tekst/mandate", "/nl/zoom/tekst/agreement", "/nl/zoom/privacy"} {
		key := path[strings.LastIndex(path, "/")+1:]
		p := s.visitor(t).get(path).want(200, "2026-01")
		hash := hexOf(texts[key].SHA256)
		if !strings.Contains(strings.NewReplacer("<span>", "", "</span>", "").Replace(p.Body), hash) {
			t.Errorf("%s lacks the hash of its text", path)
		}
	}
	for _, path := range []string{"/nl/zoom/tekst/letter_opening", "/nl/zoom/tekst/hero", "/nl/zoom/tekst/x", "/nl/nosuch", "/nl/Zoom", "/de/zoom", "/nl/zoom/meedoen/kan-niet/x"} {
		s.visitor(t).get(path).want(404, "Deze pagina bestaat niet")
	}
}

func TestADraftIsForNobodyYet(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.data.Force(t, `UPDATE claims SET status = 'draft', opened_at = NULL`)
	for _, path := range []string{"/nl/zoom", joinURL, "/nl/zoom/privacy"} {
		s.visitor(t).get(path).want(404)
	}
	if p := s.visitor(t).get("/nl").want(200); strings.Contains(p.Body, "Zoom en uw privacy") {
		t.Error("the list of claims shows a draft")
	}
	s.staffMember(t, staff.Lawyer).get("/nl/beheer").want(200, "Zoom en uw privacy", "In voorbereiding")
}

func TestSmallFiles(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct{ path, kind, words string }{
		{"/theme.css", "text/css; charset=utf-8", "--"},
		{"/logo.svg", "image/svg+xml", "<svg"},
		{"/robots.txt", "text/plain; charset=utf-8", "Disallow: /nl/mijn"},
		{"/.well-known/security.txt", "text/plain; charset=utf-8", "Expires: 2027-05-"},
		{"/healthz", "text/plain; charset=UTF-8", "ok"},
	}
	for _, tt := range tests {
		p := s.visitor(t).get(tt.path).want(200, tt.words)
		if got := p.Header.Get("Content-Type"); got != tt.kind {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.kind)
		}
	}
	if csp := s.visitor(t).get("/logo.svg").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script-src") {
		t.Errorf("the logo may do more than draw: %q", csp)
	}
}

func TestALogoThatCouldDoMoreThanDrawIsNotShown(t *testing.T) {
	t.Parallel()
	for _, svg := range []string{
		`<svg><script>alert(1)</script></svg>`, `<svg onload="x()"></svg>`, `<svg><a href="javascript:x()">x</a></svg>`, `<svg><foreignObject/></svg>`,
		`<svg><image href="https://evil.example/x.png"/></svg>`, "<svg\nONLOAD=x>", `<!DOCTYPE svg [<!ENTITY x "y">]><svg/>`,
	} {
		if !activeInSVG.MatchString(svg) {
			t.Errorf("accepted: %s", svg)
		}
	}
	if activeInSVG.MatchString(`<svg viewBox="0 0 1 1"><path d="M0 0"/><circle r="1"/></svg>`) {
		t.Error("a plain drawing is refused")
	}
}

func TestSomebodySignsUpInEnglish(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("controle", "anna@deelnemer.example", "percentage")
	c.get("/en/zoom/meedoen/ondertekenen").want(200, "You began this sign-up in Dutch", "Ik geef")
	e := s.visitor(t)
	e.post("/en/zoom/meedoen").goes("/en/zoom/meedoen/gebruik")
	e.post("/en/zoom/meedoen/gebruik").want(422, "Choose whether you used the service", "<title>Error:")
	e.post("/en/zoom/meedoen/gebruik", "used", "yes").goes("/en/zoom/meedoen/leeftijd")
}
