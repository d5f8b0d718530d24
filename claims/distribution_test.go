package claims_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/payments"
)

// settled is a case with members in its annex and a settlement of this amount, of which the money is in.
func settled(t *testing.T, pot payments.Cents, flat, part int) (*claimstest.Case, []claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	members := slices.Concat(c.JoinWith(flat, claims.Flat), c.JoinWith(part, claims.Percentage))
	c.Send()
	c.Arrive(1)
	c.Settle(pot)
	c.Receive(pot)
	return c, members
}

func TestWhatIsAgreedAfterMidnightIsAgreedToday(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	whole(c, claims.SettlementProposed)
	c.Watch.Set(time.Date(2026, 5, 1, 22, 30, 0, 0, time.UTC)) // half past midnight here
	in := claims.Settlement{Kind: "settlement", Reference: "S-1", PotCents: 100_00, AgreedOn: time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC)}
	if err := c.Claims.RecordSettlement(t.Context(), claimstest.Lawyer, c.Claim.ID, in); err != nil {
		t.Errorf("agreed today = %v, want it taken", err)
	}
}

func TestTermsOfASettlement(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	whole(c, claims.SettlementProposed)
	c.Damaged = true
	good := claims.Settlement{Kind: "settlement", Reference: "S-1", PotCents: 100_00, AgreedOn: locale.Today(c.Watch.Now())}
	for _, tt := range []struct {
		name   string
		want   error
		change func(*claims.Settlement)
	}{
		{"no money", claims.ErrTerms, func(s *claims.Settlement) { s.PotCents = 0 }},
		{"no reference", claims.ErrTerms, func(s *claims.Settlement) { s.Reference = "" }},
		{"agreed tomorrow", claims.ErrTerms, func(s *claims.Settlement) { s.AgreedOn = s.AgreedOn.AddDate(0, 0, 1) }},
		{"a gift", claims.ErrTerms, func(s *claims.Settlement) { s.Kind = "gift" }},
		{"as agreed", nil, func(*claims.Settlement) {}},
		{"once more", claims.ErrTermsRecorded, func(s *claims.Settlement) { s.PotCents = 200_00 }},
	} {
		in := good
		tt.change(&in)
		if err := c.Claims.RecordSettlement(t.Context(), claimstest.Lawyer, c.Claim.ID, in); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
	got, err := c.Claims.Settlement(t.Context(), c.Claim.ID)
	if err != nil || got.PotCents != 100_00 || got.RecordedBy != claimstest.Lawyer {
		t.Errorf("terms = %+v, %v, want those recorded first", got, err)
	}
	whole(c, claims.Open)
	if err := c.Claims.RecordSettlement(t.Context(), claimstest.Lawyer, c.Claim.ID, good); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("terms in an open case = %v, want %v", err, claims.ErrWrongState)
	}
}

func TestEveryoneGetsTheirShareToTheCent(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 100_001, 2, 1)
	d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	awards, err := c.Claims.Awards(t.Context(), d.ID, "", 10)
	if err != nil || len(awards) != 3 {
		t.Fatalf("%d awards, %v, want 3", len(awards), err)
	}
	var gross, payout payments.Cents
	for i, a := range awards {
		gross, payout = gross+a.GrossCents, payout+a.PayoutCents
		if want := []payments.Cents{33_334, 33_334, 33_333}[i]; a.GrossCents != want {
			t.Errorf("%s gets %s, want %s: an odd cent goes to the lowest numbers", a.Number, a.GrossCents, want)
		}
		if want := c.Claim.Terms().Fee(a.FeeOption, a.GrossCents); a.FeeCents != want || a.NetCents != a.GrossCents-want {
			t.Errorf("%s pays %s and keeps %s, want a fee of %s", a.Number, a.FeeCents, a.NetCents, want)
		}
	}
	if gross != 100_001 || payout != d.PayoutCents || d.FeeCents != 2*5000+6666 {
		t.Errorf("gross %s, payout %s of %s, fees %s", gross, payout, d.PayoutCents, d.FeeCents)
	}
	if rest, err := c.Claims.Awards(t.Context(), d.ID, awards[1].Number, 10); err != nil || len(rest) != 1 {
		t.Errorf("%d awards after the second, %v, want 1", len(rest), err)
	}
	if a, err := c.Claims.AwardOf(t.Context(), members[0].ParticipationID); err != nil || a != nil {
		t.Errorf("award before approval = %+v, %v, want none", a, err)
	}
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Accountant, d.ID); !errors.Is(err, claims.ErrSamePerson) {
		t.Errorf("approve one's own = %v, want %v", err, claims.ErrSamePerson)
	}
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); err != nil {
		t.Fatal(err)
	}
	if a, err := c.Claims.AwardOf(t.Context(), members[0].ParticipationID); err != nil || a == nil {
		t.Errorf("award after approval = %+v, %v, want one", a, err)
	}
	for _, m := range members {
		c.Stand(m, participants.PayeePending)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'payee_request'`); n != 3 {
		t.Errorf("%d people are asked for their account, want 3", n)
	}
	if _, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("calculate after approval = %v, want %v", err, claims.ErrWrongState)
	}
	if err := c.Claims.DropDistribution(t.Context(), claimstest.Accountant, d.ID); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("drop after approval = %v, want %v", err, claims.ErrWrongState)
	}
}

func TestNothingIsDividedThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	if _, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("calculate in an open case = %v, want %v", err, claims.ErrWrongState)
	}
	c.Send()
	c.Arrive(1)
	c.Settle(50_000)
	d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); !errors.Is(err, claims.ErrNoMoney) {
		t.Errorf("approve without money = %v, want %v", err, claims.ErrNoMoney)
	}
	c.Receive(49_999) // another amount than agreed: somebody has to say that it is this
	line := claimstest.One[int64](c, `SELECT id FROM statement_lines WHERE matched_at IS NULL`)
	terms, err := c.Claims.Settlement(t.Context(), c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.MatchLine(t.Context(), claimstest.Accountant, line, "settlement", terms.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); !errors.Is(err, claims.ErrNoMoney) {
		t.Errorf("approve a cent short = %v, want %v", err, claims.ErrNoMoney)
	}
	if got, err := c.Claims.Received(t.Context(), c.Claim.ID); err != nil || got != 49_999 {
		t.Errorf("received = %s, %v, want € 499,99", got, err)
	}
}

func TestACalculationThatIsNoLongerTrue(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 100_000, 3, 1)
	d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.Leave(t.Context(), "participant:1", c.Participation(members[0])); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); !errors.Is(err, claims.ErrStale) {
		t.Errorf("approve after somebody left = %v, want %v", err, claims.ErrStale)
	}
	again, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID)
	if err != nil || again.Count != 3 {
		t.Fatalf("calculated over %d, %v, want 3", again.Count, err)
	}
	c.Prepay(members[1])
	if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, again.ID); !errors.Is(err, claims.ErrStale) {
		t.Errorf("approve after a prepayment = %v, want %v", err, claims.ErrStale)
	}
	if err := c.Claims.DropDistribution(t.Context(), claimstest.Accountant, again.ID); err != nil {
		t.Errorf("drop = %v", err)
	}
	if got, err := c.Claims.Distribution(t.Context(), c.Claim.ID); err != nil || got != nil {
		t.Errorf("distribution = %+v, %v, want none", got, err)
	}
	d = c.Distribute()
	if d.PrepaidCents != 5000 {
		t.Errorf("prepaid in the distribution = %s, want € 50,00", d.PrepaidCents)
	}
}

// A pot so small that the fee takes all of it: nobody waits for nothing, and the case closes.
func TestAnAwardWithNothingToTransfer(t *testing.T) {
	t.Parallel()
	c, members := settled(t, 8_000, 2, 0)
	d := c.Distribute()
	if d.PayoutCents != 0 || d.FeeCents != 8_000 {
		t.Errorf("payout %s and fee %s, want nothing and all", d.PayoutCents, d.FeeCents)
	}
	for _, m := range members {
		c.Stand(m, participants.Paid)
	}
	if _, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday()); !errors.Is(err, payments.ErrNothingToPay) {
		t.Errorf("a run for nobody = %v, want %v", err, payments.ErrNothingToPay)
	}
	c.MoveTo(claims.Closed)
	closesInBalance(t, c)
}

func TestADistributionIsApprovedOnceByEight(t *testing.T) {
	t.Parallel()
	c, _ := settled(t, 60_000, 2, 1)
	d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.ApproveDistribution(context.Background(), audit.Staff(int64(20+i)), d.ID)
	}, claims.ErrWrongState)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, ends); diff != "" {
		t.Errorf("approving eight times at once (-want +got):\n%s", diff)
	}
	c.Status(claims.Distributing)
	if n := claimstest.One[int64](c, `SELECT count(*) FROM journals WHERE key LIKE 'distribution:%:approved'`); n != 1 {
		t.Errorf("%d journals, want 1", n)
	}
}

func TestCalculatedByEightAtOnceCountsOnce(t *testing.T) {
	t.Parallel()
	c, _ := settled(t, 60_000, 1, 1)
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.Calculate(context.Background(), claimstest.Accountant, c.Claim.ID)
		return err
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("calculating eight times at once (-want +got):\n%s", diff)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM distributions WHERE status <> 'dropped'`); n != 1 {
		t.Errorf("%d distributions count, want 1", n)
	}
}
