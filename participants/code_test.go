package participants_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	. "samenclaim/participants"
)

// wrong is a code that is not the one given.
func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestACodeOfSixDigits(t *testing.T) {
	t.Parallel()
	type step func(w *world, token, code string) error
	prove := func(w *world, token, code string) error {
		_, err := w.people.ProveSignup(w.t.Context(), w.claim, token, code)
		return err
	}
	guess := func(n int) step {
		return func(w *world, token, code string) error {
			for left := 4; n > 0; n, left = n-1, left-1 {
				var bad *CodeError
				err := prove(w, token, wrong(code))
				if left > 0 && (!errors.As(err, &bad) || bad.Left != left) {
					return fmt.Errorf("a wrong code with %d tries left gives %w", left, err)
				}
				if left == 0 && !errors.Is(err, ErrCodeTries) {
					return fmt.Errorf("the fifth wrong code gives %w", err)
				}
			}
			return nil
		}
	}
	wait := func(d time.Duration) step {
		return func(w *world, _, _ string) error { w.Watch.Advance(d); return nil }
	}
	askAgain := func(w *world, token, _ string) error { return w.people.AskSignupCode(w.t.Context(), w.claim, token) }
	otherAddress := func(w *world, token, _ string) error {
		_, err := w.people.Answer(w.t.Context(), w.claim, token, func(a *Answers) { a.Email = "b@proef.example" })
		return err
	}
	tests := []struct {
		name  string
		steps []step
		want  error
	}{
		{"the right one proves the address", nil, nil},
		{"right after four wrong ones is in time", []step{guess(4)}, nil},
		{"right after five wrong ones is too late", []step{guess(5)}, ErrCodeTries},
		{"a wrong one is told as wrong", []step{func(w *world, token, code string) error { return nil }}, nil},
		{"just within ten minutes", []step{wait(10*minute - time.Second)}, nil},
		{"after ten minutes it has expired", []step{wait(10 * minute)}, ErrCodeExpired},
		{"guessed five times and expired is expired", []step{guess(5), wait(11 * minute)}, ErrCodeExpired},
		{"used twice is refused", []step{prove}, ErrCodeExpired},
		{"an older one is void once a newer one is sent", []step{askAgain}, ErrCodeWrong},
		{"sent to the old address proves nothing for the new one", []step{otherAddress, func(w *world, token, _ string) error { return askAgain(w, token, "") }}, ErrCodeWrong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			token := w.draft(w.claim, answers("a@proef.example"))
			if err := w.people.AskSignupCode(t.Context(), w.claim, token); err != nil {
				t.Fatal(err)
			}
			code := w.lastCode()
			for _, do := range tt.steps {
				if err := do(w, token, code); err != nil {
					t.Fatal(err)
				}
			}
			for errors.Is(tt.want, ErrCodeWrong) && code == w.lastCode() { // chance gave the same code twice
				if err := w.people.AskSignupCode(t.Context(), w.claim, token); err != nil {
					t.Fatal(err)
				}
			}
			if err := prove(w, token, code); !errors.Is(err, tt.want) {
				t.Errorf("ProveSignup = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestACodeBelongsToTheBrowserThatAsked(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mine, theirs := w.draft(w.claim, answers("a@proef.example")), w.draft(w.claim, answers("a@proef.example"))
	if err := w.people.AskSignupCode(t.Context(), w.claim, mine); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.ProveSignup(t.Context(), w.claim, theirs, w.lastCode()); !errors.Is(err, ErrCodeExpired) {
		t.Errorf("another browser's code = %v, want %v", err, ErrCodeExpired)
	}
	if err := w.people.AskLogin(t.Context(), "a@proef.example", "nl", mine); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.ProveSignup(t.Context(), w.claim, mine, w.lastCode()); err != nil && !errors.Is(err, ErrCodeWrong) {
		t.Errorf("a code for logging in must not count here: %v", err)
	}
}

func TestAnAddressChangedAfterTheCodeIsNotProven(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.draft(w.claim, answers("a@proef.example"))
	if err := w.people.AskSignupCode(t.Context(), w.claim, token); err != nil {
		t.Fatal(err)
	}
	code := w.lastCode()
	if _, err := w.people.Answer(t.Context(), w.claim, token, func(a *Answers) { a.Email = "b@proef.example" }); err != nil {
		t.Fatal(err)
	}
	if su, err := w.people.ProveSignup(t.Context(), w.claim, token, code); err == nil || su.EmailProvenAt != nil {
		t.Errorf("ProveSignup = %v, proven %v: the code went to another address", err, su.EmailProvenAt)
	}
	w.prove(w.claim, token)
	if su, err := w.people.Answer(t.Context(), w.claim, token, func(a *Answers) { a.Email = "c@proef.example" }); err != nil || su.EmailProvenAt != nil || su.Status != SignupDraft {
		t.Errorf("a changed address stays proven: %v, %s, %v", su.EmailProvenAt, su.Status, err)
	}
}

func TestWhoTakesPartIsToldByMailOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("known@proef.example")
	token := w.draft(w.claim, answers("Known@Proef.example"))
	if err := w.people.AskSignupCode(t.Context(), w.claim, token); err != nil {
		t.Fatal(err)
	}
	var mail struct{ Template, Recipient string }
	w.scan(&mail, `SELECT template, recipient FROM outbox ORDER BY id DESC LIMIT 1`)
	if mail.Template != "known" {
		t.Errorf("the mail is %q, want the one for who takes part already", mail.Template)
	}
	su, err := w.people.Signup(t.Context(), w.claim, token)
	if err != nil || su.Status != SignupEmailPending {
		t.Errorf("the draft is %q, %v: it shows who takes part", su.Status, err)
	}
	if _, err := w.people.ProveSignup(t.Context(), w.claim, token, "123456"); !errors.Is(err, ErrCodeWrong) {
		t.Errorf("a guess = %v, want %v as for anybody", err, ErrCodeWrong)
	}
	w.put(p.ID, Withdrawn)
	if err := w.people.AskSignupCode(t.Context(), w.claim, token); err != nil {
		t.Fatal(err)
	}
	if w.scan(&mail, `SELECT template, recipient FROM outbox ORDER BY id DESC LIMIT 1`); mail.Template != "code" {
		t.Errorf("who left gets %q, want a code to join again", mail.Template)
	}
}

func TestACodeWorksOnceForEightAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("a@proef.example")
	if err := w.people.AskLogin(t.Context(), "a@proef.example", "nl", "browser"); err != nil {
		t.Fatal(err)
	}
	code := w.lastCode()
	errs := eight(func(int) error {
		id, err := w.people.Login(t.Context(), "browser", code)
		if err == nil && id != p.ParticipantID {
			return fmt.Errorf("logged in as %d", id)
		}
		return err
	})
	if went(errs) != 1 {
		t.Errorf("%d of eight logged in with one code, want 1: %v", went(errs), errs)
	}
	if got := w.count(`audit_events WHERE action = 'participant.logged_in'`); got != 1 {
		t.Errorf("the log tells of %d logins, want 1", got)
	}
}

func TestGuessingEightAtOnceTakesFiveTries(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.join("a@proef.example")
	if err := w.people.AskLogin(t.Context(), "a@proef.example", "nl", "browser"); err != nil {
		t.Fatal(err)
	}
	bad := wrong(w.lastCode())
	eight(func(int) error { _, err := w.people.Login(t.Context(), "browser", bad); return err })
	if got := w.count(`login_codes WHERE purpose = 'login' AND tries = 5`); got != 1 {
		t.Error("more or less than five tries were spent")
	}
	if _, err := w.people.Login(t.Context(), "browser", w.lastCode()); !errors.Is(err, ErrCodeTries) {
		t.Errorf("the right code after that = %v, want %v", err, ErrCodeTries)
	}
}

func TestLoginTellsNobodyWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.join("known@proef.example")
	asked := func(address string) []string {
		w.Watch.Advance(minute)
		rec := &recorder{}
		people := New(w.DB.Session(&gorm.Session{Logger: rec}), w.vault)
		if err := people.AskLogin(t.Context(), address, "nl", "browser of "+address); err != nil {
			t.Fatalf("AskLogin(%s): %v", address, err)
		}
		return rec.statements
	}
	if diff := cmp.Diff(asked("known@proef.example"), asked("nobody@proef.example")); diff != "" {
		t.Errorf("the statements differ (-known +unknown):\n%s", diff)
	}
	if got := w.count(`outbox WHERE recipient LIKE '%nobody%'`); got != 0 {
		t.Error("an address that nobody knows is kept")
	}
	var late int64
	w.scan(&late, `SELECT count(*) FROM outbox WHERE recipient LIKE '%.invalid' AND status = 'queued' AND expires_at <= ?`, w.Watch.Now())
	if late != 1 {
		t.Errorf("%d mails to nobody have expired, want the one", late)
	}
	var code string
	w.scan(&code, `SELECT data->>'Code' FROM outbox WHERE recipient LIKE '%.invalid'`)
	if id, err := w.people.Login(t.Context(), "browser of nobody@proef.example", code); id != 0 || !errors.Is(err, ErrCodeWrong) {
		t.Errorf("Login of nobody = %d, %v, want %v", id, err, ErrCodeWrong)
	}
	if err := w.people.AskLogin(t.Context(), "no address", "nl", "b"); err == nil {
		t.Error("AskLogin takes what is no address")
	}
}

// recorder notes which statements are made, without their values.
type recorder struct {
	mu         sync.Mutex
	statements []string
}

func (r *recorder) LogMode(logger.LogLevel) logger.Interface { return r }
func (*recorder) Info(context.Context, string, ...any)       {}
func (*recorder) Warn(context.Context, string, ...any)       {}
func (*recorder) Error(context.Context, string, ...any)      {}
func (r *recorder) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	sql, _ := fc()
	words := strings.Fields(sql)
	i := slices.IndexFunc(words, func(w string) bool { return w == "FROM" || w == "INTO" || w == "UPDATE" })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statements = append(r.statements, words[0]+" "+words[i+1])
}
