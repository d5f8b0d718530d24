package claims_test

import (
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
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

func TestTheNewsOfARefundIsKnownAtOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	if err := changeFee(c, m, claims.Percentage); err != nil {
		t.Fatal(err)
	}
	drain(c, "refunds")
	if err := c.Mollie.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	drain(c, "refunds")
	if r, err := payments.RefundsOf(t.Context(), c.DB, m.ParticipationID); err != nil || len(r) != 1 || r[0].Status == payments.RefundRefunded {
		t.Fatalf("refunds = %+v, %v, want one that nobody asked about yet", r, err)
	}
	if err := c.Claims.PrepaymentChanged(t.Context(), c.Mollie.Payments()[0].ID); err != nil {
		t.Fatal(err)
	}
	drain(c, "refunds")
	if r, err := payments.RefundsOf(t.Context(), c.DB, m.ParticipationID); err != nil || len(r) != 1 || r[0].Status != payments.RefundRefunded {
		t.Errorf("refunds = %+v, %v, want refunded as soon as Mollie says so", r, err)
	}
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
