package claims_test

import (
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
	"samenclaim/payments"
)

// drain runs one of the drains until nothing is waiting.
func drain(c *claimstest.Case, name string) {
	c.Helper()
	if err := tryDrain(c, name); err != nil {
		c.Fatalf("drain %s: %v", name, err)
	}
}

func tryDrain(c *claimstest.Case, name string) error {
	for _, d := range c.Claims.Drains() {
		for d.Name == name {
			if more, err := d.Run(c.Ctx()); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

func mails(c *claimstest.Case, template string) int {
	return claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = ?`, template)
}

func changeFee(c *claimstest.Case, m claimstest.Member, to claims.FeeOption) error {
	return c.Claims.ChangeFee(c.Ctx(), c.Claim, c.Participation(m), to, c.Form(m.Person))
}

func TestChangingTheFeeOptionGivesAPrepaymentBack(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	c.Watch.Advance(time.Minute)
	if err := changeFee(c, m, claims.Percentage); err != nil {
		t.Fatal(err)
	}
	if fee, err := c.Claims.FeeOption(t.Context(), m.ParticipationID); err != nil || fee.Option != claims.Percentage || !fee.ChosenAt.Equal(c.Watch.Now()) {
		t.Errorf("fee option = %+v, %v, want the percentage from now", fee, err)
	}
	if signed, err := c.Claims.Signatures(t.Context(), c.Participation(m)); err != nil || len(signed) != 2 {
		t.Errorf("%d signatures, %v, want a new one beside the old", len(signed), err)
	}
	if n := mails(c, "fee_changed"); n != 1 {
		t.Errorf("%d mails about it, want 1", n)
	}
	drain(c, "refunds")
	if n := mails(c, "refund_started"); n != 1 {
		t.Errorf("%d mails that money is on its way, want 1", n)
	}
	if err := c.Mollie.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Hour)
	drain(c, "refunds")
	refunds, err := payments.RefundsOf(t.Context(), c.DB, m.ParticipationID)
	if err != nil || len(refunds) != 1 || refunds[0].Status != payments.RefundRefunded || refunds[0].Reason != "switched" || refunds[0].AmountCents != c.Claim.FlatFeeCents {
		t.Errorf("refunds = %+v, %v, want the whole fee back", refunds, err)
	}
	if mails(c, "refund_started") != 1 || mails(c, "refund_done") != 1 {
		t.Errorf("%d and %d mails about the refund, want 1 and 1", mails(c, "refund_started"), mails(c, "refund_done"))
	}
	c.Watch.Advance(time.Hour)
	if err := changeFee(c, m, claims.Flat); err != nil {
		t.Errorf("back to the flat fee = %v", err)
	}
	c.Prepay(m)
}

func TestTheFeeOptionIsChangedOnceByEightAtOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	p := c.Participation(m)
	ends := claimstest.Eight(func(int) error {
		return c.Claims.ChangeFee(c.Ctx(), c.Claim, p, claims.Percentage, c.Form(m.Person))
	}, claims.ErrSameOption)
	if ends[nil] != 1 || ends[claims.ErrSameOption] != 7 {
		t.Errorf("eight at once = %v, want one change", ends)
	}
	counts := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM mandates), (SELECT count(*) FROM fee_options WHERE superseded_at IS NULL),
		(SELECT count(*) FROM refunds), (SELECT count(*) FROM outbox WHERE template = 'fee_changed'))`)
	if counts != "2 1 1 1" {
		t.Errorf("mandates, open options, refunds and mails: %s, want 2 1 1 1", counts)
	}
}

func TestAChangeOfTheFeeIsRefused(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	p := c.Participation(m[0])
	form := c.Form(m[0].Person)
	form.TypedName = "Iemand Anders"
	if err := c.Claims.ChangeFee(t.Context(), c.Claim, p, claims.Percentage, form); !errors.Is(err, claims.ErrTypedName) {
		t.Errorf("with another name = %v, want %v", err, claims.ErrTypedName)
	}
	form = c.Form(m[0].Person)
	form.MandateTicked = false
	if err := c.Claims.ChangeFee(t.Context(), c.Claim, p, claims.Percentage, form); !errors.Is(err, claims.ErrMandateTick) {
		t.Errorf("without the mandate = %v, want %v", err, claims.ErrMandateTick)
	}
	if err := changeFee(c, m[0], "free"); err == nil {
		t.Error("an option that does not exist was taken")
	}
	if err := changeFee(c, m[0], claims.Flat); !errors.Is(err, claims.ErrSameOption) {
		t.Errorf("the same option = %v, want %v", err, claims.ErrSameOption)
	}
	c.Send()
	fee, err := c.Claims.FeeOption(t.Context(), m[0].ParticipationID)
	if err != nil || fee.LockedAt == nil || fee.Option != claims.Flat {
		t.Errorf("after the freeze = %+v, %v, want it locked as it was", fee, err)
	}
	if err := changeFee(c, m[0], claims.Percentage); !errors.Is(err, claims.ErrFeeLocked) {
		t.Errorf("after the freeze = %v, want %v", err, claims.ErrFeeLocked)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM mandates`); n != 2 {
		t.Errorf("%d signatures, want the two of joining: what was refused left something", n)
	}
}

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

func TestLeavingEndsItOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	p := c.Participation(m)
	c.Watch.Advance(time.Minute)
	if ends := claimstest.Eight(func(int) error { return c.Claims.Leave(c.Ctx(), visitor, p) }); ends[nil] != 8 {
		t.Errorf("eight at once = %v, want no trouble", ends)
	}
	if err := c.Claims.Leave(t.Context(), visitor, p); err != nil {
		t.Errorf("once more = %v", err)
	}
	c.Stand(m, participants.Withdrawn)
	for range 3 {
		drain(c, "refunds")
		if err := c.Mollie.ProcessRefunds(); err != nil {
			t.Fatal(err)
		}
		c.Watch.Advance(time.Hour)
	}
	counts := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM refunds), (SELECT status FROM refunds),
		(SELECT count(*) FROM outbox WHERE template = 'left'), (SELECT count(*) FROM outbox WHERE template = 'refund_done'), (SELECT count(*) FROM audit_events WHERE action = 'participation.withdrawn'))`)
	if counts != "1 refunded 1 1 1" || len(c.Mollie.Payments()[0].Refunds) != 1 {
		t.Errorf("refunds, mails and log: %s, want 1 refunded 1 1 1", counts)
	}
	if err := changeFee(c, m, claims.Percentage); err == nil {
		t.Error("who left chose another fee")
	}
}

func TestNobodyLeavesOnceTheAwardIsFixed(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	c.Send()
	c.Arrive(1)
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m[0])); err != nil {
		t.Errorf("after the letter = %v", err)
	}
	c.Settle(20_000)
	c.Receive(20_000)
	c.Distribute()
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m[1])); !errors.Is(err, participants.ErrWrongState) {
		t.Errorf("after the award = %v, want %v", err, participants.ErrWrongState)
	}
}
