package claims_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
	"samenclaim/payments"
)

// From sign-up to books that agree with the bank, with one transfer that came back on the way.
func TestTheRoadToAPaidCase(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	flat, part := c.JoinWith(4, claims.Flat), c.JoinWith(4, claims.Percentage)
	members := slices.Concat(flat, part)
	c.Prepay(flat[0])
	c.Send()
	c.Status(claims.LetterSent)
	late := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(late)
	c.Arrive(1)
	c.Status(claims.LetterDelivered)

	const pot = payments.Cents(200_003)
	c.Settle(pot)
	c.Receive(pot)
	d := c.Distribute()
	c.Status(claims.Distributing)
	if d.Count != 8 || d.PotCents != pot {
		t.Errorf("distribution of %s over %d, want %s over 8", d.PotCents, d.Count, pot)
	}
	c.Stand(late, participants.Active) // covered by no annex, so not by this settlement either

	c.Drain("refunds")
	if got := refunds(t, c); got["refunded"]+got["queued"]+got["pending"] != 1 {
		t.Errorf("refunds = %v, want the one of who came too late", got)
	}

	c.Accounts(members...)
	run := c.Release()
	if run.ItemCount != 8 || run.TotalCents != d.PayoutCents {
		t.Errorf("run of %d for %s, want 8 for %s", run.ItemCount, run.TotalCents, d.PayoutCents)
	}
	booked := c.Bank(c.Carried(run)...)
	if got := len(booked.PaidParticipations); got != 8 {
		t.Errorf("%d people paid, want 8", got)
	}
	for _, m := range members {
		c.Stand(m, participants.Paid)
	}

	back := c.Bank(c.Back(part[1], "AC04"))
	if len(back.Returned) != 1 {
		t.Fatalf("%d transfers came back, want 1", len(back.Returned))
	}
	c.Stand(part[1], participants.PayeePending)
	if moves, err := c.Claims.Moves(t.Context(), c.Reload()); err != nil || moves[0].Allowed {
		t.Errorf("moves with an open payout = %+v, %v, want closing not allowed", moves, err)
	}

	part[1].Person.IBAN = flat[3].Person.IBAN // another account, at the bank of a relative
	c.Accounts(part[1])
	c.Watch.Advance(participants.PayeeWait)
	again := c.Release()
	c.Bank(c.Carried(again)...)
	c.Stand(part[1], participants.Paid)
	c.Refunded()
	closesInBalance(t, c)
	c.MoveTo(claims.Closed)
	c.Status(claims.Closed)
}

// closesInBalance expects that bank and books say the same, and that nothing is owed to anybody.
func closesInBalance(t *testing.T, c *claimstest.Case) {
	t.Helper()
	r, err := c.Money.Reconciliation(t.Context())
	if err != nil || r.DifferenceCents != 0 || len(r.OpenLines) != 0 {
		t.Errorf("reconciliation = %+v, %v, want no difference and no open lines", r, err)
	}
	balances, err := c.Money.TrialBalance(t.Context(), c.Watch.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range balances {
		owed := slices.Contains([]string{"2000", "2050", "2100", "2110", "2120", "2200"}, b.Account)
		if owed && b.DebitCents != b.CreditCents {
			t.Errorf("account %s has debit %d and credit %d, want nothing left", b.Account, b.DebitCents, b.CreditCents)
		}
	}
}

// The other ending: no cure, no pay. Everything that was paid ahead goes back, once each.
func TestTheRoadOfALostCase(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.JoinWith(6, claims.Flat)
	for _, m := range members[:4] {
		c.Prepay(m)
	}
	c.Send()
	late := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(late)
	c.Arrive(1)
	c.MoveTo(claims.Litigation)
	c.MoveTo(claims.Lost)
	c.Status(claims.Refunding) // follows of itself
	for _, m := range append(members, late) {
		c.Stand(m, participants.ClosedLost)
	}
	c.Drain("refunds")
	if got := refunds(t, c); cmp.Diff(map[string]int64{"queued": 5}, got) != "" && cmp.Diff(map[string]int64{"pending": 5}, got) != "" {
		t.Errorf("refunds after asking = %v, want 5 under way", got)
	}
	if moves, err := c.Claims.Moves(t.Context(), c.Reload()); err != nil || len(moves) != 1 || moves[0].Allowed {
		t.Errorf("moves with refunds under way = %+v, %v, want closing not allowed", moves, err)
	}
	c.Refunded()
	if diff := cmp.Diff(map[string]int64{"refunded": 5}, refunds(t, c)); diff != "" {
		t.Errorf("refunds at the end (-want +got):\n%s", diff)
	}
	if got := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'refund_done'`); got != 5 {
		t.Errorf("%d mails tell of money that came back, want 5", got)
	}
	if got := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'case_lost'`); got != 7 {
		t.Errorf("%d mails tell that the case is lost, want 7", got)
	}
	closesInBalance(t, c)
	c.MoveTo(claims.Closed)
}

func refunds(t *testing.T, c *claimstest.Case) map[string]int64 {
	t.Helper()
	counts, err := c.Claims.Refunds(t.Context(), c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, s := range counts {
		got[s.Status] = s.Count
	}
	return got
}
