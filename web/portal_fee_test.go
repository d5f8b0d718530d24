package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
)

// signAgain fills in the page of a new signature.
func (c *client) signAgain(home, option, name string) page {
	c.t.Helper()
	return c.post2(home+"/vergoeding/ondertekenen?optie="+option, home+"/vergoeding/ondertekenen", "mandate", "yes", "agreement", "yes", "name", name)
}

// post2 sends a form that stands on another page, as a browser does.
func (c *client) post2(from, path string, pairs ...string) page {
	c.t.Helper()
	return c.send(path, form(c.get(from), pairs...))
}

func TestChangingTheFeeTakesANewSignature(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Prepay(m)
	name := strings.Join(strings.Fields(m.Person.FirstNames+" "+m.Person.Infix+" "+m.Person.LastName), " ")
	b.get(home+"/vergoeding").want(200, "Vast bedrag: € 50,00", "€ 250,00", "Anders kiezen", "Dan krijgt u terug wat u vooruit betaalde")
	b.post(home+"/vergoeding").want(422, "Kies hoe u wilt betalen")
	b.post(home+"/vergoeding", "option", "flat").want(422, "Dit is al uw keuze")
	b.post(home+"/vergoeding", "option", "gratis").want(422, "Kies hoe u wilt betalen")
	b.post(home+"/vergoeding", "option", "percentage").goes(home + "/vergoeding/ondertekenen?optie=percentage")
	sign := b.get(home+"/vergoeding/ondertekenen?optie=percentage").want(200, "Lees en onderteken opnieuw", "U betaalde € 50,00 vooruit. Dat krijgt u terug", name)
	if strings.Contains(sign.Body, " checked") {
		t.Error("a box is filled in before somebody did")
	}
	b.post2(home+"/vergoeding/ondertekenen?optie=percentage", home+"/vergoeding/ondertekenen").want(422, "Zet een vinkje bij de volmacht", "Zet een vinkje bij de overeenkomst", "Typ uw naam om te ondertekenen")
	b.signAgain(home, "percentage", "Iemand Anders").want(422, "De naam is anders dan de naam in uw gegevens", `value="Iemand Anders"`, " checked")
	if n := s.count(t, `SELECT count(*) FROM mandates`); n != 1 {
		t.Fatalf("%d signatures, want 1", n)
	}
	b.signAgain(home, "percentage", strings.ToUpper(name)).goes(home + "/vergoeding")
	b.get(home+"/vergoeding").want(200, "Uw keuze is veranderd", "20% van wat u krijgt")
	b.get(home+"/betalen").want(200, "Terugbetaling", "U koos voor het percentage")
	b.get(home+"/documenten").want(200, "Andere vergoeding", "Aanmelding")
	b.get(home + "/vergoeding/ondertekenen?optie=percentage").goes(home + "/vergoeding")
	b.get(home + "/vergoeding/ondertekenen?optie=gratis").goes(home + "/vergoeding")
}

func TestSigningAgainTwiceIsOnce(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	name := strings.Join(strings.Fields(m.Person.FirstNames+" "+m.Person.Infix+" "+m.Person.LastName), " ")
	values := form(b.get(home+"/vergoeding/ondertekenen?optie=percentage"), "mandate", "yes", "agreement", "yes", "name", name)
	for status, n := range b.eightAtOnce(home+"/vergoeding/ondertekenen", values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	b.signAgain(home, "flat", name).goes(home + "/vergoeding")
	b.send(home+"/vergoeding/ondertekenen", values).goes(home + "/vergoeding") // the old form once more, from the history of the browser
	if n := s.count(t, `SELECT count(*) FROM mandates`); n != 3 {
		t.Errorf("%d signatures, want 3", n)
	}
	b.get(home+"/vergoeding").want(200, "Vast bedrag: € 50,00")
	values.Set("request_id", "")
	b.send(home+"/vergoeding/ondertekenen", values).want(400)
	values.Set("request_id", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	values.Set("mandate_sha256", "00")
	b.send(home+"/vergoeding/ondertekenen", values).want(422, "De tekst is zojuist veranderd")
	for _, text := range naughty {
		values.Set("name", text)
		if p := b.send(home+"/vergoeding/ondertekenen", values); p.Status != 422 {
			t.Errorf("name %q: %d, want 422", text, p.Status)
		}
	}
}

func TestTheFeeIsLockedWithTheLetter(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	name := strings.Join(strings.Fields(m.Person.FirstNames+" "+m.Person.Infix+" "+m.Person.LastName), " ")
	values := form(b.get(home+"/vergoeding/ondertekenen?optie=percentage"), "mandate", "yes", "agreement", "yes", "name", name)
	choice := form(b.get(home+"/vergoeding"), "option", "percentage")
	s.Watch.Advance(10 * time.Minute)
	s.Send()
	p := b.get(home+"/vergoeding").want(200, "Uw keuze staat vast sinds 2 november 2026 om 11.10 uur")
	if strings.Contains(p.Body, `name="option"`) {
		t.Error("a choice is offered")
	}
	b.send(home+"/vergoeding", choice).want(409, "Uw keuze staat vast sinds")
	b.send(home+"/vergoeding/ondertekenen", values).want(409, "Uw keuze staat vast sinds")
	b.get(home + "/vergoeding/ondertekenen?optie=percentage").goes(home + "/vergoeding")
	if n := s.count(t, `SELECT count(*) FROM mandates`); n != 1 {
		t.Errorf("%d signatures, want 1", n)
	}
}
