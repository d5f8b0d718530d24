package participants

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// Unfinished is somebody who began a sign-up, proved their address, and did not sign.
type Unfinished struct {
	ID        int64
	Email     string // "" if none was proven
	Lang      string
	ExpiresAt time.Time // when what they filled in is wiped
}

// tellDrafts is how many drafts are told in one transaction.
const tellDrafts = 200

// TellDrafts marks drafts of a claim as told that signing ends in so many days,
// and returns whom to tell: each draft once for a number of days, and none that
// somebody is working on. It returns nobody when everybody was told.
func TellDrafts(ctx context.Context, tx *gorm.DB, v *vault.Vault, claimID int64, days int, idleSince time.Time) ([]Unfinished, error) {
	rows, err := table.Of[Signup](tx).Raw(`UPDATE signups SET told_days = ? WHERE id IN (
		SELECT id FROM signups WHERE claim_id = ? AND status = 'mandate_pending' AND (told_days IS NULL OR told_days > ?) AND updated_at <= ? AND expires_at > ?
		ORDER BY id LIMIT ? FOR NO KEY UPDATE SKIP LOCKED) RETURNING *`, days, claimID, days, idleSince, tx.NowFunc(), tellDrafts).Find(ctx)
	if err != nil {
		return nil, err
	}
	return unfinished(v, rows)
}

// unfinished opens what a mail needs to know of drafts; who proved no address is left without one.
func unfinished(v *vault.Vault, rows []Signup) ([]Unfinished, error) {
	found := make([]Unfinished, 0, len(rows))
	for _, su := range rows {
		u := Unfinished{ID: su.ID, Lang: su.Lang, ExpiresAt: su.ExpiresAt}
		if su.EmailProvenAt != nil {
			key, err := v.OpenKey(su.KeyWrapped)
			if err != nil {
				return nil, err
			}
			answers, err := vault.UnsealJSON[Answers](key, su.Sealed, aboutAnswers)
			if err != nil {
				return nil, err
			}
			u.Email = answers.Email
		}
		found = append(found, u)
	}
	return found, nil
}
