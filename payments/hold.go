package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

var (
	// ErrHeld means that payouts of somebody in this run are on hold: the run is to be cancelled and made anew.
	ErrHeld = errors.New("payouts of somebody in this run are on hold")
	// ErrLiftReason means that a hold was lifted without saying why.
	ErrLiftReason = errors.New("a hold is lifted for a reason")
)

// The kinds of holds.
const (
	HoldSecurity = "security"       // the person says that somebody else was in their account
	HoldShared   = "shared_account" // one account gets the money of many people
	HoldName     = "name"           // the bank knows the account by another name
	HoldBank     = "bank"           // the bank did not carry out a transfer, for a reason that a person looks at first
	// HoldSanctions is on somebody whose name is like one on the sanctions list; it ends when two people have decided.
	HoldSanctions = "sanctions"
)

// liftCleared is the reason of a hold that two people ended.
const liftCleared = "cleared"

// LiftReasons are why a hold can be lifted.
var LiftReasons = []string{"called", "written", "checked", "mistake"}

// Hold keeps money from going to one participation.
type Hold struct {
	ID              int64
	ParticipationID int64
	Kind            string
	PlacedBy        audit.Actor
	PlacedAt        time.Time
	LiftedBy        *audit.Actor
	LiftedAt        *time.Time
	LiftReason      *string
}

// TableName is the table of the holds.
func (Hold) TableName() string { return "payout_holds" }

// PlaceHold stops the payouts of a participation. A run that is being released
// at this moment goes first; after this, none does. Placed twice is placed once.
func PlaceHold(ctx context.Context, tx *gorm.DB, by audit.Actor, participationID int64, kind string) error {
	if err := tx.WithContext(ctx).Exec(`SELECT FROM payee_accounts WHERE participation_id = ? AND superseded_at IS NULL FOR UPDATE`, participationID).Error; err != nil {
		return wrap(err, "place a hold")
	}
	h := Hold{ParticipationID: participationID, Kind: kind, PlacedBy: by, PlacedAt: tx.NowFunc()}
	if err := table.Of[Hold](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &h); err != nil || h.ID == 0 {
		return wrap(err, "place a hold")
	}
	return audit.Record(ctx, tx, by, "hold.placed", fmt.Sprintf("participation:%d", participationID), map[string]any{"hold": h.ID, "kind": kind})
}

// LiftHold lets money go again. Lifted twice is lifted once.
func LiftHold(ctx context.Context, tx *gorm.DB, by audit.Actor, participationID, holdID int64, reason string) error {
	known := false
	for _, r := range LiftReasons {
		known = known || r == reason
	}
	if !known {
		return ErrLiftReason
	}
	held, err := table.Of[Hold](tx).Where("id = ? AND participation_id = ? AND lifted_at IS NULL", holdID, participationID).Find(ctx)
	if err != nil || len(held) == 0 {
		return wrap(err, "lift a hold")
	}
	if held[0].Kind == HoldSanctions {
		return ErrSamePerson // two people decide on the hit itself
	}
	return lift(ctx, tx, by, held[0], reason)
}

func lift(ctx context.Context, tx *gorm.DB, by audit.Actor, h Hold, reason string) error {
	now := tx.NowFunc()
	n, err := table.Of[Hold](tx).Where("id = ? AND lifted_at IS NULL", h.ID).Updates(ctx, Hold{LiftedBy: &by, LiftedAt: &now, LiftReason: &reason})
	if err != nil || n == 0 {
		return wrap(err, "lift a hold")
	}
	return audit.Record(ctx, tx, by, "hold.lifted", fmt.Sprintf("participation:%d", h.ParticipationID), map[string]any{"hold": h.ID, "reason": reason})
}

// Holds lists the holds of a participation, newest first.
func Holds(ctx context.Context, db *gorm.DB, participationID int64) ([]Hold, error) {
	return table.Of[Hold](db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
}

// checkHolds refuses a run with somebody in it whose payouts are on hold. It
// asks after the accounts are locked, so that no hold slips in between.
func checkHolds(ctx context.Context, tx *gorm.DB, run Run) error {
	var held int64
	err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM payouts p WHERE p.run_id = ? AND EXISTS (
		SELECT FROM payout_holds h WHERE h.participation_id = p.participation_id AND h.lifted_at IS NULL)`, run.ID).Scan(&held).Error
	if err == nil && held > 0 {
		return ErrHeld
	}
	return wrap(err, "holds of a run")
}

// HeldPayee is somebody in a run whose payouts are on hold.
type HeldPayee struct{ Number, Kind string }

// HeldInRun gives who of a run that was not released is on hold, by number.
func HeldInRun(ctx context.Context, db *gorm.DB, runID int64) ([]HeldPayee, error) {
	var all []HeldPayee
	err := db.WithContext(ctx).Raw(`SELECT a.number, h.kind FROM payouts p JOIN awards a ON a.id = p.award_id JOIN payout_holds h ON h.participation_id = p.participation_id AND h.lifted_at IS NULL
		WHERE p.run_id = ? AND p.status = 'planned' ORDER BY a.number, h.kind LIMIT 1000`, runID).Scan(&all).Error
	return all, wrap(err, "holds of a run")
}
