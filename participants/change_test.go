package participants_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	. "samenclaim/participants"
)

func TestDetailsAreCorrectAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	by := audit.Participant(p.ParticipantID)
	want := Details{
		FirstNames: "Łucja", LastName: "Nieuw-Marker", Lang: "en",
		Address: Address{Postcode: "9999 ZZ", HouseNumber: "7", Addition: "b", Street: "Nieuwe Markerweg", City: "Elders", Country: "NL"},
	}
	if err := w.people.Correct(t.Context(), by, p.ParticipantID, want); err != nil {
		t.Fatal(err)
	}
	person, err := w.people.Participant(t.Context(), p.ParticipantID)
	if err != nil {
		t.Fatal(err)
	}
	address, err := w.people.Address(t.Context(), person)
	got := Details{FirstNames: person.FirstNames, Infix: person.Infix, LastName: person.LastName, Lang: person.Lang, Address: address}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("details (-want +got): %v\n%s", err, diff)
	}
	if string(person.PostcodeIndex) != string(w.vault.Index("postcode", "9999 ZZ")) {
		t.Error("the new postcode cannot be searched for")
	}
	var search string
	if w.scan(&search, `SELECT name_search FROM participants`); search != "lucja nieuw-marker" {
		t.Errorf("the name is searched for as %q", search)
	}
	var log string
	if w.scan(&log, `SELECT string_agg(audit_events::text, ' ') FROM audit_events`); strings.Contains(log, "Marker") || !strings.Contains(log, "participant.corrected") {
		t.Errorf("log = %s, want that and when, not what", log)
	}
	if err := w.people.Correct(t.Context(), by, 9999, want); !errors.Is(err, ErrNotFound) {
		t.Errorf("Correct of nobody = %v, want %v", err, ErrNotFound)
	}
}

// TestAnAccountIsTakenWhileTheClockRuns: elsewhere the clock of a test stands still within a transaction, a real one does not.
func TestAnAccountIsTakenWhileTheClockRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	w.put(p.ID, PayeePending)
	running := w.DB.Session(&gorm.Session{NowFunc: func() time.Time {
		w.Watch.Advance(time.Millisecond)
		return w.Watch.Now()
	}})
	for _, iban := range []IBAN{"NL91ABNA0417164300", "NL02ABNA0123456789"} {
		if err := running.Transaction(func(tx *gorm.DB) error {
			_, err := New(running, w.vault).SetPayee(t.Context(), tx, audit.Participant(p.ParticipantID), p.ID, iban, "R. Proef")
			return err
		}); err != nil {
			t.Errorf("SetPayee = %v", err)
		}
	}
}

func TestAChangedAccountWaitsAWeek(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	by := audit.Participant(p.ParticipantID)
	set := func(iban IBAN) error { return w.setPayee(by, p.ID, iban, "R. van der Proef") }
	const first, second = IBAN("NL91ABNA0417164300"), IBAN("NL02ABNA0123456789")

	if err := set(first); !errors.Is(err, ErrWrongState) {
		t.Errorf("an account before there is money = %v, want %v", err, ErrWrongState)
	}
	if _, err := w.people.Payee(t.Context(), p.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Payee = %v, want %v", err, ErrNotFound)
	}
	w.put(p.ID, PayeePending)
	if err := set(first); err != nil {
		t.Fatal(err)
	}
	if y, err := w.people.Payee(t.Context(), p.ID); err != nil || y.IBAN != first || y.Holder != "R. van der Proef" || !y.UsableFrom.Equal(w.Watch.Now()) {
		t.Errorf("first account: usable from %v, %v, want at once", y.UsableFrom, err)
	}
	if s := w.find(p.ID).Status; s != Payable {
		t.Errorf("the participation is %s, want %s", s, Payable)
	}
	w.Watch.Advance(day)
	if err := set(second); err != nil {
		t.Fatal(err)
	}
	y, err := w.people.Payee(t.Context(), p.ID)
	if err != nil || y.IBAN != second || !y.UsableFrom.Equal(w.Watch.Now().Add(7*day)) || y.Ending() != "789" {
		t.Errorf("changed account: usable from %v, ending %s, %v, want after a week", y.UsableFrom, y.Ending(), err)
	}
	if all, err := w.people.Payees(t.Context(), w.find(p.ID)); err != nil || len(all) != 2 || all[1].IBAN != first {
		t.Errorf("Payees = %d, %v, want both, newest first", len(all), err)
	}
	if n := w.count(`outbox WHERE template = 'payee_changed' AND data ? 'UsableFrom' AND data::text !~ '[0-9]{3}"'`); n != 2 {
		t.Errorf("%d mails warn of a change without a digit of the account, want 2", n)
	}
	if n := w.count(`payee_accounts WHERE position('NL'::bytea in iban) > 0 OR position('Proef'::bytea in holder) > 0`); n != 0 {
		t.Error("an account stands readable in the database")
	}
	w.put(p.ID, InRun)
	if err := set(first); !errors.Is(err, ErrWrongState) {
		t.Errorf("an account changed while the money is on its way = %v, want %v", err, ErrWrongState)
	}
}

func TestAnAccountSetEightTimesAtOnceIsOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	w.put(p.ID, PayeePending)
	errs := eight(func(int) error {
		return w.setPayee(audit.Participant(p.ParticipantID), p.ID, "NL91ABNA0417164300", "R. Proef")
	})
	if went(errs) != 8 || w.count(`payee_accounts WHERE superseded_at IS NULL`) != 1 || w.count(`payee_accounts WHERE usable_from = set_at`) != 1 {
		t.Errorf("%d went well, %d accounts are in force: %v", went(errs), w.count(`payee_accounts WHERE superseded_at IS NULL`), errs)
	}
}

func TestConsentIsGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	by, text := audit.Participant(p.ParticipantID), w.newText(w.claim, "consent", "2026-01")
	give := func(int) error { return w.people.GiveConsent(t.Context(), by, p.ID, "newsletter", text.ID) }
	takeBack := func(int) error { return w.people.WithdrawConsent(t.Context(), by, p.ID, "newsletter") }
	tests := []struct {
		name              string
		do                func(int) error
		rows, open, given int64
	}{
		{"given by eight at once", give, 1, 1, 1},
		{"given again", give, 1, 1, 1},
		{"taken back by eight at once", takeBack, 1, 0, 1},
		{"given once more", give, 2, 1, 2},
	}
	for _, tt := range tests {
		w.Watch.Advance(minute)
		if errs := eight(tt.do); went(errs) != 8 {
			t.Fatalf("%s: %v", tt.name, errs)
		}
		rows, open, given := w.count(`consents`), w.count(`consents WHERE withdrawn_at IS NULL`), w.count(`audit_events WHERE action = 'consent.given'`)
		if rows != tt.rows || open != tt.open || given != tt.given {
			t.Errorf("%s: %d rows, %d in force, %d in the log, want %d, %d, %d", tt.name, rows, open, given, tt.rows, tt.open, tt.given)
		}
	}
	all, err := w.people.Consents(t.Context(), p.ID)
	if err != nil || len(all) != 2 || all[0].WithdrawnAt != nil || all[1].WithdrawnAt == nil || all[0].TextID != text.ID {
		t.Errorf("Consents = %+v, %v, want both, newest first", all, err)
	}
	if err := w.people.GiveConsent(t.Context(), by, p.ID, "everything", text.ID); err == nil {
		t.Error("a consent that does not exist was given")
	}
}
