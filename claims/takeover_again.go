package claims

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// justSent is how long after a link another one is not sent: pressed twice, one mail goes out.
const justSent = time.Minute

// SendTakeoverAgain mails another link to who may sign, for thirty days; the one before works no longer.
func (s *Service) SendTakeoverAgain(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		row, p, err := lockTakeover(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if row.Status != TakeoverAccepted {
			return ErrWrongState
		}
		token, now := rand.Text(), tx.NowFunc()
		if now.Before(row.LinkUntil.Add(justSent - TakeoverLinkLife)) {
			return nil
		}
		if _, err := table.Of[takeoverRow](tx).Where("id = ?", row.ID).Updates(ctx, takeoverRow{TokenHash: hashOf(token), LinkUntil: linkUntil(now)}); err != nil {
			return err
		}
		if row.Kind == TakeoverAdult {
			err = s.mailAdultAgain(ctx, tx, row, p, token)
		} else {
			err = s.mailTakeover(ctx, tx, row, p, fmt.Sprintf("takeover:%d:%d", row.ID, now.Unix()), token)
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "takeover.sent_again", participationSubject(p.ID), map[string]any{"takeover": row.ID})
	})
}

// mailAdultAgain mails the link once more to who came of age and to the guardian.
func (s *Service) mailAdultAgain(ctx context.Context, tx *gorm.DB, row takeoverRow, p participants.Participation, token string) error {
	var w ward18
	err := tx.WithContext(ctx).Raw(`SELECT r.id, r.participation_id, r.person, t.key_wrapped, t.number, p.id AS participant_id, p.email, p.lang
		FROM represented r JOIN participations t ON t.id = r.participation_id JOIN participants p ON p.id = t.participant_id
		WHERE r.participation_id = ? AND r.ended_at IS NULL`, p.ID).Scan(&w).Error
	if err != nil {
		return err
	}
	if w.ID == 0 {
		return ErrWrongState
	}
	child, err := participants.OpenWard(s.vault, w.KeyWrapped, w.Person)
	if err != nil {
		return fmt.Errorf("represented %d: %w", w.ID, err)
	}
	return mailAdult(ctx, tx, w, child, fmt.Sprintf("of_age:%d:%d", row.ID, tx.NowFunc().Unix()), token)
}
