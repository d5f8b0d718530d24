package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/web/staff"
)

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	s := setup(t)
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains", "Cache-Control": "no-store",
	}
	for _, path := range []string{"/nl", "/nl/zoom", joinURL, "/nl/nowhere", "/nl/beheer/inloggen", "/nl/mijn/inloggen", "/nl/beheer"} {
		p := s.visitor(t).get(path)
		for name, value := range want {
			if got := p.Header.Get(name); got != value {
				t.Errorf("%s: %s = %q, want %q", path, name, got, value)
			}
		}
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if csp := p.Header.Get("Content-Security-Policy"); !strings.Contains(csp, part) || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q lacks %s, or is unsafe", path, csp, part)
			}
		}
		if strings.Contains(p.Body, " style=\"") || strings.Contains(p.Body, " onclick=") {
			t.Errorf("%s: something inline, which the policy blocks", path)
		}
	}
}

func TestCookiesStayWithTheHost(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	var all []string
	all = append(all, c.get(joinURL).Header.Values("Set-Cookie")...)
	all = append(all, c.post(joinURL).Header.Values("Set-Cookie")...)
	if len(all) == 0 {
		t.Fatal("no cookies")
	}
	for _, line := range all {
		for _, part := range []string{"__Host-", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"} {
			if !strings.Contains(line, part) || strings.Contains(line, "Domain") {
				t.Errorf("cookie %q lacks %s", line, part)
			}
		}
	}
}

func TestAnotherHostIsNotOurs(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct {
		name, host string
		want       int
	}{
		{"our own name", "claim.example", 200},
		{"our own name with the port of https", "claim.example:443", 200},
		{"somebody else's", "evil.example", 421},
		{"ours at the end of another", "claim.example.evil.example", 421},
		{"none", "", 421},
	}
	for _, tt := range tests {
		r, w := newRequest("GET", "/nl"), newRecorder()
		r.Host = tt.host
		s.handler.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
}

func TestForwardedAddressesOfStrangersAreNotBelieved(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	for i := range 30 {
		c := s.visitor(t)
		c.head["X-Forwarded-For"], c.head["X-Real-Ip"] = "203.0.113."+string(rune('0'+i%10)), "203.0.113.7"
		if p := c.post(joinURL); p.puzzled() {
			if i != 20 {
				t.Errorf("%d starts were free, want 20", i)
			}
			return
		}
	}
	t.Error("30 sign-ups were begun from one place for nothing, want at most 20")
}

func TestThreeCodesToOneAddressAndThenAWait(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("code", "anna@deelnemer.example", "flat")
	again := func() page { return c.postFrom(joinURL+"/code", joinURL+"/code/opnieuw") }
	again().goes(joinURL + "/code")
	c.solve(joinURL+"/code/opnieuw", again()).goes(joinURL + "/code")
	p := again().want(429, "Even wachten", "U kunt het weer proberen na")
	if p.Header.Get("Retry-After") == "" {
		t.Error("the limit does not say when it is over")
	}
	s.data.Watch.Advance(6 * time.Minute)
	c.solve(joinURL+"/code/opnieuw", again()).goes(joinURL + "/code")
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'code'`); n != 4 {
		t.Errorf("mails = %d, want 4", n)
	}
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("code", "anna@deelnemer.example", "flat")
	values := form(c.get(joinURL + "/code"))
	checked := 0
	for i := range 60 {
		values.Set("code", "00000"+string(rune('0'+i%10)))
		if p := c.send(joinURL+"/code", values); strings.Contains(p.Body, "klopt niet") {
			checked++
		}
	}
	if checked > 5 {
		t.Errorf("%d guesses were looked at, want at most 5", checked)
	}
	if n := s.count(t, `SELECT count(*) FROM rate_limits WHERE key LIKE '%anna%' OR key LIKE '%192.0.2%'`); n != 0 {
		t.Error("a limit holds an address in the clear")
	}
}

func TestALogInBeginsANewSession(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, inv := s.invite(t, staff.Lawyer)
	c := s.visitor(t)
	c.acceptAndLogIn(inv)
	before := c.cookies["__Host-beheer"]
	c.get("/nl/beheer").want(200, "Overzicht")
	c.postFrom("/nl/beheer", "/nl/beheer/uitloggen").goes("/nl/beheer/inloggen")
	c.cookies["__Host-beheer"] = before
	c.get("/nl/beheer").goes("/nl/beheer/inloggen")

	planted := s.visitor(t)
	planted.cookies["__Host-beheer"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	s.data.Watch.Advance(time.Minute)
	planted.logIn(inv)
	if planted.cookies["__Host-beheer"] == "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" {
		t.Error("a session id that was there before the log-in still works")
	}
}

func TestSittingStillEndsALogIn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.staffMember(t, staff.Lawyer)
	c, _ := s.participant(t, "anna@deelnemer.example")
	s.data.Watch.Advance(14 * time.Minute)
	m.get("/nl/beheer").want(200)
	c.get("/nl/mijn")
	s.data.Watch.Advance(16 * time.Minute)
	m.get("/nl/beheer").goes("/nl/beheer/inloggen?verlopen=ja")
	if p := c.get("/nl/mijn"); p.toLogin() {
		t.Error("a participant is logged out after 16 minutes, want 30")
	}
	s.data.Watch.Advance(31 * time.Minute)
	c.get("/nl/mijn").goes("/nl/mijn/inloggen?verlopen=ja")
}

func TestALogInEndsByItself(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.staffMember(t, staff.Lawyer)
	for range 13 * 6 {
		s.data.Watch.Advance(10 * time.Minute)
		if p := m.get("/nl/beheer"); p.toLogin() {
			if at := s.now().Sub(s.zoom.CreatedAt); at < 12*time.Hour-time.Minute || at > 12*time.Hour+11*time.Minute {
				t.Errorf("logged out after %s, want 12 hours", at)
			}
			return
		}
	}
	t.Error("still logged in after 13 hours")
}

func TestAClosedAccountIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	admin := s.staffMember(t, staff.Admin)
	m, inv := s.newMember(t, staff.Lawyer)
	m.get("/nl/beheer").want(200)
	admin.postFrom("/nl/beheer/medewerkers", "/nl/beheer/medewerkers/"+itoa(inv.StaffID)+"/sluiten").goes("/nl/beheer/medewerkers")
	admin.get("/nl/beheer/medewerkers").want(200, "gesloten")
	m.get("/nl/beheer").goes("/nl/beheer/inloggen?verlopen=ja")
	if err := s.staff.Disable(t.Context(), audit.Staff(inv.StaffID), inv.StaffID); err == nil {
		t.Error("somebody closed their own account")
	}
}

func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("controle", "merkteken@deelnemer.example", "flat")
	c.post(joinURL+"/naam", "first_names", "Merkteken", "last_name", "Vlag\u202e")
	c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")
	c.get("/nl/merkteken/onbekend")
	c.get("/nl/zoom?x=merkteken")
	s.visitor(t).get("/nl/zoom/tekst/merkteken")
	log := strings.ToLower(s.log.String())
	for _, word := range []string{"merkteken", "anna", "vries", "dorpsstraat", "192.0.2", s.code(t, "merkteken@deelnemer.example")} {
		if strings.Contains(log, strings.ToLower(word)) {
			t.Errorf("the log holds %q", word)
		}
	}
	if !strings.Contains(log, "route=/:lang/:slug/meedoen/ondertekenen") {
		t.Error("the log does not say which page was asked for")
	}
}
