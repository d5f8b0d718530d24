package participants

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// AskConfirm mails a code to somebody who is logged in, for the log-in that asks
// for it and no other: whoever sits down at an open screen does not have it.
func (s *Service) AskConfirm(ctx context.Context, participantID int64, login string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "KEY SHARE"}).Where("id = ? AND erased_at IS NULL", participantID))
		if err != nil {
			return err
		}
		c := loginCode{Purpose: "confirm", EmailIndex: s.vault.Index("email", p.EmailKey), ParticipantID: &p.ID, BrowserHash: hashToken("confirm:" + login)}
		return s.sendCode(ctx, tx, c, mailer.Mail{To: p.Email, Lang: p.Lang, Template: "confirm", ParticipantID: p.ID})
	})
}

// Confirm takes that code, once, within its ten minutes and five tries.
func (s *Service) Confirm(ctx context.Context, participantID int64, login, code string) error {
	c, err := s.tryCode(ctx, "confirm", hashToken("confirm:"+login), code)
	switch {
	case err != nil:
		return err
	case c.ParticipantID == nil || *c.ParticipantID != participantID:
		return ErrCodeExpired
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return spend(ctx, tx, c) })
}
