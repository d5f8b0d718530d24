package participants_test

import (
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	. "samenclaim/participants"
)

const clerk = audit.Actor("staff:1")

// emailToken is the newest link that was mailed to prove a new address.
func (w *world) emailToken() (token string) {
	w.t.Helper()
	w.scan(&token, `SELECT data->>'Token' FROM outbox WHERE template = 'email_prove' ORDER BY id DESC LIMIT 1`)
	return token
}

// lost is somebody for whom staff asked another address.
func (w *world) lost(to string) Participation {
	w.t.Helper()
	p := w.join("anna@proef.example")
	if err := w.people.RequestEmail(w.t.Context(), clerk, p.ParticipantID, email(w.t, to), "document"); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// apply runs the job once and returns the address of a person.
func (w *world) apply(p Participation) string {
	w.t.Helper()
	if _, err := w.people.ApplyEmails(w.t.Context(), 10); err != nil {
		w.t.Fatal(err)
	}
	person, err := w.people.Participant(w.t.Context(), p.ParticipantID)
	if err != nil {
		w.t.Fatal(err)
	}
	return person.Email
}

func TestALostAddressIsReplacedAfterAWeek(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.lost("nieuw@proef.example")
	if n := w.count(`outbox WHERE template = 'email_requested' AND recipient = 'anna@proef.example'`); n != 1 {
		t.Errorf("%d mails warn the old address, want 1", n)
	}
	w.Watch.Advance(8 * day)
	if got := w.apply(p); got != "anna@proef.example" {
		t.Errorf("address = %q before the new one was proven", got)
	}
	for _, err := range eight(func(int) error { _, err := w.people.ProveEmail(t.Context(), w.emailToken()); return err }) {
		if err != nil {
			t.Errorf("ProveEmail = %v", err)
		}
	}
	if n := w.count(`audit_events WHERE action = 'participant.email_proven'`); n != 1 {
		t.Errorf("proven %d times in the log, want once", n)
	}
	eight(func(int) error { _, err := w.people.ApplyEmails(t.Context(), 10); return err })
	if got := w.apply(p); got != "nieuw@proef.example" {
		t.Errorf("address = %q, want the new one", got)
	}
	if n := w.count(`outbox WHERE template = 'email_changed'`); n != 2 {
		t.Errorf("%d mails tell of it, want one to each address", n)
	}
	if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); !errors.Is(err, ErrNotFound) {
		t.Errorf("the link afterwards = %v, want %v", err, ErrNotFound)
	}
}

func TestALostAddressIsNotReplacedWithinTheWeek(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.lost("nieuw@proef.example")
	if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); err != nil {
		t.Fatal(err)
	}
	w.Watch.Advance(EmailWait - time.Second)
	if got := w.apply(p); got != "anna@proef.example" {
		t.Errorf("address = %q before the week was over", got)
	}
	w.Watch.Advance(time.Second)
	if got := w.apply(p); got != "nieuw@proef.example" {
		t.Errorf("address = %q when the week was over", got)
	}
}

func TestTheOldAddressCanStopIt(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(w *world, p Participation) error{
		"in my case": func(w *world, p Participation) error {
			return w.people.KeepEmail(t.Context(), audit.Participant(p.ParticipantID), p.ParticipantID)
		},
		"by staff": func(w *world, p Participation) error { return w.people.KeepEmail(t.Context(), clerk, p.ParticipantID) },
		"with everything else": func(w *world, p Participation) error {
			return w.DB.Transaction(func(tx *gorm.DB) error { return StopEmail(t.Context(), tx, audit.Participant(1), p.ParticipantID) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			p := w.lost("nieuw@proef.example")
			if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := stop(w, p); err != nil {
					t.Fatal(err)
				}
			}
			w.Watch.Advance(8 * day)
			if got := w.apply(p); got != "anna@proef.example" {
				t.Errorf("address = %q after it was stopped", got)
			}
			if n := w.count(`audit_events WHERE action = 'participant.email_stopped'`); n != 1 {
				t.Errorf("stopped %d times in the log, want once", n)
			}
			if _, err := w.people.EmailBehind(t.Context(), w.emailToken()); !errors.Is(err, ErrNotFound) {
				t.Errorf("the link afterwards = %v, want %v", err, ErrNotFound)
			}
		})
	}
}

func TestAskedAgainTheWeekBeginsAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.lost("eerste@proef.example")
	first := w.emailToken()
	w.Watch.Advance(3 * day)
	again := eight(func(int) error {
		return w.people.RequestEmail(t.Context(), clerk, p.ParticipantID, email(t, "tweede@proef.example"), "letter")
	})
	if went(again) != 8 {
		t.Errorf("asked again: %v", again)
	}
	if n := w.count(`email_requests WHERE stopped_at IS NULL AND done_at IS NULL`); n != 1 {
		t.Errorf("%d requests stand open, want 1", n)
	}
	if _, err := w.people.ProveEmail(t.Context(), first); !errors.Is(err, ErrNotFound) {
		t.Errorf("the first link = %v, want %v", err, ErrNotFound)
	}
	if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); err != nil {
		t.Fatal(err)
	}
	w.Watch.Advance(6 * day)
	if got := w.apply(p); got != "anna@proef.example" {
		t.Errorf("address = %q six days after it was asked again", got)
	}
}

func TestALinkToAnAddressEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.lost("nieuw@proef.example")
	w.Watch.Advance(14*day + time.Second)
	if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); !errors.Is(err, ErrNotFound) {
		t.Errorf("a link of fourteen days = %v, want %v", err, ErrNotFound)
	}
}

func TestALostAddressIsNeverThatOfAnother(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p, other := w.lost("nieuw@proef.example"), w.join("bas@proef.example")
	if err := w.people.RequestEmail(t.Context(), clerk, p.ParticipantID, email(t, "bas@proef.example"), "document"); !errors.Is(err, ErrEmailTaken) {
		t.Errorf("RequestEmail = %v, want %v", err, ErrEmailTaken)
	}
	if _, err := w.people.ProveEmail(t.Context(), w.emailToken()); err != nil {
		t.Fatal(err)
	}
	w.scan(&other.ID, `UPDATE participants SET email = 'nieuw@proef.example', email_key = 'nieuw@proef.example' WHERE id = ? RETURNING id`, other.ParticipantID)
	w.Watch.Advance(8 * day)
	if got := w.apply(p); got != "anna@proef.example" {
		t.Errorf("address = %q, want the old one: the new one became another's", got)
	}
	if n := w.count(`email_requests WHERE stopped_by = 'system:email'`); n != 1 {
		t.Errorf("%d requests were stopped, want 1", n)
	}
}
