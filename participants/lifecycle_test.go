package participants_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	. "samenclaim/participants"
)

var statuses = []Status{
	Active, Included, Entitled, PayeePending, Payable, InRun, Paid, Withdrawn, OptedOut, InEstate, Erased, Unclaimed, ClosedLost,
}

func TestTheLifeCycleKnowsEveryStateOfTheSchema(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var check string
	w.scan(&check, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'participations'::regclass AND conname = 'participations_status_check'`)
	for _, s := range statuses {
		if !strings.Contains(check, "'"+string(s)+"'") {
			t.Errorf("the schema does not know %s", s)
		}
	}
	if n := strings.Count(check, "::text"); n < len(statuses) || n > len(statuses)+2 {
		t.Errorf("the schema knows about %d states, the life cycle %d", n, len(statuses))
	}
	reached := []Status{Active}
	for range statuses {
		for _, from := range reached {
			for _, to := range statuses {
				if CanMove(from, to) && !slices.Contains(reached, to) {
					reached = append(reached, to)
				}
			}
		}
	}
	if len(reached) != len(statuses) {
		t.Errorf("only %v can be reached", reached)
	}
	for _, final := range []Status{Erased} {
		for _, to := range statuses {
			if CanMove(final, to) {
				t.Errorf("%s is not the end: it goes to %s", final, to)
			}
		}
	}
}

func TestOnlyTheMovesOfTheTableAreMade(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	for _, from := range statuses {
		for _, to := range statuses {
			if from == Erased || to == Erased { // erasing takes the key along
				continue
			}
			w.put(p.ID, from)
			err := w.DB.Transaction(func(tx *gorm.DB) error { return Move(t.Context(), tx, p.ID, from, to) })
			got := w.find(p.ID).Status
			switch {
			case CanMove(from, to) && (err != nil || got != to):
				t.Errorf("%s to %s = %v, state %s", from, to, err, got)
			case !CanMove(from, to) && (!errors.Is(err, ErrWrongState) || got != from):
				t.Errorf("%s to %s = %v, state %s, want it refused", from, to, err, got)
			}
		}
	}
}

func TestWhoLeavesGetsItsMoment(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, to := range []Status{Withdrawn, OptedOut} {
		p := w.join(string(to) + "@proef.example")
		if err := w.DB.Transaction(func(tx *gorm.DB) error { return Move(t.Context(), tx, p.ID, Active, to) }); err != nil {
			t.Fatal(err)
		}
		if got := w.find(p.ID); got.EndedAt == nil || !got.EndedAt.Equal(w.Watch.Now()) || got.Status.Live() {
			t.Errorf("%s: ended at %v, live %v", to, got.EndedAt, got.Status.Live())
		}
	}
}

func TestEightMovesAtOnceAreOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	errs := eight(func(int) error {
		return w.DB.Transaction(func(tx *gorm.DB) error { return Move(t.Context(), tx, p.ID, Active, Withdrawn) })
	})
	for _, err := range errs {
		if err != nil && !errors.Is(err, ErrWrongState) {
			t.Errorf("who comes late gets %v, want %v", err, ErrWrongState)
		}
	}
	if went(errs) != 1 {
		t.Errorf("%d of eight moved it, want 1", went(errs))
	}
}

func TestManyMoveAtOnceByACondition(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, name := range []string{"a", "b", "c"} {
		w.join(name + "@proef.example")
	}
	left := w.join("d@proef.example")
	w.put(left.ID, Withdrawn)
	var n int64
	err := w.DB.Transaction(func(tx *gorm.DB) (err error) {
		n, err = MoveAll(t.Context(), tx, Active, ClosedLost, "claim_id = ?", w.claim)
		return err
	})
	if err != nil || n != 3 || w.find(left.ID).Status != Withdrawn {
		t.Errorf("MoveAll = %d, %v, want the three that took part", n, err)
	}
}

func TestTheDiagramShowsEveryMove(t *testing.T) {
	t.Parallel()
	d := Diagram()
	for _, from := range statuses {
		for _, to := range statuses {
			if line := "    " + string(from) + " --> " + string(to) + "\n"; strings.Contains(d, line) != CanMove(from, to) {
				t.Errorf("the diagram is wrong about %s to %s", from, to)
			}
		}
	}
}
