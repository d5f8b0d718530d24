package participants

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Consent is one revocable permission. It is never the ground for the mandate.
type Consent struct {
	ID              int64
	ParticipationID int64
	Kind            string // newsletter, interview, data_request or research
	TextID          int64
	Ref             string `gorm:"default:(-)"` // in the address to unsubscribe; made by the database
	GivenAt         time.Time
	WithdrawnAt     *time.Time
}

// Consents lists what somebody allowed, and what they took back, newest first.
func (s *Service) Consents(ctx context.Context, participationID int64) ([]Consent, error) {
	return table.Of[Consent](s.db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
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
	if err := table.Of[Consent](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &c); err != nil || c.ID == 0 {
		return err
	}
	return audit.Record(ctx, tx, by, "consent.given", subject(participationID), map[string]string{"kind": kind})
}

// WithdrawConsent takes a permission back. Taken back twice is taken back once.
func (s *Service) WithdrawConsent(ctx context.Context, by audit.Actor, participationID int64, kind string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now := tx.NowFunc()
		n, err := table.Of[Consent](tx).Where("participation_id = ? AND kind = ? AND withdrawn_at IS NULL", participationID, kind).
			Updates(ctx, Consent{WithdrawnAt: &now})
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, by, "consent.withdrawn", subject(participationID), map[string]string{"kind": kind})
	})
}

// Unsubscribe takes the permission back that an address in a mail stands for,
// without a log-in. Done twice it is done once. ErrNotFound: there is no such address.
func (s *Service) Unsubscribe(ctx context.Context, ref string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c, err := take(ctx, table.Of[Consent](tx).Where("ref = ?", ref))
		if err != nil || c.WithdrawnAt != nil {
			return err
		}
		p, err := Find(ctx, tx, c.ParticipationID)
		if err != nil {
			return err
		}
		now := tx.NowFunc()
		n, err := table.Of[Consent](tx).Where("id = ? AND withdrawn_at IS NULL", c.ID).Updates(ctx, Consent{WithdrawnAt: &now})
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.Participant(p.ParticipantID), "consent.withdrawn", subject(c.ParticipationID), map[string]string{"kind": c.Kind, "via": "mail"})
	})
}

// Subscription tells whether an address in a mail stands for a permission, and whether it is in force.
func (s *Service) Subscription(ctx context.Context, ref string) (on bool, err error) {
	c, err := take(ctx, table.Of[Consent](s.db).Where("ref = ?", ref))
	return c.WithdrawnAt == nil, err
}

// subject names a participation in the log.
func subject(participationID int64) string { return fmt.Sprintf("participation:%d", participationID) }
