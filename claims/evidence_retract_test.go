package claims_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

func TestEvidenceIsItsOwnersOnly(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	e, err := s.send("a.pdf", aPDF(""))
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]claims.Owner{
		"another member": {ParticipationID: s.Join(1)[0].ParticipationID}, "a sign-up of that number": {SignupID: s.member.ParticipationID}, "nobody": {},
	} {
		if _, _, err := s.Claims.OpenEvidence(t.Context(), other, e.Ref); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("OpenEvidence by %s = %v, want %v", name, err, claims.ErrNotFound)
		}
		if err := s.Claims.Retract(t.Context(), visitor, other, e.Ref); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("Retract by %s = %v, want %v", name, err, claims.ErrNotFound)
		}
		if all, err := s.Claims.EvidenceOf(t.Context(), other); err != nil || len(all) != 0 {
			t.Errorf("EvidenceOf %s = %d, %v, want none", name, len(all), err)
		}
	}
	if len(s.read(e.Ref)) == 0 {
		t.Error("the owner cannot open it any more")
	}
}

func TestEvidenceIsTakenBackForGood(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	e, err := s.send("a.pdf", aPDF(""))
	if err != nil {
		t.Fatal(err)
	}
	s.Watch.Advance(time.Minute)
	ends := claimstest.Eight(func(int) error { return s.Claims.Retract(t.Context(), visitor, s.owner, e.Ref) })
	if ends[nil] != 8 {
		t.Errorf("taken back eight times at once = %v, want no trouble", ends)
	}
	if n := stored(t, s.Files); n != 0 {
		t.Errorf("%d files are left, want none", n)
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM evidence WHERE key_wrapped IS NULL AND name IS NULL AND storage_name IS NULL`); n != 1 {
		t.Error("the key, the name or the place of the file is still there")
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM audit_events WHERE action = 'evidence.retracted'`); n != 1 {
		t.Errorf("the log tells of it %d times, want once", n)
	}
	all, err := s.Claims.EvidenceOf(t.Context(), s.owner)
	if err != nil || len(all) != 1 || all[0].RetractedAt == nil || !bytes.Equal(all[0].SHA256, e.SHA256) || all[0].Name != "" {
		t.Errorf("EvidenceOf = %+v, %v, want its hash and its moments only", all, err)
	}
	if _, _, err := s.Claims.OpenEvidence(t.Context(), s.owner, e.Ref); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("OpenEvidence = %v, want %v", err, claims.ErrNotFound)
	}
	if _, err := s.send("a.pdf", aPDF("")); err != nil {
		t.Errorf("sent again = %v, want it kept", err)
	}
}

func TestEvidenceStaysOnceTheAnnexIsFrozen(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	e, err := s.send("a.pdf", aPDF(""))
	if err != nil {
		t.Fatal(err)
	}
	s.Send()
	if err := s.Claims.Retract(t.Context(), visitor, s.owner, e.Ref); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("Retract after the freeze = %v, want %v", err, claims.ErrWrongState)
	}
	if _, err := s.send("b.pdf", aPDF("more")); err != nil {
		t.Errorf("more evidence after the freeze = %v, want it kept", err)
	}
	if err := s.Claims.Leave(t.Context(), visitor, s.Participation(s.member)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.send("c.pdf", aPDF("late")); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("evidence of somebody who left = %v, want %v", err, claims.ErrWrongState)
	}
}

func TestEvidenceOfASignUp(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, plan string
		moved      int
	}{
		{"moves along with who sends it now", "now", 1},
		{"is dropped when the person chose to send none after all", "no", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			p := c.Next()
			p.EvidencePlan = tt.plan
			token := c.Ready(p)
			su, err := c.People.Signup(t.Context(), c.Claim.ID, token)
			if err != nil {
				t.Fatal(err)
			}
			draft := claims.Owner{SignupID: su.ID}
			if _, err := c.Claims.AttachFile(t.Context(), visitor, draft, "a.pdf", bytes.NewReader(aPDF(""))); err != nil {
				t.Fatal(err)
			}
			j, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p))
			if err != nil {
				t.Fatal(err)
			}
			if all, err := c.Claims.EvidenceOf(t.Context(), claims.Owner{ParticipationID: j.ParticipationID}); err != nil || len(all) != tt.moved {
				t.Errorf("the participation has %d pieces of evidence, %v, want %d", len(all), err, tt.moved)
			}
			if all, err := c.Claims.EvidenceOf(t.Context(), draft); err != nil || len(all) != 0 {
				t.Errorf("the sign-up still has %d, %v", len(all), err)
			}
			if _, err := c.Claims.AttachFile(t.Context(), visitor, draft, "b.pdf", bytes.NewReader(aPDF("b"))); !errors.Is(err, claims.ErrWrongState) {
				t.Errorf("more for a sign-up that was signed = %v, want %v", err, claims.ErrWrongState)
			}
		})
	}
}
