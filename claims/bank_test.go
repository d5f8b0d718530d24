package claims_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/mailer/mailtest"
	"samenclaim/participants"
	"samenclaim/payments"
)

// paying is a case of which a run is on its way to the bank.
func paying(t *testing.T) (*claimstest.Case, []claimstest.Member, payments.Run) {
	t.Helper()
	c, members := settled(t, 90_000, 1, 2)
	c.Distribute()
	c.Accounts(members...)
	return c, members, c.Release()
}

func TestAStatementIsBookedOnceByEight(t *testing.T) {
	t.Parallel()
	c, members, run := paying(t)
	ref := c.Upload(c.Statement(c.Carried(run)...))
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.BookStatement(context.Background(), claimstest.Accountant, ref)
		return err
	}, payments.ErrAlreadyBooked)
	if diff := cmp.Diff(map[error]int{nil: 1, payments.ErrAlreadyBooked: 7}, ends); diff != "" {
		t.Errorf("booking eight times at once (-want +got):\n%s", diff)
	}
	for _, m := range members {
		c.Stand(m, participants.Paid)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'payout_sent'`); n != 3 {
		t.Errorf("%d people are told, want 3", n)
	}
}

func TestWhoIsPaidIsToldAndTheMailHoldsNoAmountOrAccount(t *testing.T) {
	t.Parallel()
	c, members, run := paying(t)
	m := members[0]
	c.Bank(c.Carried(run)...)
	told := 0
	for _, mail := range c.Post().Messages(mailtest.Filter{To: m.Person.Email}, 50) {
		if strings.Contains(mail.Text, "overgemaakt") || strings.Contains(mail.Text, "sent you your money") || strings.Contains(mail.Text, "have sent your money") {
			told++
		}
		for _, secret := range []string{m.Person.IBAN, m.Person.IBAN[len(m.Person.IBAN)-3:], "300,00", "300.00"} {
			if strings.Contains(mail.Text+mail.HTML, secret) {
				t.Errorf("the mail %q holds %q", mail.Subject, secret)
			}
		}
	}
	if told != 1 {
		t.Errorf("%d mails tell of the transfer, want 1", told)
	}
}

func TestAReturnReopensOnePayout(t *testing.T) {
	t.Parallel()
	c, members, run := paying(t)
	c.Bank(c.Carried(run)...)
	back := c.Back(members[1], "AC04")
	booked := c.Bank(back)
	if len(booked.Returned) != 1 || booked.Returned[0].Reason != "AC04" {
		t.Fatalf("returned = %+v, want one with AC04", booked.Returned)
	}
	for i, want := range []participants.Status{participants.Paid, participants.PayeePending, participants.Paid} {
		c.Stand(members[i], want)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'payout_returned'`); n != 1 {
		t.Errorf("%d people are told of a return, want 1", n)
	}
	again := c.Bank(back) // the same line on another day cannot be the same money
	if len(again.Returned) != 0 || again.Matched != 0 {
		t.Errorf("a second return of the same payout books %+v, want it left open", again)
	}
	c.Stand(members[1], participants.PayeePending)
	id := claimstest.One[int64](c, `SELECT id FROM statement_lines WHERE matched_at IS NULL`)
	if err := c.Claims.MatchLine(t.Context(), claimstest.Accountant, id, "unknown", 0); err != nil {
		t.Errorf("set it aside by hand = %v", err)
	}
}

func TestALostCaseRefundsThroughEightDrainsOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for _, m := range c.JoinWith(3, claims.Flat) {
		c.Prepay(m)
	}
	c.Send()
	c.Arrive(1)
	c.MoveTo(claims.Litigation)
	c.MoveTo(claims.Lost)
	ends := claimstest.Eight(func(int) error {
		for _, d := range c.Claims.Drains() {
			if d.Name == "refunds" {
				_, err := d.Run(context.Background())
				return err
			}
		}
		return nil
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("eight drains at once (-want +got):\n%s", diff)
	}
	for _, p := range c.Mollie.Payments() {
		if len(p.Refunds) != 1 || p.Refunds[0].AmountCents != 5000 {
			t.Errorf("payment %s has refunds %+v, want one of € 50,00", p.ID, p.Refunds)
		}
	}
}
