package participants_test

import (
	"errors"
	"testing"

	. "samenclaim/participants"
)

func TestAParticipationIsFoundByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mine, theirs := w.join("anna@proef.example"), w.join("berend@proef.example")
	if p, err := w.people.Participation(t.Context(), mine.ParticipantID, mine.Ref); err != nil || p.ID != mine.ID {
		t.Errorf("Participation = %d, %v, want %d", p.ID, err, mine.ID)
	}
	tests := []struct {
		name string
		who  int64
		ref  string
	}{
		{"somebody else's", mine.ParticipantID, theirs.Ref},
		{"one that is not there", mine.ParticipantID, "AAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"nobody's", 0, mine.Ref},
	}
	for _, tt := range tests {
		if _, err := w.people.Participation(t.Context(), tt.who, tt.ref); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v, want %v", tt.name, err, ErrNotFound)
		}
	}
	if all, err := w.people.Participations(t.Context(), mine.ParticipantID); err != nil || len(all) != 1 || all[0].ID != mine.ID {
		t.Errorf("Participations = %v, %v, want only mine", all, err)
	}
	if p, err := w.people.ByNumber(t.Context(), w.claim, mine.Number); err != nil || p.ID != mine.ID {
		t.Errorf("ByNumber = %d, %v", p.ID, err)
	}
	if _, err := w.people.ByNumber(t.Context(), w.newClaim("FB"), mine.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("a number in another claim = %v, want %v", err, ErrNotFound)
	}
	if _, err := w.people.Participant(t.Context(), 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("Participant = %v, want %v", err, ErrNotFound)
	}
}
