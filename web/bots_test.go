package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"
)

var (
	puzzleOf = regexp.MustCompile(`data-puzzle="([^"]+)"`)
	turnOf   = regexp.MustCompile(`data-turn="(\d+)"`)
)

// puzzled tells whether a page asks for some work or a wait.
func (p page) puzzled() bool { return puzzleOf.MatchString(p.Body) }

// solve does what the script of the page does, and sends the form again.
func (c *client) solve(path string, p page) page {
	c.t.Helper()
	return c.send(path, answered(c.t, p))
}

// answered is the form of the page with the answer to its puzzle.
func answered(t testing.TB, p page) url.Values {
	t.Helper()
	m := puzzleOf.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("no puzzle: %d to %q\n%s", p.Status, p.Place, p.text())
	}
	var ch altcha.Challenge
	must(t, json.Unmarshal([]byte(html.UnescapeString(m[1])), &ch))
	found, err := altcha.SolveChallenge(ch.Challenge, ch.Salt, altcha.Algorithm(ch.Algorithm), int(ch.MaxNumber), 0, nil)
	must(t, err)
	answer, err := json.Marshal(altcha.Payload{Algorithm: ch.Algorithm, Challenge: ch.Challenge, Number: int64(found.Number), Salt: ch.Salt, Signature: ch.Signature})
	must(t, err)
	return form(p, fieldWork, base64.StdEncoding.EncodeToString(answer))
}

// TestBotFlood: five thousand starts from one place make no more drafts than the
// limit, mails stay within theirs, and people in between still get in.
func TestBotFlood(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	bot := s.visitor(t).from(t, 1)
	values := form(bot.get(joinURL))
	for range 5000 {
		if p := bot.send(joinURL, values); p.Status >= 500 {
			t.Fatalf("status %d", p.Status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM signups`); n != 20 {
		t.Errorf("drafts of one place = %d, want the 20 that are free", n)
	}
	c := s.visitor(t).from(t, 2)
	c.walk("controle", "anna@deelnemer.example", "flat") // somebody elsewhere notices nothing
	c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")

	before := s.count(t, `SELECT count(*) FROM signups`)
	for i := range 500 { // five hundred places within one second
		b := s.visitor(t).from(t, 1000+i)
		b.cookies, values = bot.cookies, form(bot.get(joinURL))
		b.send(joinURL, values)
	}
	if n := s.count(t, `SELECT count(*) FROM signups`) - before; n > 30 {
		t.Errorf("drafts of five hundred places in a second = %d, want at most 30", n)
	}
	late := s.visitor(t).from(t, 3)
	p := late.post(joinURL).want(200, "U staat in de rij")
	seconds, err := strconv.Atoi(turnOf.FindStringSubmatch(p.Body)[1])
	must(t, err)
	if seconds > 60 {
		t.Errorf("the line takes %d seconds, want at most a minute", seconds)
	}
	s.data.Watch.Advance(time.Duration(seconds) * time.Second)
	late.send(joinURL, form(p)).goes(joinURL + "/gebruik")
}

func TestCodesOfOnePlaceStayWithinTheirLimit(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	bot := s.visitor(t).from(t, 1)
	bot.walk("e-mail", "", "")
	values := form(bot.get(joinURL + "/e-mail"))
	for i := range 1000 {
		values.Set("email", fmt.Sprintf("bot%d@deelnemer.example", i))
		bot.send(joinURL+"/e-mail", values)
	}
	if n := s.count(t, `SELECT count(*) FROM outbox`); n != 30 {
		t.Errorf("mails = %d, want the 30 that are free", n)
	}
}

// Sixty pupils sign up from one address: the first twenty notice nothing, the others' browsers work for a second.
func TestASchoolBehindOneAddressGetsIn(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	worked := 0
	for i := range 60 {
		c := s.visitor(t).from(t, 1)
		if i%30 == 29 {
			s.data.Watch.Advance(time.Minute)
		}
		p := c.post(joinURL)
		if p.puzzled() {
			worked++
			p = c.solve(joinURL, p)
		}
		p.goes(joinURL + "/gebruik")
		c.post(joinURL+"/gebruik", "used", "yes").goes(joinURL + "/leeftijd")
		c.post(joinURL+"/leeftijd", "adult", "yes").goes(joinURL + "/land")
		c.post(joinURL+"/land", "where", "NL").goes(joinURL + "/e-mail")
		email := fmt.Sprintf("leerling%d@deelnemer.example", i)
		if p = c.post(joinURL+"/e-mail", "email", email); p.puzzled() {
			p = c.solve(joinURL+"/e-mail", p)
		}
		p.goes(joinURL + "/code")
		c.post(joinURL+"/code", "code", s.code(t, email)).goes(joinURL + "/naam")
	}
	if worked != 40 {
		t.Errorf("%d of 60 had to work to begin, want 40", worked)
	}
}

func TestWorkOpensAGateOnce(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	c := s.visitor(t)
	for range 20 {
		c.post(joinURL).goes(joinURL + "/gebruik")
	}
	p := c.post(joinURL).want(200, "Een ogenblik", "kleine berekening", "plek in de rij")
	answer := answered(t, p)
	c.send(joinURL, answer).goes(joinURL + "/gebruik")
	if again := c.send(joinURL, answer); !again.puzzled() {
		t.Errorf("the same answer opened the gate twice: %d to %q", again.Status, again.Place)
	}
	fake := form(p, fieldWork, base64.StdEncoding.EncodeToString([]byte(`{"algorithm":"SHA-256","challenge":"00","number":1,"salt":"a","signature":"00"}`)))
	for name, values := range map[string]url.Values{"made up": fake, "no JSON": form(p, fieldWork, "x"), "nothing": form(p)} {
		if again := c.send(joinURL, values); !again.puzzled() {
			t.Errorf("%s: %d to %q", name, again.Status, again.Place)
		}
	}
	late := answered(t, c.post(joinURL))
	s.data.Watch.Advance(proofLife + time.Second)
	for range 4 { // the free starts of that time
		c.post(joinURL)
	}
	if again := c.send(joinURL, late); !again.puzzled() {
		t.Errorf("an old answer opened the gate: %d to %q", again.Status, again.Place)
	}
}

func TestWithoutScriptThereIsALine(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	c, next := s.visitor(t), s.visitor(t)
	for range 20 {
		c.post(joinURL).goes(joinURL + "/gebruik")
	}
	p := c.send(joinURL, form(c.post(joinURL), fieldWait, "ja")).want(200, "U staat in de rij", "20 seconden")
	second := next.send(joinURL, form(next.post(joinURL), fieldWait, "ja")).want(200, "40 seconden")
	early := c.send(joinURL, form(p)).want(200, "U staat in de rij")
	s.data.Watch.Advance(20 * time.Second)
	next.send(joinURL, form(second)).want(200, "U staat in de rij")
	forged := form(second)
	forged.Set(linePlace.Name, "1"+forged.Get(linePlace.Name))
	next.send(joinURL, forged).want(200, "Een ogenblik")
	c.send(joinURL, form(early)).goes(joinURL + "/gebruik")
	if again := c.send(joinURL, form(early)); again.Status != 200 {
		t.Errorf("one place in the line was used twice: %d to %q", again.Status, again.Place)
	}
	s.data.Watch.Advance(20 * time.Second)
	next.send(joinURL, form(second)).goes(joinURL + "/gebruik")
}

func TestWhatWasTypedSurvivesAGate(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	c := s.visitor(t)
	c.walk("e-mail", "", "")
	for range 2 {
		c.post(joinURL+"/e-mail", "email", "anna@deelnemer.example").goes(joinURL + "/code")
	}
	p := c.post(joinURL+"/e-mail", "email", "anna@deelnemer.example").want(200, "Een ogenblik", `name="email" value="anna@deelnemer.example"`)
	if strings.Contains(p.Place, "anna") {
		t.Error("the address stands in the address of the page")
	}
	c.solve(joinURL+"/e-mail", p).goes(joinURL + "/code")
	c.post(joinURL+"/e-mail", "email", "anna@deelnemer.example").want(429, "Even wachten")
	login := s.visitor(t)
	login.post("/nl/mijn/inloggen", "email", "anna@deelnemer.example").want(429) // the same limit, by another door
}

func TestWhoFillsInTheTrapOrHurriesIsMarkedAndNotStopped(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	tests := []struct {
		name, email string
		trap        string
		wait        time.Duration
		want        string
	}{
		{"somebody", "a@deelnemer.example", "", time.Minute, ""},
		{"in nineteen seconds", "b@deelnemer.example", "", 19 * time.Second, "fast"},
		{"who fills in what nobody sees", "c@deelnemer.example", "https://spam.example", time.Minute, "trap"},
		{"both", "d@deelnemer.example", "x", 0, "trap fast"},
	}
	for i, tt := range tests {
		c := s.visitor(t).from(t, i)
		c.trap = tt.trap
		c.walk("controle", tt.email, "flat")
		s.data.Watch.Advance(tt.wait)
		c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")
		var mark string
		must(t, s.pool.QueryRow(t.Context(), `SELECT review_mark FROM participations t JOIN participants p ON p.id = t.participant_id WHERE email_key = $1`, tt.email).Scan(&mark))
		if mark != tt.want {
			t.Errorf("%s: marked %q, want %q", tt.name, mark, tt.want)
		}
	}
}
