package web

import (
	"encoding/json"
	"strings"
	"testing"

	"samenclaim/claims"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	p := b.get(home+"/documenten").want(200, "Wat u hebt ondertekend", "Aanmelding", "De brief is nog niet verstuurd", "Er is nog geen nieuws")
	pdf := b.get(home + "/documenten/volmacht.pdf").want(200)
	if !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Disposition") != `attachment; filename="volmacht-`+m.Number+`.pdf"` {
		t.Errorf("the signed document is %q", pdf.Header.Get("Content-Disposition"))
	}
	b.get(home + "/documenten/ontvangstbewijs.json").want(404)
	b.get(home + "/documenten/specificatie.pdf").want(404)
	text := between(p.Body, "/nl", `">Lees versie`)
	b.get("/nl"+text).want(200, "De tekst van toen")
	b.get(home + "/tekst/x").want(404)
	b.get(home + "/tekst/999999").want(404)

	s.Send()
	s.Publish(claims.DraftNews{TitleNL: "Titel", TitleEN: "Title", BodyNL: "Een.\n\nTwee.", BodyEN: "One.", RequestID: "r"})
	b.get(home+"/documenten").want(200, "U staat in brief 1", "Wij wachten nog op het bewijs van bezorging", "Uw bewijs dat u in de brief staat", "<p>Twee.</p>")
	var receipt map[string]any
	must(t, json.Unmarshal([]byte(b.get(home+"/documenten/ontvangstbewijs.json").want(200).Body), &receipt))
	if len(receipt) == 0 {
		t.Error("the receipt is empty")
	}
	s.Arrive(1)
	b.get(home+"/documenten").want(200, "Uw vordering blijft behouden tot en met")
	b.get("/en"+home[3:]+"/documenten").want(200, "Title", "You are in letter 1")
}

func TestConsentsAreGivenAndTakenBackInOneStep(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	from := home + "/toestemmingen"
	b.get(from).want(200, "Stuur mij de nieuwsbrief", "U hebt nog nergens toestemming voor gegeven", "Zet aan")
	for status, n := range b.eightAtOnce(from+"/newsletter/aan", form(b.get(from))) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	p := b.get(from).want(200, "Aangezet: Stuur mij de nieuwsbrief", "Aan sinds 2 november 2026", "Zet uit", "Nog aan")
	if n := s.count(t, `SELECT count(*) FROM consents`); n != 1 {
		t.Errorf("%d consents, want 1", n)
	}
	b.get("/nl"+between(p.Body, "/nl", `">Lees de tekst van toen`)).want(200, "Hooguit één keer per maand")
	b.postFrom(from, from+"/newsletter/uit").goes(from)
	if p := b.get(from).want(200, "Uitgezet: Stuur mij de nieuwsbrief"); strings.Contains(p.Body, "Nog aan") {
		t.Error("the consent is still on")
	}
	b.postFrom(from, from+"/newsletter/uit").goes(from)
	b.postFrom(from, from+"/spam/aan").want(404)
	b.get(from + "/newsletter/aan").want(405)
	b.post(home+"/stoppen/beeindigen/bevestigen", "sure", "yes").goes(home + "/stoppen")
	b.send(from+"/newsletter/aan", form(b.get(home+"/gegevens"))).want(409)
}
