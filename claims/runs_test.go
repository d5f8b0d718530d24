package claims_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
)

func TestWhoIsInAPayoutRun(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 80_000, 2, 2)
	if _, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday()); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("a run before the distribution = %v, want %v", err, claims.ErrWrongState)
	}
	c.Distribute()
	c.Accounts(members[:3]...)
	c.Accounts(members[2]) // changed at once: has to wait
	p, err := c.Claims.RunPreview(t.Context(), c.Claim.ID)
	want := claims.RunPreview{Payable: 2, TotalCents: 2 * 15_000, NotYet: []claims.NotYet{{Why: "no_account", Count: 1}, {Why: "waiting", Count: 1}}}
	if diff := cmp.Diff(want, p); diff != "" || err != nil {
		t.Errorf("preview, %v (-want +got):\n%s", err, diff)
	}
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil || run.ItemCount != 2 || run.TotalCents != 30_000 {
		t.Fatalf("run of %d for %s, %v, want 2 for € 300,00", run.ItemCount, run.TotalCents, err)
	}
	for i, want := range []participants.Status{participants.InRun, participants.InRun, participants.Payable, participants.PayeePending} {
		c.Stand(members[i], want)
	}
	if err := c.Claims.CancelRun(t.Context(), claimstest.Board, run.ID); err != nil {
		t.Fatal(err)
	}
	c.Stand(members[0], participants.Payable)
	c.Watch.Advance(participants.PayeeWait)
	again, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil || again.ItemCount != 3 {
		t.Fatalf("run of %d a week later, %v, want 3", again.ItemCount, err)
	}
}

func TestARunTakesTwoPeopleAndTheTypedTotal(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 80_000, 0, 2)
	c.Distribute()
	c.Accounts(members...)
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil {
		t.Fatal(err)
	}
	total := run.TotalCents
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"nothing is released before it is approved", c.Claims.ReleaseRun(t.Context(), claimstest.Board, run.ID, total), payments.ErrWrongState},
		{"who prepared does not approve", c.Claims.ApproveRun(t.Context(), claimstest.Accountant, run.ID, total), payments.ErrSamePerson},
		{"a cent off is not approved", c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, total+1), payments.ErrTotal},
		{"the board approves", c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, total), nil},
		{"but once", c.Claims.ApproveRun(t.Context(), claimstest.Board2, run.ID, total), payments.ErrWrongState},
		{"who prepared does not release", c.Claims.ReleaseRun(t.Context(), claimstest.Accountant, run.ID, total), payments.ErrSamePerson},
		{"a cent off is not released", c.Claims.ReleaseRun(t.Context(), claimstest.Board2, run.ID, total-1), payments.ErrTotal},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	if _, _, _, err := c.Money.RunFile(t.Context(), claimstest.Accountant, run.ID, 1); err == nil {
		t.Error("the file of a run that was not released can be taken")
	}
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.ReleaseRun(context.Background(), audit.Staff(int64(30+i)), run.ID, total)
	}, payments.ErrWrongState)
	if diff := cmp.Diff(map[error]int{nil: 1, payments.ErrWrongState: 7}, ends); diff != "" {
		t.Errorf("releasing eight times at once (-want +got):\n%s", diff)
	}
	_, file, _, err := c.Money.RunFile(t.Context(), claimstest.Accountant, run.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if n := bytes.Count(file, []byte(m.Person.IBAN)); n != 1 {
			t.Errorf("the account of %s stands %d times in the file, want once", m.Number, n)
		}
	}
	if err := c.Claims.CancelRun(t.Context(), claimstest.Board, run.ID); !errors.Is(err, payments.ErrWrongState) {
		t.Errorf("cancel after release = %v, want %v", err, payments.ErrWrongState)
	}
}

func TestRunsPreparedByEightAtOncePayNobodyTwice(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 80_000, 2, 2)
	c.Distribute()
	c.Accounts(members...)
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.PrepareRun(context.Background(), claimstest.Accountant, c.Claim.ID, c.Payday())
		return err
	}, payments.ErrNothingToPay)
	if diff := cmp.Diff(map[error]int{nil: 1, payments.ErrNothingToPay: 7}, ends); diff != "" {
		t.Errorf("preparing eight times at once (-want +got):\n%s", diff)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM payouts`); n != 4 {
		t.Errorf("%d payouts, want 4", n)
	}
}
