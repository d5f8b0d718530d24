package participants_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "samenclaim/participants"
)

func TestADraftIsKeptPageByPageAndSealed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.draft(w.claim, answers("draft@proef.example"))
	su, err := w.people.Answer(t.Context(), w.claim, token, func(a *Answers) { a.Asked["naam"] = true })
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.people.Signup(t.Context(), w.claim, token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(su.Answers, again.Answers); diff != "" || !again.Answers.Asked["naam"] || again.Answers.LastName != "Proef" {
		t.Errorf("answers (-saved +read):\n%s", diff)
	}
	var row string
	w.scan(&row, `SELECT signups::text || encode(answers, 'escape') FROM signups`)
	for _, marker := range []string{"Proef", "Merkstraat", "draft@proef", token} {
		if strings.Contains(row, marker) {
			t.Errorf("%q stands readable in the database", marker)
		}
	}
}

func TestADraftIsFoundOnlyByItsOwnBrowser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token, other := w.draft(w.claim, answers("a@proef.example")), w.newClaim("FB")
	tests := []struct {
		name  string
		claim int64
		token string
	}{
		{"another token", w.claim, "AAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"no token", w.claim, ""},
		{"another claim", other, token},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := w.people.Signup(t.Context(), tt.claim, tt.token); !errors.Is(err, ErrNotFound) {
				t.Errorf("Signup = %v, want %v", err, ErrNotFound)
			}
		})
	}
	w.Watch.Advance(DraftLife)
	if _, err := w.people.Signup(t.Context(), w.claim, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("Signup after thirty days = %v, want %v", err, ErrNotFound)
	}
}

func TestOldDraftsAreWiped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	signed := w.join("signed@proef.example")
	w.draft(w.claim, answers("old@proef.example"))
	var file int64
	w.scan(&file, `INSERT INTO evidence (ref, signup_id, kind, media_type, bytes, sha256, storage_name, key_wrapped, created_at)
		SELECT 'e1', id, 'file', 'image/png', 1, sha256('x'), 'stored-name', key_wrapped, created_at FROM signups WHERE status = 'draft' RETURNING id`)
	w.Watch.Advance(DraftLife - minute)
	w.draft(w.claim, answers("new@proef.example"))
	w.Watch.Advance(2 * minute)

	files, n, err := w.people.WipeSignups(t.Context(), w.Watch.Now())
	if err != nil || n != 1 || len(files) != 1 || files[0] != "stored-name" {
		t.Errorf("WipeSignups = %v, %d, %v, want the one file of the one old draft", files, n, err)
	}
	if _, n, err := w.people.WipeSignups(t.Context(), w.Watch.Now()); n != 0 || err != nil {
		t.Errorf("WipeSignups again = %d, %v, want nothing", n, err)
	}
	if got := w.count(`signups`); got != 2 {
		t.Errorf("%d sign-ups are left, want the new one and the signed one", got)
	}
	if got := w.count(`evidence`) + w.count(`login_codes`); got != 0 {
		t.Errorf("%d files and codes are left, want none", got)
	}
	w.find(signed.ID)
}

func TestASignedDraftStaysAsItWasSigned(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.draft(w.claim, answers("a@proef.example"))
	w.prove(w.claim, token)
	if _, err := w.sign(w.claim, token); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.Answer(t.Context(), w.claim, token, func(a *Answers) { a.LastName = "Anders" }); !errors.Is(err, ErrWrongState) {
		t.Errorf("Answer = %v, want %v", err, ErrWrongState)
	}
	if err := w.people.AskSignupCode(t.Context(), w.claim, token); !errors.Is(err, ErrWrongState) {
		t.Errorf("AskSignupCode = %v, want %v", err, ErrWrongState)
	}
	su, err := w.people.Signup(t.Context(), w.claim, token)
	if err != nil || su.Answers.LastName != "" || su.Answers.Address.City != "" {
		t.Errorf("what was filled in is still in the draft: %+v, %v", su.Answers, err)
	}
}
