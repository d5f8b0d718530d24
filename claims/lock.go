package claims

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
)

// lockJoining is the class of the advisory locks between signing and freezing.
const lockJoining = 7101

// lockClaim keeps other moves off a claim, and waits for the signatures that are under way. The row is
// locked so that others can go on pointing to it: nobody who begins a sign-up or asks for a code waits.
func lockClaim(ctx context.Context, tx *gorm.DB, id int64) (Claim, error) {
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(?, ?)`, lockJoining, id).Error; err != nil {
		return Claim{}, err
	}
	return take(ctx, table.Of[Claim](tx, clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ?", id))
}
