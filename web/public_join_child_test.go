package web

import (
	"strings"
	"testing"
)

// guard answers the pages of the sign-up as the parent of a child, up to the check.
func (c *client) guard(email, first, born string) {
	c.t.Helper()
	c.walk("relatie", "", "")
	day, rest, _ := strings.Cut(born, "-")
	month, year, _ := strings.Cut(rest, "-")
	for _, s := range []struct {
		page, next string
		pairs      []string
	}{
		{"relatie", "kind", []string{"relation", "parent"}},
		{"kind", "land", []string{"first_names", first, "last_name", "Dijk", "born-day", day, "born-month", month, "born-year", year, "child_email", ""}},
		{"land", "e-mail", []string{"where", "NL"}},
		{"e-mail", "code", []string{"email", email}},
		{"code", "naam", nil},
		{"naam", "adres", []string{"first_names", "Anna Maria", "infix", "de", "last_name", "Vries"}},
		{"adres", "periode", []string{"postcode", "1234ab", "house_number", "10", "street", "Dorpsstraat", "city", "Utrecht", "country", "NL"}},
		{"periode", "bewijs", []string{"from-month", "3", "from-year", "2020", "used_for", "school"}},
		{"bewijs", "vergoeding", []string{"evidence", "later"}},
		{"vergoeding", "controle", []string{"fee", "flat"}},
	} {
		if s.page == "code" {
			s.pairs = []string{"code", c.site.code(c.t, email)}
		}
		c.post(joinURL+"/"+s.page, s.pairs...).goes(joinURL + "/" + s.next)
	}
}

func TestAParentSignsUpAChild(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.guard("ouder@deelnemer.example", "Sam", "27-3-2014")
	c.get(joinURL+"/periode").want(200, "Antwoord op deze pagina voor Sam Dijk", "Stap 10 van 14")
	c.get(joinURL+"/naam").want(200, "uw eigen gegevens", `value="Anna Maria"`)
	c.get(joinURL+"/controle").want(200, "Sam Dijk", "27 maart 2014", "ouder met gezag", "Anna Maria de Vries")
	c.get(joinURL+"/ondertekenen").want(200, "Ik ben ouder met gezag van Sam Dijk, geboren op 27 maart 2014")
	c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")

	second := s.visitor(t) // the same parent signs up another child
	second.guard("ouder@deelnemer.example", "Lot", "1-12-2017")
	second.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")

	other := s.visitor(t) // the other parent signs up the same child
	other.guard("andere.ouder@deelnemer.example", "sam", "27-3-2014")
	other.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").want(200, "U doet al mee")

	if n := s.count(t, `SELECT count(DISTINCT participant_id) * 10 + count(*) FROM participations`); n != 12 {
		t.Errorf("accounts and participations = %d, want one account with two children", n)
	}
	var id int64
	must(t, s.pool.QueryRow(t.Context(), `SELECT id FROM participants`).Scan(&id))
	mine := s.loggedIn(t, id)
	mine.get("/nl/mijn").want(200, "Sam Dijk", "Lot Dijk")
}

func TestTheChildsPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := setup(t)
	good := map[string]string{"first_names": "Sam", "last_name": "Dijk", "born-day": "27", "born-month": "3", "born-year": "2014"}
	tests := []struct {
		name, field, value string
		words              []string
	}{
		{"no name", "first_names", " ", []string{"Vul de voornamen van het kind in", `value="2014"`}},
		{"a sign that steers", "last_name", "D\u202eijk", []string{"U+202E"}},
		{"a day that does not exist", "born-day", "32", []string{"die bestaan", `value="32"`}},
		{"the 31st of April", "born-month", "4", []string{"die bestaan"}},
		{"two digits for a year", "born-year", "14", []string{"vier cijfers", `value="14"`}},
		{"not born yet", "born-year", "2090", []string{"al voorbij"}},
		{"of age", "born-year", "2004", []string{"18 jaar of ouder"}},
		{"a year in letters", "born-year", "MMXX", []string{"vier cijfers"}},
		{"half an address", "child_email", "sam@", []string{"naam@voorbeeld.nl", `value="sam@"`}},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := s.visitor(t)
			c.ip = "198.51.100." + string(rune('1'+i))
			c.walk("relatie", "", "")
			c.post(joinURL+"/relatie").want(422, "Kies wie u aanmeldt", "<title>Fout:")
			c.post(joinURL+"/relatie", "relation", "guardian").goes(joinURL + "/kind")
			values := form(c.get(joinURL + "/kind"))
			for k, v := range good {
				values.Set(k, v)
			}
			values.Set(tt.field, tt.value)
			if tt.name == "the 31st of April" {
				values.Set("born-day", "31")
			}
			c.send(joinURL+"/kind", values).want(422, append(tt.words, "<title>Fout:", "Er is iets niet goed ingevuld")...)
		})
	}
}

func TestWhoTurnsOutToBeOfAgeIsAskedNothingOfAChild(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.guard("ouder@deelnemer.example", "Sam", "27-3-2014")
	c.post(joinURL+"/leeftijd", "adult", "yes").goes(joinURL + "/land")
	if p := c.get(joinURL + "/controle").want(200); strings.Contains(p.text(), "Sam") {
		t.Errorf("the child is still there: %s", p.text())
	}
	c.post(joinURL+"/leeftijd?terug=controle", "adult", "no").goes(joinURL + "/relatie")
}
