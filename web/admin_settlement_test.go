package web

import (
	"net/http"
	"testing"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

const settlementPage = "/nl/beheer/zoom/schikking"

// typedTerms are a settlement as somebody types it.
func typedTerms(more ...string) []string {
	return append([]string{
		"kind", "settlement", "reference", "ZOOM SCHIKKING 1", "pot", "1.000,00", "cap", "", "agreed-day", "1", "agreed-month", "11", "agreed-year", "2026", "note", "Afgesproken in Utrecht",
	}, more...)
}

// with replaces some of the answers.
func with(pairs []string, changes ...string) []string {
	out := append([]string{}, pairs...)
	for i := 0; i < len(changes); i += 2 {
		for j := 0; j < len(out); j += 2 {
			if out[j] == changes[i] {
				out[j+1] = changes[i+1]
			}
		}
	}
	return out
}

func TestRecordSettlement(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	lawyer := o.member(t, staff.Lawyer)
	lawyer.get(settlementPage).want(200, "Er is nog geen schikking")
	o.c.MoveTo(claims.Negotiation)
	o.c.MoveTo(claims.SettlementProposed)
	o.accountant.get(settlementPage).want(200, "Dat doet een jurist of iemand van het bestuur")
	lawyer.post(settlementPage, typedTerms()...).goes(settlementPage)
	lawyer.get(settlementPage).want(200, "De voorwaarden zijn vastgelegd", "ZOOM SCHIKKING 1", "€\u00a01.000,00", "1 november 2026", "Geen grens", "Afgesproken in Utrecht", "Zet de zaak door", "Medewerker", "Het geld is er nog niet")
	lawyer.get("/en/beheer/zoom/schikking").want(200, "€\u00a01,000.00", "No limit", "Move the case on")

	// a second time: the terms do not change
	second := signed(lawyer, typedTerms("pot", "2000")...)
	lawyer.send(settlementPage, second).want(http.StatusConflict, "De voorwaarden liggen al vast")
	if n := o.count(t, `SELECT count(*) FROM settlements WHERE pot_cents = 100000`); n != 1 {
		t.Errorf("%d settlements of € 1.000, want 1", n)
	}

	o.c.MoveTo(claims.Settled)
	lawyer.get(settlementPage).want(200, "Wacht op het geld")
	o.c.Bank(lineOf(40_000, "ander kenmerk"), lineOf(100_000, "betreft ZOOM SCHIKKING 1."))
	lawyer.get(settlementPage).want(200, "Al het geld is binnen", "Bereken de verdeling")
}

func TestBadSettlements(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.MoveTo(claims.Negotiation)
	o.c.MoveTo(claims.SettlementProposed)
	lawyer := o.member(t, staff.Lawyer)
	tests := []struct {
		name   string
		change []string
		words  []string
	}{
		{"nothing filled in", []string{"kind", "", "reference", "", "pot", "", "agreed-day", "", "agreed-month", "", "agreed-year", ""},
			[]string{"Kies of het een schikking of een vonnis is", "Vul het betalingskenmerk in", "Vul een bedrag in", "Vul de datum in"}},
		{"another kind", []string{"kind", "gift"}, []string{"Kies of het"}},
		{"a pot of nothing", []string{"pot", "0,00"}, []string{"Het bedrag moet meer zijn dan nul"}},
		{"a pot that can be read in two ways", []string{"pot", "1.250"}, []string{"op twee manieren te lezen", `value="1.250"`}},
		{"a pot below zero", []string{"pot", "-100"}, []string{"onder nul"}},
		{"a cap that is no amount", []string{"cap", "veel"}, []string{"Dit is geen bedrag", `value="veel"`}},
		{"a day that does not exist", []string{"agreed-day", "31", "agreed-month", "2"}, []string{"Deze datum bestaat niet", `value="31"`}},
		{"a day to come", []string{"agreed-year", "2099"}, []string{"Deze datum moet nog komen"}},
		{"a reference without end", []string{"reference", longText(101)}, []string{"niet langer zijn dan 100 tekens"}},
		{"a note without end", []string{"note", longText(2001)}, []string{"niet langer zijn dan 2000 tekens"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := lawyer.post(settlementPage, with(typedTerms(), tt.change...)...).want(http.StatusUnprocessableEntity, tt.words...)
			p.want(http.StatusUnprocessableEntity, "<title>Fout: ", `id="error-summary"`)
		})
	}
	for _, field := range []string{"kind", "reference", "pot", "cap", "agreed-day", "agreed-month", "agreed-year", "note"} {
		for _, text := range naughty {
			values := form(lawyer.get(settlementPage), with(typedTerms(), field, text, "kind", "none")...)
			if got := lawyer.send(settlementPage, values); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q as %s = %d, want 422", text, field, got.Status)
			}
		}
	}
	if n := o.count(t, `SELECT count(*) FROM settlements`); n != 0 {
		t.Errorf("%d settlements were recorded by bad forms", n)
	}
	lawyer.post(settlementPage, with(typedTerms(), "reference", "a\x00\u202e b\t c", "note", "\x00<b>")...).goes(settlementPage)
	lawyer.get(settlementPage).want(200, "&lt;b&gt;")
}

func TestRecordSettlementEightAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.MoveTo(claims.Negotiation)
	o.c.MoveTo(claims.SettlementProposed)
	lawyer := o.member(t, staff.Lawyer)
	onlyOne(t, lawyer.eightAtOnce(settlementPage, form(lawyer.get(settlementPage), typedTerms()...)))
}
