package claims

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// byBirthday is who proposes that a child confirms: the calendar does.
const (
	byBirthday = audit.Actor("system:birthday")
	byOfAge    = audit.Actor("system:of_age")
)

// ward18 is a child whose month of coming of age has begun.
type ward18 struct {
	ID              int64
	ParticipationID int64
	Person          []byte
	KeyWrapped      []byte
	Number          string
	ParticipantID   int64
	Email           string
	Lang            string
}

// drainOfAge finds the children who came of age and asks them to confirm with a mandate of their own.
func (s *Service) drainOfAge(ctx context.Context) (more bool, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error { return s.comeOfAge(ctx, tx, "true") })
	if err == nil {
		s.wake("mail")
	}
	return false, err
}

// comeOfAge opens the birth dates of those whose month it is, and asks who is eighteen.
// Whoever comes second finds them asked.
func (s *Service) comeOfAge(ctx context.Context, tx *gorm.DB, where string, args ...any) error {
	today := locale.Today(tx.NowFunc())
	var due []ward18
	err := tx.WithContext(ctx).Raw(`SELECT r.id, r.participation_id, r.person, t.key_wrapped, t.number, p.id AS participant_id, p.email, p.lang
		FROM represented r JOIN participations t ON t.id = r.participation_id JOIN participants p ON p.id = t.participant_id
		WHERE r.ended_at IS NULL AND r.of_age_at IS NULL AND r.adult_month <= ? AND t.key_wrapped IS NOT NULL
		AND t.status NOT IN ('withdrawn', 'opted_out', 'erased', 'closed_lost') AND (`+where+`) ORDER BY r.id FOR UPDATE OF r`,
		append([]any{today}, args...)...).Scan(&due).Error
	if err != nil {
		return fmt.Errorf("who came of age: %w", err)
	}
	for _, w := range due {
		child, err := participants.OpenWard(s.vault, w.KeyWrapped, w.Person)
		if err != nil {
			return fmt.Errorf("represented %d: %w", w.ID, err)
		}
		if participants.AdultOn(child.Birthday()).After(today) {
			continue
		}
		if err := s.askAdult(ctx, tx, w, child); err != nil {
			return err
		}
	}
	return nil
}

// askAdult marks that a child is of age and mails the link, to the guardian and to the child.
func (s *Service) askAdult(ctx context.Context, tx *gorm.DB, w ward18, child participants.Ward) error {
	now := tx.NowFunc()
	if err := tx.WithContext(ctx).Exec(`UPDATE represented SET of_age_at = ? WHERE id = ?`, now, w.ID).Error; err != nil {
		return err
	}
	var busy bool
	err := tx.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM takeovers WHERE participation_id = ? AND status IN ('proposed', 'accepted'))`, w.ParticipationID).Scan(&busy).Error
	if err != nil || busy {
		return err // somebody takes it over already
	}
	token := rand.Text()
	row := takeoverRow{
		ParticipationID: w.ParticipationID, Kind: TakeoverAdult, Status: TakeoverAccepted, Scope: "all", TokenHash: hashOf(token), LinkUntil: linkUntil(now),
		ProposedBy: byBirthday, ProposedAt: now, AcceptedBy: actor(byOfAge), AcceptedAt: &now,
	}
	if err := table.Of[takeoverRow](tx).Create(ctx, &row); err != nil {
		return err
	}
	if err := mailAdult(ctx, tx, w, child, fmt.Sprintf("of_age:%d", row.ID), token); err != nil {
		return err
	}
	return audit.Record(ctx, tx, byOfAge, "represented.of_age", participationSubject(w.ParticipationID), nil)
}

// mailAdult mails the link to the guardian and, where we have an address, to who came of age.
func mailAdult(ctx context.Context, tx *gorm.DB, w ward18, child participants.Ward, key, token string) error {
	mails := []mailer.Mail{{Key: key, To: w.Email, Template: "of_age", ParticipantID: w.ParticipantID}}
	if child.Email != "" && child.Email != w.Email {
		mails = append(mails, mailer.Mail{Key: key + ":child", To: child.Email, Template: "of_age_child"})
	}
	for i := range mails {
		mails[i].Lang, mails[i].Data = w.Lang, map[string]string{"Number": w.Number, "Token": token}
	}
	return mailer.EnqueueAll(ctx, tx, mails)
}

func actor(a audit.Actor) *audit.Actor { return &a }

// Waiting is a child that came of age and has not confirmed with a mandate of its own.
type Waiting struct {
	Number       string
	Month        time.Time  // of the eighteenth birthday
	Since        time.Time  // when it was found to be of age
	MailedAt     *time.Time // when the link went out; nil: it waits, or another takeover was under way
	LimitationOn time.Time  // the last day on which the claim is preserved
}

// OfAge lists who came of age and has not confirmed yet, longest first.
func (s *Service) OfAge(ctx context.Context, claimID int64) (all []Waiting, err error) {
	c, err := s.Claim(ctx, claimID)
	if err != nil {
		return nil, err
	}
	k, err := clock(ctx, s.db, c, 0)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		participants.Participation
		Month    time.Time
		Since    time.Time
		MailedAt *time.Time
	}
	err = s.db.WithContext(ctx).Raw(`SELECT t.id, t.number, t.letter_id, t.signed_at, t.ended_at, r.adult_month AS month, r.of_age_at AS since,
			(SELECT o.sent_at FROM takeovers v JOIN outbox o ON o.key = 'of_age:' || v.id WHERE v.participation_id = t.id AND v.kind = 'adult' ORDER BY v.id DESC LIMIT 1) AS mailed_at
		FROM represented r JOIN participations t ON t.id = r.participation_id
		WHERE t.claim_id = ? AND r.ended_at IS NULL AND r.of_age_at IS NOT NULL AND t.status NOT IN ('withdrawn', 'opted_out', 'erased', 'closed_lost')
		ORDER BY r.of_age_at, r.id`, claimID).Scan(&rows).Error
	for _, r := range rows {
		all = append(all, Waiting{r.Number, r.Month, r.Since, r.MailedAt, k.Of(r.Participation).Until})
	}
	return all, err
}
