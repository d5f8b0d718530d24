package participants

import (
	"context"
	"encoding/hex"

	"gorm.io/gorm"
)

const (
	// MarkShared says that one account gets the money of more people than usual.
	MarkShared = "shared_account"
	// mostSharing is how many people may have their money sent to one account before somebody looks at it.
	mostSharing = 3
)

// lockSharers locks a participation and all whose money goes to an account, in
// the order in which a payout run locks them. Those who set the same account at
// this moment wait for each other, or none of them would see the others.
func (s *Service) lockSharers(ctx context.Context, tx *gorm.DB, participationID int64, iban IBAN) error {
	index := hex.EncodeToString(s.vault.Index("iban", string(iban)))
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext(?))`, index).Error; err != nil {
		return err
	}
	return tx.WithContext(ctx).Exec(`SELECT FROM participations t WHERE t.id IN (SELECT CAST(? AS bigint) UNION SELECT participation_id FROM payee_accounts
		WHERE iban_index = decode(?, 'hex') AND superseded_at IS NULL) ORDER BY t.number FOR NO KEY UPDATE OF t`, participationID, index).Error
}

// sharing lists the participations whose money goes to an account, if they
// are of more people than usual, and marks them for review. A mark drops nobody.
func (s *Service) sharing(ctx context.Context, tx *gorm.DB, iban IBAN) ([]int64, error) {
	var rows []struct{ ID, ParticipantID int64 }
	err := tx.WithContext(ctx).Raw(`SELECT t.id, t.participant_id FROM payee_accounts y JOIN participations t ON t.id = y.participation_id
		WHERE y.iban_index = decode(?, 'hex') AND y.superseded_at IS NULL ORDER BY t.id`, hex.EncodeToString(s.vault.Index("iban", string(iban)))).Scan(&rows).Error
	people, ids := map[int64]bool{}, []int64{}
	for _, r := range rows {
		people[r.ParticipantID] = true
		ids = append(ids, r.ID)
	}
	if err != nil || len(people) <= mostSharing {
		return nil, err
	}
	return ids, tx.WithContext(ctx).Exec(`UPDATE participations SET review_mark = trim(review_mark || ' ' || @mark)
		WHERE id IN @ids AND NOT @mark = ANY (string_to_array(review_mark, ' '))`, map[string]any{"mark": MarkShared, "ids": ids}).Error
}
