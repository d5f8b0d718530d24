package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestAQuestionAndItsAnswer(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	o := officeOf(t, s.Case)
	desk := o.member(t, staff.Intake)
	const inbox = "/nl/beheer/zoom/berichten"
	thread := "/nl/beheer/zoom/deelname/" + m.Number + "/berichten"

	b.get(home+"/berichten").want(200, "U hebt nog geen berichten", "Stuur het bij Bewijs")
	b.post(home+"/berichten", "text", " ").want(422, "Schrijf een bericht", `href="#text"`)
	b.post(home+"/berichten", "text", strings.Repeat("lang ", 900)).want(422, "Uw bericht is te lang", "lang lang")
	b.post(home+"/berichten", "text", "Mijn <b>adres</b>\r\nis veranderd").goes(home + "/berichten")
	b.get(home+"/berichten").want(200, "Uw bericht is verstuurd", "Mijn &lt;b&gt;adres&lt;/b&gt;\nis veranderd")

	desk.get("/nl/beheer").want(200, "1 gesprek wacht op antwoord, sinds vandaag", inbox)
	p := desk.get(inbox).want(200, "Berichten van deelnemers", m.Number, "Vandaag", thread)
	for _, personal := range []string{m.Person.LastName, "adres&lt;"} {
		if strings.Contains(p.Body, personal) {
			t.Errorf("the list shows %q", personal)
		}
	}
	s.Watch.Advance(3 * 24 * time.Hour)
	s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ?`, s.Watch.Now(), s.Watch.Now())
	desk.get(inbox).want(200, "3 dagen")
	desk.get("/nl/beheer").want(200, "sinds 3 dagen")
	desk.get(thread).want(200, m.Person.LastName, "Mijn &lt;b&gt;adres&lt;/b&gt;", "Geen antwoord nodig")
	desk.get(thread+"?antwoord=evidence").want(200, "Bewijs in")
	desk.get(thread + "?antwoord=<script>").want(200)
	desk.post(thread, "text", "").want(422, "Schrijf een bericht", "Mijn &lt;b&gt;adres")
	values := form(desk.get(thread), "text", "U past het zelf aan bij Gegevens.")
	for status, n := range desk.eightAtOnce(thread, values) {
		if status != 303 || n != 8 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	desk.get(thread).want(200, "Het bericht is verstuurd", "U past het zelf aan")
	if n := s.count(t, `SELECT count(*) FROM messages`); n != 2 {
		t.Errorf("%d messages, want the question and one answer", n)
	}
	desk.get(inbox).want(200, "Er wacht geen bericht op antwoord")
	desk.get(inbox+"?stand=beantwoord").want(200, m.Number)

	b.get(home).want(200, "U hebt een nieuw bericht", `class="nav-count">1<`)
	b.get(home+"/berichten").want(200, "U past het zelf aan bij Gegevens.", "Gelezen op", ">Nieuw<")
	if p := b.get(home + "/berichten").want(200); strings.Contains(p.Body, ">Nieuw<") || strings.Contains(p.Body, "nav-count") {
		t.Error("a message that was read is still new")
	}
	if p := b.get(home).want(200); strings.Contains(p.Body, "U hebt een nieuw bericht") {
		t.Error("the first page still tells of a message that was read")
	}
	b.get(home+"/gegevens").want(200, "Uw berichten gelezen", "intake")
	desk.get(thread).want(200, "Gelezen op")
}

func TestThanksNeedNoAnswer(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	desk := officeOf(t, s.Case).member(t, staff.Lawyer)
	thread := "/nl/beheer/zoom/deelname/" + m.Number + "/berichten"
	b.post(home+"/berichten", "text", "Dank u wel").goes(home + "/berichten")
	values := form(desk.get(thread).want(200, "Geen antwoord nodig"))
	for range 2 {
		desk.send(thread+"/klaar", values).goes("/nl/beheer/zoom/berichten")
	}
	desk.get("/nl/beheer/zoom/berichten").want(200, "wacht niet meer op antwoord", "Er wacht geen bericht op antwoord")
	values.Set("upto", "zeven")
	desk.send(thread+"/klaar", values).goes("/nl/beheer/zoom/berichten")
	for _, from := range []string{"x", "1", "-1-1", "1-0", "99999999999999999999-1", "32503680000000001-1", "1-1", "1-9223372036854775807"} {
		desk.get("/nl/beheer/zoom/berichten?na=" + from).want(200)
		desk.get("/nl/beheer/zoom/berichten?stand=beantwoord&na=" + from).want(200)
	}
}

func TestMessagesOfHostilePeople(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	desk := officeOf(t, s.Case).member(t, staff.Register)
	thread := "/nl/beheer/zoom/deelname/" + m.Number + "/berichten"
	for _, text := range naughty {
		s.Watch.Advance(3 * time.Hour) // ten a day are taken
		s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ?`, s.Watch.Now(), s.Watch.Now())
		odd := form(desk.get(thread), "text", text)
		odd.Set("seen", text)
		for _, p := range []page{b.post(home+"/berichten", "text", text), desk.send(thread, odd), b.get(home + "/berichten"), desk.get(thread)} {
			if p.Status != 303 && p.Status != 422 && p.Status != 200 || strings.Contains(p.Body, "<script>alert") {
				t.Errorf("%q: %d", text, p.Status)
			}
		}
	}
	b.send(home+"/berichten", map[string][]string{"text": {"x"}}).want(403)
}

func TestTheEleventhMessageOfADayIsKeptOnThePage(t *testing.T) {
	t.Parallel()
	_, _, b, home := joined(t, claims.Percentage)
	for range 10 {
		b.post(home+"/berichten", "text", "Vraag").goes(home + "/berichten")
	}
	b.post(home+"/berichten", "text", "De elfde vraag").want(422, "al 10 berichten gestuurd", "De elfde vraag")
}
