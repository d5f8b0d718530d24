package payments

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

// open writes down that somebody prepays.
func (f *fixture) open(participation int64) Prepayment {
	f.Helper()
	var p Prepayment
	f.tx(func(tx *gorm.DB) (err error) {
		p, err = OpenPrepayment(f.Context(), tx, participation, 1, feeCents)
		return err
	})
	return p
}

// start brings it to Mollie.
func (f *fixture) start(participation int64) Prepayment {
	f.Helper()
	p, err := f.s.StartPrepayment(f.Context(), f.open(participation), "Vergoeding", "nl", "http://localhost/terug")
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// news asks Mollie and books the answer.
func (f *fixture) news(p Prepayment) Change {
	f.Helper()
	m, err := f.s.AskPrepayment(f.Context(), *p.ProviderID)
	if err != nil {
		f.Fatal(err)
	}
	return f.apply(m)
}

func (f *fixture) apply(m mollie.Payment) Change {
	f.Helper()
	var c Change
	f.tx(func(tx *gorm.DB) (err error) {
		c, err = ApplyPrepayment(f.Context(), tx, m)
		return err
	})
	return c
}

// paid is a prepayment that came in.
func (f *fixture) paid(participation int64) Prepayment {
	f.Helper()
	p := f.start(participation)
	f.set(p, "paid")
	return f.news(p).Prepayment
}

func (f *fixture) set(p Prepayment, status string) {
	f.Helper()
	if err := f.sim.Set(*p.ProviderID, status); err != nil {
		f.Fatal(err)
	}
}

func TestPrepaymentIsBookedOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.start(1)
	if p.Status != PrepaymentOpen || p.CheckoutURL == "" || !mollie.ValidPaymentID(*p.ProviderID) {
		t.Fatalf("started = %+v", p)
	}
	if again := f.start(1); again.ID != p.ID || again.CheckoutURL != p.CheckoutURL {
		t.Errorf("started again = %+v, want the same", again)
	}
	f.set(p, "paid")
	if c := f.news(p); !c.Changed || c.Was != PrepaymentOpen || c.Now != PrepaymentPaid || c.PaidAt == nil || c.Refund != nil {
		t.Errorf("first news = %+v", c)
	}
	if c := f.news(p); c.Changed || c.Now != PrepaymentPaid {
		t.Errorf("second news = %+v, want no change", c)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000})
	if err := f.try(func(tx *gorm.DB) error { _, err := OpenPrepayment(t.Context(), tx, 1, 1, feeCents); return err }); !errors.Is(err, ErrAlreadyPaid) {
		t.Errorf("paying again = %v, want ErrAlreadyPaid", err)
	}
	if err := errOf(f.s.StartPrepayment(t.Context(), p, "x", "nl", "http://localhost/")); !errors.Is(err, ErrWrongState) {
		t.Errorf("starting what is paid = %v, want ErrWrongState", err)
	}
	if n := f.sim.Calls()["POST /v2/payments"]; n != 1 {
		t.Errorf("%d payments were made at Mollie, want 1", n)
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestNewsFromMollie(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		tells []string // in this order
		want  string
		cents Cents // on 1100
	}{
		{"it was paid", []string{"open", "paid"}, PrepaymentPaid, 5000},
		{"it failed", []string{"failed"}, PrepaymentFailed, 0},
		{"it was canceled", []string{"canceled"}, PrepaymentCanceled, 0},
		{"it expired", []string{"expired", "expired"}, PrepaymentExpired, 0},
		{"old news after paid", []string{"paid", "open"}, PrepaymentPaid, 5000},
		{"failed after paid is not believed", []string{"paid", "failed"}, PrepaymentPaid, 5000},
		{"money that comes after it expired", []string{"expired", "paid"}, PrepaymentPaid, 5000},
		{"pending is not paid", []string{"pending"}, PrepaymentOpen, 0},
		{"a word nobody knows", []string{"wonderful"}, PrepaymentOpen, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			p := f.start(1)
			for _, status := range tt.tells {
				f.apply(mollie.Payment{ID: *p.ProviderID, Reference: p.Ref, AmountCents: 5000, Status: mollie.Status(status)})
			}
			got, err := PrepaymentByRef(t.Context(), f.DB, p.Ref)
			if err != nil || got.Status != tt.want {
				t.Errorf("status = %s, %v; want %s", got.Status, err, tt.want)
			}
			f.balances(map[string]Cents{"1100": tt.cents, "2000": -tt.cents})
		})
	}
}

func TestNewsThatDoesNotFitIsNotBooked(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.start(1)
	for name, m := range map[string]mollie.Payment{
		"another amount":      {ID: *p.ProviderID, Reference: p.Ref, AmountCents: 1, Status: mollie.Paid},
		"another reference":   {ID: *p.ProviderID, Reference: "x", AmountCents: 5000, Status: mollie.Paid},
		"partly charged back": {ID: *p.ProviderID, Reference: p.Ref, AmountCents: 5000, Chargebacks: []mollie.Chargeback{{ID: "chb_partly1", AmountCents: 1}}, Status: mollie.Paid},
	} {
		if c := f.apply(m); c.Changed || !c.Mismatch {
			t.Errorf("%s: %+v, want a mark and nothing booked", name, c)
		}
	}
	f.balances(map[string]Cents{"1100": 0, "2000": 0})
	for _, id := range []string{"tr_unknown12", "", "re_1234567", "tr_1'; DROP", strings.Repeat("a", 5000)} {
		if err := errOf(f.s.AskPrepayment(t.Context(), id)); !errors.Is(err, ErrNotOurs) {
			t.Errorf("asking about %.20q = %v, want ErrNotOurs", id, err)
		}
	}
	if n := f.sim.Calls()["GET /v2/payments/{id}"]; n != 0 {
		t.Errorf("Mollie was asked %d times about payments that are not ours", n)
	}
	if err := f.try(func(tx *gorm.DB) error {
		_, err := ApplyPrepayment(t.Context(), tx, mollie.Payment{ID: "tr_unknown12"})
		return err
	}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("applying another's payment = %v, want ErrNotOurs", err)
	}
}

func TestChargeback(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	one, two := f.paid(1), f.paid(2)
	f.tx(func(tx *gorm.DB) error {
		_, _, err := RequireRefund(t.Context(), tx, two.ID, feeCents, "withdrawn")
		return err
	})
	for _, p := range []Prepayment{one, two} {
		if err := f.sim.Chargeback(*p.ProviderID); err != nil {
			t.Fatal(err)
		}
		if c := f.news(p); !c.Changed || c.Now != PrepaymentChargedBack {
			t.Errorf("news = %+v, want charged back", c)
		}
		f.news(p)
	}
	f.balances(map[string]Cents{"1100": 0, "2000": 0, "2050": 0})
	if rs, err := RefundsOf(t.Context(), f.DB, 2); err != nil || len(rs) != 1 || rs[0].Status != RefundCanceled {
		t.Errorf("refund of what was charged back = %+v, %v; want canceled", rs, err)
	}
	if err := f.try(func(tx *gorm.DB) error {
		_, _, err := RequireRefund(t.Context(), tx, one.ID, feeCents, "lost")
		return err
	}); !errors.Is(err, ErrWrongState) {
		t.Errorf("refund of what was charged back = %v, want ErrWrongState", err)
	}
}

func TestPaidTwiceGoesBackOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	first := f.start(1)
	f.set(first, "expired")
	f.news(first)
	f.paid(1)
	f.set(first, "paid") // a bank transfer that came late
	c := f.news(first)
	if c.Refund == nil || c.Refund.Reason != "paid_twice" || c.Refund.AmountCents != feeCents {
		t.Fatalf("news = %+v, want a refund of what was paid twice", c)
	}
	f.balances(map[string]Cents{"1100": 10_000, "2000": -5000, "2050": -5000})
}

func TestMollieIsIll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		fault  mollietest.Fault
		n      int
		atOnce bool // the retries of one call are enough
	}{
		{"one error", mollietest.Error500, 1, true},
		{"too many calls", mollietest.TooMany, 9, false},
		{"the answer is lost", mollietest.LostAnswer, 9, false},
		{"the answer is cut", mollietest.CutBody, 9, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			p := f.open(1)
			f.sim.FailNext(tt.n, tt.fault)
			got, err := f.s.StartPrepayment(t.Context(), p, "x", "nl", "http://localhost/")
			if tt.atOnce != (err == nil) || err != nil && !errors.Is(err, ErrProviderDown) {
				t.Fatalf("start = %+v, %v", got, err)
			}
			f.sim.Recover()
			f.Watch.Advance(time.Hour)
			if got, err = f.s.StartPrepayment(t.Context(), p, "x", "nl", "http://localhost/"); err != nil || got.Status != PrepaymentOpen {
				t.Errorf("later = %+v, %v", got, err)
			}
			if n := len(f.sim.Payments()); n != 1 {
				t.Errorf("%d payments at Mollie, want 1", n)
			}
		})
	}
}

func TestTheSweepFindsWhatGotNoAnswer(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	lost := f.open(1)
	f.sim.FailNext(9, mollietest.LostAnswer)
	if _, err := f.s.StartPrepayment(t.Context(), lost, "x", "nl", "http://localhost/"); !errors.Is(err, ErrProviderDown) {
		t.Fatalf("start = %v, want ErrProviderDown", err)
	}
	f.sim.Recover()
	f.open(2) // never brought to Mollie: nothing to ask
	quiet := f.start(3)
	if got, err := f.s.UnsurePrepayments(t.Context(), f.Watch.Now().Add(-time.Minute), 10); err != nil || len(got) != 0 {
		t.Errorf("at once = %+v, %v; want none yet", got, err)
	}
	f.Watch.Advance(time.Hour)
	got, err := f.s.UnsurePrepayments(t.Context(), f.Watch.Now().Add(-time.Minute), 10)
	if err != nil || len(got) != 2 || got[0].ID != lost.ID && got[1].ID != lost.ID {
		t.Fatalf("unsure = %+v, %v; want the lost and the quiet one", got, err)
	}
	for _, p := range got {
		f.set(p, "paid")
		if c := f.news(p); c.Now != PrepaymentPaid {
			t.Errorf("%d: %+v, want paid", p.ID, c)
		}
	}
	if quiet.ID == 0 || f.balance("1100") != 10_000 {
		t.Errorf("due from Mollie = %s, want 100.00", f.balance("1100"))
	}
}

func TestPrepaymentEightAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	ends := f.eight(func() error {
		var p Prepayment
		err := f.try(func(tx *gorm.DB) (err error) { p, err = OpenPrepayment(f.Context(), tx, 1, 1, feeCents); return err })
		if err != nil {
			return err
		}
		_, err = f.s.StartPrepayment(f.Context(), p, "x", "nl", "http://localhost/")
		return err
	})
	if ends[nil] != 8 || len(f.sim.Payments()) != 1 || one[int](f, `SELECT count(*) FROM prepayments`) != 1 {
		t.Errorf("ended %v with %d payments at Mollie; want eight times the same one", ends, len(f.sim.Payments()))
	}
	p, _ := table.Of[Prepayment](f.DB).Take(t.Context())
	f.set(p, "paid")
	var changed sync.Map
	ends = f.eight(func() error {
		m, err := f.s.AskPrepayment(f.Context(), *p.ProviderID)
		if err != nil {
			return err
		}
		return f.try(func(tx *gorm.DB) error {
			c, err := ApplyPrepayment(f.Context(), tx, m)
			if c.Changed {
				changed.Store(&c, true)
			}
			return err
		})
	})
	n := 0
	changed.Range(func(any, any) bool { n++; return true })
	if ends[nil] != 8 || n != 1 {
		t.Errorf("ended %v, %d of them changed something; want 1", ends, n)
	}
	f.balances(map[string]Cents{"1100": 5000, "2000": -5000})
}

// The control: without the row lock and the state in the WHERE, and without the
// key of the journal, the same news eight times at once books the fee more than once.
func TestWithoutTheGuardAWebhookBooksTwice(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	p := f.start(1)
	if _, err := f.owner.Exec(t.Context(), `ALTER TABLE journals DROP CONSTRAINT journals_key_key`); err != nil {
		t.Fatal(err)
	}
	off := unguarded(8)
	f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := applyGuarded(f.Context(), tx, mollie.Payment{ID: *p.ProviderID, Reference: p.Ref, AmountCents: 5000, Status: mollie.Paid}, off)
			return err
		})
	})
	if got := f.balance("1100"); got <= 5000 {
		t.Errorf("without its guard the fee is booked as %s: this test does not see what the guard is for", got)
	}
	found, err := Verify(t.Context(), f.DB)
	if err != nil || !slices.ContainsFunc(found, func(d Difference) bool { return d.Rule == "inv.l03_paid_is_booked_once" }) {
		t.Errorf("verify does not see it: %v, %v", found, err)
	}
}
