package web

import (
	"context"
	"testing"
	"time"

	"samenclaim/internal/locale"
	"samenclaim/web/staff"
)

func TestWhoCameOfAgeConfirmsBehindTheMailedLink(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	born := locale.Today(s.now()).AddDate(-18, 0, 1)
	c.guard("ouder@deelnemer.example", "Sam", born.Format("2-1-2006"))
	c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")
	s.data.Watch.Advance(24 * time.Hour)
	for _, d := range s.claims.Drains() {
		if d.Name == "of-age" {
			_, err := d.Run(context.Background())
			must(t, err)
		}
	}
	desk := s.staffMember(t, staff.Register)
	const waiting = "/nl/beheer/zoom/meerderjarig"
	desk.get(waiting).want(200, "november 2026", "Nog niet gemaild", "ZM-", "/deelname/ZM-", "/vertegenwoordiging")
	s.staffMember(t, staff.Accountant).get(waiting).want(403)
	var link string
	must(t, s.pool.QueryRow(t.Context(), `SELECT data->>'Token' FROM outbox WHERE template = 'of_age'`).Scan(&link))
	home := "/nl/mijn/overname/" + link
	sam := s.visitor(t)
	sam.get(home + "/ondertekenen").goes(home)
	sam.post(home, "email", "sam@").want(422, "naam@voorbeeld.nl", `value="sam@"`)
	sam.post(home, "email", "sam@deelnemer.example").goes(home + "/code")
	sam.post(home+"/code", "code", "000000x").want(422)
	sam.post(home+"/code", "code", s.code(t, "sam@deelnemer.example")).goes(home + "/naam")
	sam.get(home+"/naam").want(200, `value="Sam"`)
	sam.post(home+"/naam", "first_names", "Sam", "last_name", "Dijk").goes(home + "/adres")
	sam.post(home+"/adres", "postcode", "1234ab", "house_number", "10", "street", "Dorpsstraat", "city", "Utrecht", "country", "NL").goes(home + "/ondertekenen")
	sam.post(home+"/ondertekenen", "name", "Sam Dijk").want(422, "Zet een vinkje bij de volmacht")
	sam.post(home+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Sam Dijk").goes(home + "/klaar")
	sam.get(home+"/klaar").want(200, "ZM-")
	sam.get(home).goes(home + "/klaar")
	desk.get(waiting).want(200, "Iedereen die 18 werd, heeft bevestigd")
	if n := s.count(t, `SELECT count(*) FROM participations t JOIN participants p ON p.id = t.participant_id WHERE p.email = 'sam@deelnemer.example' AND t.person_key IS NULL`); n != 1 {
		t.Errorf("participations of Sam = %d, want 1", n)
	}
	s.visitor(t).get("/nl/mijn/overname/NOSUCHTOKEN").want(404)
}
