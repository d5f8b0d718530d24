package web

import (
	"slices"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestAFactIsWrittenCorrectedAndPublished(t *testing.T) {
	t.Parallel()
	s, _, b, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	lawyer, board, clerk, accountant := o.member(t, staff.Lawyer), o.member(t, staff.Board), o.member(t, staff.Intake), o.member(t, staff.Accountant)
	const desk = "/nl/beheer/zoom/feiten"
	clerk.get(desk).want(403)
	if p := accountant.get(desk).want(200, "F01", "F27"); strings.Contains(p.Body, "Nieuw feit") {
		t.Error("who may not write facts is offered to")
	}
	fields := []string{"statement_nl", "Het <b>gebeurde</b>.", "statement_en", "It happened.", "quote", "Wij deden het.", "source_nl", "Krant", "source_en", "Paper",
		"when_nl", "voorjaar 2020", "when_en", "spring 2020", "url", "https://krant.example/1", "checked", "2026-11-01", "grade", "reported", "use", "letter"}
	with := func(more ...string) []string {
		all := slices.Clone(fields)
		for i := 0; i < len(more); i += 2 {
			if at := slices.Index(all, more[i]); at >= 0 {
				all[at+1] = more[i+1]
			} else {
				all = append(all, more[i:i+2]...)
			}
		}
		return all
	}
	lawyer.postFrom(desk+"/nieuw", desk+"/nieuw", "statement_nl", "Half").want(422, "in het Nederlands en het Engels", "Half", "Kies hoe zeker het is", "Vul in wanneer u het hebt vergeleken")
	lawyer.postFrom(desk+"/nieuw", desk+"/nieuw", with("checked", "2026-11-03")...).want(422, "niet na vandaag", "Het &lt;b&gt;gebeurde")
	lawyer.postFrom(desk+"/nieuw", desk+"/nieuw", with("url", "javascript:alert(1)")...).want(422, "begint met https://")
	lawyer.postFrom(desk+"/nieuw", desk+"/nieuw", fields...).goes(desk + "/F28")
	lawyer.get(desk+"/F28").want(200, "Iemand anders publiceert haar", "Het &lt;b&gt;gebeurde&lt;/b&gt;.")
	lawyer.postFrom(desk, desk+"/F28/publiceren", "version", "1").want(403)
	b.get("/nl/zoom").want(200, "Feiten en bronnen", "Bekijk alle 27 feiten")
	if p := b.get("/nl/zoom/feiten").want(200, "Feiten en bronnen"); strings.Contains(p.Body, "F28") {
		t.Error("a fact stands on the page before it is published")
	}
	board.postFrom(desk, desk+"/F28/publiceren", "version", "1").goes(desk + "/F28")
	b.get("/nl/zoom").want(200, "Bekijk alle 28 feiten")
	b.get("/nl/zoom/feiten").want(200, "Het &lt;b&gt;gebeurde&lt;/b&gt;.", "Wij deden het.", "Bron: Krant, voorjaar 2020 (gemeld; niet door ons nagegaan).", "https://krant.example/1")
	b.get("/en/zoom/feiten").want(200, "It happened.", "Source: Paper, spring 2020")
	lawyer.postFrom(desk+"/F28", desk+"/F28", with("statement_nl", "Beter.")...).want(422, "Beter.", "reden")
	lawyer.postFrom(desk+"/F28", desk+"/F28", with("statement_nl", "Beter.", "reason", "nagekeken")...).goes(desk + "/F28")
	board.postFrom(desk, desk+"/F28", with("request_id", "x", "statement_nl", "Anders.", "reason", "nagekeken", "seen", "1")...).want(409, "intussen verbeterd")
	board.postFrom(desk, desk+"/F28/publiceren", "version", "2").goes(desk + "/F28")
	b.get("/nl/zoom/feiten").want(200, "Beter.", "Verbeterd op 2 november 2026, versie 2")
	lawyer.get(desk + "/F99").want(404)
}
