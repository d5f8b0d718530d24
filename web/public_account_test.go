package web

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestThePublicAccountIsThereForPeopleAndMachines(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.get("/nl/zoom/verantwoording").want(200, "De cijfers komen er zo aan", "Statuten", "Wolkenhuis")
	c.get("/nl/zoom/verantwoording.json").want(404)
	for _, email := range []string{"a@deelnemer.example", "b@deelnemer.example", "c@deelnemer.example"} {
		s.join(t, email, "flat")
	}
	must(t, s.claims.CountPublicly(t.Context(), s.zoom.ID))
	c.get("/nl/zoom/verantwoording").want(200, "Geteld op", "Minder dan 10 mensen", "Er is nog geen brief verstuurd", "nog geen geld binnengekomen")
	c.get("/en/zoom/verantwoording").want(200, "Fewer than 10 people", "No letter was sent yet")

	privacy := s.staffMember(t, staff.Privacy)
	day := s.now().Format(time.DateOnly)
	breach := func(pairs ...string) page {
		fields := map[string]string{"what": "breach/told", "day": day, "people": "2", "claim": "zoom", "summary_nl": "Een mail ging naar de verkeerde.", "summary_en": "A mail went to the wrong person."}
		for i := 0; i+1 < len(pairs); i += 2 {
			fields[pairs[i]] = pairs[i+1]
		}
		var all []string
		for k, v := range fields {
			all = append(all, k, v)
		}
		return privacy.postFrom("/nl/beheer/verstrekkingen", "/nl/beheer/verstrekkingen", all...)
	}
	for _, tt := range []struct{ field, typed, words string }{
		{"what", "", "Kies wat er gebeurde"}, {"what", "breach/given", "Kies wat er gebeurde, en vul"}, {"day", "gisteren", "Vul een datum in"}, {"day", "2999-01-01", "Die dag moet nog komen"},
		{"people", "veel", "Vul een heel getal in"}, {"people", "-1", "Vul een heel getal in"}, {"summary_en", "", "Vertel in een paar zinnen"}, {"summary_nl", strings.Repeat("x", 2001), "Maak de tekst korter"},
	} {
		kept := []string{tt.words, "Een mail ging naar de verkeerde.", "A mail went to the wrong person."}
		if strings.HasPrefix(tt.field, "summary") {
			kept = kept[:1]
		}
		breach(tt.field, tt.typed).want(422, kept...)
		if n := s.count(t, `SELECT count(*) FROM disclosures`); n != 0 {
			t.Fatalf("%s %q: %d disclosures", tt.field, tt.typed, n)
		}
	}
	breach("claim", "geen-zaak").want(404)
	breach("replaces", "99").want(404)
	breach().want(303)
	c.get("/nl/zoom/verantwoording").want(200, "Datalek", "Een mail ging naar de verkeerde.", "gemeld bij de Autoriteit")

	var data claims.PublicData
	must(t, json.Unmarshal([]byte(c.get("/nl/zoom/verantwoording.json").want(200).Body), &data))
	if data.Claim != "zoom" || len(data.Disclosures) != 1 || data.Disclosures[0].People != 2 || len(data.Processors) != 3 || len(data.Participations) != 0 || data.CountedAt.IsZero() {
		t.Errorf("%+v", data)
	}
}

func TestAReaderReportsAMistakeAndReadsTheAnswer(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.get("/nl/zoom").want(200, "/nl/fout-melden?pagina=%2Fzoom")
	from := "/nl/fout-melden?pagina=/zoom"
	c.postFrom(from, "/nl/fout-melden", "words", "", "email", "lezer@lezers.example").want(422, "Schrijf op wat er niet klopt", "lezer@lezers.example")
	c.postFrom(from, "/nl/fout-melden", "words", "\u200b\u200b", "email", "lezer@lezers.example").want(422, "Schrijf op wat er niet klopt")
	c.postFrom(from, "/nl/fout-melden", "words", "Het jaar is fout", "email", "geen adres").want(422, "Het jaar is fout", "geen adres", "e-mailadres")
	c.postFrom(from, "/nl/fout-melden", "words", strings.Repeat("w", 2001), "email", "").want(422, "Maak de tekst korter")
	if n := s.count(t, `SELECT count(*) FROM mistakes`); n != 0 {
		t.Fatalf("%d mistakes from bad forms", n)
	}
	c.get("/nl/fout-melden?pagina=https://evil.example/").want(200)
	if body := c.get("/nl/fout-melden?pagina=//evil.example").want(200).Body; strings.Contains(body, "evil.example") {
		t.Error("another site is shown as a page of ours")
	}
	once := form(c.get(from), "words", "Het jaar is fout", "email", "lezer@lezers.example")
	sent, again := c.send("/nl/fout-melden", once).want(303), c.send("/nl/fout-melden", once).want(303)
	if sent.Place != again.Place || s.count(t, `SELECT count(*) FROM mistakes`) != 1 {
		t.Errorf("sent twice: %s and %s", sent.Place, again.Place)
	}
	c.get(sent.Place).want(200, "Wij hebben uw melding", "Het jaar is fout")
	s.visitor(t).get("/nl/fout-melden/NOSUCHREPORT").want(404)

	desk := s.staffMember(t, staff.Intake)
	ref := sent.Place[strings.LastIndex(sent.Place, "/")+1:]
	mistake := "/nl/beheer/fouten/" + ref
	desk.get("/nl/beheer").want(200, "1 gemelde fout wacht op antwoord")
	desk.get("/nl/beheer/fouten").want(200, "/zoom", "Wacht op antwoord")
	desk.get(mistake).want(200, "Het jaar is fout")
	desk.postFrom(mistake, mistake, "answer", "Dank u.", "wrong", "").want(422, "Kies of er iets niet klopte", "Dank u.")
	desk.postFrom(mistake, mistake, "answer", "Dank u.", "wrong", "yes", "correction_nl", "Het jaar is nu 2020.").want(422, "Schrijf op wat er verbeterd is", "Het jaar is nu 2020.")
	desk.postFrom(mistake, mistake, "answer", "Dank u.", "wrong", "yes", "correction_nl", "Het jaar is nu 2020.", "correction_en", "The year is now 2020.").want(303)
	desk.postFrom(mistake, mistake, "answer", "Nog eens.", "wrong", "no").want(409)
	c.get(sent.Place).want(200, "Ons antwoord van", "Dank u.", "Dit staat bij de verbeteringen")
	c.get("/nl/correcties").want(200, "Het jaar is nu 2020.")
	c.get("/en/correcties").want(200, "The year is now 2020.")
	s.data.Watch.Advance(15 * 24 * time.Hour)
	c.postFrom(from, "/nl/fout-melden", "words", "Nog iets").want(303)
	s.data.Watch.Advance(15 * 24 * time.Hour)
	s.staffMember(t, staff.Register).get("/nl/beheer/fouten").want(200, "Te laat", "Verbeterd")
}
