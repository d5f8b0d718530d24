package web

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestARightIsAskedAfterItsEffectIsShown(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	b.get(home+"/rechten").want(200, "Meenemen", "Alles", home+"/rechten/beperken", home+"/rechten/bezwaar", home+"/stoppen/wissen", home+"/gegevens/aanpassen")
	b.get(home+"/rechten/beperken").want(200, "Dit stopt", "Dit gaat door, en waarom", "artikel 18 lid 2", "Uw geld", "binnen een maand", home+"/rechten/beperken/bevestigen")
	b.get(home+"/rechten/bezwaar").want(200, "geldt meteen", home+"/rechten/bezwaar/bevestigen")
	b.get(home + "/rechten/vergeten").want(404)
	page := home + "/rechten/beperken/bevestigen"
	b.post(page, "words", "Mijn achternaam is anders").want(422, "Kies een reden", "Zet een vinkje", "Mijn achternaam is anders")
	b.post(page, "ground", "mailing", "sure", "yes").want(422, "Kies een reden")
	values := form(b.get(page), "ground", "accuracy", "words", "Mijn achternaam is anders", "sure", "yes")
	for status, n := range b.eightAtOnce(page, values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM rights_requests`) + s.count(t, `SELECT count(*) FROM outbox WHERE template = 'right_received'`); n != 2 {
		t.Errorf("%d requests and mails, want one of each", n)
	}
	list := b.get(home+"/rechten").want(200, "Wij kijken ernaar", "2 december 2026")
	one := home + "/rechten/verzoek/" + s.word(t, `SELECT ref FROM rights_requests`)
	if !strings.Contains(list.Body, one) {
		t.Errorf("the list does not lead to %s", one)
	}
	b.get(one).want(200, "Mijn achternaam is anders", "Neem mijn verzoek terug")
	stranger, _ := s.as(s.JoinWith(1, claims.Flat)[0])
	stranger.get(one).want(404)
	officer := officeOf(t, s.Case).member(t, staff.Register)
	officer.get("/nl/beheer/zoom/deelname/"+m.Number).want(200, "Verwerking beperkt")
	b.postFrom(one, one+"/stop").goes(home + "/rechten")
	b.get(home+"/rechten").want(200, "Teruggenomen")
	if p := officer.get("/nl/beheer/zoom/deelname/" + m.Number).want(200); strings.Contains(p.Body, "Verwerking beperkt") {
		t.Error("the mark stays after the request was taken back")
	}
}

func TestThePrivacyOfficerAnswersInTime(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	page := home + "/rechten/bezwaar/bevestigen"
	b.post(page, "ground", "situation", "words", "Ik zit in de schuldhulp", "sure", "yes").goes(home + "/rechten")
	o := officeOf(t, s.Case)
	officer := o.member(t, staff.Privacy)
	officer.get("/nl/beheer").want(200, "Verzoeken om rechten", "2 december 2026")
	const list = "/nl/beheer/rechten"
	one := list + "/" + s.word(t, `SELECT ref FROM rights_requests`)
	if p := officer.get(list).want(200, one, m.Number, "Wij kijken ernaar"); strings.Contains(p.Body, "schuldhulp") {
		t.Error("the list tells what somebody wrote")
	}
	officer.get(one).want(200, "Ik zit in de schuldhulp", "Al het gebruik naast mijn zaak")
	b.get(home+"/gegevens").want(200, "Uw verzoek")
	officer.postFrom(one, one+"/verlengen").want(422, "Schrijf op waarom")
	officer.postFrom(one, one+"/verlengen", "reason", "Wij vragen onze advocaat.").goes(list)
	officer.postFrom(one, one+"/verlengen", "reason", "Nog eens").want(409)
	b.get(home + strings.TrimPrefix(one, list)).want(404)
	mine := home + "/rechten/verzoek" + strings.TrimPrefix(one, list)
	b.get(mine).want(200, "Wij vragen onze advocaat.", "2 februari 2027")
	s.Watch.Advance(93 * 24 * time.Hour)
	s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ?`, s.Watch.Now(), s.Watch.Now())
	officer.get(list).want(200, "Te laat")
	officer.get("/nl/beheer").want(200, "1 verzoek is te laat")
	officer.postFrom(one, one+"/antwoord", "answer", "Omdat").want(422, "Kies toewijzen of afwijzen", "Omdat")
	officer.postFrom(one, one+"/antwoord", "granted", "no").want(422, "Schrijf op waarom")
	officer.postFrom(one, one+"/antwoord", "granted", "no", "answer", "De zaak heeft ze nodig.").goes(list)
	officer.postFrom(one, one+"/antwoord", "granted", "yes").want(409)
	b.get(mine).want(200, "Afgewezen", "De zaak heeft ze nodig.", "Autoriteit Persoonsgegevens")
	if got := s.word(t, `SELECT data::text FROM outbox WHERE template = 'right_answered'`); strings.Contains(got, "nodig") {
		t.Errorf("the mail holds %s, want nothing of the answer", got)
	}
	if p := o.member(t, staff.Intake).get("/nl/beheer").want(200); strings.Contains(p.Body, list) {
		t.Error("who may not answer is led to the list")
	}
}

// TestNaughtyRights puts each of the 515 strings into each field of a request and of its answer.
func TestNaughtyRights(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/blns.json")
	must(t, err)
	var all []string
	must(t, json.Unmarshal(content, &all))
	s, _, b, home := joined(t, claims.Flat)
	officer := officeOf(t, s.Case).member(t, staff.Privacy)
	page := home + "/rechten/beperken/bevestigen"
	mine, theirs := form(b.get(page)).Get("csrf"), form(officer.get("/nl/beheer")).Get("csrf")
	send := func(c *client, path, token, text string, pairs ...string) {
		t.Helper()
		values := url.Values{"csrf": {token}}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		p := c.send(path, values)
		if p.Status == 303 {
			p = c.get(path[:strings.LastIndex(path, "/")])
		}
		if p.Status >= 500 || strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
			t.Errorf("%s with %q: %d", path, text, p.Status)
		}
	}
	for _, text := range strange { // what is chosen is compared with a list, whatever the string
		send(b, page, mine, text, "ground", text, "words", text, "sure", text)
	}
	for i, text := range all {
		send(b, page, mine, text, "ground", "accuracy", "words", text, "sure", "yes")
		ref := s.word(t, `SELECT coalesce(max(ref), '') FROM rights_requests WHERE status = 'open'`)
		if ref == "" {
			continue
		}
		one := "/nl/beheer/rechten/" + ref
		send(officer, one+"/verlengen", theirs, text, "reason", text)
		if i%20 == 0 {
			send(officer, one+"/antwoord", theirs, text, "granted", text, "answer", text)
		}
		send(officer, one+"/antwoord", theirs, text, "granted", "yes", "answer", text)
		s.Exec(`UPDATE rights_requests SET ended_at = answered_at, ended_by = 'system:test' WHERE status = 'granted'`)
	}
	if n := s.count(t, `SELECT count(*) FROM rights_requests`); n < 100 {
		t.Errorf("%d requests were made: the test looks at nothing", n)
	}
}
