package claims_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// must ends the test when a step of it fails.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openDeposit takes the sealed annex of the first letter, by the road of two people.
func openDeposit(t *testing.T, c *claimstest.Case) []byte {
	t.Helper()
	must(t, c.Claims.AskOpening(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, "Steekproef van de rechter"))
	must(t, c.Claims.ApproveOpening(t.Context(), claimstest.Board, c.Claim.ID, 1))
	_, content, err := c.Claims.TakeNamed(t.Context(), claimstest.Lawyer, c.Claim.ID, 1)
	must(t, err)
	return content
}

func TestTheSealedNamesTakeTwoPeopleAndAReason(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	ask := func(by audit.Actor, reason string) error {
		return c.Claims.AskOpening(t.Context(), by, c.Claim.ID, 1, reason)
	}
	approve := func(by audit.Actor) error { return c.Claims.ApproveOpening(t.Context(), by, c.Claim.ID, 1) }
	drop := func() error { return c.Claims.DropOpening(t.Context(), claimstest.Lawyer, c.Claim.ID, 1) }
	take := func(by audit.Actor) error {
		_, content, err := c.Claims.TakeNamed(t.Context(), by, c.Claim.ID, 1)
		if (err == nil) != (len(content) > 0) {
			t.Errorf("%d bytes with error %v", len(content), err)
		}
		return err
	}
	c.Proposed()
	if err := ask(claimstest.Lawyer, "Te vroeg"); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("ask before the letter is sent = %v, want %v", err, claims.ErrWrongState)
	}
	must(t, c.Claims.ApproveLetter(t.Context(), claimstest.Board2, c.Claim.ID, 1))
	must(t, c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1))
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"ask without a reason", func() error { return ask(claimstest.Lawyer, " \n ") }, claims.ErrReason},
		{"ask with a story", func() error { return ask(claimstest.Lawyer, strings.Repeat("é", claims.MostReason+1)) }, claims.ErrReason},
		{"approve what nobody asked", func() error { return approve(claimstest.Board) }, claims.ErrWrongState},
		{"take without asking", func() error { return take(claimstest.Lawyer) }, claims.ErrWrongState},
		{"ask", func() error { return ask(claimstest.Lawyer, "Steekproef") }, nil},
		{"ask while it is asked", func() error { return ask(claimstest.Lawyer, "Nog een") }, claims.ErrWrongState},
		{"take without approval", func() error { return take(claimstest.Lawyer) }, claims.ErrWrongState},
		{"approve one's own", func() error { return approve(claimstest.Lawyer) }, claims.ErrSamePerson},
		{"drop it", drop, nil},
		{"take what was dropped", func() error { return take(claimstest.Lawyer) }, claims.ErrWrongState},
		{"ask again", func() error { return ask(claimstest.Lawyer, "Toch") }, nil},
		{"approve", func() error { return approve(claimstest.Board) }, nil},
		{"approve twice", func() error { return approve(claimstest.Board2) }, claims.ErrWrongState},
		{"somebody else takes it", func() error { return take(claimstest.Board) }, claims.ErrWrongState},
		{"take", func() error { return take(claimstest.Lawyer) }, nil},
		{"take twice", func() error { return take(claimstest.Lawyer) }, claims.ErrWrongState},
	}
	for _, step := range steps {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s = %v, want %v", step.name, err, step.want)
		}
	}
	for action, want := range map[string]int{"deposit.asked": 2, "deposit.dropped": 1, "deposit.approved": 1, "deposit.taken": 1, "letter.file_taken": 1} {
		if got := logged(c, action); got != want {
			t.Errorf("%d lines %s in the log, want %d", got, action, want)
		}
	}
	must(t, c.Claims.CountPublicly(t.Context(), c.Claim.ID))
	if a, err := c.Claims.PublicAccount(t.Context(), c.Claim.ID); err != nil || a.NamesTaken != 1 {
		t.Errorf("the public is told of %d times, %v, want 1", a.NamesTaken, err)
	}
}

func TestTheSealedNamesAreTakenOnceByEight(t *testing.T) {
	t.Parallel()
	opened := func() *claimstest.Case {
		c := claimstest.New(t)
		c.Join(1)
		c.Send()
		must(t, c.Claims.AskOpening(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, "Steekproef"))
		must(t, c.Claims.ApproveOpening(t.Context(), claimstest.Board, c.Claim.ID, 1))
		return c
	}
	take := func(c *claimstest.Case) map[error]int {
		return claimstest.Eight(func(int) error {
			_, _, err := c.Claims.TakeNamed(context.Background(), claimstest.Lawyer, c.Claim.ID, 1)
			return err
		}, claims.ErrWrongState)
	}
	c := opened()
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, take(c)); diff != "" {
		t.Errorf("taken eight times at once (-want +got):\n%s", diff)
	}
	c = opened()
	ownerDoes(c, `DROP TRIGGER deposit_opening_kept ON deposit_openings`)
	unguarded(c)
	meet(c, 8, `FROM "deposit_openings"`)
	if ends := take(c); ends[nil] < 2 {
		t.Errorf("without its guards it is taken %v: the test above does not see what they are for", ends)
	}
}

func TestTheSchemaWantsTwoForTheSealedNames(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Send()
	must(t, c.Claims.AskOpening(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, "Steekproef"))
	for name, sql := range map[string]string{
		"approved by who asked": `UPDATE deposit_openings SET approved_by = asked_by, approved_at = now()`,
		"taken unapproved":      `UPDATE deposit_openings SET taken = true, ended_by = asked_by, ended_at = now()`,
		"taken by another":      `UPDATE deposit_openings SET approved_by = 'staff:4', approved_at = now(), taken = true, ended_by = 'staff:4', ended_at = now()`,
		"given another reason":  `UPDATE deposit_openings SET reason = 'x'`,
		"wiped":                 `DELETE FROM deposit_openings`,
		"asked twice":           `INSERT INTO deposit_openings (letter_id, reason, asked_by, asked_at) SELECT letter_id, reason, asked_by, asked_at FROM deposit_openings`,
	} {
		if err := c.DB.WithContext(t.Context()).Exec(sql).Error; err == nil {
			t.Errorf("the schema takes an opening that is %s", name)
		}
		if _, err := c.Owner(t).Exec(t.Context(), sql); err == nil {
			t.Errorf("the owner of the tables can have an opening that is %s", name)
		}
	}
}

func TestWhoIsOutsideEveryLetterTooLongIsSeen(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	outside := func() *claims.Outside {
		t.Helper()
		all, err := c.Claims.Figures(t.Context(), c.Claim.ID)
		must(t, err)
		return all[c.Claim.ID].OutsideTooLong(c.Reload(), c.Watch.Now())
	}
	c.Join(1)
	c.Watch.Advance(40 * 24 * time.Hour)
	if got := outside(); got != nil {
		t.Errorf("before the first letter: %+v, want nothing", got)
	}
	c.Send()
	late := c.Join(2)
	c.Watch.Advance(19 * 24 * time.Hour)
	if got := outside(); got != nil {
		t.Errorf("after 19 days: %+v, want nothing yet", got)
	}
	c.Watch.Advance(2 * 24 * time.Hour)
	if got := outside(); got == nil || got.People != 2 || got.DaysLeft(c.Watch.Now()) != 9 {
		t.Errorf("after 21 days: %+v, want two people and nine days left", got)
	}
	c.Watch.Advance(10 * 24 * time.Hour)
	if got := outside(); got == nil || got.DaysLeft(c.Watch.Now()) != -1 {
		t.Errorf("after 31 days: %+v, want a day too late", got)
	}
	c.Send()
	if got := outside(); got != nil || c.Participation(late[0]).Status != participants.Included {
		t.Errorf("after the supplementary letter: %+v, want nothing", got)
	}
}
