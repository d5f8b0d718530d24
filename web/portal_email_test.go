package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/staff"
)

// mailedTo is a value of the newest mail of a kind.
func (s *site) mailedTo(t testing.TB, template, value string) (got string) {
	t.Helper()
	must(t, s.pool.QueryRow(t.Context(), `SELECT data->>$2 FROM outbox WHERE template = $1 ORDER BY id DESC LIMIT 1`, template, value).Scan(&got))
	return got
}

func TestAnotherAddressTakesACodeFromBoth(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	page := home + "/gegevens/e-mailadres"
	b.get(home+"/gegevens").want(200, page, "Wijzig", "uw e-mailadres")
	b.get(page).want(200, m.Person.Email, "Stuur mij een code", "Kunt u niet meer bij uw oude adres?")
	for typed, words := range map[string]string{"": "Vul uw nieuwe e-mailadres in", "geen adres": "e-mailadres", strings.ToUpper(m.Person.Email): "Dit is uw e-mailadres al", strings.Repeat("x", 255): "niet langer zijn dan 254"} {
		b.post(page, "email", typed, "do", "code").want(422, words)
	}
	for _, text := range naughty {
		if p := b.post(page, "email", text, "do", "code"); p.Status != 422 {
			t.Errorf("address %q: %d, want 422", text, p.Status)
		}
	}
	b.post(page, "email", "nieuw@deelnemer.example").want(422, "De code heeft 6 cijfers", `value="nieuw@deelnemer.example"`)
	b.post(page, "email", "nieuw@deelnemer.example", "step", "new", "code", "123456").want(422, "Deze code is verlopen") // without the old address
	b.post(page, "email", "nieuw@deelnemer.example", "do", "code").want(200, "De code is verstuurd", `value="nieuw@deelnemer.example"`)
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient = 'nieuw@deelnemer.example'`); n != 0 {
		t.Errorf("%d mails to the new address before the old one confirmed", n)
	}
	old := s.confirmCode(t, m.Person.Email)
	b.post(page, "email", "nieuw@deelnemer.example", "code", wrongCode(old)).want(422, "Deze code klopt niet")
	second := b.post(page, "email", "nieuw@deelnemer.example", "code", old).want(200, "Nu een code op uw nieuwe adres", m.Person.Email, "nieuw@deelnemer.example")
	code := s.mailedTo(t, "email_code", "Code")
	b.send(page, form(second, "code", wrongCode(code))).want(422, "Deze code klopt niet", "Nu een code op uw nieuwe adres")
	ends := b.eightAtOnce(page, form(second, "code", code))
	if ends[303]+ends[422] != 8 { // who comes after the first is logged out, or finds the code used
		t.Errorf("eight at once ended as %v, want 303 or 422", ends)
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'email_changed'`); n != 2 {
		t.Errorf("%d mails tell of it, want one to each address", n)
	}
	if n := s.count(t, `SELECT count(*) FROM participants WHERE email = 'nieuw@deelnemer.example'`); n != 1 {
		t.Errorf("%d accounts have the new address, want 1", n)
	}
	if p := b.get(home); !p.toLogin() {
		t.Errorf("an old log-in still opens the case: %d", p.Status)
	}
	if strings.Contains(s.log.String(), "deelnemer.example") {
		t.Error("the log of the program holds an address")
	}
}

func TestWhoChangedTheAddressGoesOnLoggedIn(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	page := home + "/gegevens/e-mailadres"
	b.post(page, "email", "nieuw@deelnemer.example", "do", "code").want(200)
	second := b.post(page, "email", "nieuw@deelnemer.example", "code", s.confirmCode(t, m.Person.Email)).want(200)
	before := b.cookies[s.mine.Cookie.Name]
	b.send(page, form(second, "code", s.mailedTo(t, "email_code", "Code"))).goes(home + "/gegevens")
	if b.cookies[s.mine.Cookie.Name] == before {
		t.Error("the session was not renewed")
	}
	b.get(home+"/gegevens").want(200, "Uw e-mailadres is veranderd", "nieuw@deelnemer.example")
	s.Post()
}

func TestALostAddressWaitsAWeekAndCanBeStopped(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	desk := o.member(t, staff.Register)
	page := "/nl/beheer/zoom/deelname/" + m.Number + "/e-mailadres"
	desk.get("/nl/beheer/zoom/deelname/"+m.Number).want(200, page)
	desk.post(page, "email", "nieuw@deelnemer.example").want(422, "Kies hoe u weet wie dit is", `value="nieuw@deelnemer.example"`)
	desk.post(page, "email", "", "reason", "letter").want(422, "Vul het nieuwe e-mailadres in")
	desk.post(page, "email", m.Person.Email, "reason", "letter").want(422, "Met dit adres is al een account")
	values := form(desk.get(page), "email", "nieuw@deelnemer.example", "reason", "letter")
	for status, n := range desk.eightAtOnce(page, values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	desk.get(page).want(200, "Er loopt een aanvraag", "moet nog bevestigen", "9 november 2026")

	link := "/nl/mijn/adres/" + s.mailedTo(t, "email_prove", "Token")
	newcomer := s.visitor(t)
	for range 2 { // mail programs look first
		newcomer.get(link).want(200, "Bevestig uw nieuwe e-mailadres", "9 november 2026")
	}
	desk.get(page).want(200, "moet nog bevestigen")
	newcomer.post(link).want(200, "Uw nieuwe adres is bevestigd")
	newcomer.get(link).want(200, "Uw nieuwe adres is bevestigd")
	desk.get(page).want(200, "Het nieuwe adres is bevestigd")
	newcomer.get("/nl/mijn/adres/NOSUCHTOKEN").want(200, "Deze link werkt niet meer")

	b.get(home+"/gegevens").want(200, "Ons is gevraagd een ander e-mailadres voor u te gebruiken", "Houd mijn adres")
	b.postFrom(home+"/gegevens", home+"/gegevens/e-mailadres/houden").goes(home + "/gegevens")
	if p := b.get(home+"/gegevens").want(200, "Uw e-mailadres blijft zoals het is", m.Person.Email); strings.Contains(p.Body, "Houd mijn adres") {
		t.Error("what was stopped can be stopped again")
	}
	newcomer.get(link).want(200, "Deze link werkt niet meer")
	s.Watch.Advance(participants.EmailWait + time.Hour)
	s.Drain("new-addresses")
	if n := s.count(t, `SELECT count(*) FROM participants WHERE email = $1`, m.Person.Email); n != 1 {
		t.Error("the address changed after it was stopped")
	}
}

func TestSayingThatItWasNotMeKeepsTheAddress(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	to, err := participants.ParseEmail("nieuw@deelnemer.example")
	must(t, err)
	must(t, s.people.RequestEmail(t.Context(), "staff:1", m.ParticipantID, to, "document"))
	b.postFrom(home+"/veiligheid", home+"/veiligheid/niet-ik").goes("/nl/mijn/inloggen?uit=ja")
	if n := s.count(t, `SELECT count(*) FROM email_requests WHERE stopped_at IS NULL`); n != 0 {
		t.Errorf("%d requests stand open, want 0", n)
	}
}

func TestALostAddressIsReplacedByTheJob(t *testing.T) {
	t.Parallel()
	s, m, _, _ := joined(t, claims.Flat)
	to, err := participants.ParseEmail("nieuw@deelnemer.example")
	must(t, err)
	must(t, s.people.RequestEmail(t.Context(), "staff:1", m.ParticipantID, to, "document"))
	s.visitor(t).post("/nl/mijn/adres/" + s.mailedTo(t, "email_prove", "Token")).want(200)
	s.Watch.Advance(participants.EmailWait + time.Hour)
	s.Drain("new-addresses")
	if n := s.count(t, `SELECT count(*) FROM participants WHERE email = 'nieuw@deelnemer.example'`); n != 1 {
		t.Error("the address did not change after the week")
	}
}
