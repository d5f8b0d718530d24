package web

import (
	"bytes"
	"context"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
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

func TestALinkToTakeOverWorksForThirtyDaysAndIsSentAgain(t *testing.T) {
	t.Parallel()
	s, m, _, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	wish := claims.TakeoverWish{Kind: claims.TakeoverRepresentative, Scope: "all", Contact: claims.Contact{Name: "C. Bewindvoerder", Email: "c@proef.example", Lang: "nl"}}
	must(t, s.Claims.ProposeTakeover(t.Context(), claimstest.Intake, s.Participation(m), wish, bytes.NewReader(claimstest.ProofPDF)))
	must(t, s.Claims.AcceptTakeover(t.Context(), claimstest.Register, s.Participation(m)))
	link := func() string {
		return "/nl/mijn/overname/" + s.word(t, `SELECT data->>'Token' FROM outbox WHERE template = 'takeover' ORDER BY id DESC LIMIT 1`)
	}
	first, c := link(), s.visitor(t)
	c.get(first).want(200, "<title>Uw e-mailadres, om over te nemen", "Uw e-mailadres, om over te nemen</label>")
	s.Watch.Advance(claims.TakeoverLinkLife - time.Second)
	c.get(first).want(200)
	s.Watch.Advance(time.Second)
	c.get(first).want(410, "Deze link is te oud", "Bel of mail ons")
	c.get(first + "/naam").want(410)
	desk := o.member(t, staff.Lawyer)
	page := "/nl/beheer/zoom/deelname/" + m.Number + "/vertegenwoordiging"
	desk.get(page).want(200, "De link werkt tot", "2 december 2026")
	desk.postFrom(page, page+"/opnieuw").goes(page)
	desk.postFrom(page, page+"/opnieuw").goes(page)
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'takeover'`); n != 2 {
		t.Errorf("%d links were mailed, want a second one, and that once", n)
	}
	c.get(first).want(404)
	c.get(link()).want(200)
}

func TestAPageFromAMailComesAfterTheLogIn(t *testing.T) {
	t.Parallel()
	s, m, _, home := joined(t, claims.Flat)
	paper := home + "/documenten/volmacht"
	if ref := s.word(t, `SELECT data->>'Ref' FROM outbox WHERE template = 'welcome'`); "/nl/mijn/"+ref != home {
		t.Errorf("the welcome leads to %s, want %s", ref, home)
	}
	logIn := func(c *client) page {
		t.Helper()
		c.post("/nl/mijn/inloggen", "email", m.Person.Email).goes("/nl/mijn/code")
		return c.post("/nl/mijn/code", "code", s.code(t, m.Person.Email))
	}
	c := s.visitor(t)
	c.get(paper).goes("/nl/mijn/inloggen")
	logIn(c).goes(paper)
	c.get(paper).want(200)
	if c.cookies[nextCookie] != "" {
		t.Error("the page stays kept after it was shown")
	}
	s.Watch.Advance(time.Hour)
	stranger := s.visitor(t)
	for _, value := range []string{"https://evil.example", "//evil.example", "/mijn/AAAAAAAAAAAAAAAAAAAAAAAAAA", "/beheer", paper + "%0d%0aX: y"} {
		stranger.cookies[nextCookie] = value
		logIn(stranger).goes("/nl/mijn")
		s.Watch.Advance(time.Hour)
	}
}
