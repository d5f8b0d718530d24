package payments

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
	"samenclaim/payments/mollie"
)

// history is what Mollie truly said about one payment, one answer after the other.
type history func(p Prepayment) []mollie.Payment

// told is one answer; chargebacks stand with the newest first.
func told(p Prepayment, status mollie.Status, back ...mollie.Chargeback) mollie.Payment {
	return mollie.Payment{ID: *p.ProviderID, Reference: p.Ref, AmountCents: int64(feeCents), Status: status, PaidAt: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Chargebacks: back}
}

func taken(p Prepayment, nth int, reversed bool) mollie.Chargeback {
	c := mollie.Chargeback{ID: fmt.Sprintf("chb_%06d%d", p.ID, nth), PaymentID: *p.ProviderID, AmountCents: int64(feeCents)}
	if reversed {
		c.ReversedAt = time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)
	}
	return c
}

// permutations gives every order of 0..n-1.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// booksOf is what was booked for one prepayment, without the numbers that differ from one to the other.
func (f *fixture) booksOf(p Prepayment) string {
	f.Helper()
	return one[string](f, `SELECT coalesce(string_agg(replace(x.key, 'prepayment:' || $1::text || ':', '') || ' ' || x.lines, E'\n' ORDER BY x.key), '') FROM (
		SELECT j.key, string_agg(e.account || ' ' || e.amount_cents, ', ' ORDER BY e.account) AS lines FROM journals j JOIN entries e ON e.journal_id = j.id
		WHERE j.source = 'prepayment:' || $1::text GROUP BY j.key) x`, fmt.Sprint(p.ID))
}

// Whatever the order, and however often: late, repeated, reordered and contradictory answers make the same books.
func TestEveryOrderOfAnswersMakesTheSameBooks(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]history{
		"expired, paid after all, charged back and reversed": func(p Prepayment) []mollie.Payment {
			return []mollie.Payment{
				told(p, mollie.Open), told(p, mollie.Expired), told(p, mollie.Paid), told(p, mollie.Paid, taken(p, 1, false)), told(p, mollie.Paid, taken(p, 1, true)),
			}
		},
		"charged back twice, reversed once": func(p Prepayment) []mollie.Payment {
			return []mollie.Payment{
				told(p, mollie.Pending), told(p, mollie.Paid), told(p, mollie.Paid, taken(p, 1, false)), told(p, mollie.Paid, taken(p, 1, true)),
				told(p, mollie.Paid, taken(p, 2, false), taken(p, 1, true)),
			}
		},
		"it failed, it was canceled, it was paid": func(p Prepayment) []mollie.Payment {
			return []mollie.Payment{told(p, mollie.Open), told(p, mollie.Failed), told(p, mollie.Canceled), told(p, mollie.Paid)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 121)
			inOrder := f.start(1)
			answers := tell(inOrder)
			for _, m := range answers {
				f.apply(m)
			}
			want := f.booksOf(inOrder)
			wantState, err := PrepaymentByRef(t.Context(), f.DB, inOrder.Ref)
			if err != nil || !strings.Contains(want, "paid 1100 5000") {
				t.Fatalf("in order it is %s, booked as\n%s, %v", wantState.Status, want, err)
			}
			for i, order := range permutations(len(answers)) {
				p := f.start(int64(i + 2))
				mine := tell(p)
				for _, at := range order {
					for range 1 + at%2 { // some come twice
						f.apply(mine[at])
					}
				}
				now, err := PrepaymentByRef(t.Context(), f.DB, p.Ref)
				if diff := cmp.Diff(want, f.booksOf(p)); diff != "" || err != nil || now.Status != wantState.Status {
					t.Fatalf("in the order %v it is %s, want %s (-want +got), %v:\n%s", order, now.Status, wantState.Status, err, diff)
				}
			}
		})
	}
}

func TestAChargebackThatIsReversed(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	p := f.paid(1)
	if err := f.sim.Chargeback(*p.ProviderID); err != nil {
		t.Fatal(err)
	}
	f.news(p)
	f.balances(map[string]Cents{"1100": 0, "2000": 0})
	if err := f.sim.Reverse(*p.ProviderID); err != nil {
		t.Fatal(err)
	}
	ask := func() []string {
		unheard, err := f.s.UnheardChargebacks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return unheard
	}
	if got := ask(); !slices.Equal(got, []string{*p.ProviderID}) { // no webhook tells of it
		t.Errorf("unheard = %q, want the reversed one", got)
	}
	if c := f.news(p); !c.Changed || c.Now != PrepaymentPaid || !c.WasPaid() {
		t.Errorf("news = %+v, want it paid again", c)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000})
	if got := ask(); len(got) != 0 {
		t.Errorf("unheard = %q, want none: it was heard", got)
	}

	q := f.paid(2)
	if err := f.sim.Chargeback(*q.ProviderID); err != nil {
		t.Fatal(err)
	}
	if got := ask(); !slices.Equal(got, []string{*q.ProviderID}) {
		t.Errorf("unheard = %q, want the one whose webhook was lost", got)
	}
}

func TestPaidAgainAfterAChargebackAndThenReversed(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	first := f.paid(1)
	if err := f.sim.Chargeback(*first.ProviderID); err != nil {
		t.Fatal(err)
	}
	f.news(first)
	f.paid(1) // the person pays a second time
	if err := f.sim.Reverse(*first.ProviderID); err != nil {
		t.Fatal(err)
	}
	c := f.news(first)
	if c.Refund == nil || c.Refund.Reason != "paid_twice" || c.Refund.AmountCents != feeCents {
		t.Fatalf("news = %+v, want a refund of what is paid twice now", c)
	}
	f.balances(map[string]Cents{"1100": 10_000, "2000": -5000, "2050": -5000})
}

func TestWhatWasChargedBackBeforeChargebacksWereKept(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	f.apply(told(p, mollie.Paid, taken(p, 1, false)))
	if _, err := f.owner.Exec(t.Context(), `ALTER TABLE chargebacks DISABLE TRIGGER chargeback_frozen; DELETE FROM chargebacks`); err != nil { // an older database
		t.Fatal(err)
	}
	f.apply(told(p, mollie.Paid, taken(p, 1, false)))
	f.balances(map[string]Cents{"1100": 0, "2000": 0})
	f.apply(told(p, mollie.Paid, taken(p, 1, true)))
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000})
}

func TestASecondChargebackBesideOneThatStandsIsForAPerson(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	c := f.apply(told(p, mollie.Paid, taken(p, 2, false), taken(p, 1, false)))
	if !c.Mismatch || c.Now != PrepaymentChargedBack {
		t.Errorf("news = %+v, want one booked and a mark", c)
	}
	f.balances(map[string]Cents{"1100": 0, "2000": 0})
}

func TestAReversalEightAtOnceIsBookedOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	ends := f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := ApplyPrepayment(f.Context(), tx, told(p, mollie.Paid, taken(p, 1, true)))
			return err
		})
	})
	if ends[nil] != 8 {
		t.Errorf("ended %v, want eight times well", ends)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000})
	if n := one[int](f, `SELECT count(*) FROM journals WHERE event IN ('prepayment.charged_back', 'prepayment.reversed')`); n != 2 {
		t.Errorf("%d journals, want one each way", n)
	}
}

// The control: who reads without a lock and writes without looking books a chargeback more than once.
func TestWithoutTheGuardAChargebackBooksTwice(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	p := f.paid(1)
	for _, sql := range []string{`ALTER TABLE journals DROP CONSTRAINT journals_key_key`, `ALTER TABLE chargebacks DROP CONSTRAINT chargebacks_provider_id_key`, `DROP INDEX chargebacks_one_stands`} {
		if _, err := f.owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	off := unguarded(8)
	f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := applyGuarded(f.Context(), tx, told(p, mollie.Paid, taken(p, 1, false)), off)
			return err
		})
	})
	if got := f.balance("1100"); got >= 0 {
		t.Errorf("without its guard the chargeback leaves %s: this test does not see what the guard is for", got)
	}
}

// unguarded reads without a lock, and lets n have read before any of them writes.
func unguarded(n int) prepaymentGuard {
	var all sync.WaitGroup
	all.Add(n)
	return prepaymentGuard{
		lock: clause.Locking{Strength: "KEY SHARE"},
		mark: func(ctx context.Context, tx *gorm.DB, p, next Prepayment) (int, error) {
			all.Done()
			all.Wait()
			return table.Of[Prepayment](tx).Where("id = ?", p.ID).Updates(ctx, next)
		},
	}
}

func TestARefundThatTheBankSendsBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.paid(1)
	f.require(p, "withdrawn")
	f.drain()
	if err := f.sim.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	f.Watch.Advance(time.Hour)
	f.drain()
	m, err := f.s.AskPrepayment(t.Context(), *p.ProviderID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.s.DoubtfulRefunds(t.Context(), m); err != nil || len(got) != 0 {
		t.Errorf("doubtful = %+v, %v, want none", got, err)
	}
	done, err := RefundsOf(t.Context(), f.DB, 1)
	if err != nil || len(done) != 1 {
		t.Fatal(done, err)
	}
	if err := f.sim.SetRefund(*done[0].ProviderID, "failed"); err != nil {
		t.Fatal(err)
	}
	if m, err = f.s.AskPrepayment(t.Context(), *p.ProviderID); err != nil {
		t.Fatal(err)
	}
	got, err := f.s.DoubtfulRefunds(t.Context(), m)
	if err != nil || len(got) != 1 {
		t.Fatalf("doubtful = %+v, %v, want the refund that came back", got, err)
	}
	if now, changed, err := f.s.settleRefund(t.Context(), got[0]); err != nil || !changed || now.Status != RefundFailed {
		t.Errorf("it is %+v, %v, %v, want failed", now, changed, err)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000, "2050": 0})
}
