package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestStaffSeeWhoMustHearSomething(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	s.Drain("heartbeat")
	desk, clerk := o.member(t, staff.Register), o.member(t, staff.Intake)
	if p := desk.get("/nl/beheer").want(200); strings.Contains(p.Body, "moeten iets van ons horen") {
		t.Error("staff are warned on the first day")
	}
	s.Watch.Advance(80 * 24 * time.Hour)
	s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ?`, s.Watch.Now(), s.Watch.Now())
	s.Drain("heartbeat")
	desk.get("/nl/beheer").want(200, "Deelnemers moeten iets van ons horen", "2 november 2026", "2 februari 2027", "12 dagen", "/nl/beheer/zoom/nieuws")
	if p := clerk.get("/nl/beheer").want(200); strings.Contains(p.Body, "moeten iets van ons horen") {
		t.Error("who may not see how claims stand is told how long they are silent")
	}
}

func TestTheNextStepStandsInMyCase(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	desk := officeOf(t, s.Case).member(t, staff.Register)
	const page = "/nl/beheer/zoom/nieuws"
	desk.postFrom(page, page+"/stap", "step_nl", "De rechter doet uitspraak.", "step_en", "", "earliest", "2027-02-01").want(422, "in beide talen", "De rechter doet uitspraak.")
	desk.postFrom(page, page+"/stap", "step_nl", "Uitspraak", "step_en", "Judgment", "earliest", "2026-11-01").want(422, "Vul een datum in die nog komt", `value="2026-11-01"`)
	desk.postFrom(page, page+"/stap", "step_nl", "Uitspraak", "step_en", "Judgment", "earliest", "morgen").want(422, "Vul een datum in die nog komt")
	desk.postFrom(page, page+"/stap", "step_nl", "De rechter doet uitspraak.", "step_en", "The court decides.", "earliest", "2027-02-01").goes(page)
	desk.get(page).want(200, `value="De rechter doet uitspraak."`, `value="2027-02-01"`)
	b.get(home).want(200, "Wat er nu gebeurt", "De rechter doet uitspraak.", "Op zijn vroegst op 1 februari 2027")
	b.get("/en"+home[3:]).want(200, "The court decides.", "At the earliest on 1 February 2027")
	must(t, s.Claims.Leave(t.Context(), "participant:1", s.Participation(m)))
	if p := b.get(home).want(200); strings.Contains(p.Body, "De rechter doet uitspraak.") {
		t.Error("who stopped is told what comes next")
	}
}
