package participants

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

const (
	// EmailWait is how long an address waits that the old one did not confirm:
	// time for the owner to see the notice if it was not them.
	EmailWait = 7 * 24 * time.Hour
	// emailLinkLife is how long the link works that proves the new address.
	emailLinkLife = 14 * 24 * time.Hour
)

// EmailRequest is another address for somebody who lost the old one, as staff asked for it.
type EmailRequest struct {
	ID            int64
	ParticipantID int64
	Email         []byte
	TokenHash     []byte
	Reason        string // how staff knew who it was: document, in_person or letter
	AskedBy       audit.Actor
	AskedAt       time.Time
	UsableFrom    time.Time
	ProvenAt      *time.Time
	DoneAt        *time.Time
	StoppedAt     *time.Time
	StoppedBy     *audit.Actor
}

const (
	aboutNewEmail = "email_requests.email"
	openEmail     = "participant_id = ? AND done_at IS NULL AND stopped_at IS NULL"
)

// RequestEmail is staff asking for another address of somebody who lost the old
// one. The old address is told at once and can stop it, the new one gets a link to
// prove itself, and it counts after a week. Asked again, the week begins again.
func (s *Service) RequestEmail(ctx context.Context, by audit.Actor, participantID int64, to Email, reason string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ? AND erased_at IS NULL", participantID))
		if err != nil {
			return err
		}
		if taken, err := table.Of[Participant](tx).Where("email_key = ?", to.Key).Find(ctx); err != nil || len(taken) > 0 {
			return errors.Join(err, ErrEmailTaken)
		}
		if err := StopEmail(ctx, tx, by, p.ID); err != nil {
			return err
		}
		key, err := s.vault.OpenKey(p.KeyWrapped)
		if err != nil {
			return err
		}
		sealed, err := key.Seal([]byte(to.Shown), aboutNewEmail)
		if err != nil {
			return err
		}
		token, now := rand.Text(), tx.NowFunc()
		r := EmailRequest{ParticipantID: p.ID, Email: sealed, TokenHash: hashToken(token), Reason: reason, AskedBy: by, AskedAt: now, UsableFrom: now.Add(EmailWait)}
		if err := table.Of[EmailRequest](tx).Create(ctx, &r); err != nil {
			return err
		}
		if err := tellEmailRequest(ctx, tx, p, r, to, token); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participant.email_requested", string(audit.Participant(p.ID)), map[string]any{"request": r.ID, "reason": reason})
	})
}

func tellEmailRequest(ctx context.Context, tx *gorm.DB, p Participant, r EmailRequest, to Email, token string) error {
	from := locale.Moment(r.UsableFrom, p.Lang)
	return mailer.EnqueueAll(ctx, tx, []mailer.Mail{
		{Key: fmt.Sprintf("email_requested:%d", r.ID), To: p.Email, Lang: p.Lang, Template: "email_requested", ParticipantID: p.ID, Data: map[string]string{"UsableFrom": from}},
		{
			Key: fmt.Sprintf("email_prove:%d", r.ID), To: to.Shown, Lang: p.Lang, Template: "email_prove", ParticipantID: p.ID,
			ExpiresAt: r.AskedAt.Add(emailLinkLife), Data: map[string]string{"UsableFrom": from, "Token": token},
		},
	})
}

// EmailRequestOf is the request that stands open for a person, or nil.
func (s *Service) EmailRequestOf(ctx context.Context, participantID int64) (*EmailRequest, error) {
	r, err := take(ctx, table.Of[EmailRequest](s.db).Where(openEmail, participantID))
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // most people have none
	}
	return &r, err
}

// StopEmail stops the request that stands open for a person. Where there is none, nothing happens.
func StopEmail(ctx context.Context, tx *gorm.DB, by audit.Actor, participantID int64) error {
	now := tx.NowFunc()
	n, err := table.Of[EmailRequest](tx).Where(openEmail, participantID).Updates(ctx, EmailRequest{StoppedAt: &now, StoppedBy: &by})
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, by, "participant.email_stopped", string(audit.Participant(participantID)), nil)
}

// KeepEmail is somebody, or staff, stopping that request: the old address stays.
func (s *Service) KeepEmail(ctx context.Context, by audit.Actor, participantID int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return StopEmail(ctx, tx, by, participantID) })
}

// EmailBehind finds the open request that a mailed link proves the address of.
func (s *Service) EmailBehind(ctx context.Context, token string) (EmailRequest, error) {
	return take(ctx, table.Of[EmailRequest](s.db).Where("token_hash = ? AND done_at IS NULL AND stopped_at IS NULL AND asked_at > ?",
		hashToken(token), s.db.NowFunc().Add(-emailLinkLife)))
}

// ProveEmail takes that link: whoever has it reads the new address. Twice is once.
func (s *Service) ProveEmail(ctx context.Context, token string) (EmailRequest, error) {
	r, err := s.EmailBehind(ctx, token)
	if err != nil || r.ProvenAt != nil {
		return r, err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now := tx.NowFunc()
		n, err := table.Of[EmailRequest](tx).Where("id = ? AND proven_at IS NULL AND stopped_at IS NULL", r.ID).Updates(ctx, EmailRequest{ProvenAt: &now})
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.System("email"), "participant.email_proven", string(audit.Participant(r.ParticipantID)), map[string]any{"request": r.ID})
	})
	return r, err
}

// ApplyEmails gives those their new address whose week is over and whose new address is proven.
func (s *Service) ApplyEmails(ctx context.Context, limit int) (more bool, err error) {
	due, err := table.Of[EmailRequest](s.db).Where("proven_at IS NOT NULL AND done_at IS NULL AND stopped_at IS NULL AND usable_from <= ?", s.db.NowFunc()).
		Order("usable_from").Limit(limit).Find(ctx)
	for _, r := range due {
		if e := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.applyEmail(ctx, tx, r.ID) }); e != nil { // the others must not wait for it
			err = errors.Join(err, fmt.Errorf("address request %d: %w", r.ID, e))
		}
	}
	return err == nil && len(due) == limit, err
}

// applyEmail does one, unless it was stopped or done meanwhile. An address that has
// become another's is not taken from them: the request stops.
func (s *Service) applyEmail(ctx context.Context, tx *gorm.DB, id int64) error {
	r, err := take(ctx, table.Of[EmailRequest](tx, clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Where("id = ? AND done_at IS NULL AND stopped_at IS NULL", id))
	if err != nil {
		return ignoreGone(err)
	}
	p, err := take(ctx, table.Of[Participant](tx).Where("id = ?", r.ParticipantID))
	if err != nil {
		return err
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return err
	}
	address, err := key.Unseal(r.Email, aboutNewEmail)
	if err != nil {
		return err
	}
	to, err := ParseEmail(string(address))
	if err != nil {
		return err
	}
	by := audit.System("email")
	if taken, err := table.Of[Participant](tx).Where("email_key = ?", to.Key).Find(ctx); err != nil || len(taken) > 0 {
		return errors.Join(err, StopEmail(ctx, tx, by, p.ID))
	}
	now := tx.NowFunc()
	if _, err := table.Of[EmailRequest](tx).Where("id = ?", r.ID).Updates(ctx, EmailRequest{DoneAt: &now}); err != nil {
		return err
	}
	return s.changeEmail(ctx, tx, by, p.ID, to, fmt.Sprintf("request:%d", r.ID))
}

func ignoreGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
