package claims_test

import (
	"errors"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

func TestPrepayingTwiceIsOnePayment(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	p := c.Participation(m)
	prepay := func() (payments.Prepayment, error) {
		return c.Claims.Prepay(c.Ctx(), c.Claim, p, "nl", "http://localhost/terug")
	}
	ends := claimstest.Eight(func(int) error { _, err := prepay(); return err })
	if ends[nil] != 8 || len(c.Mollie.Payments()) != 1 || claimstest.One[int](c, `SELECT count(*) FROM prepayments`) != 1 {
		t.Errorf("eight at once = %v, %d payments at Mollie, want 1", ends, len(c.Mollie.Payments()))
	}
	pre, err := prepay()
	if err != nil || pre.CheckoutURL == "" || pre.AmountCents != c.Claim.FlatFeeCents {
		t.Errorf("Prepay = %+v, %v, want where to pay the whole fee", pre, err)
	}
	c.Prepay(m)
	if _, err := prepay(); !errors.Is(err, payments.ErrAlreadyPaid) {
		t.Errorf("Prepay of what is paid = %v, want %v", err, payments.ErrAlreadyPaid)
	}
}

func TestWhoCannotPrepay(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	part, left := c.JoinWith(1, claims.Percentage)[0], c.JoinWith(1, claims.Flat)[0]
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(left)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		m    claimstest.Member
		want error
	}{"who pays a percentage": {part, claims.ErrNotFlat}, "who left": {left, claims.ErrWrongState}} {
		if _, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(tt.m), "nl", "http://localhost/terug"); !errors.Is(err, tt.want) {
			t.Errorf("Prepay by %s = %v, want %v", name, err, tt.want)
		}
	}
	if n := len(c.Mollie.Payments()); n != 0 {
		t.Errorf("Mollie has %d payments, want none", n)
	}
}

func TestAHundredWebhooksAreOneBooking(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	pre, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(m), "nl", "http://localhost/terug")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Mollie.Set(*pre.ProviderID, "paid"); err != nil {
		t.Fatal(err)
	}
	c.Mollie.FailNext(30, "stale") // answers from before it was paid
	errs := make(chan error, 100)
	for range 100 {
		go func() { errs <- c.Claims.PrepaymentChanged(c.Ctx(), *pre.ProviderID) }()
	}
	for range 100 {
		if err := <-errs; err != nil {
			t.Errorf("PrepaymentChanged: %v", err)
		}
	}
	counts := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM journals), (SELECT count(*) FROM outbox WHERE template = 'prepayment_paid'),
		(SELECT count(*) FROM audit_events WHERE action = 'prepayment.paid'), (SELECT count(*) FROM refunds), (SELECT status FROM prepayments))`)
	if counts != "1 1 1 0 paid" {
		t.Errorf("journals, mails, log, refunds and state: %s, want 1 1 1 0 paid", counts)
	}
}

func TestHowAPaymentEndsIsTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ends, mail string
		count      int
	}{
		{"paid", "prepayment_paid", 1}, {"failed", "prepayment_failed", 1}, {"expired", "prepayment_failed", 1}, {"canceled", "prepayment_failed", 0},
	}
	c := claimstest.New(t)
	for _, tt := range tests {
		m := c.JoinWith(1, claims.Flat)[0]
		pre, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(m), "nl", "http://localhost/terug")
		if err == nil {
			err = c.Mollie.Set(*pre.ProviderID, tt.ends)
		}
		for range 2 {
			err = errors.Join(err, c.Claims.PrepaymentChanged(t.Context(), *pre.ProviderID))
		}
		if err != nil {
			t.Fatal(err)
		}
		got := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template LIKE 'prepayment%' AND participant_id = ?`, m.ParticipantID)
		if all, err := payments.PrepaymentsOf(t.Context(), c.DB, m.ParticipationID); err != nil || all[0].Status != tt.ends || got != tt.count {
			t.Errorf("%s: %d mails, want %d: %v", tt.ends, got, tt.count, err)
		}
	}
	if err := c.Claims.PrepaymentChanged(t.Context(), "tr_UNKNOWN1"); !errors.Is(err, payments.ErrNotOurs) {
		t.Errorf("an unknown payment = %v, want %v", err, payments.ErrNotOurs)
	}
}

func TestMoneyThatIsNotNeededGoesBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before func(c *claimstest.Case, m claimstest.Member) error
		reason string
	}{
		{"the person left before paying", func(c *claimstest.Case, m claimstest.Member) error {
			return c.Claims.Leave(c.Ctx(), visitor, c.Participation(m))
		}, "late"},
		{"the person switched before paying", func(c *claimstest.Case, m claimstest.Member) error { return changeFee(c, m, claims.Percentage) }, "late"},
		{"the claim ended before paying", func(c *claimstest.Case, _ claimstest.Member) error { c.MoveTo(claims.Discontinued); return nil }, "late"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			m := c.JoinWith(1, claims.Flat)[0]
			pre, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(m), "nl", "http://localhost/terug")
			if err := errors.Join(err, tt.before(c, m), c.Mollie.Set(*pre.ProviderID, "paid"), c.Claims.PrepaymentChanged(t.Context(), *pre.ProviderID)); err != nil {
				t.Fatal(err)
			}
			refunds, err := payments.RefundsOf(t.Context(), c.DB, m.ParticipationID)
			if err != nil || len(refunds) != 1 || refunds[0].Reason != tt.reason || refunds[0].AmountCents != pre.AmountCents {
				t.Errorf("refunds = %+v, %v, want all of it back as %s", refunds, err, tt.reason)
			}
		})
	}
}
