package payments

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// item is a payee with the place in the files and the key that comes back from the bank.
type item struct {
	Payee
	part  int
	endID string
}

func total(items []item) (sum Cents) {
	for _, it := range items {
		sum += it.AmountCents
	}
	return sum
}

// itemsHash is over everything a payout is, in the order of the keys. The
// database counts the same hash over its rows (rule p08).
func itemsHash(items []item) []byte {
	sorted := slices.SortedFunc(slices.Values(items), func(a, b item) int { return cmp.Compare(a.endID, b.endID) })
	h := sha256.New()
	for i, it := range sorted {
		if i > 0 {
			h.Write([]byte("\n"))
		}
		_, _ = fmt.Fprintf(h, "%d|%d|%d|%d|%s|%d", it.AwardID, it.ParticipationID, it.AccountID, it.part, it.endID, it.AmountCents) // a hash takes everything
	}
	return h.Sum(nil)
}

// storedHash is the same hash over the rows as they stand in the database now.
func storedHash(ctx context.Context, tx *gorm.DB, runID int64) ([]byte, error) {
	var sum []byte
	err := tx.WithContext(ctx).Raw(`SELECT sha256(convert_to(string_agg(concat_ws('|', award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents),
		E'\n' ORDER BY end_to_end_id COLLATE "C"), 'UTF8')) FROM payouts WHERE run_id = ?`, runID).Row().Scan(&sum)
	if err != nil {
		return nil, fmt.Errorf("hash of run %d: %w", runID, err)
	}
	return sum, nil
}
