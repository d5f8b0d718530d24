package mailer

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// ErrNotHeld means that a mail is not one that waits for a person's decision.
var ErrNotHeld = errors.New("this mail does not wait for a decision, or its values were wiped")

// Counts tells how many mails stand in each state: "queued", "sending", "sent",
// "bounced", "failed", "unknown" and "dropped".
func Counts(ctx context.Context, db *gorm.DB) (map[string]int64, error) {
	type line struct {
		Status string
		N      int64
	}
	lines, err := table.Of[line](db).Raw(`SELECT status, count(*) AS n FROM outbox GROUP BY status`).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("count mails: %w", err)
	}
	counts := map[string]int64{}
	for _, l := range lines {
		counts[l.Status] = l.N
	}
	return counts, nil
}

// Requeue sends a mail once more that was refused, or of which nobody knows
// whether it arrived: a person decided so.
func Requeue(ctx context.Context, tx *gorm.DB, id int64) error {
	if !audit.InTransaction(tx) {
		return audit.ErrNoTransaction
	}
	n, err := table.Of[row](tx).
		Where("id = ? AND status IN ('failed', 'unknown') AND expires_at IS NULL", id).
		Select("status", "attempts", "next_try_at", "last_error").
		Updates(ctx, row{Status: queued, NextTryAt: tx.NowFunc()})
	if err != nil {
		return fmt.Errorf("send mail %d once more: %w", id, err)
	}
	if n == 0 {
		return ErrNotHeld
	}
	return reopen(ctx, tx, id)
}
