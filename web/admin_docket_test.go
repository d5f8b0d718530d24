package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/web/staff"
)

func TestTheWritStandsOnTheDocket(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	s.Watch.Advance(24 * time.Hour)
	s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ? WHERE ended_at IS NULL`, s.Watch.Now(), s.Watch.Now())
	o := officeOf(t, s.Case)
	lawyer, board, clerk := o.member(t, staff.Lawyer), o.member(t, staff.Board), o.member(t, staff.Intake)
	const desk = "/nl/beheer/zoom/rol"
	clerk.get(desk).want(403)
	if p := board.get(desk).want(200, "Er lopen geen termijnen"); strings.Contains(p.Body, "Leg een stap vast") {
		t.Error("the board is offered to record a step")
	}
	upload := func(file []byte, pairs ...string) page {
		return lawyer.upload(desk, desk, "proof", "stuk.pdf", file, pairs...)
	}
	upload(claimstest.ProofPDF, "step", "", "day", "", "note", "").want(422, "Kies een stap", "Vul de dag in", "Vul in wat er is gebeurd")
	upload(claimstest.ProofPDF, "step", "registered", "day", "2026-11-03", "note", "Ingeschreven <i>").want(422, "Ingeschreven &lt;i&gt;")
	upload(claimstest.ProofPDF, "step", "served", "day", "2026-11-04", "note", "Exploot").want(422, "niet na vandaag", `value="2026-11-04"`)
	upload(claimstest.ProofPDF, "step", "served", "day", "2026-11-03", "until", "2026-12-03", "note", "Exploot").want(422, "Deze laatste dag kan niet")
	upload(claimstest.ProofPDF, "step", "served", "day", "2026-11-03", "note", "Exploot").goes(desk)
	lawyer.get(desk).want(200, "Dagvaarding inschrijven in het centraal register", "5 november 2026", "art. 1018c lid 2 Rv", "2 dagen")
	s.Drain("docket")
	lawyer.get("/nl/beheer").want(200, "Termijnen bij de rechter", desk)
	if p := clerk.get("/nl/beheer").want(200); strings.Contains(p.Body, "Termijnen bij de rechter") {
		t.Error("who may not see how claims stand is reminded")
	}
	b.get(home).want(200, "Dat komt door de dagvaarding van 3 november 2026.")
	id := claimstest.One[string](s.Case, `SELECT id::text FROM docket_entries`)
	if p := board.get(desk + "/" + id + "/stuk").want(200); p.Body != string(claimstest.ProofPDF) {
		t.Errorf("the document is %d bytes", len(p.Body))
	}
	board.get(desk+"/register.json").want(200, `"writ_served_on": "2026-11-03"`, `"active_mandates": 1`)
}
