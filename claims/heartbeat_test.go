package claims_test

import (
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/migrations/pgtest"
)

// silent counts and lists the claims in which somebody is near the limit.
func silent(t *testing.T, c *claimstest.Case) []claims.Heartbeat {
	t.Helper()
	c.Drain("heartbeat")
	all, err := c.Claims.Silent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const oneDay = 24 * time.Hour

func TestStaffAreToldBeforeAnybodyWaits92Days(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	c.Watch.Advance(77 * oneDay)
	if all := silent(t, c); len(all) != 0 {
		t.Errorf("after 77 days = %+v, want nothing", all)
	}
	late := c.Join(1)
	c.Watch.Advance(oneDay)
	all := silent(t, c)
	if len(all) != 1 || all[0].ClaimID != c.Claim.ID || all[0].Waiting != 2 || all[0].DaysLeft(c.Watch.Now()) != 14 {
		t.Fatalf("after 78 days = %+v, want two people with 14 days left", all)
	}
	c.Watch.Advance(15 * oneDay)
	if all := silent(t, c); len(all) != 1 || all[0].DaysLeft(c.Watch.Now()) != -1 {
		t.Errorf("after 93 days = %+v, want one day too late", all)
	}
	for status, n := range claimstest.Eight(func(int) error { c.Drain("heartbeat"); return nil }) {
		if status != nil || n != 8 {
			t.Errorf("%d of eight counts ended with %v", n, status)
		}
	}
	if err := c.Claims.Leave(t.Context(), audit.Participant(late[0].ParticipantID), c.Participation(late[0])); err != nil {
		t.Fatal(err)
	}
	c.Publish(someNews("n1"))
	if all, err := c.Claims.Silent(t.Context()); err != nil || len(all) != 0 { // at once, not a day later
		t.Errorf("after the news = %+v, %v, want nothing", all, err)
	}
}

func TestOnlyWhatPeopleWereToldIsAnUpdate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		tell func(c *claimstest.Case)
		want int
	}{
		{"nothing", func(*claimstest.Case) {}, 1},
		{"a newsletter goes to who wants it", func(c *claimstest.Case) {
			item := someNews("n1")
			item.Newsletter = true
			c.Publish(item)
		}, 1},
		{"news for some goes to them", func(c *claimstest.Case) {
			item := someNews("n1")
			item.Groups = []string{claims.GroupPaid}
			c.Publish(item)
		}, 1},
		{"news for all", func(c *claimstest.Case) { c.Publish(someNews("n1")) }, 0},
		{"the letter", func(c *claimstest.Case) { c.Send() }, 0},
		{"a step of the claim", func(c *claimstest.Case) { c.MoveTo(claims.Discontinued) }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			c.Join(1)
			c.Watch.Advance(40 * oneDay)
			tt.tell(c)
			c.Watch.Advance(40 * oneDay)
			if all := silent(t, c); len(all) != tt.want {
				t.Errorf("after 80 days, 40 after %s = %+v, want %d", tt.name, all, tt.want)
			}
		})
	}
}

func TestWhoeverCameAfterTheLetterHeardNothing(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Send()
	c.Join(1)
	c.Watch.Advance(60 * oneDay)
	c.Arrive(1) // only the first is in it, but the claim moves with it, which all can see
	c.Watch.Advance(30 * oneDay)
	if all := silent(t, c); len(all) != 0 {
		t.Errorf("30 days after a step that all can see = %+v, want nothing", all)
	}
}

func TestTheNextStepIsWrittenOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	today := time.Date(pgtest.Clock.Year(), pgtest.Clock.Month(), pgtest.Clock.Day(), 0, 0, 0, 0, time.UTC)
	step := claims.NextStep{TextNL: "De rechter\ndoet uitspraak.", TextEN: "The court decides.", EarliestOn: today.AddDate(0, 3, 0)}
	for err, n := range claimstest.Eight(func(int) error { return c.Claims.SetNextStep(c.Ctx(), claimstest.Lawyer, c.Claim.ID, step) }) {
		if err != nil {
			t.Errorf("%d of eight = %v", n, err)
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM next_steps`) + claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'claim.next_step'`); n != 2 {
		t.Errorf("%d rows and lines in the log, want one of each", n)
	}
	later := step
	later.EarliestOn = step.EarliestOn.AddDate(0, 1, 0)
	if err := c.Claims.SetNextStep(t.Context(), claimstest.Lawyer, c.Claim.ID, later); err != nil {
		t.Fatal(err)
	}
	got, err := c.Claims.NextStep(t.Context(), c.Claim.ID)
	if err != nil || got == nil || got.Text("nl") != "De rechter doet uitspraak." || got.Text("en") != "The court decides." || !got.EarliestOn.Equal(later.EarliestOn) {
		t.Errorf("next step = %+v, %v, want the last one", got, err)
	}
	for want, bad := range map[error]claims.NextStep{
		claims.ErrNextStep: {TextNL: "Iets", TextEN: " ", EarliestOn: later.EarliestOn},
		claims.ErrEarliest: {TextNL: "Iets", TextEN: "Something", EarliestOn: today.AddDate(0, 0, -1)},
	} {
		if err := c.Claims.SetNextStep(t.Context(), claimstest.Lawyer, c.Claim.ID, bad); err == nil || err.Error() != want.Error() {
			t.Errorf("SetNextStep(%+v) = %v, want %v", bad, err, want)
		}
	}
}
