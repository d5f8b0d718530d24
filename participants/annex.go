package participants

import (
	"context"

	"gorm.io/gorm"

	"samenclaim/internal/vault"
)

// OpenAddress opens an address that was read in bulk; none gives an empty one.
func OpenAddress(v *vault.Vault, keyWrapped, sealed []byte) (Address, error) {
	if len(sealed) == 0 {
		return Address{}, nil
	}
	key, err := v.OpenKey(keyWrapped)
	if err != nil {
		return Address{}, err
	}
	return vault.UnsealJSON[Address](key, sealed, aboutAddress)
}

// Include brings everybody in an annex from active to included, in one step
// with the letter that covers them, and says how many there were.
func Include(ctx context.Context, tx *gorm.DB, letterID int64) (int64, error) {
	if !CanMove(Active, Included) {
		return 0, ErrWrongState
	}
	done := tx.WithContext(ctx).Exec(`UPDATE participations t SET status = ?, letter_id = a.letter_id FROM annex_rows a
		WHERE a.letter_id = ? AND t.id = a.participation_id AND t.status = ?`, Included, letterID, Active)
	return done.RowsAffected, done.Error
}
