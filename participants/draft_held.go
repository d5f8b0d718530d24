package participants

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// HeldUp marks the drafts that somebody worked on between two moments as held
// up by an outage, and tells how many there are.
func HeldUp(ctx context.Context, tx *gorm.DB, outageID int64, from, to time.Time) (int64, error) {
	done := tx.WithContext(ctx).Exec(`UPDATE signups SET outage_id = ?, admitted_by = NULL, admitted_until = NULL
		WHERE status <> 'signed' AND updated_at BETWEEN ? AND ? AND expires_at > ?`, outageID, from, to, tx.NowFunc())
	return done.RowsAffected, done.Error
}

// Admit lets some of the drafts in that an outage held up, until a moment; they
// are kept as long. It returns them until none is left; who proved no address has none.
func Admit(ctx context.Context, tx *gorm.DB, v *vault.Vault, outageID, claimID int64, by string, until time.Time) ([]Unfinished, error) {
	rows, err := table.Of[Signup](tx).Raw(`UPDATE signups SET admitted_by = ?, admitted_until = ?, expires_at = greatest(expires_at, ?) WHERE id IN (
		SELECT id FROM signups WHERE outage_id = ? AND claim_id = ? AND status <> 'signed' AND admitted_by IS NULL
		ORDER BY id LIMIT ? FOR NO KEY UPDATE) RETURNING *`, by, until, until, outageID, claimID, tellDrafts).Find(ctx)
	if err != nil {
		return nil, err
	}
	return unfinished(v, rows)
}

// AdmittedAt reports whether an outage kept this draft from being signed, and it still counts as in time at a moment.
func (su Signup) AdmittedAt(t time.Time) bool {
	return su.AdmittedUntil != nil && t.Before(*su.AdmittedUntil)
}
