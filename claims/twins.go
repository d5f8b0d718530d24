package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/mailer"
)

const (
	// lockTwins is the advisory lock of whoever compares: two at once could wait for each other's rows.
	lockTwins  = 7102
	twinsBatch = 500
)

// twin is a participation, and another one of a person with the same name and
// address; Elder is the one that was there first.
type twin struct {
	ID, ElderID   int64
	Elder         int64 // the participant
	Number, Email string
	Lang          string
}

// drainTwins compares new participations with the others of their claim. It
// happens after the answer to the signature, so that no page tells who takes
// part: both get a mark for staff, and who was first a mail.
func (s *Service) drainTwins(ctx context.Context) (more bool, err error) {
	var batch []int64
	err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?, 0)`, lockTwins).Error; err != nil {
			return err
		}
		err := tx.Raw(`UPDATE participations SET compared_at = ? WHERE id IN (
			SELECT id FROM participations WHERE compared_at IS NULL ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING id`,
			tx.NowFunc(), twinsBatch).Scan(&batch).Error
		if err != nil || len(batch) == 0 {
			return err
		}
		var twins []twin
		if err := tx.Raw(twinsSQL, map[string]any{"batch": batch}).Scan(&twins).Error; err != nil {
			return err
		}
		for _, t := range twins {
			if err := markTwin(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil && len(batch) == twinsBatch, err
}

// twinsSQL finds pairs of which one is in the batch, each pair once.
const twinsSQL = `SELECT DISTINCT b.id, a.id AS elder_id, p.id AS elder, a.number, p.email, p.lang
	FROM participations a JOIN participants p ON p.id = a.participant_id
	JOIN participants q ON q.person_index = p.person_index AND q.id <> p.id
	JOIN participations b ON b.participant_id = q.id AND b.claim_id = a.claim_id AND (b.signed_at, b.id) > (a.signed_at, a.id)
	WHERE (a.id IN @batch OR b.id IN @batch)
	AND a.status NOT IN ('withdrawn', 'opted_out', 'erased') AND b.status NOT IN ('withdrawn', 'opted_out', 'erased') ORDER BY a.id, b.id`

// markTwin marks both of a pair, once, and tells who was first.
func markTwin(ctx context.Context, tx *gorm.DB, t twin) error {
	var marked []int64
	err := tx.WithContext(ctx).Raw(`UPDATE participations SET review_mark = trim(review_mark || ' ' || @mark)
		WHERE id IN @pair AND NOT @mark = ANY (string_to_array(review_mark, ' ')) RETURNING id`, map[string]any{"mark": MarkTwin, "pair": []int64{t.ID, t.ElderID}}).Scan(&marked).Error
	if err != nil {
		return err
	}
	for _, id := range marked {
		if err := audit.Record(ctx, tx, audit.System("twins"), "participation.marked", participationSubject(id), map[string]string{"mark": MarkTwin}); err != nil {
			return err
		}
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("twin:%d:%d", t.ElderID, t.ID), To: t.Email, Lang: t.Lang, Template: "twin", ParticipantID: t.Elder,
		Data: map[string]string{"Number": t.Number},
	})
}

// ClearMark takes the marks of a participation away: somebody looked and found nothing wrong.
func (s *Service) ClearMark(ctx context.Context, by audit.Actor, claimID int64, number string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		var was struct {
			ID         int64
			ReviewMark string
		}
		err := tx.Raw(`SELECT id, review_mark FROM participations WHERE claim_id = ? AND number = ? FOR UPDATE`, claimID, number).Scan(&was).Error
		switch {
		case err != nil:
			return err
		case was.ID == 0:
			return ErrNotFound
		case was.ReviewMark == "":
			return nil
		}
		if err := tx.Exec(`UPDATE participations SET review_mark = '' WHERE id = ?`, was.ID).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participation.mark_cleared", participationSubject(was.ID), map[string]string{"mark": was.ReviewMark})
	})
}
