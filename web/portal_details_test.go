package web

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// goodDetails are a form that is filled in well.
func goodDetails(changes ...string) []string {
	pairs := []string{
		"first_names", "Johanna Maria", "infix", "van der", "last_name", "Zee", "postcode", "3511ab", "house_number", "12", "addition", "bis",
		"street", "Oudegracht", "city", "Utrecht", "country", "NL", "lang", "en",
	}
	for i := 0; i < len(changes); i += 2 {
		for j := 0; j < len(pairs); j += 2 {
			if pairs[j] == changes[i] {
				pairs[j+1] = changes[i+1]
			}
		}
	}
	return pairs
}

func TestMyDataAreShownAndCorrectedAtOnce(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	b.get(home+"/gegevens").want(200, m.Person.FirstNames, m.Person.Email, m.Person.Street, "Nog niemand heeft uw gegevens bekeken", home+"/gegevens/e-mailadres")
	b.get(home+"/gegevens/aanpassen").want(200, `value="`+m.Person.Postcode+`"`)
	b.post(home+"/gegevens/aanpassen", goodDetails()...).goes(home + "/gegevens")
	b.get(home+"/gegevens").want(200, "Uw gegevens zijn veranderd", "Johanna Maria van der Zee", "Oudegracht 12 bis", "3511 AB Utrecht", "Engels")
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action = 'participant.corrected'`); n != 1 {
		t.Errorf("%d corrections in the log, want 1", n)
	}
	b.post(home+"/gegevens/aanpassen", goodDetails("country", "DE", "postcode", "10115", "house_number", "", "city", "Berlin")...).goes(home + "/gegevens")
	b.get(home+"/gegevens").want(200, "10115 Berlin", "Duitsland")
}

func TestWrongDetailsAreNamedAllAtOnceAndKept(t *testing.T) {
	t.Parallel()
	_, _, b, home := joined(t, claims.Percentage)
	p := b.post(home+"/gegevens/aanpassen", goodDetails("first_names", "", "postcode", "0000", "last_name", strings.Repeat("x", 201), "city", "Ut\u202erecht", "lang", "fr")...)
	p.want(422, "Er is iets niet goed ingevuld", `href="#first_names"`, `href="#postcode"`, `href="#last_name"`, `href="#city"`, `href="#lang"`, `value="0000"`, "U+202E", "Oudegracht")
	b.post(home+"/gegevens/aanpassen", goodDetails("country", "XX")...).want(422, `href="#country"`)
	if strings.Contains(b.get(home+"/gegevens").Body, "Oudegracht") {
		t.Error("a form with faults was half saved")
	}
	for _, field := range []string{"first_names", "infix", "last_name", "postcode", "house_number", "addition", "street", "city", "country", "lang"} {
		for _, text := range naughty {
			if p := b.post(home+"/gegevens/aanpassen", goodDetails(field, text)...); p.Status != 303 && p.Status != 422 {
				t.Errorf("%s = %q: %d", field, text, p.Status)
			}
		}
	}
	b.get(home + "/gegevens").want(200)
}

func TestWhoLookedAtMyFile(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	_, err := s.Claims.View(t.Context(), claimstest.Lawyer, s.Claim.ID, m.Number, "Vraag per telefoon")
	must(t, err)
	b.get(home+"/gegevens").want(200, "advocaat", "Vraag per telefoon")
}

func TestEverythingCanBeDownloaded(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	b.postFrom(home+"/gegevens", home+"/kopie").goes(home + "/gegevens")
	b.get(home+"/gegevens").want(200, "Wij maken uw kopie")
	s.Drain("exports")
	ref := ""
	must(t, s.pool.QueryRow(t.Context(), `SELECT ref FROM data_exports`).Scan(&ref))
	p := b.postFrom(home+"/gegevens", home+"/kopie/"+ref).want(200)
	for name, want := range map[string]string{"Content-Type": "application/zip", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := p.Header.Get("Content-Disposition"); !strings.Contains(got, "attachment") || !strings.Contains(got, m.Number) {
		t.Errorf("Content-Disposition = %q", got)
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(p.Body)), int64(len(p.Body)))
	must(t, err)
	if len(z.File) < 2 {
		t.Errorf("%d files in the ZIP, want the data and what was signed", len(z.File))
	}
	b.get(home + "/kopie").want(405)
}
