package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/web/staff"
)

func TestTheLawyerRecordsAWrit(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	lawyer, board, clerk := o.member(t, staff.Lawyer), o.member(t, staff.Board), o.member(t, staff.Intake)
	const at = "/nl/beheer/zoom/verjaring"
	clerk.get(at).want(403)
	b.get(home).want(200, "Uw vordering blijft behouden tot en met", "27 december 2027", "gewone termijn van vijf jaar")
	if p := board.get(at).want(200, "27 december 2022", "27 december 2027", "1 deelnemer", "In geen brief"); strings.Contains(p.Body, "Leg iets vast") {
		t.Error("the board is offered to record a writ")
	}
	s.Watch.Advance(24 * time.Hour)
	s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ? WHERE ended_at IS NULL`, s.Watch.Now(), s.Watch.Now())
	upload := func(file []byte, pairs ...string) page {
		return lawyer.upload(at, at, "proof", "exploot.pdf", file, pairs...)
	}
	upload(nil, "kind", "", "day", "", "note", "").want(422, "Kies wat er is gebeurd", "Vul de dag in", "Vul in wat er is gebeurd")
	upload(claimstest.ProofPDF, "kind", "writ", "day", "2026-11-04", "note", "Exploot <i>").want(422, "niet na vandaag", "Exploot &lt;i&gt;", `value="2026-11-04"`)
	upload([]byte("<html>"), "kind", "writ", "day", "2026-11-03", "note", "Exploot").want(422, "pdf")
	upload(claimstest.ProofPDF, "kind", "knowledge", "day", "2026-11-03", "note", "Exploot").want(422, "Vul het nummer in van iemand die aan deze zaak deelneemt")
	upload(claimstest.ProofPDF, "kind", "writ", "day", "2026-11-03", "note", "Exploot", "number", "ZM-0000-0000").want(422, "Vul het nummer in van iemand die aan deze zaak deelneemt", `value="ZM-0000-0000"`)
	upload(claimstest.ProofPDF, "kind", "writ", "day", "2026-11-03", "note", "Exploot").goes(at)
	lawyer.get(at).want(200, "3 november 2031", "de dagvaarding van 3 november 2026", "Iedereen die eerder had getekend")
	b.get(home).want(200, "3 november 2031", "Dat komt door de dagvaarding van 3 november 2026.")
	lawyer.get(at+"/brief/0/0").want(200, m.Number, "3 november 2031")
	lawyer.get(at + "/brief/0/9").want(404)
	if p := lawyer.postFrom(at, at+".csv", "within", "").want(200, "number,status", m.Number, "2031-11-03", "rows,1"); strings.Contains(p.Body, m.Person.LastName) {
		t.Error("the list names people")
	}
	id := claimstest.One[string](s.Case, `SELECT id::text FROM limitation_facts`)
	lawyer.get(at).want(200, at+"/grond/"+id)
	lawyer.get(at+"/grond/"+id).want(200, "Exploot", "Iedereen die eerder had getekend")
	if p := lawyer.get(at + "/grond/" + id + "/stuk").want(200); p.Body != string(claimstest.ProofPDF) {
		t.Errorf("the document is %d bytes", len(p.Body))
	}
	lawyer.postFrom(at+"/grond/"+id, at+"/grond/"+id+"/intrekken", "reason", "").want(422, "Vul in waarom dit niet telt")
	lawyer.postFrom(at+"/grond/"+id, at+"/grond/"+id+"/intrekken", "reason", "Niet betekend").goes(at)
	lawyer.get(at+"/grond/"+id).want(200, "Ingetrokken", "Niet betekend")
	b.get(home).want(200, "27 december 2027")
}

func TestEveryPageOfStaffWarnsWhenClaimsLapse(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	lawyer, accountant, clerk := o.member(t, staff.Lawyer), o.member(t, staff.Accountant), o.member(t, staff.Intake)
	on := func(day string) {
		at, err := time.Parse(time.DateOnly, day)
		must(t, err)
		s.Watch.Advance(at.Add(11 * time.Hour).Sub(s.Watch.Now()))
		s.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ? WHERE ended_at IS NULL`, s.Watch.Now(), s.Watch.Now())
		s.Exec(`UPDATE staff SET last_login_at = ?`, s.Watch.Now())
		s.Drain("limitation")
	}
	on("2027-06-01")
	lawyer.get("/nl/beheer").want(200, "Vorderingen verjaren binnen een jaar", "209 dagen", "/nl/beheer/zoom/verjaring")
	const alarm = "De vordering van 1 deelnemer verjaart na 27 december 2027"
	if p := lawyer.get("/nl/beheer/zoom/brieven").want(200); strings.Contains(p.Body, alarm) {
		t.Error("the last warning stands there 209 days before")
	}
	on("2027-11-27")
	lawyer.get("/nl/beheer/zoom/brieven").want(200, alarm, "/nl/beheer/zoom/verjaring")
	if p := accountant.get("/nl/beheer/bank").want(200, alarm); strings.Contains(p.Body, "Bekijk wie het zijn") {
		t.Error("the accountant is led to a page that is closed")
	}
	if p := clerk.get("/nl/beheer").want(200); strings.Contains(p.Body, "verjaren") {
		t.Error("who may not see how claims stand is warned")
	}
	on("2027-12-28")
	lawyer.get("/nl/beheer").want(200, "De termijn van 1 deelnemer liep tot en met 27 december 2027")
	b.get(home).want(200, "de termijn van uw vordering voorbij")
}
