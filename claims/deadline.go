package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// ErrBeforeDeadline means that people were told that they can still come in time: the first letter waits until then.
var ErrBeforeDeadline = errors.New("the deadline that was announced has not come yet")

// The sources of outages.
const (
	OutageHealth = "health" // the program's own record of when it served
	OutageStaff  = "staff"  // entered, and seen by a second person
)

// Outage is a time in which nobody could sign. Counted, it moves deadlines by at least as much.
type Outage struct {
	ID         int64
	BeganAt    time.Time
	EndedAt    time.Time
	Source     string
	Reason     string
	RecordedBy audit.Actor
	RecordedAt time.Time
	ApprovedBy *audit.Actor
	CountedAt  *time.Time
	DroppedAt  *time.Time
}

// Minutes is how long an outage lasted, in whole minutes, rounded up.
func (o Outage) Minutes() int64 { return wholeMinutes(o.EndedAt.Sub(o.BeganAt)) }

func wholeMinutes(d time.Duration) int64 { return int64((d + time.Minute - 1) / time.Minute) }

// span is a time from a moment on, until another.
type span struct{ from, to time.Time }

// extended is a deadline with the outages added that lie between the opening
// and the deadline, each minute once, in whole minutes: as long as was
// announced, people can sign. What happens after the deadline adds nothing.
func extended(planned, opened time.Time, outages []span) time.Time {
	closes := planned
	for _, o := range merged(outages) {
		if o.from.Before(opened) {
			o.from = opened
		}
		if o.to.After(o.from) && o.from.Before(closes) {
			closes = closes.Add(time.Duration(wholeMinutes(o.to.Sub(o.from))) * time.Minute)
		}
	}
	return closes
}

// merged puts outages in order, and those that overlap or touch together.
func merged(outages []span) []span {
	var all []span
	for _, o := range slices.SortedFunc(slices.Values(outages), func(a, b span) int { return a.from.Compare(b.from) }) {
		switch last := len(all) - 1; {
		case last < 0 || o.from.After(all[last].to):
			all = append(all, o)
		case o.to.After(all[last].to):
			all[last].to = o.to
		}
	}
	return all
}

// moveDeadline sets the deadline of a claim to what was announced with all outages added; it never comes earlier.
func moveDeadline(ctx context.Context, tx *gorm.DB, c Claim) error {
	closes, err := deadline(ctx, tx, *c.ClosesPlannedAt, *c.OpenedAt)
	if err != nil || !closes.After(*c.ClosesAt) {
		return err
	}
	if _, err = table.Of[Claim](tx).Where("id = ?", c.ID).Updates(ctx, Claim{ClosesAt: &closes}); err != nil {
		return err
	}
	// Who was told to be late and now is not owes nothing ahead; what somebody began to pay stays an advance on the fee.
	return tx.WithContext(ctx).Exec(`UPDATE participations t SET late_price_cents = NULL WHERE claim_id = ? AND late_price_cents IS NOT NULL AND signed_at < ?
		AND NOT EXISTS (SELECT FROM prepayments y WHERE y.participation_id = t.id)`, c.ID, closes).Error
}

// deadline adds the outages since the opening to a moment that was announced.
func deadline(ctx context.Context, tx *gorm.DB, planned, opened time.Time) (time.Time, error) {
	outages, err := table.Of[Outage](tx).Where("counted_at IS NOT NULL AND ended_at > ?", opened).Find(ctx)
	spans := make([]span, len(outages))
	for i, o := range outages {
		spans[i] = span{o.BeganAt, o.EndedAt}
	}
	return extended(planned, opened, spans), err
}

// announce puts in the claim of a file the deadline that it announces, with the outages added. Where it is the end of
// signing, nobody who signed is put out afterwards.
func announce(ctx context.Context, tx *gorm.DB, old Claim, c *Claim) error {
	c.ClosesAt = c.ClosesPlannedAt
	if c.ClosesPlannedAt == nil {
		return nil
	}
	if old.OpenedAt != nil {
		closes, err := deadline(ctx, tx, *c.ClosesPlannedAt, *old.OpenedAt)
		if err != nil {
			return err
		}
		c.ClosesAt = &closes
	}
	if old.Late() != LateClosed {
		return nil
	}
	var late int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM participations WHERE claim_id = ? AND signed_at >= ? AND NOT admitted`, old.ID, c.ClosesAt).Scan(&late).Error; err != nil {
		return err
	}
	if late > 0 {
		return fmt.Errorf("%w: closes_at lies before %d signatures", ErrContent, late)
	}
	return nil
}
