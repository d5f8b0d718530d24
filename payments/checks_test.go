package payments

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// said is what the bank says about one payout of a report.
type said struct{ key, status, reason, info string }

// pain002 writes a report as a bank does.
func pain002(message, original, group, reason string, counts map[string]int, items ...said) []byte {
	var b strings.Builder
	why := func(code, info string) string {
		if code == "" && info == "" {
			return ""
		}
		if code != "" {
			code = "<Rsn><Cd>" + code + "</Cd></Rsn>"
		}
		if info != "" {
			info = "<AddtlInf>" + info + "</AddtlInf>"
		}
		return "<StsRsnInf>" + code + info + "</StsRsnInf>"
	}
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>%s</MsgId><CreDtTm>2026-11-02T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>%s</GrpSts>%s`, message, original, group, why(reason, ""))
	for status, n := range counts {
		fmt.Fprintf(&b, `<NbOfTxsPerSts><DtldNbOfTxs>%d</DtldNbOfTxs><DtldSts>%s</DtldSts></NbOfTxsPerSts>`, n, status)
	}
	b.WriteString(`</OrgnlGrpInfAndSts>`)
	if len(items) > 0 {
		fmt.Fprintf(&b, `<OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>`, original)
		for _, it := range items {
			fmt.Fprintf(&b, `<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>%s</TxSts>%s</TxInfAndSts>`, it.key, it.status, why(it.reason, it.info))
		}
		b.WriteString(`</OrgnlPmtInfAndSts>`)
	}
	b.WriteString(`</CstmrPmtStsRpt></Document>`)
	return []byte(b.String())
}

// key is the EndToEndId of the last payout to somebody.
func (f *fixture) key(person int) string {
	return one[string](f, `SELECT end_to_end_id FROM payouts WHERE participation_id = $1 ORDER BY id DESC LIMIT 1`, person)
}

func (f *fixture) message(run Run, part int) string {
	return one[string](f, `SELECT message_id FROM payout_files WHERE run_id = $1 AND part = $2`, run.ID, part)
}

// report reads a report about a run.
func (f *fixture) report(run Run, content []byte) (out Reported, err error) {
	err = f.try(func(tx *gorm.DB) error {
		out, err = f.s.ReadReport(f.Context(), tx, maker, run.ID, content)
		return err
	})
	return out, err
}

func (f *fixture) approve(run Run) {
	f.Helper()
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Approve(f.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
}

func (f *fixture) release(run Run) error {
	return f.try(func(tx *gorm.DB) error {
		_, err := f.s.Release(f.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
}

// unheld are the payees without a hold, with a name of their own.
func unheld(f *fixture, tx *gorm.DB) iter.Seq2[Payee, error] {
	return func(yield func(Payee, error) bool) {
		for p, err := range payees(f.Context(), tx) {
			if held := one[int](f, `SELECT count(*) FROM payout_holds WHERE participation_id = $1 AND lifted_at IS NULL`, p.ParticipationID); held > 0 {
				continue
			}
			p.Participant = []string{"Anneke", "Bertus", "Cornelia", "Dirk"}[p.ParticipationID-1] + " Verzonnen"
			if !yield(p, err) {
				return
			}
		}
	}
}

// prepareUnheld prepares a run of everybody without a hold.
func (f *fixture) prepareUnheld() (run Run, err error) {
	err = f.try(func(tx *gorm.DB) error {
		run, err = f.s.Prepare(f.Context(), tx, maker, 1, debtor, payday, unheld(f, tx))
		return err
	})
	return run, err
}

// without replaces a run by one with whoever has no hold.
func (f *fixture) without(run Run) (next Run) {
	f.Helper()
	f.tx(func(tx *gorm.DB) error {
		old, _, err := f.s.Cancel(f.Context(), tx, maker, run.ID)
		if err != nil {
			return err
		}
		next, err = f.s.Replace(f.Context(), tx, maker, old, debtor, payday, unheld(f, tx))
		return err
	})
	return next
}

func TestMoneyGoesToNamesThatTheBankKnows(t *testing.T) {
	t.Parallel()
	f := setup(t, 4)
	f.received(100_000)
	f.award(25_000, 25_000, 25_000, 25_000)
	f.s.cfg.CheckNames = true
	run := f.prepared()
	f.approve(run)
	if err := f.release(run); !errors.Is(err, ErrNamesUnknown) {
		t.Fatalf("released before the bank was asked = %v, want %v", err, ErrNamesUnknown)
	}
	content := pain002("V1", f.message(run, 1), "RVNM", "", nil,
		said{f.key(1), "RCVC", "", ""}, said{f.key(2), "RVMC", "", "A. de Fries"}, said{f.key(3), "RVNM", "", ""}, said{f.key(4), "RVNA", "", ""})
	out, err := f.report(run, content)
	if err != nil || out.Kind != ReportNames || out.Close != 1 || out.NoMatch != 1 {
		t.Fatalf("report = %+v, %v", out, err)
	}
	if _, err := f.report(run, content); !errors.Is(err, ErrReportTwice) {
		t.Errorf("the same report again = %v, want %v", err, ErrReportTwice)
	}
	if err := f.release(run); !errors.Is(err, ErrHeld) {
		t.Errorf("released with another name in it = %v, want %v", err, ErrHeld)
	}
	f.tx(func(tx *gorm.DB) error { // even when somebody lifts the hold
		return LiftHold(f.Context(), tx, checker, 3, one[int64](f, `SELECT id FROM payout_holds`), "called")
	})
	if err := f.release(run); !errors.Is(err, ErrNames) {
		t.Errorf("released with another name in it = %v, want %v", err, ErrNames)
	}
	f.tx(func(tx *gorm.DB) error { return PlaceHold(f.Context(), tx, checker, 3, HoldName) })

	next := f.without(run)
	if next.ItemCount != 3 || next.Replaces == nil || *next.Replaces != run.ID {
		t.Fatalf("what is left = %+v", next)
	}
	if err := f.release(next); !errors.Is(err, ErrWrongState) {
		t.Errorf("released without a new approval = %v, want %v", err, ErrWrongState)
	}
	f.approve(next)
	if err := f.release(next); !errors.Is(err, ErrNames) {
		t.Errorf("released with a name nobody looked at = %v, want %v", err, ErrNames)
	}
	names, err := f.s.NamesToDecide(f.Context(), next.ID)
	if err != nil || len(names) != 1 || names[0].BankName != "A. de Fries" {
		t.Fatalf("names to decide = %+v, %v", names, err)
	}
	accept := func(by audit.Actor, reason string) error {
		return f.try(func(tx *gorm.DB) error { return f.s.AcceptName(f.Context(), tx, by, next.ID, names[0].ID, reason) })
	}
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"who prepared does not accept", accept(maker, "tikfout"), ErrSamePerson},
		{"a reason is given", accept(checker, "  "), ErrReason},
		{"another accepts", accept(checker, "tikfout bij de bank"), nil},
		{"but once", accept(checker, "nog eens"), ErrWrongState},
		{"and the run goes", f.release(next), nil},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
}

func TestAReportThatNamesOnlyWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	f := setup(t, 4)
	f.received(100_000)
	f.award(25_000, 25_000, 25_000, 25_000)
	f.s.cfg.CheckNames = true
	run := f.prepared()
	f.approve(run)
	// Of four, one is not possible; the bank says that two match: then nothing is known of the fourth.
	if _, err := f.report(run, pain002("V1", f.message(run, 1), "RVNA", "", map[string]int{"RCVC": 2, "RVNA": 1}, said{f.key(1), "RVNA", "", ""})); err != nil {
		t.Fatal(err)
	}
	if err := f.release(run); !errors.Is(err, ErrNamesUnknown) {
		t.Errorf("released with a name of which nothing is known = %v, want %v", err, ErrNamesUnknown)
	}
	if _, err := f.report(run, pain002("V2", f.message(run, 1), "RVNA", "", map[string]int{"RCVC": 3, "RVNA": 1}, said{f.key(1), "RVNA", "", ""})); err != nil {
		t.Fatal(err)
	}
	if err := f.release(run); err != nil {
		t.Error(err)
	}
}

func TestNamesAsATable(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(50_000)
	f.award(25_000, 25_000)
	run := f.prepared()
	f.approve(run)
	name, file, err := f.s.NamesFile(f.Context(), maker, run.ID)
	want := "EndToEndId;Name;IBAN\n" + f.key(1) + ";A. de Vries;NL39RABO0300065264\n" + f.key(2) + ";A. de Vries;NL39RABO0300065264\n"
	if err != nil || name != fmt.Sprintf("SC-R%d-names.csv", run.ID) || string(file) != want {
		t.Errorf("%s, %v:\n%s\nwant:\n%s", name, err, file, want)
	}
	out, err := f.report(run, []byte("Kenmerk;Resultaat;Naam bij de bank\n"+f.key(1)+";Komt overeen;\n"+f.key(2)+";Komt bijna overeen;A. de Fries\n"))
	if err != nil || out.Items != 2 || out.Close != 1 {
		t.Errorf("read = %+v, %v", out, err)
	}
	for text, want := range map[string]error{
		"Kenmerk;Resultaat\n" + f.key(1) + ";misschien\n": ErrUntrusted,
		"Kenmerk;Resultaat\nPR-9999-9999-1;match\n":       ErrOtherRun,
		"hallo": ErrNoReport,
		string(f.camt(entry{cents: 1, text: "x"})): ErrNoReport,
	} {
		if _, err := f.report(run, []byte(text)); !errors.Is(err, want) {
			t.Errorf("%.40q = %v, want %v", text, err, want)
		}
	}
	if n := one[int](f, `SELECT count(*) FROM bank_reports`); n != 1 {
		t.Errorf("%d reports kept, want 1", n)
	}
}

func TestWhatTheBankDoesNotCarryOutIsOwedAgain(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.received(75_000)
	f.award(25_000, 25_000, 25_000)
	run := f.released()
	content := pain002("S1", f.message(run, 1), "PART", "", nil, said{f.key(2), "RJCT", "AC04", ""}, said{f.key(1), "ACSC", "", ""})
	ends := map[error]int{}
	for range 2 {
		_, err := f.report(run, content)
		ends[errors.Join(err)]++
	}
	out, err := f.report(run, pain002("S2", f.message(run, 1), "PART", "", nil, said{f.key(2), "RJCT", "AC04", ""}))
	if err != nil || len(out.Rejected) != 0 {
		t.Errorf("rejected in a second report = %+v, %v, want nothing new", out, err)
	}
	f.balances(map[string]Cents{accInTransit: -40_000, accOwed: -20_000, accFees: 0})
	if got := one[string](f, `SELECT status || return_reason FROM payouts WHERE participation_id = 2`); got != "rejectedAC04" {
		t.Errorf("the payout is %s, want rejectedAC04", got)
	}
	line := f.file(run, 1)
	line.cents, line.count = -40_000, 2 // the bank debits what it carried out
	if out := f.bank(line); out.Matched != 1 || len(out.PaidParticipations) != 2 || !slices.Contains(out.Runs, run.ID) {
		t.Errorf("the statement: %+v", out)
	}
	f.balances(map[string]Cents{accInTransit: 0, accOwed: -20_000})
	f.sound()
	if again := f.prepared(); again.ItemCount != 1 {
		t.Errorf("%d in the next run, want the one that was rejected", again.ItemCount)
	}
}

func TestARejectedFile(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.s.cfg.FilePart = 2
	f.received(75_000)
	f.award(25_000, 25_000, 25_000)
	run := f.released()
	if _, err := f.report(run, pain002("S0", "", "RJCT", "AM05", nil)); !errors.Is(err, ErrOtherRun) {
		t.Errorf("a rejection of nobody knows what = %v, want %v", err, ErrOtherRun)
	}
	out, err := f.report(run, pain002("S1", f.message(run, 1), "RJCT", "TM01", nil))
	if err != nil || len(out.Rejected) != 2 || !out.Rejected[0].Whole {
		t.Fatalf("rejected = %+v, %v", out, err)
	}
	if got := one[string](f, `SELECT status FROM payout_runs`); got != RunReleased {
		t.Errorf("the run is %s while a file is under way, want %s", got, RunReleased)
	}
	if out, err := f.report(run, pain002("S2", f.message(run, 2), "RJCT", "TM01", nil)); err != nil || len(out.Rejected) != 1 {
		t.Fatalf("rejected = %+v, %v", out, err)
	}
	if got := one[string](f, `SELECT status FROM payout_runs`); got != RunBooked {
		t.Errorf("the run is %s when nothing is under way, want %s", got, RunBooked)
	}
	f.balances(map[string]Cents{accInTransit: 0, accOwed: -60_000})
	if early := f.prepared(); early.ItemCount != 3 {
		t.Errorf("%d in the next run, want 3", early.ItemCount)
	}
}

func TestReportsComeInTheirTime(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(50_000)
	f.award(25_000, 25_000)
	run := f.prepared()
	if _, err := f.report(run, pain002("S1", f.message(run, 1), "RJCT", "AM05", nil)); !errors.Is(err, ErrWrongState) {
		t.Errorf("rejected before it was sent = %v, want %v", err, ErrWrongState)
	}
	f.tx(func(tx *gorm.DB) error {
		_, _, err := f.s.Cancel(f.Context(), tx, maker, run.ID)
		return err
	})
	next := f.prepared()
	if _, err := f.report(next, pain002("V1", f.message(run, 1), "RCVC", "", nil)); !errors.Is(err, ErrOtherRun) {
		t.Errorf("names of another run = %v, want %v", err, ErrOtherRun)
	}
}

const sanctioned = `<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-0%d"><sanctionEntity euReferenceNumber="EU.1.1" logicalId="1"><nameAlias wholeName="%s"/></sanctionEntity></export>`

func (f *fixture) list(day int, name string) SanctionsList {
	f.Helper()
	l, err := f.s.ImportSanctions(f.Context(), maker, strings.NewReader(fmt.Sprintf(sanctioned, day, name)))
	if err != nil {
		f.Fatal(err)
	}
	return l
}

func TestANameOnTheSanctionsListHoldsOne(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.received(75_000)
	f.award(25_000, 25_000, 25_000)
	list := f.list(1, "Verzonnen, BERTUS Maria")
	if again := f.list(1, "Verzonnen, BERTUS Maria"); again.ID != list.ID || list.Names != 1 {
		t.Errorf("the same list again = %+v, want %+v", again, list)
	}
	run, err := f.prepareUnheld()
	if err != nil || run.ItemCount != 2 || run.SanctionsListID == nil || *run.SanctionsListID != list.ID {
		t.Fatalf("run = %+v, %v, want the two others", run, err)
	}
	hits, err := Hits(f.Context(), f.DB)
	if err != nil || len(hits) != 1 || hits[0].ParticipationID != 2 || hits[0].Reference != "EU.1.1" {
		t.Fatalf("hits = %+v, %v", hits, err)
	}
	hold := one[int64](f, `SELECT id FROM payout_holds WHERE kind = 'sanctions' AND lifted_at IS NULL`)
	do := func(fn func(tx *gorm.DB) error) error { return f.try(fn) }
	ctx, id := f.Context(), hits[0].ID
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"one person does not lift the hold", do(func(tx *gorm.DB) error { return LiftHold(ctx, tx, checker, 2, hold, "checked") }), ErrSamePerson},
		{"nobody decides before something is proposed", do(func(tx *gorm.DB) error { return DecideHit(ctx, tx, checker, id, true) }), ErrWrongState},
		{"a reason is given", do(func(tx *gorm.DB) error { return ProposeHit(ctx, tx, maker, id, OtherPerson, " ") }), ErrReason},
		{"one proposes", do(func(tx *gorm.DB) error { return ProposeHit(ctx, tx, maker, id, OtherPerson, "andere geboortedatum") }), nil},
		{"and does not decide", do(func(tx *gorm.DB) error { return DecideHit(ctx, tx, maker, id, true) }), ErrSamePerson},
		{"another sends it back", do(func(tx *gorm.DB) error { return DecideHit(ctx, tx, checker, id, false) }), nil},
		{"one proposes again", do(func(tx *gorm.DB) error { return ProposeHit(ctx, tx, checker, id, OtherPerson, "paspoort gezien") }), nil},
		{"another decides", do(func(tx *gorm.DB) error { return DecideHit(ctx, tx, maker, id, true) }), nil},
		{"but once", do(func(tx *gorm.DB) error { return DecideHit(ctx, tx, maker, id, true) }), ErrWrongState},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	next, err := f.prepareUnheld()
	if err != nil || next.ItemCount != 1 {
		t.Fatalf("run after the decision = %+v, %v, want the one", next, err)
	}
	f.approve(run)
	f.list(2, "Somebody Else")
	if err := f.release(run); !errors.Is(err, ErrListNewer) {
		t.Errorf("released after a newer list = %v, want %v", err, ErrListNewer)
	}
	checked := f.without(run)
	f.approve(checked)
	if err := f.release(checked); err != nil {
		t.Error(err)
	}
}

func TestWhoIsOnTheListStaysHeld(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.received(25_000)
	f.award(25_000)
	f.list(1, "Anneke Verzonnen")
	if _, err := f.prepareUnheld(); !errors.Is(err, ErrNothingToPay) {
		t.Fatalf("a run of somebody on the list = %v, want %v", err, ErrNothingToPay)
	}
	if n := one[int](f, `SELECT count(*) FROM payout_holds`); n != 0 {
		t.Fatalf("%d holds of a run that was not prepared, want none", n) // the run and what it found stand or fall together
	}
}

func TestADayHasALimit(t *testing.T) {
	t.Parallel()
	f := setup(t, 4)
	f.received(100_000)
	f.award(25_000, 25_000, 25_000, 25_000) // 200.00 each is paid out
	f.s.cfg.DayLimit = 50_000
	run := f.prepared()
	if run.ItemCount != 2 {
		t.Fatalf("%d in the run, want the 2 that fit", run.ItemCount)
	}
	if _, err := f.prepareUnheld(); !errors.Is(err, ErrDayLimit) {
		t.Errorf("a second run for the same day = %v, want %v", err, ErrDayLimit)
	}
	f.approve(run)
	f.s.cfg.DayLimit = 39_999
	if err := f.release(run); !errors.Is(err, ErrDayLimit) {
		t.Errorf("released over a limit that was lowered = %v, want %v", err, ErrDayLimit)
	}
	f.s.cfg.DayLimit = 40_000
	if err := f.release(run); err != nil {
		t.Error(err)
	}
}

func TestTamperingIsAnAlarm(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(50_000)
	f.award(25_000, 25_000)
	run := f.released()
	f.exec(`UPDATE payout_files SET sha256 = sha256('x')`)
	for range 2 {
		if _, _, _, err := f.s.RunFile(f.Context(), maker, run.ID, 1); !errors.Is(err, ErrTampered) {
			t.Fatalf("a changed file = %v, want %v", err, ErrTampered)
		}
	}
	alarms, err := Alarms(f.Context(), f.DB)
	if err != nil || len(alarms) != 1 || alarms[0].RunID != run.ID || alarms[0].During != AlarmDownload {
		t.Fatalf("alarms = %+v, %v, want one", alarms, err)
	}
	for _, tt := range []struct {
		by     audit.Actor
		reason string
		want   error
	}{{maker, "niets", ErrSamePerson}, {checker, "", ErrReason}, {checker, "hersteld uit de reservekopie", nil}, {checker, "nog eens", ErrWrongState}} {
		err := f.try(func(tx *gorm.DB) error { return EndAlarm(f.Context(), tx, tt.by, run.ID, alarms[0].ID, tt.reason) })
		if !errors.Is(err, tt.want) {
			t.Errorf("ended by %s for %q = %v, want %v", tt.by, tt.reason, err, tt.want)
		}
	}
	f.exec(fmt.Sprintf(`UPDATE payout_files SET sha256 = '\x%x'`, fileSum(f, run)))
}

// fileSum counts the hash of the first file of a run again.
func fileSum(f *fixture, run Run) []byte {
	sealed := one[[]byte](f, `SELECT content FROM payout_files WHERE run_id = $1`, run.ID)
	content, err := f.s.vault.Unseal(sealed, fileSubject(run.ID, 1))
	if err != nil {
		f.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return sum[:]
}
