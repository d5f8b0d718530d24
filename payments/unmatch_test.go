package payments

import (
	"errors"
	"testing"

	"gorm.io/gorm"
)

func (f *fixture) unmatch(id int64, reason string) error {
	return f.try(func(tx *gorm.DB) error { return f.s.Unmatch(f.Context(), tx, checker, id, reason) })
}

func (f *fixture) match(kind string) {
	f.Helper()
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Match(f.Context(), tx, maker, one[int64](f, `SELECT id FROM statement_lines WHERE matched_at IS NULL`), kind, 0)
		return err
	})
}

func TestALineIsTakenBackAndBookedAsSomethingElse(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.bank(entry{cents: -1_250, text: "kosten"})
	for range 2 { // and again, as often as it takes
		f.match("unknown")
		f.balances(map[string]Cents{accBank: -1_250, accUnclear: 1_250})
		last, err := Matched(f.Context(), f.DB)
		if err != nil || len(last) != 1 {
			t.Fatalf("what can be taken back = %+v, %v, want one", last, err)
		}
		if err := f.unmatch(last[0].MatchID, " "); !errors.Is(err, ErrReason) {
			t.Errorf("without a reason = %v, want %v", err, ErrReason)
		}
		id := last[0].MatchID
		ends := f.eight(func() error { return f.unmatch(id, "verkeerd gekozen") })
		if ends[nil] != 1 || ends[ErrWrongState] != 7 {
			t.Errorf("taken back eight times at once = %v, want once", ends)
		}
		f.balances(map[string]Cents{accBank: 0, accUnclear: 0})
		f.sound()
	}
	f.match("costs")
	f.balances(map[string]Cents{accBank: -1_250, accUnclear: 0, accPaymentCosts: 1_250})
}

func TestWhatIsPaidOrDistributedIsNotTakenBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.received(25_000)
	settlement := one[int64](f, `SELECT count(*) FROM line_matches`)
	if settlement != 0 {
		t.Fatal("there is no settlement yet")
	}
	f.award(25_000)
	f.tx(func(tx *gorm.DB) error { _, err := f.s.MatchOpen(f.Context(), tx, maker); return err })
	id := one[int64](f, `SELECT id FROM line_matches WHERE kind = 'settlement'`)
	if err := f.unmatch(id, "x"); !errors.Is(err, ErrWrongState) {
		t.Errorf("money that is distributed = %v, want %v", err, ErrWrongState)
	}
	run := f.released()
	f.bank(f.file(run, 1))
	paid := one[int64](f, `SELECT id FROM line_matches WHERE kind = 'payout_file'`)
	if err := f.unmatch(paid, "x"); !errors.Is(err, ErrWrongState) {
		t.Errorf("a payout = %v, want %v", err, ErrWrongState)
	}
	if last, err := Matched(f.Context(), f.DB); err != nil || len(last) != 1 {
		t.Errorf("what can be taken back = %+v, %v", last, err)
	}
}

func TestWhatIsClosedIsNotTakenBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.bank(entry{cents: -1_250, text: "kosten"})
	f.match("costs")
	id := one[int64](f, `SELECT id FROM line_matches`)
	f.closed(november)
	if err := f.unmatch(id, "verkeerd gekozen"); !errors.Is(err, ErrPeriodClosed) {
		t.Errorf("after the month was closed = %v, want %v", err, ErrPeriodClosed)
	}
	if last, err := Matched(f.Context(), f.DB); err != nil || len(last) != 0 {
		t.Errorf("what can be taken back = %+v, %v, want nothing", last, err)
	}
	f.balances(map[string]Cents{accBank: -1_250, accPaymentCosts: 1_250})
	f.sound()
}
