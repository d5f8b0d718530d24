package claims_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/files"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
	"samenclaim/payments"
)

// awarded is a case with money for n members, who all gave their account.
func awarded(t *testing.T, n int) (*claimstest.Case, []claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	m := c.JoinWith(n, claims.Percentage)
	c.Send()
	c.Arrive(1)
	c.Settle(payments.Cents(n) * 10_000)
	c.Receive(payments.Cents(n) * 10_000)
	c.Distribute()
	c.Accounts(m...)
	return c, m
}

func TestNotMeStopsTheMoneyAndEveryLogin(t *testing.T) {
	t.Parallel()
	c, m := awarded(t, 2)
	c.Exec(`INSERT INTO logins (ref, participant_id, created_at, last_seen_at) VALUES ('a', ?, ?, ?)`, m[0].ParticipantID, c.Watch.Now(), c.Watch.Now())
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, run.TotalCents); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if ends := claimstest.Eight(func(int) error { return c.Claims.NotMe(c.Ctx(), m[0].ParticipantID) }); ends[nil] != 8 {
		t.Errorf("eight at once = %v", ends)
	}
	if got := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM payout_holds), (SELECT count(*) FROM logins WHERE ended_at IS NULL), (SELECT count(*) FROM outbox WHERE template = 'not_me'))`); got != "1 0 1" {
		t.Errorf("holds, open log-ins and mails: %s, want 1 0 1", got)
	}
	c.Watch.Advance(time.Minute)
	if err := c.Claims.ReleaseRun(t.Context(), claimstest.Board2, run.ID, run.TotalCents); !errors.Is(err, payments.ErrHeld) {
		t.Fatalf("release = %v, want %v", err, payments.ErrHeld)
	}
	if err := c.Claims.CancelRun(t.Context(), claimstest.Board, run.ID); err != nil {
		t.Fatal(err)
	}
	if got := c.Release(); got.ItemCount != 1 {
		t.Errorf("%d payouts in the next run, want only the other's", got.ItemCount)
	}
	hold := claimstest.One[int64](c, `SELECT id FROM payout_holds`)
	if err := c.Claims.LiftHold(t.Context(), claimstest.Register, c.Claim.ID, m[0].Number, hold, "because"); !errors.Is(err, payments.ErrLiftReason) {
		t.Errorf("lifted without a reason = %v", err)
	}
	if err := c.Claims.LiftHold(t.Context(), claimstest.Register, c.Claim.ID, m[0].Number, hold, "called"); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if got := c.Release(); got.ItemCount != 1 {
		t.Errorf("%d payouts after the hold, want 1", got.ItemCount)
	}
}

func TestAnAccountOfManyPeopleIsLookedAtFirst(t *testing.T) {
	t.Parallel()
	c, m := awarded(t, 4)
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.SetPayee(c.Ctx(), visitor, m[i%4].ParticipationID, "NL91ABNA0417164300", "De Familie")
	}, participants.ErrWrongState)
	if ends[nil] != 8 {
		t.Fatalf("eight at once = %v", ends)
	}
	if got := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM payout_holds WHERE kind = 'shared_account'), (SELECT count(*) FROM participations WHERE review_mark = 'shared_account'))`); got != "4 4" {
		t.Errorf("holds and marks: %s, want 4 4", got)
	}
}

func TestACopyIsMadeByAJobAndTakenOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	want := func() error { return c.Claims.WantExport(c.Ctx(), visitor, m[0].ParticipantID) }
	if ends := claimstest.Eight(func(int) error { return want() }); ends[nil] != 8 {
		t.Errorf("eight at once = %v", ends)
	}
	c.Drain("exports")
	e, err := c.Claims.LastExport(t.Context(), m[0].ParticipantID)
	if err != nil || e == nil || e.Status != "ready" || !e.ExpiresAt.Equal(c.Watch.Now().Add(24*time.Hour)) {
		t.Fatalf("copy = %+v, %v", e, err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'export_ready'`); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
	if _, err := c.Claims.TakeExport(t.Context(), m[1].ParticipantID, e.Ref); !errors.Is(err, privacy.ErrNotFound) {
		t.Errorf("taken by somebody else = %v, want %v", err, privacy.ErrNotFound)
	}
	var got [8][]byte
	ends := claimstest.Eight(func(i int) error {
		file, err := c.Claims.TakeExport(c.Ctx(), m[0].ParticipantID, e.Ref)
		if err != nil {
			return err
		}
		got[i], err = io.ReadAll(file)
		return errors.Join(err, file.Close())
	}, privacy.ErrNotFound)
	if ends[nil] != 1 || ends[privacy.ErrNotFound] != 7 {
		t.Errorf("taken eight times at once = %v, want once", ends)
	}
	for _, b := range got {
		if b == nil {
			continue
		}
		if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || len(z.File) < 2 {
			t.Errorf("the copy is no ZIP with the data and the mandate: %v", err)
		}
	}
	if err := want(); err != nil {
		t.Fatal(err)
	}
	c.Drain("exports")
	c.Watch.Advance(25 * time.Hour)
	c.Drain("exports")
	n := 0
	if err := c.Files.List(func(files.File) error { n++; return nil }); err != nil || n != 0 {
		t.Errorf("%d files left of copies nobody can take any more, %v", n, err)
	}
}
