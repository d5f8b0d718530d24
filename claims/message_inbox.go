package claims

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// ReadMessages notes that somebody has seen what was answered, up to a message.
func (s *Service) ReadMessages(ctx context.Context, p participants.Participation, upTo int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		return markMessages(ctx, tx, audit.Participant(p.ParticipantID), readByParticipant, p.ID, p.ParticipantID, upTo)
	})
}

// UnreadMessages counts, by participation, what the foundation wrote and a person has not read yet.
func (s *Service) UnreadMessages(ctx context.Context, participantID int64) (map[int64]int, error) {
	var rows []struct {
		ParticipationID int64
		Count           int
	}
	err := s.db.WithContext(ctx).Raw(`SELECT c.participation_id, count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id AND m.sender = 'staff'
		WHERE c.participant_id = ? AND m.id > coalesce((SELECT max(k.message_id) FROM message_marks k WHERE k.conversation_id = c.id AND k.kind = 'read_by_participant'), 0)
		GROUP BY c.participation_id`, participantID).Scan(&rows).Error
	unread := make(map[int64]int, len(rows))
	for _, r := range rows {
		unread[r.ParticipationID] = r.Count
	}
	return unread, err
}

// Talk is what was written about one participation, as staff see it.
type Talk struct {
	Messages     []Message  // newest first, also those with who took part before
	WaitingSince *time.Time // the first message that waits for an answer
}

// ViewMessages opens for staff what was written about a participation; that is
// a look at the person like any other, and the person sees that it was read.
func (s *Service) ViewMessages(ctx context.Context, by audit.Actor, claimID int64, number string) (Dossier, Talk, error) {
	var talk Talk
	var first struct{ Since *time.Time }
	d, err := s.viewParts(ctx, by, claimID, number, "message", s.viewPerson, func(ctx context.Context, d *Dossier) (err error) {
		if talk.Messages, err = s.messages(ctx, s.db, "c.participation_id = ?", d.Participation.ID); err != nil {
			return err
		}
		return s.db.WithContext(ctx).Raw(`SELECT min(waiting_since) AS since FROM conversations WHERE participation_id = ?`, d.Participation.ID).Scan(&first).Error
	})
	talk.WaitingSince = first.Since
	if err != nil || len(talk.Messages) == 0 {
		return d, talk, err
	}
	return d, talk, s.transaction(ctx, func(tx *gorm.DB) error {
		return markMessages(ctx, tx, by, readByStaff, d.Participation.ID, 0, talk.Messages[0].ID)
	})
}

// Letterbox is one conversation in the list of staff: whose it is, and since when it waits.
type Letterbox struct {
	ID           int64
	Number       string
	Status       participants.Status
	WaitingSince *time.Time
	LastAt       time.Time
}

// At is the moment by which the list is sorted.
func (l Letterbox) At() time.Time {
	if l.WaitingSince != nil {
		return *l.WaitingSince
	}
	return l.LastAt
}

// InboxPage is a page of conversations.
type InboxPage struct {
	Rows []Letterbox
	More bool
}

// inboxRows is how many conversations stand on a page.
const inboxRows = 50

// Inbox lists conversations of a claim: what waits for an answer, longest first, or else what does
// not, newest first. It goes on after the row with this moment and id; without an id it begins.
func (s *Service) Inbox(ctx context.Context, claimID int64, waiting bool, after time.Time, afterID int64) (page InboxPage, err error) {
	sql := `SELECT c.id, t.number, t.status, c.waiting_since, c.last_at FROM conversations c JOIN participations t ON t.id = c.participation_id
		WHERE t.claim_id = @claim AND t.status <> 'erased' AND `
	if waiting {
		sql += `c.waiting_since IS NOT NULL AND (CAST(@id AS bigint) = 0 OR (c.waiting_since, c.id) > (@at, @id)) ORDER BY c.waiting_since, c.id LIMIT @most`
	} else {
		sql += `c.waiting_since IS NULL AND (CAST(@id AS bigint) = 0 OR (c.last_at, c.id) < (@at, @id)) ORDER BY c.last_at DESC, c.id DESC LIMIT @most`
	}
	err = s.db.WithContext(ctx).Raw(sql, map[string]any{"claim": claimID, "at": after, "id": afterID, "most": inboxRows + 1}).Scan(&page.Rows).Error
	if err != nil {
		return page, fmt.Errorf("inbox: %w", err)
	}
	if page.More = len(page.Rows) > inboxRows; page.More {
		page.Rows = page.Rows[:inboxRows]
	}
	return page, nil
}

// Unanswered is how many conversations of a claim wait for an answer, and the longest since when.
type Unanswered struct {
	ClaimID int64
	Count   int
	Since   time.Time
}

// MessagesWaiting counts what waits for an answer, by claim.
func (s *Service) MessagesWaiting(ctx context.Context) (map[int64]Unanswered, error) {
	var rows []Unanswered
	err := s.db.WithContext(ctx).Raw(`SELECT t.claim_id, count(*), min(c.waiting_since) AS since FROM conversations c JOIN participations t ON t.id = c.participation_id
		WHERE c.waiting_since IS NOT NULL AND t.status <> 'erased' GROUP BY t.claim_id`).Scan(&rows).Error
	all := make(map[int64]Unanswered, len(rows))
	for _, r := range rows {
		all[r.ClaimID] = r
	}
	return all, err
}
