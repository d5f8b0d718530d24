package payments

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// From money received to books that agree with the bank, with one payout that comes back and is paid again.
func TestTheRoadOfTheMoney(t *testing.T) {
	t.Parallel()
	f := setup(t, 5)
	f.s.cfg.FilePart = 3
	if got := f.received(100_000); len(got.Settlements) != 1 || got.Settlements[0].AmountCents != 100_000 || got.Matched != 1 {
		t.Logf("before the settlement is known nothing fits: %+v", got)
	}
	f.award(40_000, 30_000, 20_000, 7_000, 3_000) // the last leaves nothing to pay
	f.tx(func(tx *gorm.DB) error {
		got, err := f.s.MatchOpen(f.Context(), tx, maker)
		if err == nil && (len(got.Settlements) != 1 || got.Settlements[0].AmountCents != 100_000) {
			t.Errorf("the money in the bank is now known to be the settlement: %+v", got)
		}
		return err
	})
	f.balances(map[string]Cents{"1000": 100_000, "2100": 0, "2110": -77_000, "2120": -23_000})

	run := f.released()
	if run.ItemCount != 4 || run.TotalCents != 77_000 {
		t.Errorf("run of %d payouts, %s; want 4, 770.00", run.ItemCount, run.TotalCents)
	}
	f.balances(map[string]Cents{"2110": 0, "2200": -77_000})

	got := f.bank(f.file(run, 1), f.back(2, 25_000, "AC04"))
	if want := []Returned{{PayoutID: 2, ParticipationID: 2, AwardID: 2, Reason: "AC04", AmountCents: 25_000, SentCents: 25_000}}; !slices.Equal(got.Returned, want) {
		t.Errorf("returned = %+v, want %+v", got.Returned, want)
	}
	if !slices.Equal(got.PaidParticipations, []int64{1, 2, 3}) || len(got.Runs) != 0 {
		t.Errorf("paid %v, runs done %v", got.PaidParticipations, got.Runs)
	}
	f.balances(map[string]Cents{"1000": 50_000, "2110": -25_000, "2200": -2_000, "8000": -2 * 4_132, "2500": -2 * 868, "2120": -13_000})

	if got := f.bank(f.file(run, 2)); !slices.Equal(got.Runs, []int64{run.ID}) {
		t.Errorf("runs done = %v, want %v", got.Runs, run.ID)
	}
	again := f.released()
	if again.ItemCount != 1 || again.TotalCents != 25_000 {
		t.Errorf("second run of %d payouts, %s; want the one that came back", again.ItemCount, again.TotalCents)
	}
	f.bank(entry{cents: -25_000, endID: one[string](f, `SELECT end_to_end_id FROM payouts WHERE run_id = $1`, again.ID)})
	f.balances(map[string]Cents{"1000": 23_000, "2100": 0, "2110": 0, "2120": 0, "2200": 0})
	if f.balance("8000")+f.balance("2500") != -23_000 {
		t.Errorf("earned %s and VAT %s, want 230.00 together", f.balance("8000"), f.balance("2500"))
	}
	r, err := f.s.Reconciliation(t.Context())
	if err != nil || r.DifferenceCents != 0 || r.UnexplainedCents != 0 || r.BankCents != 23_000 || len(r.OpenRuns) != 0 || len(r.OpenLines) != 0 {
		t.Errorf("reconciliation = %+v, %v", r, err)
	}
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Close(t.Context(), tx, checker, again.ID)
		return err
	})
	if err := f.try(func(tx *gorm.DB) error { _, err := f.s.Close(t.Context(), tx, checker, again.ID); return err }); !errors.Is(err, ErrWrongState) {
		t.Errorf("closing twice = %v, want ErrWrongState", err)
	}
}

func TestFileForTheBank(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.received(30_000)
	f.award(10_000, 10_000, 10_000)
	run := f.prepared()
	if _, _, _, err := f.s.RunFile(t.Context(), maker, run.ID, 1); !errors.Is(err, ErrWrongState) {
		t.Errorf("a file before release = %v, want ErrWrongState", err)
	}
	f.tx(func(tx *gorm.DB) error {
		if _, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents); err != nil {
			return err
		}
		_, err := f.s.Release(t.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
	name, first, sum, err := f.s.RunFile(t.Context(), maker, run.ID, 1)
	if err != nil || name != "SC-20261102-R1-P1.xml" || len(sum) != 32 {
		t.Fatalf("file = %q, %d bytes, %v", name, len(first), err)
	}
	for _, part := range []string{"<NbOfTxs>3</NbOfTxs>", "<CtrlSum>150.00</CtrlSum>", "<EndToEndId>PR-0000-0001-1</EndToEndId>", "<Dt>2026-11-04</Dt>"} {
		if !strings.Contains(string(first), part) {
			t.Errorf("the file lacks %s", part)
		}
	}
	f.Watch.Advance(time.Hour)
	if _, second, _, err := f.s.RunFile(t.Context(), checker, run.ID, 1); err != nil || !bytes.Equal(first, second) {
		t.Errorf("downloaded twice: other bytes, %v", err)
	}
	if n := one[int](f, `SELECT count(*) FROM audit_events WHERE action = 'run.file_downloaded'`); n != 2 {
		t.Errorf("%d downloads in the log, want 2", n)
	}
	if _, _, _, err := f.s.RunFile(t.Context(), maker, run.ID, 2); !errors.Is(err, ErrNotFound) {
		t.Errorf("a part that is not there = %v, want ErrNotFound", err)
	}
}

func TestTampering(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, sql string }{
		{"the stored bytes were changed", `UPDATE payout_files SET content = set_byte(content, octet_length(content) / 2, get_byte(content, octet_length(content) / 2) # 1)`},
		{"the stored hash was changed", `UPDATE payout_files SET sha256 = sha256('x')`},
		{"a payout goes to another account", `UPDATE payee_accounts SET superseded_at = now() WHERE id = 1;
			INSERT INTO payee_accounts (participation_id, iban, iban_index, holder, set_at, usable_from) SELECT 1, iban, iban_index, holder, set_at, usable_from FROM payee_accounts WHERE id = 1;
			UPDATE payouts SET payee_account_id = (SELECT max(id) FROM payee_accounts) WHERE participation_id = 1`},
		{"an amount was changed with its award", `UPDATE payouts SET amount_cents = 4999 WHERE participation_id = 1; UPDATE awards SET payout_cents = 4999, net_cents = 4999, gross_cents = 9999 WHERE participation_id = 1`},
		{"a payout was taken out", `DELETE FROM payouts WHERE participation_id = 1`},
		{"a file was taken out", `DELETE FROM payout_files`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := build(t, 3, 0)
			f.T = t
			f.award(10_000, 10_000, 10_000)
			run := f.prepared()
			f.tx(func(tx *gorm.DB) error {
				_, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents)
				return err
			})
			f.exec(tt.sql)
			err := f.try(func(tx *gorm.DB) error {
				_, err := f.s.Release(t.Context(), tx, checker, run.ID, run.TotalCents)
				return err
			})
			if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrPayee) {
				t.Errorf("release = %v, want ErrTampered", err)
			}
			if n := one[int](f, `SELECT count(*) FROM payouts WHERE status <> 'planned'`); n != 0 {
				t.Errorf("%d payouts were sent all the same", n)
			}
		})
	}
}

func TestTamperingAfterRelease(t *testing.T) {
	t.Parallel()
	f := build(t, 2, 0)
	f.T = t
	f.award(10_000, 10_000)
	run := f.released()
	if found, err := f.s.VerifyFiles(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("files as they were = %v, %v", found, err)
	}
	f.exec(`UPDATE payout_files SET sha256 = sha256('x')`)
	if _, _, _, err := f.s.RunFile(t.Context(), maker, run.ID, 1); !errors.Is(err, ErrTampered) {
		t.Errorf("download = %v, want ErrTampered", err)
	}
	if found, err := f.s.VerifyFiles(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("verify finds %v, %v; want the file", found, err)
	}
}

func TestTwoPeople(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.received(10_000)
	f.award(10_000)
	run := f.prepared()
	do := map[string]func(tx *gorm.DB) error{
		"the maker approves": func(tx *gorm.DB) error {
			_, err := f.s.Approve(t.Context(), tx, maker, run.ID, run.TotalCents)
			return err
		},
		"another total is typed": func(tx *gorm.DB) error {
			_, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents+1)
			return err
		},
		"release before approval": func(tx *gorm.DB) error {
			_, err := f.s.Release(t.Context(), tx, checker, run.ID, run.TotalCents)
			return err
		},
		"a run that is not there":     func(tx *gorm.DB) error { _, err := f.s.Approve(t.Context(), tx, checker, 99, 0); return err },
		"closing what is not carried": func(tx *gorm.DB) error { _, err := f.s.Close(t.Context(), tx, checker, run.ID); return err },
	}
	want := map[string]error{
		"the maker approves": ErrSamePerson, "another total is typed": ErrTotal, "release before approval": ErrWrongState,
		"a run that is not there": ErrNotFound, "closing what is not carried": ErrWrongState,
	}
	for name, step := range do {
		if err := f.try(step); !errors.Is(err, want[name]) {
			t.Errorf("%s: %v, want %v", name, err, want[name])
		}
	}
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
	for name, by := range map[string]struct {
		by    string
		total Cents
		want  error
	}{"the maker releases": {"staff:1", run.TotalCents, ErrSamePerson}, "a wrong total": {"staff:2", 1, ErrTotal}} {
		err := f.try(func(tx *gorm.DB) error {
			_, err := f.s.Release(t.Context(), tx, actor(by.by), run.ID, by.total)
			return err
		})
		if !errors.Is(err, by.want) {
			t.Errorf("%s: %v, want %v", name, err, by.want)
		}
	}
	for _, sql := range []string{
		`UPDATE payout_runs SET status = 'released', released_at = now(), released_by = prepared_by`,
		`UPDATE payout_runs SET approved_by = prepared_by`,
		`UPDATE payout_runs SET total_cents = 1`,
		`UPDATE payouts SET amount_cents = 1`,
		`DELETE FROM payouts`,
		`UPDATE payout_files SET count = 2`,
	} {
		if _, err := f.owner.Exec(t.Context(), sql); err == nil {
			t.Errorf("the schema allows %s", sql)
		}
	}
}

func TestAnAccountThatChangedIsNotPaid(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"changed":          `UPDATE payee_accounts SET superseded_at = now() WHERE id = 1`,
		"waiting":          `UPDATE payee_accounts SET usable_from = '2026-12-01' WHERE id = 1`,
		"of somebody else": `UPDATE payee_accounts SET superseded_at = now() WHERE id = 2; UPDATE payee_accounts SET participation_id = 2 WHERE id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := build(t, 2, 0)
			f.T = t
			f.award(10_000, 10_000)
			run := f.prepared()
			f.tx(func(tx *gorm.DB) error {
				_, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents)
				return err
			})
			f.exec(sql)
			err := f.try(func(tx *gorm.DB) error {
				_, err := f.s.Release(t.Context(), tx, checker, run.ID, run.TotalCents)
				return err
			})
			if !errors.Is(err, ErrAccountChanged) {
				t.Errorf("release = %v, want ErrAccountChanged", err)
			}
		})
	}
}

func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(20_000)
	f.award(10_000, 10_000)
	good := Payee{AwardID: 1, ParticipationID: 1, AccountID: 1, Number: "PR-0000-0001", AmountCents: 5_000, Name: "A", IBAN: "NL39RABO0300065264"}
	change := func(with func(*Payee)) []Payee { p := good; with(&p); return []Payee{p} }
	boom := errors.New("boom")
	tests := []struct {
		name   string
		payees []Payee
		err    error
		want   error
	}{
		{"nobody", nil, nil, ErrNothingToPay},
		{"another amount than awarded", change(func(p *Payee) { p.AmountCents++ }), nil, ErrPayee},
		{"nothing", change(func(p *Payee) { p.AmountCents = 0 }), nil, ErrPayee},
		{"somebody else's award", change(func(p *Payee) { p.ParticipationID = 2; p.AccountID = 2 }), nil, ErrPayee},
		{"somebody else's account", change(func(p *Payee) { p.AccountID = 2 }), nil, ErrPayee},
		{"an award that is not there", change(func(p *Payee) { p.AwardID = 99 }), nil, ErrPayee},
		{"the same person twice", []Payee{good, good}, nil, ErrPayeeTwice},
		{"the list breaks off", []Payee{good}, boom, boom},
	}
	for _, tt := range tests {
		err := f.try(func(tx *gorm.DB) error {
			_, err := f.s.Prepare(t.Context(), tx, maker, 1, debtor, payday, func(yield func(Payee, error) bool) {
				for _, p := range tt.payees {
					if !yield(p, nil) {
						return
					}
				}
				if tt.err != nil {
					yield(Payee{}, tt.err)
				}
			})
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if n := one[int](f, `SELECT (SELECT count(*) FROM payout_runs) + (SELECT count(*) FROM payouts) + (SELECT count(*) FROM payout_files)`); n != 0 {
		t.Errorf("%d rows were left behind", n)
	}
}

func TestCancelledRunsCanBeMadeAgain(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(20_000)
	f.award(10_000, 10_000)
	run := f.prepared()
	var who []int64
	f.tx(func(tx *gorm.DB) (err error) { _, who, err = f.s.Cancel(t.Context(), tx, maker, run.ID); return err })
	if !slices.Equal(who, []int64{1, 2}) {
		t.Errorf("cancelled for %v, want 1 and 2", who)
	}
	again := f.released()
	ids := one[string](f, `SELECT string_agg(end_to_end_id, ' ' ORDER BY id) FROM payouts`)
	if diff := cmp.Diff("PR-0000-0001-1 PR-0000-0002-1 PR-0000-0001-2 PR-0000-0002-2", ids); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if err := f.try(func(tx *gorm.DB) error { _, _, err := f.s.Cancel(t.Context(), tx, maker, again.ID); return err }); !errors.Is(err, ErrWrongState) {
		t.Errorf("cancel after release = %v, want ErrWrongState", err)
	}
}
