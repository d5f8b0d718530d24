package web

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/web/staff"
)

func TestALetterGoesThroughThreeHands(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	o := officeOf(t, c)
	c.Proposed()
	const page = "/nl/beheer/zoom/brieven/1"
	lawyer, one, two := o.member(t, staff.Lawyer), o.member(t, staff.Board), o.member(t, staff.Board)
	if p := lawyer.get(page).want(200, "Wacht op goedkeuring"); strings.Contains(p.Body, "/goedkeuren") || strings.Contains(p.Body, "/versturen") {
		t.Error("the lawyer is offered to approve or send")
	}
	if p := one.get(page).want(200, "Goedkeuren legt nog niets vast"); strings.Contains(p.Body, "/versturen") {
		t.Error("it can be sent before anybody approved it")
	}
	one.postFrom(page, page+"/versturen").want(409)
	one.postFrom(page, page+"/goedkeuren").goes(page)
	one.get(page).want(200, "Goedgekeurd door", "U hebt hier al uw deel aan gedaan")
	one.postFrom(page, page+"/goedkeuren").want(403, "twee mensen")
	one.postFrom(page, page+"/versturen").want(403, "twee mensen")
	two.postFrom(page, page+"/goedkeuren").want(409)
	two.postFrom(page, page+"/versturen").goes(page)
	two.get(page).want(200, "Verzegelde lijst met namen", "Wortel van de bijlage")

	lawyer.get(page + "/bezorgbewijs").want(404)
	c.Arrive(1)
	lawyer.get(page).want(200, "Open het bewijs van bezorging")
	if p := lawyer.get(page + "/bezorgbewijs").want(200); p.Body != string(claimstest.ProofPDF) {
		t.Error("the proof is not what was sent in")
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'delivery.proof_viewed'`); n != 1 {
		t.Errorf("%d looks at the proof stand in the log, want 1", n)
	}
}

func TestTheSealedListIsOpenedByTwo(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	const page = "/nl/beheer/zoom/brieven/1"
	lawyer, register := o.member(t, staff.Lawyer), o.member(t, staff.Register)
	lawyer.get(page + "/bestand/annex_named").want(404)
	if p := register.get(page).want(200); strings.Contains(p.Body, "Verzegelde lijst") {
		t.Error("who has nothing to do with it sees the sealed list")
	}
	lawyer.postFrom(page, page+"/namenlijst", "reason", "  ").want(422, "Vul een reden in")
	lawyer.postFrom(page, page+"/namenlijst", "reason", strings.Repeat("x", 501)).want(422, "niet langer zijn dan 500", strings.Repeat("x", 501))
	lawyer.postFrom(page, page+"/namenlijst/bestand").want(409)
	lawyer.postFrom(page, page+"/namenlijst", "reason", "Vraag van de <b>rechter</b>").goes(page)
	lawyer.postFrom(page, page+"/namenlijst/bestand").want(409)
	o.board.get(page).want(200, "Vraag van de &lt;b&gt;rechter&lt;/b&gt;", "Openen goedkeuren")
	o.board.postFrom(page, page+"/namenlijst/goedkeuren").goes(page)
	if p := lawyer.postFrom(page, page+"/namenlijst/bestand").want(200); !strings.HasPrefix(p.Body, "age-encryption") {
		t.Errorf("the list begins with %.20q", p.Body)
	}
	lawyer.postFrom(page, page+"/namenlijst/bestand").want(409)
	lawyer.get(page).want(200, "Opgehaald door")
}

func TestTheLawyerShowsNames(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	late := o.c.Join(1)[0]
	number := claimstest.One[string](o.c, `SELECT min(number) FROM annex_rows`)
	const page = "/nl/beheer/zoom/brieven/1/namen"
	lawyer := o.member(t, staff.Lawyer)
	lawyer.get("/nl/beheer/zoom/brieven/2/namen").want(404)
	lawyer.get(page).want(200, "Er zijn nog geen namen getoond")
	lawyer.post(page, "numbers", "", "reason", "").want(422, "Vul een of meer nummers in", "Vul een reden in")
	lawyer.post(page, "numbers", number+"\r\n"+late.Number, "reason", "Steekproef").want(422, "Deze nummers staan niet in de bijlage", late.Number, `value="Steekproef"`, number)
	lawyer.post(page, "numbers", strings.Repeat(number+"\n", letter.MostDisclosed+1), "reason", "Steekproef").want(422, "ten hoogste 1000")
	lawyer.post(page, "numbers", strings.Repeat("X", 20_001), "reason", "Steekproef").want(422)
	lawyer.post(page, "numbers", strings.Repeat("Ünsinn;", 30), "reason", "Steekproef").want(422, "…")
	lawyer.post(page, "numbers", strings.ToLower(number)+", "+number, "reason", "Steekproef <i>").goes(page)
	p := lawyer.get(page).want(200, "Steekproef &lt;i&gt;", "Download 1 naam")
	file := lawyer.get("/nl" + between(p.Body, "/nl", `">Download 1 naam`)).want(200)
	if _, err := letter.VerifyFile([]byte(file.Body), nil); err != nil || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file = %v, %q", err, file.Header.Get("Content-Disposition"))
	}
	lawyer.get(page + "/999999").want(404)
	lawyer.get(page + "/x").want(404)
	o.board.get(page).want(403)
}

func TestStaffSeeWhoWaitsForALetter(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.Join(1)
	lawyer, clerk := o.member(t, staff.Lawyer), o.member(t, staff.Intake)
	const title = "Deelnemers wachten op een aanvullende brief"
	if p := lawyer.get("/nl/beheer").want(200); strings.Contains(p.Body, title) {
		t.Error("staff are warned on the first day")
	}
	o.c.Watch.Advance(25 * 24 * time.Hour)
	o.c.Exec(`UPDATE logins SET created_at = ?, last_seen_at = ?`, o.c.Watch.Now(), o.c.Watch.Now())
	lawyer.get("/nl/beheer").want(200, title, "5 dagen", "/nl/beheer/zoom/brieven")
	if p := clerk.get("/nl/beheer").want(200); strings.Contains(p.Body, title) {
		t.Error("who may not see how claims stand is told who waits for a letter")
	}
}

func TestTheReceiptOnPaperAndHowToCheckIt(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	b.get(home + "/documenten/ontvangstbewijs.pdf").want(404)
	s.Send()
	b.get(home+"/documenten").want(200, "Print uw bewijs", "/nl/controleren")
	pdf := b.get(home + "/documenten/ontvangstbewijs.pdf").want(200)
	if !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Disposition") != `attachment; filename="ontvangstbewijs-`+m.Number+`.pdf"` {
		t.Errorf("the receipt on paper is %q", pdf.Header.Get("Content-Disposition"))
	}
	for _, lang := range []string{"nl", "en"} {
		p := b.get("/"+lang+"/controleren").want(200, "samenclaim verify", "/"+lang+"/controleren/controlepagina.html")
		file := b.get("/" + lang + "/controleren/controlepagina.html").want(200)
		digest := sha256.Sum256([]byte(file.Body))
		if file.Body != string(letter.OfflinePage) || !strings.Contains(strings.ReplaceAll(p.text(), " ", ""), hexOf(digest[:])) ||
			!strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the page that checks is served as %v", file.Header)
		}
	}
}
