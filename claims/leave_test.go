package claims_test

import (
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

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

func TestLeavingAfterTheAwardKeepsTheFee(t *testing.T) {
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
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m[1])); err != nil {
		t.Errorf("after the award = %v", err)
	}
	c.Stand(m[1], participants.PayeePending)
	c.Accounts(m[1])
	run := c.Release()
	if run.TotalCents != 20_000-5000 && run.TotalCents != 20_000-4000 {
		t.Errorf("paid out %d, want the award less the fee", run.TotalCents)
	}
}
