package claims_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
	"samenclaim/payments"
)

func TestEveryDrainRunsOnAnEmptyAndOnAFullCase(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	all := func() {
		t.Helper()
		for _, d := range c.Claims.Drains() {
			drain(c, d.Name)
		}
	}
	all()
	c.Prepay(c.JoinWith(1, claims.Flat)[0])
	c.Send()
	all()
}

func TestAPaymentIsFoundWithoutItsWebhook(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	pre, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(m[0]), "nl", "http://localhost/terug")
	if err := errors.Join(err, c.Mollie.Set(*pre.ProviderID, "paid")); err != nil {
		t.Fatal(err)
	}
	c.Mollie.FailNext(9, "lost answer")
	if _, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(m[1]), "nl", "http://localhost/terug"); !errors.Is(err, payments.ErrProviderDown) {
		t.Fatalf("Prepay without an answer = %v, want %v", err, payments.ErrProviderDown)
	}
	c.Mollie.Recover()
	drain(c, "unsure-prepayments")
	status := func(m claimstest.Member) string {
		return claimstest.One[string](c, `SELECT status FROM prepayments WHERE participation_id = ?`, m.ParticipationID)
	}
	if status(m[0]) != payments.PrepaymentOpen {
		t.Error("Mollie was asked too soon")
	}
	c.Watch.Advance(11 * time.Minute)
	drain(c, "unsure-prepayments")
	if status(m[0]) != payments.PrepaymentPaid || mails(c, "prepayment_paid") != 1 {
		t.Errorf("the payment is %s, %d mails, want it paid and told", status(m[0]), mails(c, "prepayment_paid"))
	}
	if status(m[1]) != payments.PrepaymentOpen || len(c.Mollie.Payments()) != 2 {
		t.Errorf("the payment without an answer is %s, Mollie has %d, want it found again", status(m[1]), len(c.Mollie.Payments()))
	}
}

func TestARefundGoesOutOnceByEightWorkersAndBadAnswers(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	for _, one := range m {
		c.Prepay(one)
	}
	for _, one := range m {
		if err := c.Claims.Leave(t.Context(), visitor, c.Participation(one)); err != nil {
			t.Fatal(err)
		}
	}
	c.Mollie.FailNext(2, "lost answer")
	for range 6 {
		if ends := claimstest.Eight(func(int) error { return tryDrain(c, "refunds") }); ends[nil] != 8 {
			t.Errorf("eight workers = %v", ends)
		}
		c.Watch.Advance(30 * time.Minute)
	}
	if err := c.Mollie.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(30 * time.Minute)
	claimstest.Eight(func(int) error { return tryDrain(c, "refunds") })
	for _, p := range c.Mollie.Payments() {
		if len(p.Refunds) != 1 {
			t.Errorf("Mollie has %d refunds of one payment, want 1", len(p.Refunds))
		}
	}
	counts := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM refunds WHERE status = 'refunded'), (SELECT count(*) FROM refunds),
		(SELECT count(*) FROM outbox WHERE template = 'refund_done'), (SELECT count(*) FROM journals WHERE event = 'refund.refunded'))`)
	if counts != "2 2 2 2" {
		t.Errorf("refunded, refunds, mails and journals: %s, want 2 of each", counts)
	}
}

func TestOrphansAreSweptAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	kept, err := s.send("a.pdf", aPDF(""))
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Files.Create(t.Context())
	if err == nil {
		_, err = draft.Write([]byte("an upload that lost its row"))
	}
	if err := errors.Join(err, draft.Commit()); err != nil {
		t.Fatal(err)
	}
	s.Watch.Set(time.Now().Add(time.Hour))
	if drain(s.Case, "orphan-files"); stored(t, s.Files) != 2 {
		t.Error("a file was removed that may be on its way to a row")
	}
	s.Watch.Set(time.Now().Add(25 * time.Hour))
	if drain(s.Case, "orphan-files"); stored(t, s.Files) != 1 || len(s.read(kept.Ref)) == 0 {
		t.Errorf("%d files are left, want only the one that is needed", stored(t, s.Files))
	}
	if _, err := s.Files.Open(draft.Name); err == nil || errors.Is(err, os.ErrClosed) {
		t.Errorf("the orphan is still there: %v", err)
	}
}

func TestOldDraftsGoWithTheirFiles(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	token, su, err := c.People.StartSignup(t.Context(), c.Claim.ID, "nl")
	if err == nil {
		_, err = c.Claims.AttachFile(t.Context(), visitor, claims.Owner{SignupID: su.ID}, "a.pdf", bytes.NewReader(aPDF("")))
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(participants.DraftLife - time.Minute)
	if drain(c, "old-signups"); stored(t, c.Files) != 1 {
		t.Error("a draft was wiped too soon")
	}
	c.Watch.Advance(2 * time.Minute)
	drain(c, "old-signups")
	if _, err := c.People.Signup(t.Context(), c.Claim.ID, token); !errors.Is(err, participants.ErrNotFound) || stored(t, c.Files) != 0 {
		t.Errorf("after thirty days: %v, %d files, want nothing", err, stored(t, c.Files))
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM participations`); n != 1 {
		t.Error("who signed is gone")
	}
}

func TestOldSearchesAreForgotten(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for _, age := range []string{"23 hours", "25 hours"} {
		c.Exec(`INSERT INTO register_searches (key, staff_id, term, created_at) VALUES (?, 1, decode('01' || repeat('00', 28), 'hex'), CAST(? AS timestamptz) - CAST(? AS interval))`, age, c.Watch.Now(), age)
	}
	drain(c, "old-searches")
	if got := claimstest.One[string](c, `SELECT string_agg(key, ' ') FROM register_searches`); got != "23 hours" {
		t.Errorf("left: %s, want only the one of today", got)
	}
}

func TestBrokenRulesAreCountedEveryNight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Damaged = true
	m := c.Join(1)[0]
	drain(c, "invariants")
	c.Exec(`UPDATE outbox SET status = 'sent', sent_at = ?, message_id = '' WHERE template = 'welcome'`, c.Watch.Now())
	err := tryDrain(c, "invariants")
	if !errors.Is(err, claims.ErrBroken) || !strings.Contains(err.Error(), "m02_sent_was_handed_over: 1") {
		t.Fatalf("invariants = %v, want the rule that is broken", err)
	}
	for _, personal := range []string{m.Person.Email, m.Person.LastName, m.Number} {
		if strings.Contains(err.Error(), personal) {
			t.Errorf("the log names somebody: %v", err)
		}
	}
}
