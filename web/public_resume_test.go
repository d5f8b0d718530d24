package web

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const resumeURL = joinURL + "/verder"

// link is the newest mailed link to an address, as a path.
func (s *site) link(t testing.TB, email string) string {
	t.Helper()
	var token string
	must(t, s.pool.QueryRow(t.Context(), `SELECT data->>'Token' FROM outbox WHERE recipient = $1 AND template = 'code' ORDER BY id DESC LIMIT 1`, email).Scan(&token))
	return "/nl/mijn/link/" + token
}

func TestASignUpGoesOnOnAnotherDevice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	first, second := s.visitor(t), s.visitor(t)
	first.walk("periode", "anna@deelnemer.example", "flat")
	first.get(joinURL+"/bewaard").want(200, "2 december 2026", "claim.example/nl/zoom/meedoen", "U krijgt dan een code")
	second.get(joinURL).want(200, "Al begonnen op een ander apparaat?")
	second.post(resumeURL, "email", " ").want(422, "<title>Fout:", "Vul uw e-mailadres in")
	second.post(resumeURL, "email", "anna@").want(422, "naam@voorbeeld.nl", `value="anna@"`)
	second.post(resumeURL, "email", "Anna@deelnemer.example").goes(resumeURL + "/code")
	second.post(resumeURL+"/code", "code", "12345x").want(422, "nog 4 keer")
	second.post(resumeURL+"/code", "code", s.code(t, "Anna@deelnemer.example")).goes(joinURL + "/periode")
	second.get(joinURL+"/naam").want(200, `value="Anna Maria"`)
	second.get(joinURL+"/adres").want(200, `value="1234 AB"`)

	first.get(joinURL + "/naam").goes(joinURL) // the draft has moved
	second.post(joinURL+"/periode", "used_for", "private").goes(joinURL + "/bewijs")
	second.post(joinURL+"/bewijs", "evidence", "later").goes(joinURL + "/vergoeding")
	second.post(joinURL+"/vergoeding", "fee", "flat").goes(joinURL + "/controle")
	second.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")
	if n := s.count(t, `SELECT count(*) FROM signups`); n != 1 {
		t.Errorf("sign-ups = %d, want the one that moved", n)
	}
}

func TestADraftIsGoneAfterThirtyDays(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.visitor(t).walk("naam", "anna@deelnemer.example", "flat")
	s.data.Watch.Advance(30*24*time.Hour + time.Minute)
	if _, n, err := s.people.WipeSignups(t.Context(), s.now()); err != nil || n != 1 {
		t.Fatalf("wiped %d drafts, %v, want 1", n, err)
	}
	c := s.visitor(t)
	before := s.count(t, `SELECT count(*) FROM outbox WHERE recipient = 'anna@deelnemer.example'`)
	c.post(resumeURL, "email", "anna@deelnemer.example").goes(resumeURL + "/code")
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient = 'anna@deelnemer.example'`); n != before {
		t.Error("a code was mailed for a draft that is gone")
	}
}

func TestWhoTakesPartIsToldByMailWhenGoingOn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "flat")
	s.visitor(t).post(resumeURL, "email", "anna@deelnemer.example").goes(resumeURL + "/code")
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient = 'anna@deelnemer.example' AND template = 'known'`); n != 1 {
		t.Errorf("mails that say that they take part = %d, want 1", n)
	}
}

// TestScanner: link scanners of mail programs open what people did not open yet.
func TestScanner(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c, scanner := s.visitor(t), s.visitor(t)
	c.walk("code", "anna@deelnemer.example", "flat")
	link := s.link(t, "anna@deelnemer.example")
	bare := func() *client {
		return &client{t: t, site: s, cookies: map[string]string{}, head: map[string]string{}, ip: "198.51.100.7"}
	}
	for range 5 {
		bare().get(link).want(200, "Typ de code uit de mail")
		bare().do("HEAD", link, nil, "").want(200)
		bare().send(link, nil).want(403)
		bare().send(joinURL+"/code", nil).want(403)
		scanner.postFrom("/nl/mijn/inloggen", link).want(200, "Typ de code uit de mail") // with a token and cookies of its own
	}
	if n := s.count(t, `SELECT count(*) FROM login_codes WHERE used_at IS NULL AND tries = 0`); n != 1 {
		t.Fatalf("unspent codes = %d, want 1", n)
	}
	c.get(link).want(200, "Verdergaan zonder code")
	c.post(link).goes(joinURL + "/naam")
	c.get(link).want(200, "Deze link is al gebruikt")
	c.send(link, form(c.get(joinURL+"/naam"))).want(200, "Deze link is al gebruikt")
	bare().get(link).want(200, "Typ de code uit de mail") // used or not, others see the same
	bare().get("/nl/mijn/link/AAAAAAAAAAAAAAAAAAAAAAAAAA").want(200, "Typ de code uit de mail")
}

func TestALinkDoesWhatItsCodeDoes(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "known@deelnemer.example", "flat")
	s.visitor(t).walk("adres", "anna@deelnemer.example", "flat")

	mine := s.visitor(t)
	mine.post("/nl/mijn/inloggen", "email", "known@deelnemer.example").goes("/nl/mijn/code")
	mine.post(s.link(t, "known@deelnemer.example")).goes("/nl/mijn")
	if p := mine.get("/nl/mijn"); p.toLogin() {
		t.Error("the link did not log in")
	}
	other := s.visitor(t)
	other.post(resumeURL, "email", "anna@deelnemer.example").goes(resumeURL + "/code")
	other.post(s.link(t, "anna@deelnemer.example")).goes(joinURL + "/adres")

	late := s.visitor(t)
	late.post("/nl/mijn/inloggen", "email", "known@deelnemer.example").goes("/nl/mijn/code")
	old := s.link(t, "known@deelnemer.example")
	s.data.Watch.Advance(10*time.Minute + time.Second)
	late.get(old).want(200, "Deze link werkt niet meer")
	late.post("/nl/mijn/inloggen", "email", "known@deelnemer.example").goes("/nl/mijn/code")
	late.get(old).want(200, "Deze link werkt niet meer")
}

func TestAGuessedCodeVoidsTheLinkBesideIt(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("code", "anna@deelnemer.example", "flat")
	for i := range 5 {
		p := c.post(joinURL+"/code", "code", "12345x").want(422)
		if last := strings.Contains(p.text(), "te vaak geprobeerd"); last != (i == 4) {
			t.Errorf("try %d: %s", i+1, p.text())
		}
	}
	c.get(s.link(t, "anna@deelnemer.example")).want(200, "Deze link werkt niet meer")
}

func TestTheSameLinkEightTimesAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.visitor(t).walk("adres", "anna@deelnemer.example", "flat")
	c := s.visitor(t)
	c.post(resumeURL, "email", "anna@deelnemer.example").goes(resumeURL + "/code")
	link := s.link(t, "anna@deelnemer.example")
	values := form(c.get(link))
	pages := make([]page, 8)
	var wg sync.WaitGroup
	for i := range pages {
		wg.Go(func() {
			one := *c
			one.cookies = map[string]string{"__Host-browser": c.cookies["__Host-browser"]}
			pages[i] = one.send(link, values)
		})
	}
	wg.Wait()
	went := 0
	for _, p := range pages {
		if p.Status == 303 {
			went++
		} else if !regexp.MustCompile("al gebruikt|werkt niet meer").MatchString(p.Body) {
			t.Errorf("the others get %d: %s", p.Status, p.text())
		}
	}
	if went != 1 {
		t.Errorf("the link worked %d times, want once", went)
	}
}
