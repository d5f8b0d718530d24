package participants_test

import (
	"errors"
	"strings"
	"testing"

	"samenclaim/internal/audit"
	. "samenclaim/participants"
)

func email(t *testing.T, address string) Email {
	t.Helper()
	e, err := ParseEmail(address)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// newEmailCode is the newest code that was mailed to a new address.
func (w *world) newEmailCode() (code string) {
	w.t.Helper()
	w.scan(&code, `SELECT data->>'Code' FROM outbox WHERE template = 'email_code' ORDER BY id DESC LIMIT 1`)
	return code
}

// logIn writes a log-in down.
func (w *world) logIn(p Participation, ref string) {
	w.t.Helper()
	w.scan(new(int64), `INSERT INTO logins (ref, participant_id, created_at, last_seen_at) VALUES (?, ?, ?, ?) RETURNING id`, ref, p.ParticipantID, w.Watch.Now(), w.Watch.Now())
}

func TestANewAddressProvesItselfAndEveryLoginEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	w.logIn(p, "here")
	w.logIn(p, "elsewhere")
	to := email(t, "Anna@Nieuw.example")
	ctx := t.Context()
	if err := w.people.AskLogin(ctx, "anna@proef.example", "nl", "browser"); err != nil {
		t.Fatal(err)
	}
	stale := w.lastCode()
	if err := w.people.AskNewEmail(ctx, p.ParticipantID, "here", to); err != nil {
		t.Fatal(err)
	}
	code := w.newEmailCode()
	for name, err := range map[string]error{
		"in another log-in":   w.people.ChangeEmail(ctx, p.ParticipantID, "elsewhere", to, code),
		"for another address": w.people.ChangeEmail(ctx, p.ParticipantID, "here", email(t, "dief@nieuw.example"), code),
		"of another person":   w.people.ChangeEmail(ctx, p.ParticipantID+1, "here", to, code),
	} {
		if !errors.Is(err, ErrCodeExpired) {
			t.Errorf("the code %s = %v, want %v", name, err, ErrCodeExpired)
		}
	}
	ends := eight(func(int) error { return w.people.ChangeEmail(ctx, p.ParticipantID, "here", to, code) })
	if n := went(ends); n != 1 {
		t.Errorf("%d of eight changed the address, want 1: %v", n, ends)
	}
	person, err := w.people.Participant(ctx, p.ParticipantID)
	if err != nil || person.Email != "Anna@Nieuw.example" || person.EmailKey != "anna@nieuw.example" || !person.EmailVerifiedAt.Equal(w.Watch.Now()) {
		t.Errorf("address = %q, %q, %v", person.Email, person.EmailKey, err)
	}
	if n := w.count(`logins WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("%d log-ins are open, want 0", n)
	}
	if n := w.count(`outbox WHERE template = 'email_changed' AND lower(recipient) IN ('anna@proef.example', 'anna@nieuw.example')`); n != 2 {
		t.Errorf("%d mails tell of it, want one to each address", n)
	}
	if _, err := w.people.Login(ctx, "browser", stale); !errors.Is(err, ErrCodeExpired) {
		t.Errorf("a code that went to the old address = %v, want %v", err, ErrCodeExpired)
	}
	if all, err := w.people.Corrections(ctx, person); err != nil || len(all) != 1 || all[0].Before.Email != "anna@proef.example" {
		t.Errorf("corrections = %+v, %v, want the old address kept", all, err)
	}
	var log string
	if w.scan(&log, `SELECT string_agg(audit_events::text, ' ') FROM audit_events`); strings.Contains(log, ".example") || !strings.Contains(log, "participant.email_changed") {
		t.Errorf("log = %s, want that and when, not what", log)
	}
}

func TestAnAddressOfAnotherAccountLooksTheSame(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p, other := w.join("anna@proef.example"), w.join("bas@proef.example")
	to := email(t, "bas@proef.example")
	if err := w.people.AskNewEmail(t.Context(), p.ParticipantID, "here", to); err != nil {
		t.Fatal(err)
	}
	if n := w.count(`outbox WHERE template = 'email_taken' AND recipient = 'bas@proef.example' AND participant_id = ? AND data = '{}'`, other.ParticipantID); n != 1 {
		t.Errorf("%d mails tell the owner, want 1", n)
	}
	err := w.people.ChangeEmail(t.Context(), p.ParticipantID, "here", to, "000000")
	if known := new(CodeError); !errors.As(err, &known) {
		t.Errorf("a guess = %v, want what a wrong code is", err)
	}
}

func TestAnAddressThatBecameAnothersIsNotTaken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	to := email(t, "nieuw@proef.example")
	if err := w.people.AskNewEmail(t.Context(), p.ParticipantID, "here", to); err != nil {
		t.Fatal(err)
	}
	w.join("nieuw@proef.example")
	if err := w.people.ChangeEmail(t.Context(), p.ParticipantID, "here", to, w.newEmailCode()); !errors.Is(err, ErrEmailTaken) {
		t.Errorf("ChangeEmail = %v, want %v", err, ErrEmailTaken)
	}
}

func TestAnAccountGivenSoonAfterAnotherAddressWaits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p, control := w.join("anna@proef.example"), w.join("bas@proef.example")
	w.put(p.ID, PayeePending)
	w.put(control.ID, PayeePending)
	to := email(t, "nieuw@proef.example")
	if err := w.people.AskNewEmail(t.Context(), p.ParticipantID, "here", to); err != nil {
		t.Fatal(err)
	}
	if err := w.people.ChangeEmail(t.Context(), p.ParticipantID, "here", to, w.newEmailCode()); err != nil {
		t.Fatal(err)
	}
	w.Watch.Advance(6 * day)
	for _, tt := range []struct {
		p     Participation
		iban  IBAN
		waits bool
	}{{p, "NL91ABNA0417164300", true}, {control, "NL02ABNA0123456789", false}} {
		if err := w.setPayee(audit.Participant(tt.p.ParticipantID), tt.p.ID, tt.iban, "R. Proef"); err != nil {
			t.Fatal(err)
		}
		if y, err := w.people.Payee(t.Context(), tt.p.ID); err != nil || y.UsableFrom.After(w.Watch.Now()) != tt.waits {
			t.Errorf("usable from %v, %v, want waiting %v", y.UsableFrom, err, tt.waits)
		}
	}
}

func TestAnOldCodeThatNobodyUsedKeepsNobodyFromAnotherAddress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	w.logIn(p, "here")
	if err := w.people.AskLogin(t.Context(), "anna@proef.example", "nl", "browser"); err != nil {
		t.Fatal(err)
	}
	w.Watch.Advance(CodeLife + minute)
	to := email(t, "anna@nieuw.example")
	if err := w.people.AskNewEmail(t.Context(), p.ParticipantID, "here", to); err != nil {
		t.Fatal(err)
	}
	if err := w.people.ChangeEmail(t.Context(), p.ParticipantID, "here", to, w.newEmailCode()); err != nil {
		t.Errorf("with an old code beside it = %v, want another address", err)
	}
}
