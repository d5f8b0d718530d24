package payments

import (
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

// drain runs the refunds until nothing is due, and gives what changed.
func (f *fixture) drain() []Refund {
	f.Helper()
	var all []Refund
	for more := true; more; {
		changed, again, err := f.s.DrainRefunds(f.Context())
		if err != nil {
			f.Fatal(err)
		}
		all, more = append(all, changed...), again
	}
	return all
}

// require asks for a refund.
func (f *fixture) require(p Prepayment, reason string) (Refund, bool) {
	f.Helper()
	var r Refund
	var fresh bool
	f.tx(func(tx *gorm.DB) (err error) {
		r, fresh, err = RequireRefund(f.Context(), tx, p.ID, p.AmountCents-p.UsedCents, reason)
		return err
	})
	return r, fresh
}

func TestRefundGoesBackOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	r, fresh := f.require(p, "withdrawn")
	if again, twice := f.require(p, "lost"); !fresh || twice || again.ID != r.ID {
		t.Errorf("required %v, then %v: want one refund", fresh, twice)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": 0, "2050": -5000})
	if got := f.drain(); len(got) != 1 || got[0].ProviderID == nil || got[0].ParticipationID != 1 {
		t.Fatalf("first round = %+v, want it sent", got)
	}
	if got := f.drain(); len(got) != 0 {
		t.Errorf("at once again = %+v, want nothing: it is not its turn", got)
	}
	if err := f.sim.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	f.Watch.Advance(time.Hour)
	if got := f.drain(); len(got) != 1 || got[0].Status != RefundRefunded || got[0].RefundedAt == nil {
		t.Fatalf("an hour later = %+v, want refunded", got)
	}
	f.Watch.Advance(48 * time.Hour)
	if got := f.drain(); len(got) != 0 {
		t.Errorf("after the end = %+v, want nothing", got)
	}
	f.balances(map[string]Cents{"1100": 0, "2000": 0, "2050": 0})
	if n := f.sim.Calls()["POST /v2/payments/{id}/refunds"]; n != 1 {
		t.Errorf("%d refunds were asked for, want 1 (%v)", n, f.sim.Calls())
	}
}

func TestRefundRefuses(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	paid, open := f.paid(1), f.start(2)
	for name, tt := range map[string]struct {
		id    int64
		cents Cents
		want  error
	}{
		"more than was paid":  {paid.ID, 5001, ErrWrongState},
		"nothing":             {paid.ID, 0, ErrWrongState},
		"less than nothing":   {paid.ID, -1, ErrWrongState},
		"what was never paid": {open.ID, 5000, ErrWrongState},
		"what does not exist": {99, 5000, ErrNotFound},
	} {
		err := f.try(func(tx *gorm.DB) error {
			_, _, err := RequireRefund(t.Context(), tx, tt.id, tt.cents, "lost")
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if err := errOf2(RequireRefund(t.Context(), f.DB, paid.ID, 5000, "lost")); err == nil {
		t.Error("a refund was required outside a transaction")
	}
}

func errOf2[A, B any](_ A, _ B, err error) error { return err }

func TestLostClaimRefundsEverybodyOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 12)
	for i := range int64(10) {
		f.paid(i + 1)
	}
	f.start(11) // never paid
	f.require(f.byPerson(1), "withdrawn")
	for _, want := range []int64{9, 0} {
		f.tx(func(tx *gorm.DB) error {
			n, err := RequireRefunds(t.Context(), tx, 1, "lost")
			if n != want {
				t.Errorf("required %d, want %d", n, want)
			}
			return err
		})
	}
	f.balances(map[string]Cents{"1100": 50_000, "2000": 0, "2050": -50_000})
	if got := f.drain(); len(got) != 10 {
		t.Errorf("%d were sent, want 10", len(got))
	}
	if err := f.sim.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	f.Watch.Advance(time.Hour)
	f.drain()
	f.balances(map[string]Cents{"1100": 0, "2050": 0})
	got, err := Refunds(t.Context(), f.DB, 1)
	if err != nil || len(got) != 1 || got[0] != (StatusCount{RefundRefunded, 10, 50_000}) {
		t.Errorf("counts = %+v, %v", got, err)
	}
}

// byPerson is the newest prepayment of a participation.
func (f *fixture) byPerson(id int64) Prepayment {
	f.Helper()
	all, err := PrepaymentsOf(f.Context(), f.DB, id)
	if err != nil || len(all) == 0 {
		f.Fatalf("prepayments of %d: %v", id, err)
	}
	return all[0]
}

func TestRefundThatFailsIsOwedAgain(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"failed", "canceled"} {
		for _, first := range []string{"processing", "refunded"} {
			t.Run(end+" after "+first, func(t *testing.T) {
				t.Parallel()
				f := setup(t, 1)
				p := f.paid(1)
				f.require(p, "lost")
				r := f.drain()[0]
				for _, status := range []string{first, end, "refunded"} { // the last is old news
					f.tx(func(tx *gorm.DB) error {
						_, _, err := ApplyRefund(t.Context(), tx, r.ID, mollie.Refund{ID: *r.ProviderID, Status: mollie.RefundStatus(status)})
						return err
					})
				}
				f.balances(map[string]Cents{"1100": 5000, "2000": -5000, "2050": 0})
				f.tx(func(tx *gorm.DB) error {
					n, err := RequireRefunds(t.Context(), tx, 1, "lost")
					if n != 0 {
						t.Errorf("%d were required again by themselves: a person looks at what failed", n)
					}
					return err
				})
				if _, fresh := f.require(p, "lost"); !fresh {
					t.Error("a person cannot require it again")
				}
			})
		}
	}
}

func TestRefundsWhenMollieIsIll(t *testing.T) {
	t.Parallel()
	for _, fault := range []mollietest.Fault{mollietest.Error500, mollietest.TooMany, mollietest.LostAnswer, mollietest.CutBody} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			f.require(f.paid(1), "lost")
			f.sim.FailNext(9, fault)
			if got := f.drain(); len(got) != 0 {
				t.Errorf("without an answer something changed: %+v", got)
			}
			f.sim.Recover()
			rs, err := RefundsOf(t.Context(), f.DB, 1)
			if err != nil || rs[0].Status != RefundRequested || rs[0].LastError == "" {
				t.Fatalf("meanwhile = %+v, %v; want requested, with why", rs, err)
			}
			f.Watch.Advance(3 * time.Hour)
			if got := f.drain(); len(got) != 1 {
				t.Errorf("later = %+v, want it sent", got)
			}
			if got := f.sim.Payments()[0].Refunds; len(got) != 1 {
				t.Errorf("%d refunds at Mollie, want 1", len(got))
			}
		})
	}
}

func TestRefundThatMollieRefusesFails(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	f.require(p, "lost")
	f.set(p, "open") // now Mollie says there is nothing to refund
	if got := f.drain(); len(got) != 1 || got[0].Status != RefundFailed {
		t.Errorf("refused = %+v, want failed", got)
	}
	if rs, err := RefundsOf(t.Context(), f.DB, 1); err != nil || rs[0].LastError == "" {
		t.Errorf("%+v, %v: want to read why", rs, err)
	}
	f.balances(map[string]Cents{"2000": -5000, "2050": 0})
}

func TestRefundEightAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	ends := f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, _, err := RequireRefund(f.Context(), tx, p.ID, feeCents, "lost")
			return err
		})
	})
	if ends[nil] != 8 || one[int](f, `SELECT count(*) FROM refunds`) != 1 {
		t.Errorf("ended %v with %d refunds, want 1", ends, one[int](f, `SELECT count(*) FROM refunds`))
	}
	ends = f.eight(func() error { _, _, err := f.s.DrainRefunds(f.Context()); return err })
	if ends[nil] != 8 || len(f.sim.Payments()[0].Refunds) != 1 || f.sim.Calls()["POST /v2/payments/{id}/refunds"] != 1 {
		t.Errorf("ended %v with %d refunds at Mollie, calls %v; want 1", ends, len(f.sim.Payments()[0].Refunds), f.sim.Calls())
	}
	ends = f.eight(func() error {
		return f.try(func(tx *gorm.DB) error { _, err := RequireRefunds(f.Context(), tx, 1, "lost"); return err })
	})
	if ends[nil] != 8 {
		t.Errorf("ended %v", ends)
	}
}

// The control: of eight who look without a lock each finds no refund. The schema still lets one in; without that,
// the money goes back eight times.
func TestWithoutTheGuardsARefundIsRequiredTwice(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, sql string
		want      func(int) bool
	}{
		{"the schema alone lets one in", ``, func(n int) bool { return n == 1 }},
		{"without the schema there are more", `DROP INDEX refunds_one_live`, func(n int) bool { return n > 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := build(t, 1, 0)
			f.T = t
			p := f.paid(1)
			if _, err := f.owner.Exec(t.Context(), tt.sql); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			all.Add(8)
			off := refundGuard{lock: clause.Locking{Strength: "KEY SHARE"}, seen: func() {
				all.Done()
				all.Wait() // everybody has looked before anybody writes
			}}
			f.eight(func() error {
				return f.try(func(tx *gorm.DB) error {
					_, _, err := requireGuarded(f.Context(), tx, p.ID, feeCents, "lost", off)
					return err
				})
			})
			if n := one[int](f, `SELECT count(*) FROM refunds WHERE status NOT IN ('failed', 'canceled')`); !tt.want(n) {
				t.Errorf("%d live refunds", n)
			}
		})
	}
}

func TestTheBalanceIsLookedAtBeforeMuchGoesBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	funds := func() Funds {
		got, err := f.s.RefundFunds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := funds(); got != (Funds{}) {
		t.Errorf("with nothing to pay back = %+v", got)
	}
	if n := f.sim.Calls()["GET /v2/balances/{id}"]; n != 0 {
		t.Errorf("Mollie was asked %d times for nothing", n)
	}
	for i := range int64(3) {
		f.require(f.paid(i+1), "lost")
	}
	if got := funds(); got != (Funds{NeedCents: 15_000, Count: 3, AvailableCents: 15_000, Known: true}) || got.ShortCents() != 0 {
		t.Errorf("funds = %+v, want enough", got)
	}
	f.settle() // Mollie passed the money on before the case was lost
	if got := funds(); got.ShortCents() != 15_000 || !got.Known {
		t.Errorf("funds = %+v, want 150.00 short", got)
	}
	f.drain()
	if got := funds(); got.Count != 3 || got.ShortCents() != 15_000 { // they wait at Mollie
		t.Errorf("funds = %+v, want them still needed: %q", got, "queued")
	}
	f.sim.FailNext(9, mollietest.Error500)
	if got := funds(); got.Known || got.ShortCents() != 0 || got.NeedCents != 15_000 {
		t.Errorf("funds = %+v, want it unknown while Mollie is ill", got)
	}
}

func TestPrepaidFeeIsUsedAndTheRestGoesBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	for i := range int64(3) {
		f.paid(i + 1)
	}
	f.award(40_000, 3_000) // the second award is smaller than what was prepaid
	used := func(id int64) Cents { return f.byPerson(id).UsedCents }
	if used(1) != 5_000 || used(2) != 3_000 || used(3) != 0 {
		t.Errorf("used %s, %s, %s; want 50.00, 30.00, 0.00", used(1), used(2), used(3))
	}
	if rs, err := RefundsOf(t.Context(), f.DB, 2); err != nil || len(rs) != 1 || rs[0].AmountCents != 2_000 || rs[0].Reason != "surplus" {
		t.Errorf("surplus = %+v, %v; want 20.00 back", rs, err)
	}
	f.balances(map[string]Cents{"2000": -5_000, "2050": -2_000, "2110": -43_000, "2120": -8_000})
	run := f.released()
	if run.TotalCents != 43_000 {
		t.Errorf("run = %s, want 430.00: who prepaid gets the whole award", run.TotalCents)
	}
}

func TestDistributionThatWentStaleIsNotBooked(t *testing.T) {
	t.Parallel()
	f := build(t, 2, 0)
	f.T = t
	p := f.paid(1)
	id := awardWith(t, f.owner, []Cents{40_000, 40_000})
	f.require(p, "withdrawn")
	err := f.try(func(tx *gorm.DB) error { _, err := PostDistribution(t.Context(), tx, id); return err })
	if !errors.Is(err, ErrWrongState) {
		t.Errorf("posting = %v, want ErrWrongState: a prepayment it counts on goes back", err)
	}
	if err := f.try(func(tx *gorm.DB) error { _, err := PostDistribution(t.Context(), tx, 99); return err }); !errors.Is(err, ErrNotFound) {
		t.Errorf("posting none = %v, want ErrNotFound", err)
	}
}
