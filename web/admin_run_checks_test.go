package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

// key is the reference of the last payout to the nth person by number.
func (o *office) key(t *testing.T, n int) (key, number string) {
	t.Helper()
	err := o.c.Pool.QueryRow(t.Context(), `SELECT p.end_to_end_id, a.number FROM payouts p JOIN awards a ON a.id = p.award_id WHERE p.status <> 'cancelled' ORDER BY a.number OFFSET $1 LIMIT 1`, n).Scan(&key, &number)
	must(t, err)
	return key, number
}

func TestTheBankComparesNames(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 3, 90_000)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	o.accountant.get(here + "/namen.csv").want(http.StatusConflict) // not approved yet
	o.board.postFrom(here, here+"/goedkeuren", "total", run.TotalCents.String()).goes(here)
	o.board.get(here + "/namen.csv").want(http.StatusForbidden)
	table := o.accountant.get(here+"/namen.csv").want(200, "EndToEndId;Name;IBAN").Body
	if n := strings.Count(table, "\n"); n != 4 {
		t.Errorf("%d lines for the bank, want a head and three:\n%s", n, table)
	}
	close, closeNumber := o.key(t, 0)
	none, noneNumber := o.key(t, 1)
	match, _ := o.key(t, 2)
	o.accountant.upload(here, here+"/bericht", "file", "vop.csv", nil).want(http.StatusUnprocessableEntity)
	o.accountant.upload(here, here+"/bericht", "file", "vop.csv", []byte("onzin")).want(http.StatusUnprocessableEntity, "geen bericht van de bank")
	report := []byte(fmt.Sprintf("Kenmerk;Resultaat;Naam\n%s;close match;Bank <b>Naam\n%s;no match;\n%s;match;\n", close, none, match))
	o.accountant.upload(here, here+"/bericht", "file", "vop.csv", report).goes(here)
	o.accountant.upload(here, here+"/bericht", "file", "vop.csv", report).want(http.StatusUnprocessableEntity, "al ingelezen")
	page := o.board.get(here).want(200, "Komt bijna overeen", "Bank &lt;b&gt;Naam", closeNumber, noneNumber, "Komt niet overeen", "3 van 3 namen")
	o.other.postFrom(here, here+"/vrijgeven", "total", run.TotalCents.String()).want(http.StatusUnprocessableEntity, "staat het geld stil")
	page.lacks("Haal eruit") // the board does not prepare
	o.accountant.postFrom(here, here+"/uithalen", "numbers", "").want(http.StatusSeeOther)

	next := o.theRun(t)
	there := "/nl" + runPath(o.c.Claim, next.ID)
	if next.ItemCount != 2 || next.ID == run.ID {
		t.Fatalf("what is left = %+v", next)
	}
	o.accountant.get(there).want(200, "Komt in de plaats van", fmt.Sprintf("Uitbetaling %d", run.ID))
	o.board.get(here).want(200, "Vervangen door")
	check := fmt.Sprint(o.count(t, `SELECT max(id) FROM payee_checks WHERE result = 'close'`))
	o.board.postFrom(there, there+"/namen", "check", check, "reason", "").want(http.StatusUnprocessableEntity, "Schrijf op waarom")
	o.board.postFrom(there, there+"/namen", "check", check, "reason", "meisjesnaam <i>").goes(there)
	o.board.get(there).want(200, "meisjesnaam &lt;i&gt;")
	o.board.postFrom(there, there+"/goedkeuren", "total", next.TotalCents.String()).goes(there)
	o.other.postFrom(there, there+"/vrijgeven", "total", next.TotalCents.String()).goes(there)
	o.other.get(there).want(200, "Vrijgegeven")

	// and the bank does not carry out one of them
	status := fmt.Sprintf(`<Document><CstmrPmtStsRpt><GrpHdr><MsgId>S1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
		<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`,
		o.text(t, `SELECT message_id FROM payout_files WHERE run_id = $1`, next.ID), o.text(t, `SELECT min(end_to_end_id) FROM payouts WHERE run_id = $1`, next.ID))
	o.accountant.upload(there, there+"/bericht", "file", "pain002.xml", []byte(status)).goes(there)
	o.board.get(there).want(200, "Geweigerd", "De rekening is opgeheven AC04", "Deels aangenomen (PART)")
	o.board.get("/en"+strings.TrimPrefix(there, "/nl")).want(200, "Rejected by the bank", "The account is closed AC04", "Partly accepted")
}

// lacks expects that something does not stand on a page.
func (p page) lacks(word string) page {
	p.t.Helper()
	if strings.Contains(p.text(), word) {
		p.t.Errorf("%q stands on the page", word)
	}
	return p
}

// text reads one text from the database.
func (o *office) text(t *testing.T, sql string, args ...any) (text string) {
	t.Helper()
	must(t, o.c.Pool.QueryRow(t.Context(), sql, args...).Scan(&text))
	return text
}

func TestTheSanctionsListIsDecidedByTwo(t *testing.T) {
	t.Parallel()
	o := &office{}
	members := o.payable(t, 3, 90_000)
	const desk = "/nl/beheer/sancties"
	p := members[1].Person
	list := fmt.Sprintf(`<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-06-01"><sanctionEntity euReferenceNumber="EU.1.1"><nameAlias wholeName="%s %s"/></sanctionEntity></export>`, strings.ToUpper(p.LastName), p.FirstNames)
	o.accountant.get(desk).want(200, "Er is nog geen lijst")
	o.accountant.upload(desk, desk, "file", "lijst.xml", []byte("<html></html>")).want(http.StatusUnprocessableEntity, "niet de sanctielijst")
	o.accountant.upload(desk, desk, "file", "lijst.xml", []byte(list)).goes(desk)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	if run := o.theRun(t); run.ItemCount != 2 {
		t.Fatalf("%d in the run, want two", run.ItemCount)
	}
	o.accountant.get(payoutsPage).want(200, "Stilgezet")
	hit := fmt.Sprint(o.count(t, `SELECT id FROM sanctions_hits`))
	o.board.get(desk).want(200, members[1].Number, "Wacht op een voorstel")
	o.board.postFrom(desk, desk+"/voorstel", "hit", hit, "what", payments.OtherPerson, "reason", "").want(http.StatusUnprocessableEntity, "Schrijf op waarom")
	o.board.postFrom(desk, desk+"/voorstel", "hit", hit, "what", payments.OtherPerson, "reason", "ander geboortejaar").goes(desk)
	values := signed(o.board, "second", hit, "agree", "yes")
	o.board.send(desk+"/besluit", values).want(http.StatusForbidden)
	o.accountant.get(desk).want(200, "ander geboortejaar", "Voorstel: iemand anders")
	o.accountant.postFrom(desk, desk+"/besluit", "second", hit).want(http.StatusUnprocessableEntity, "Kies of u het eens bent")
	o.accountant.postFrom(desk, desk+"/besluit", "second", hit, "agree", "yes").goes(desk)
	o.accountant.get(desk).want(200, "Besloten", "Iemand anders dan op de lijst")
	o.accountant.get("/en/beheer/sancties").want(200, "Decided", "Somebody else than on the list")
	if n := o.count(t, `SELECT count(*) FROM payout_holds WHERE lifted_at IS NULL`); n != 0 {
		t.Errorf("%d holds after the decision, want none", n)
	}
}

func TestAnAlarmStandsOnTheStartPage(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 2, 60_000)
	o.c.Damaged = true
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	_, err := o.c.Owner(t).Exec(t.Context(), `SET session_replication_role = replica; UPDATE payout_files SET sha256 = sha256('x'); RESET session_replication_role`)
	must(t, err)
	o.board.postFrom(here, here+"/goedkeuren", "total", run.TotalCents.String()).want(http.StatusConflict, "Wat bewaard is, klopt niet")
	o.board.get("/nl/beheer").want(200, "Alarm: een uitbetaling is niet wat er is goedgekeurd", here)
	o.accountant.get(here).want(200, "Dit is niet wat er is goedgekeurd").lacks("Sluit het alarm") // who prepared
	o.board.postFrom(here, here+"/alarm", "ended", "").want(http.StatusUnprocessableEntity, "Schrijf op wat er aan de hand was")
	o.board.postFrom(here, here+"/alarm", "ended", "teruggezet").goes(here)
	o.board.get("/nl/beheer").want(200).lacks("Alarm:")
}

func TestALineIsTakenBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	const page = "/nl/beheer/bank"
	o.c.Bank(claimstest.Line{Cents: 1_250, Text: "Een gift"})
	o.accountant.get(page).want(200, "Een gift").lacks("Geboekte regels losmaken")
	line := fmt.Sprintf("%s/regel/%d", page, o.count(t, `SELECT id FROM statement_lines WHERE matched_at IS NULL`))
	o.accountant.postFrom(line, line, "match", "unknown").goes(page)
	o.accountant.get(page).want(200, "Geboekte regels losmaken", "Nog uit te zoeken")
	o.accountant.postFrom(page, page+"/los", "booked", "", "reason", "").want(http.StatusUnprocessableEntity, "Kies een regel", "Schrijf op waarom")
	match := fmt.Sprint(o.count(t, `SELECT max(id) FROM line_matches`))
	o.accountant.postFrom(page, page+"/los", "booked", match, "reason", "verkeerd gekozen").goes(page)
	o.accountant.get(page).want(200, "De regel staat weer open", "Een gift").lacks("Geboekte regels losmaken")
	o.accountant.postFrom(page, page+"/los", "booked", match, "reason", "nog eens").want(http.StatusConflict)
	o.board.get(page).want(http.StatusForbidden)
}
