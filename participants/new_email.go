package participants

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// ErrEmailTaken means that an address has become that of another account meanwhile.
var ErrEmailTaken = errors.New("another account has this address")

// AskNewEmail mails a code to the address that somebody wants to have from now
// on, for the log-in that asks. The old address has confirmed by then. An address
// that is another's gets a mail that says so; from here nobody can tell.
func (s *Service) AskNewEmail(ctx context.Context, participantID int64, login string, to Email) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "KEY SHARE"}).Where("id = ? AND erased_at IS NULL", participantID))
		if err != nil {
			return err
		}
		mail := mailer.Mail{To: to.Shown, Lang: p.Lang, Template: "email_code", ParticipantID: p.ID}
		other, err := take(ctx, table.Of[Participant](tx).Where("email_key = ? AND id <> ?", to.Key, p.ID))
		switch {
		case err == nil:
			mail.Template, mail.ParticipantID = "email_taken", other.ID
		case !errors.Is(err, ErrNotFound):
			return err
		}
		c := loginCode{Purpose: "email", EmailIndex: s.vault.Index("email", to.Key), ParticipantID: &p.ID, BrowserHash: hashToken("email:" + login)}
		return s.sendCode(ctx, tx, c, mail)
	})
}

// ChangeEmail takes that code: from here on the account has the new address. Both
// addresses are told, and every log-in ends, the one that asked as well.
func (s *Service) ChangeEmail(ctx context.Context, participantID int64, login string, to Email, code string) error {
	c, err := s.tryCode(ctx, "email", hashToken("email:"+login), code)
	switch {
	case err != nil:
		return err
	case c.ParticipantID == nil || *c.ParticipantID != participantID || string(c.EmailIndex) != string(s.vault.Index("email", to.Key)):
		return ErrCodeExpired
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := spend(ctx, tx, c); err != nil {
			return err
		}
		return s.changeEmail(ctx, tx, audit.Participant(participantID), participantID, to, fmt.Sprintf("code:%d", c.ID))
	})
}

// changeEmail gives an account another address. Codes that were mailed to the old
// one are void, if they were not already. fact names what it rests on: each is told once.
func (s *Service) changeEmail(ctx context.Context, tx *gorm.DB, by audit.Actor, participantID int64, to Email, fact string) error {
	p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ? AND erased_at IS NULL", participantID))
	if err != nil {
		return err
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return err
	}
	if err := addCorrection(ctx, tx, by, key, p.ID, Before{Email: p.Email}, []string{"email"}); err != nil {
		return err
	}
	now := tx.NowFunc()
	_, err = table.Of[Participant](tx).Where("id = ?", p.ID).Updates(ctx, Participant{Email: to.Shown, EmailKey: to.Key, EmailVerifiedAt: now})
	if errors.Is(err, gorm.ErrDuplicatedKey) || isUnique(err, "participants_email_key_key") {
		return ErrEmailTaken
	}
	if err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Exec(`UPDATE login_codes SET used_at = @now WHERE participant_id = @id AND used_at IS NULL AND expires_at >= @now`, map[string]any{"now": now, "id": p.ID}).Error; err != nil {
		return err
	}
	if err := EndLogins(ctx, tx, p.ID); err != nil {
		return err
	}
	for which, address := range map[string]string{"old": p.Email, "new": to.Shown} {
		err := mailer.Enqueue(ctx, tx, mailer.Mail{Key: "email_changed:" + fact + ":" + which, To: address, Lang: p.Lang, Template: "email_changed", ParticipantID: p.ID})
		if err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, by, "participant.email_changed", string(audit.Participant(p.ID)), map[string]string{"by": fact})
}
