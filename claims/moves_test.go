package claims_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
)

func TestAGuardIsAskedAgainWhenTheSecondPersonComes(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	whole(c, claims.SettlementProposed)
	c.Damaged = true
	if err := c.Claims.RecordSettlement(t.Context(), claimstest.Lawyer, c.Claim.ID, claims.Settlement{Kind: "settlement", Reference: "S1", PotCents: 100, AgreedOn: locale.Today(c.Watch.Now())}); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer"}, c.Claim.ID, claims.Proposal{To: claims.Settled, Reason: "agreed", Document: claimstest.Paper}); err != nil {
		t.Fatal(err)
	}
	owner := c.Owner(t)
	if _, err := owner.Exec(t.Context(), `ALTER TABLE settlements DISABLE TRIGGER append_only; DELETE FROM settlements`); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveMove(t.Context(), claimstest.Board, c.Claim.ID); !errors.Is(err, claims.ErrGuard) {
		t.Errorf("approve = %v, want %v", err, claims.ErrGuard)
	}
}

func TestWhoMayMove(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	whole(c, claims.LetterDelivered)
	c.Damaged = true
	propose := func(by audit.Actor, role string, to claims.Status, reason string) error {
		return c.Claims.ProposeMove(t.Context(), by, []string{role}, c.Claim.ID, claims.Proposal{To: to, Reason: reason})
	}
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"intake moves nothing", propose(claimstest.Intake, "intake", claims.Negotiation, "x"), claims.ErrRole},
		{"an accountant does not go to court", propose(claimstest.Accountant, "accountant", claims.Litigation, "x"), claims.ErrRole},
		{"a move has a reason", propose(claimstest.Lawyer, "lawyer", claims.Negotiation, ""), claims.ErrReason},
		{"a lawyer proposes a summons", propose(claimstest.Lawyer, "lawyer", claims.Litigation, "no answer"), nil},
		{"one move waits at a time", propose(claimstest.Board, "board", claims.Discontinued, "x"), claims.ErrMoveWaits},
		{"who proposed does not approve", c.Claims.ApproveMove(t.Context(), claimstest.Lawyer, c.Claim.ID), claims.ErrSamePerson},
		{"a proposal can be dropped", c.Claims.DropMove(t.Context(), claimstest.Lawyer, c.Claim.ID), nil},
		{"what was dropped is not approved", c.Claims.ApproveMove(t.Context(), claimstest.Board, c.Claim.ID), claims.ErrNotFound},
		{"nor dropped again", c.Claims.DropMove(t.Context(), claimstest.Lawyer, c.Claim.ID), claims.ErrNotFound},
		{"what takes one is made at once", propose(claimstest.Lawyer, "lawyer", claims.Negotiation, "they answered"), nil},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	c.Status(claims.Negotiation)
	if h, err := c.Claims.History(t.Context(), c.Claim.ID); err != nil || len(h) != 2 || h[0].ToStatus != claims.Negotiation || h[0].Reason != "they answered" {
		t.Errorf("history = %+v, %v, want the move to negotiation and, before it, the opening", h, err)
	}
}

func TestAMoveIsApprovedOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(3)
	for _, m := range members[:1] {
		m.Person.FeeOption = "flat"
	}
	whole(c, claims.Litigation)
	c.Damaged = true
	if err := c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer"}, c.Claim.ID, claimstest.Judgment(claims.Lost, c.Watch.Now())); err != nil {
		t.Fatal(err)
	}
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.ApproveMove(context.Background(), audit.Staff(int64(10+i)), c.Claim.ID)
	}, claims.ErrWrongState, claims.ErrNotFound)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrNotFound: 7}, ends); diff != "" {
		t.Errorf("approving eight times at once (-want +got):\n%s", diff)
	}
	c.Status(claims.Refunding)
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'case_lost'`); n != 3 {
		t.Errorf("%d mails tell of it, want 3", n)
	}
}

func TestADecidedCaseTakesNobody(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	whole(c, claims.Lost)
	c.Damaged = true
	if _, err := c.Claims.Sign(t.Context(), c.Claim, token, form); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("sign in a lost case = %v, want %v", err, claims.ErrClosed)
	}
}
