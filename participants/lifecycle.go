package participants

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// lifecycle is every move a participation can make. There are no others.
var lifecycle = []struct{ From, To Status }{
	{Active, Included}, {Active, Withdrawn}, {Active, OptedOut}, {Active, InEstate}, {Active, ClosedLost},
	{Included, Entitled}, {Included, Withdrawn}, {Included, OptedOut}, {Included, InEstate}, {Included, ClosedLost},
	{Entitled, PayeePending}, {Entitled, Paid}, {Entitled, InEstate},
	{PayeePending, Payable}, {PayeePending, Unclaimed}, {PayeePending, InEstate},
	{Payable, InRun}, {Payable, PayeePending}, {Payable, InEstate},
	{InRun, Paid}, {InRun, Payable},
	{Paid, PayeePending}, {Unclaimed, PayeePending},
	{InEstate, Active}, {InEstate, Included}, {InEstate, PayeePending}, {InEstate, Unclaimed},
	{InEstate, Paid}, {InEstate, Withdrawn}, {InEstate, ClosedLost},
	{Withdrawn, Erased}, {OptedOut, Erased}, {ClosedLost, Erased}, {Paid, Erased},
}

// CanMove reports whether the life cycle knows this move.
func CanMove(from, to Status) bool {
	return slices.Contains(lifecycle, struct{ From, To Status }{from, to})
}

// Move brings one participation from one state to the next. ErrWrongState
// means that the life cycle has no such move, or that somebody was faster.
func Move(ctx context.Context, tx *gorm.DB, id int64, from, to Status) error {
	n, err := MoveAll(ctx, tx, from, to, "id = ?", id)
	if err == nil && n != 1 {
		return ErrWrongState
	}
	return err
}

// MoveAll brings every participation in a state that also meets the condition
// to the next state, and says how many there were.
func MoveAll(ctx context.Context, tx *gorm.DB, from, to Status, where string, args ...any) (int64, error) {
	if !CanMove(from, to) {
		return 0, fmt.Errorf("%w: %s to %s", ErrWrongState, from, to)
	}
	set, values := "status = ?", []any{to}
	switch to {
	case Withdrawn, OptedOut:
		set, values = set+", ended_at = ?", append(values, tx.NowFunc())
	case Erased: // the key goes with it: what is sealed says nothing any more
		set, values = set+", ended_at = coalesce(ended_at, ?), key_wrapped = NULL, usage = NULL, person_key = NULL, used_from = NULL, used_to = NULL", append(values, tx.NowFunc())
	}
	values = append(append(values, from), args...)
	done := tx.WithContext(ctx).Exec("UPDATE participations SET "+set+" WHERE status = ? AND ("+where+")", values...)
	return done.RowsAffected, done.Error
}

// Diagram prints the life cycle as a state diagram for the documentation.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> active: signed\n")
	for _, m := range lifecycle {
		fmt.Fprintf(&b, "    %s --> %s\n", m.From, m.To)
	}
	return b.String()
}
