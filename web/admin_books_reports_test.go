package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"samenclaim/claims/auditpack"
	"samenclaim/claims/claimstest"
)

// paidOut brings three people to a payout that the bank made, of which one came back.
func paidOut(t *testing.T) (*office, []claimstest.Member) {
	t.Helper()
	o := &office{}
	members := o.payable(t, 3, 90_000)
	run := o.c.Release()
	o.c.Bank(append(o.c.Carried(run), o.c.Back(members[2], "AC04"))...)
	o.data.Watch.Set(time.Date(2026, 11, 10, 10, 0, 0, 0, time.UTC))
	o.accountant, o.board = o.member(t, "accountant"), o.member(t, "board")
	return o, members
}

func TestBookReports(t *testing.T) {
	t.Parallel()
	o, members := paidOut(t)
	o.board.get(booksPage).want(200, "Openstaande posten", "Btw", "Facturen", "Boekingsregels", "Boeken afsluiten", "Auditfile 4.0 van 2026", booksPage+"/rekening/1000")
	o.board.get(booksPage+"/rekening/8000").want(200, "8000 Verdiende vergoedingen", "Uitbetalingen door de bank uitgevoerd", members[0].Number)
	o.board.get("/en/beheer/boeken/rekening/8000").want(200, "Payouts carried out by the bank", "Fees earned")
	o.board.get(booksPage+"/rekening/0500").want(200, "nog niets geboekt")
	for _, path := range []string{"/rekening/9999", "/rekening/x", "/rekening/1000?voor=x", "/facturen?voor=-1", "/facturen/2026-1", "/facturen/2026-000099", "/jaar/1999/werkboek.xlsx", "/jaar/2020/auditfile-4.0.xaf"} {
		o.board.get(booksPage + path).want(404)
	}
	o.board.get(booksPage+"/openstaand").want(200, "Geld van deelnemers", "2110 Uit te betalen aan deelnemers", "Tot en met 30 dagen")
	o.board.get(booksPage+"/btw").want(200, "Kwartaal 4 van 2026", "21%", "€\u00a090,91", "€\u00a019,09")
	o.board.get(booksPage+"/regels").want(200, "prepayment:N:paid", "1100", "payout.returned")
	o.board.get(booksPage+"/facturen").want(200, "2026-000001", "2026-000004", "creditnota op 2026-00000")
	p := o.board.get(booksPage+"/facturen/2026-000004").want(200, "Creditnota", "Met deze creditnota vervalt de factuur")
	for _, m := range members {
		if strings.Contains(p.Body, m.Person.LastName) {
			t.Error("the copy for the books has a name on it")
		}
	}
	o.board.get("/en/beheer/boeken/facturen/2026-000001").want(200, "We earned the fee", "21% VAT")
	if pdf := o.board.get(booksPage + "/facturen/2026-000001/factuur.pdf").want(200); !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Disposition") != `attachment; filename="factuur-2026-000001.pdf"` {
		t.Errorf("the invoice is %q", pdf.Header.Get("Content-Disposition"))
	}
}

func TestYearFiles(t *testing.T) {
	t.Parallel()
	o, _ := paidOut(t)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(o.board.get(booksPage + "/jaar/2026/werkboek.xlsx").want(200).Body)))
	must(t, err)
	if sheets := book.GetSheetList(); len(sheets) != 5 {
		t.Errorf("sheets = %v", sheets)
	}
	for version, name := range map[string]string{"3.2": "http://www.auditfiles.nl/XAF/3.2", "4.0": "XmlauditfileXAF_4.0"} {
		p := o.board.get(booksPage+"/jaar/2026/auditfile-"+version+".xaf").want(200, name, "<fiscalYear>2026</fiscalYear>")
		if !strings.Contains(p.Header.Get("Content-Disposition"), "auditfile-2026-"+version+".xaf") {
			t.Errorf("%s is called %q", version, p.Header.Get("Content-Disposition"))
		}
	}
}

func TestAuditPackIsTakenByWhoMay(t *testing.T) {
	t.Parallel()
	o, _ := paidOut(t)
	const file = "/nl/beheer/zoom/verdeling/controlepakket.zip"
	o.board.get("/nl/beheer/zoom/verdeling").want(200, "Download het controlepakket", file)
	p := o.board.get(file).want(200)
	pack := []byte(p.Body)
	if r, err := auditpack.Verify(bytes.NewReader(pack), int64(len(pack)), o.vault.PublicKey()); err != nil || r.People != 3 {
		t.Errorf("the pack: %+v, %v", r, err)
	}
	o.member(t, "lawyer").get(file).want(403)
	if n := o.count(t, `SELECT count(*) FROM audit_events WHERE action = 'distribution.audit_pack'`); n != 1 {
		t.Errorf("%d lines in the log, want 1", n)
	}
}

func TestInvoicesOfOnesOwn(t *testing.T) {
	t.Parallel()
	o, members := paidOut(t)
	mine, others := o.loggedIn(t, members[0].ParticipantID), o.loggedIn(t, members[1].ParticipantID)
	own := o.count(t, `SELECT number FROM invoices WHERE participation_id = $1`, members[0].ParticipationID)
	label := "2026-00000" + string(rune('0'+own))
	home := "/nl/mijn/" + members[0].Ref + "/documenten"
	mine.get(home).want(200, "Uw facturen", "Factuur "+label)
	mine.get(home+"/facturen/"+label).want(200, "Wij hebben de vergoeding verdiend", members[0].Person.LastName, "21% btw")
	mine.get("/en"+home[3:]+"/facturen/"+label).want(200, "We earned the fee")
	if pdf := mine.get(home + "/facturen/" + label + "/factuur.pdf").want(200); !strings.HasPrefix(pdf.Body, "%PDF-") {
		t.Error("the invoice is no PDF")
	}
	others.get(home + "/facturen/" + label).want(404)
	others.get("/nl/mijn/" + members[1].Ref + "/documenten/facturen/" + label).want(404)
	mine.get(home + "/facturen/x").want(404)
}

func TestClosingAMonthTakesTwo(t *testing.T) {
	t.Parallel()
	o, _ := paidOut(t)
	const page = booksPage + "/afsluiten"
	o.accountant.get(page).want(200, "Er is nu geen maand om af te sluiten")
	o.accountant.send(page, signed(o.accountant, "until", "2026-11-30")).want(http.StatusUnprocessableEntity, "Alleen een hele maand")
	o.accountant.send(page, signed(o.accountant, "until", "gisteren")).want(http.StatusUnprocessableEntity, "Alleen een hele maand")
	o.data.Watch.Set(time.Date(2026, 12, 9, 10, 0, 0, 0, time.UTC))
	o.accountant, o.board = o.member(t, "accountant"), o.member(t, "board")
	p := o.accountant.get(page).want(200, "november 2026", "Nog te doen", "De bankafschriften tot en met de laatste dag", "U kunt deze maand voorstellen als alles klaar is")
	if strings.Contains(p.Body, "Stel voor om af te sluiten") {
		t.Error("a month that is not ready can be proposed")
	}
	o.accountant.send(page, signed(o.accountant, "until", "2026-11-30")).want(http.StatusUnprocessableEntity, "Nog niet alles van deze maand is klaar")
	o.c.Bank()                         // a statement of a later day
	o.accountant.post(page).goes(page) // the form holds the day
	p = o.accountant.get(page).want(200, "U stelde dit voor", "Trek het voorstel in")
	if strings.Contains(p.Body, "Sluit de maand af") {
		t.Error("one person proposes and closes")
	}
	o.board.get(page).want(200, "Sluit de maand af")
	number := strconv.Itoa(o.count(t, `SELECT id FROM book_closes WHERE status = 'proposed'`))
	o.accountant.send(page+"/"+number+"/sluiten", signed(o.accountant)).want(403)
	for status, n := range o.board.eightAtOnce(page+"/"+number+"/sluiten", signed(o.board)) {
		if status == 303 && n != 1 || status != 303 && status != 409 {
			t.Errorf("%d of eight ended with %d", n, status)
		}
	}
	o.board.get(page).want(200, "30 november 2026", "Er is nu geen maand om af te sluiten")
}
