package claims_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// The program's own record: as long as one of it serves, nothing is an outage; when all were silent, all of that is.
func TestTheProgramKeepsWhenItServed(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	closes := c.Watch.Now().Add(48 * time.Hour)
	closing(c, closes)
	beat := func(run int64) int64 {
		t.Helper()
		run, err := c.Claims.Serving(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	expect := func(what string, outages int, later time.Duration) {
		t.Helper()
		if n := claimstest.One[int](c, `SELECT count(*) FROM outages WHERE source = 'health' AND counted_at IS NOT NULL`); n != outages {
			t.Errorf("%s: %d outages, want %d", what, n, outages)
		}
		if got := c.Reload().ClosesAt; !got.Equal(closes.Add(later)) {
			t.Errorf("%s: the deadline is %s later, want %s", what, got.Sub(closes), later)
		}
	}
	one := beat(0)
	expect("the first beat of all", 0, 0)
	c.Watch.Advance(30 * time.Second)
	if again := beat(one); again != one {
		t.Errorf("a beat in time begins run %d, want %d to go on", again, one)
	}
	two := beat(0)
	c.Watch.Advance(90 * time.Second)
	beat(two)
	c.Watch.Advance(90 * time.Second)
	beat(0)
	expect("one goes down while another serves", 0, 0)
	c.Watch.Advance(10*time.Minute + 15*time.Second)
	if fresh := beat(two); fresh == two {
		t.Error("a run that was silent goes on, want it to begin anew")
	}
	expect("all are silent for ten minutes", 1, 11*time.Minute)
	c.Watch.Advance(time.Hour)
	ends := claimstest.Eight(func(int) error { _, err := c.Claims.Serving(c.Ctx(), 0); return err })
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("eight begin at once (-want +got):\n%s", diff)
	}
	expect("eight begin at once after an hour", 2, 71*time.Minute)
}

// The control: without the lock between those who begin, one silence counts more than once.
func TestTheControlOfThoseWhoBegin(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	if _, err := c.Claims.Serving(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Hour)
	unguarded(c, `pg_advisory_xact_lock\((\$\d+), 0\)`, `int4pl($1, 0)`)
	meet(c, 2, `max(last_at)`)
	claimstest.Eight(func(int) error { _, err := c.Claims.Serving(c.Ctx(), 0); return err })
	if n := claimstest.One[int](c, `SELECT count(*) FROM outages`); n < 2 {
		t.Errorf("%d outages without the lock, want more than one: else the test beside this sees nothing", n)
	}
}

// What staff enter counts when another person has seen it; sign-ups, mails and the first letter keep to the new deadline.
func TestAnOutageMovesTheDeadlineForAll(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	policy(c, claims.LateClosed, nil)
	closes := c.Watch.Now().Add(2 * time.Hour)
	closing(c, closes)
	began := c.Watch.Now().Add(10 * time.Minute)
	c.Approved()
	c.Watch.Advance(time.Hour)
	now := c.Watch.Now()
	for _, tt := range []struct {
		name     string
		from, to time.Time
		reason   string
		want     error
	}{
		{"it ends before it began", now, began, "x", claims.ErrOutageTime},
		{"it has not ended yet", began, now.Add(time.Minute), "x", claims.ErrOutageTime},
		{"it lasted two months", began.AddDate(0, -2, 0), began, "x", claims.ErrOutageLong},
		{"it has no reason", began, began.Add(time.Minute), " ", claims.ErrReason},
		{"half an hour without mail", began, began.Add(30 * time.Minute), "no mail went out", nil},
	} {
		if err := c.Claims.RecordOutage(t.Context(), claimstest.Register, tt.from, tt.to, tt.reason); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	id := claimstest.One[int64](c, `SELECT id FROM outages`)
	if got := c.Reload().ClosesAt; !got.Equal(closes) {
		t.Errorf("the deadline moved to %s before a second person saw it", got)
	}
	if err := c.Claims.ApproveOutage(t.Context(), claimstest.Register, id); !errors.Is(err, claims.ErrSamePerson) {
		t.Errorf("approved by oneself = %v, want %v", err, claims.ErrSamePerson)
	}
	ends := claimstest.Eight(func(int) error { return c.Claims.ApproveOutage(c.Ctx(), claimstest.Board, id) }, claims.ErrWrongState)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, ends); diff != "" {
		t.Errorf("approved eight times at once (-want +got):\n%s", diff)
	}
	later := closes.Add(30 * time.Minute)
	if got := c.Reload(); !got.ClosesAt.Equal(later) || !got.ClosesPlannedAt.Equal(closes) {
		t.Errorf("the deadline is %s, announced %s; want %s, announced %s", got.ClosesAt, got.ClosesPlannedAt, later, closes)
	}
	c.Watch.Advance(closes.Add(29 * time.Minute).Sub(now))
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); !errors.Is(err, claims.ErrBeforeDeadline) {
		t.Errorf("the letter before the deadline = %v, want %v", err, claims.ErrBeforeDeadline)
	}
	c.JoinAs(c.Next())
	c.Watch.Advance(time.Minute)
	p := c.Next()
	if _, err := c.Claims.Sign(t.Context(), c.Claim, c.Ready(p), c.Form(p)); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("signing at the new deadline = %v, want %v", err, claims.ErrClosed)
	}
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); err != nil {
		t.Errorf("the letter at the deadline = %v", err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM annex_rows`); n != 2 {
		t.Errorf("%d in the annex, want the 2 who signed in time", n)
	}
}

// An outage that counts or was dropped stays as it is, whoever asks.
func TestAnOutageStaysAsItIs(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	now := c.Watch.Now()
	for range 3 {
		if err := c.Claims.RecordOutage(t.Context(), claimstest.Register, now.Add(-time.Hour), now, "x"); err != nil {
			t.Fatal(err)
		}
	}
	ids := claimstest.One[int64](c, `SELECT min(id) FROM outages`)
	if err := c.Claims.ApproveOutage(t.Context(), claimstest.Board, ids); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.DropOutage(t.Context(), claimstest.Register, ids+1); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{ids, ids + 1} {
		if err := c.Claims.DropOutage(t.Context(), claimstest.Register, id); !errors.Is(err, claims.ErrWrongState) {
			t.Errorf("drop %d = %v, want %v", id-ids, err, claims.ErrWrongState)
		}
		if err := c.Claims.ApproveOutage(t.Context(), claimstest.Board, id); !errors.Is(err, claims.ErrWrongState) {
			t.Errorf("approve %d = %v, want %v", id-ids, err, claims.ErrWrongState)
		}
	}
	owner := c.OwnerDB(t)
	for _, sql := range []string{
		`UPDATE outages SET ended_at = ended_at - interval '1 minute' WHERE counted_at IS NULL AND dropped_at IS NULL`, `UPDATE outages SET reason = 'y' WHERE counted_at IS NOT NULL`,
		`DELETE FROM outages`, `UPDATE outages SET dropped_at = NULL WHERE dropped_at IS NOT NULL`,
		`UPDATE outages SET counted_at = now(), approved_by = recorded_by WHERE counted_at IS NULL AND dropped_at IS NULL`,
	} {
		if err := owner.Exec(sql).Error; err == nil {
			t.Errorf("the schema takes %s", sql)
		}
	}
	if shown, err := c.Claims.Outages(t.Context()); err != nil || len(shown) != 2 {
		t.Errorf("%d outages are shown, %v, want the one that counts and the one that waits", len(shown), err)
	}
}

// Who worked on a sign-up when nobody could sign, or just before, is let in once staff say so, and signs as if in time.
func TestWhoWasHeldUpIsLetIn(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	policy(c, claims.LateClosed, nil)
	long, short, signs := c.Next(), c.Next(), c.Next()
	longAgo := c.Ready(long)
	c.Watch.Advance(3 * time.Hour)
	held, signing := c.Ready(short), c.Ready(signs)
	open, _, err := c.People.StartSignup(t.Context(), c.Claim.ID, "nl")
	if err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(10 * time.Minute)
	began := c.Watch.Now()
	c.Watch.Advance(20 * time.Minute)
	if err := c.Claims.RecordOutage(t.Context(), claimstest.Register, began, c.Watch.Now(), "the line was cut"); err != nil {
		t.Fatal(err)
	}
	id := claimstest.One[int64](c, `SELECT id FROM outages`)
	if err := c.Claims.ApproveOutage(t.Context(), claimstest.Lawyer, id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.Sign(t.Context(), c.Claim, signing, c.Form(signs)); err != nil {
		t.Fatal(err)
	}
	l := c.Send() // the deadline was not announced: it is now, and twenty minutes later
	if got := c.Claim.ClosesAt; !got.Equal(l.SentAt.Add(20 * time.Minute)) {
		t.Errorf("who signs is in time until %s, want twenty minutes after the letter went at %s", got, l.SentAt)
	}
	c.Watch.Advance(time.Hour)
	if _, err := c.Claims.Sign(t.Context(), c.Claim, held, c.Form(short)); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("before anybody was let in: %v, want %v", err, claims.ErrClosed)
	}
	want := []claims.HeldDrafts{{OutageID: id, ClaimID: c.Claim.ID, Waiting: 2, Signed: 1}}
	if got, err := c.Claims.HeldDrafts(t.Context()); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("held up: %+v, %v, want %+v", got, err, want)
	}
	var let int64
	ends := claimstest.Eight(func(int) error {
		n, err := c.Claims.AdmitDrafts(c.Ctx(), claimstest.Register, id, c.Claim.ID)
		if n > 0 {
			let = n
		}
		return err
	})
	if ends[nil] != 8 || let != 2 {
		t.Errorf("let in %d, %v, want 2", let, ends)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'admitted'`); n != 1 || claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'admitted' AND recipient = ?`, short.Email) != 1 {
		t.Errorf("%d mails, want one, to who proved an address", n)
	}
	j, err := c.Claims.Sign(t.Context(), c.Claim, held, c.Form(short))
	if err != nil {
		t.Fatalf("let in: %v", err)
	}
	if !claimstest.One[bool](c, `SELECT admitted FROM participations WHERE id = ?`, j.ParticipationID) {
		t.Error("who was let in does not count as such")
	}
	if _, err := c.Claims.Sign(t.Context(), c.Claim, longAgo, c.Form(long)); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("who was not at work then: %v, want %v", err, claims.ErrClosed)
	}
	c.Watch.Advance(8 * 24 * time.Hour)
	if su, err := c.People.Signup(t.Context(), c.Claim.ID, open); err == nil && su.AdmittedAt(c.Watch.Now()) {
		t.Error("a week later the other one still counts as in time")
	}
}
