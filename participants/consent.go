package participants

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
)

// Consent is one revocable permission. It is never the ground for the mandate.
type Consent struct {
	ID              int64
	ParticipationID int64
	Kind            string // newsletter, interview, data_request or research
	TextID          int64
	GivenAt         time.Time
	WithdrawnAt     *time.Time
}

// Consents lists what somebody allowed, and what they took back, newest first.
func (s *Service) Consents(ctx context.Context, participationID int64) ([]Consent, error) {
	return gorm.G[Consent](s.db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
}

// GiveConsent writes a permission down, with the text that was shown. Given twice is given once.
func (s *Service) GiveConsent(ctx context.Context, by audit.Actor, participationID int64, kind string, textID int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return GiveConsent(ctx, tx, by, participationID, kind, textID)
	})
}

// GiveConsent is the part of a transaction that writes a permission down.
func GiveConsent(ctx context.Context, tx *gorm.DB, by audit.Actor, participationID int64, kind string, textID int64) error {
	c := Consent{ParticipationID: participationID, Kind: kind, TextID: textID, GivenAt: tx.NowFunc()}
	if err := gorm.G[Consent](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &c); err != nil || c.ID == 0 {
		return err
	}
	return audit.Record(ctx, tx, by, "consent.given", subject(participationID), map[string]string{"kind": kind})
}

// WithdrawConsent takes a permission back. Taken back twice is taken back once.
func (s *Service) WithdrawConsent(ctx context.Context, by audit.Actor, participationID int64, kind string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now := tx.NowFunc()
		n, err := gorm.G[Consent](tx).Where("participation_id = ? AND kind = ? AND withdrawn_at IS NULL", participationID, kind).
			Updates(ctx, Consent{WithdrawnAt: &now})
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, by, "consent.withdrawn", subject(participationID), map[string]string{"kind": kind})
	})
}

// subject names a participation in the log.
func subject(participationID int64) string { return fmt.Sprintf("participation:%d", participationID) }
