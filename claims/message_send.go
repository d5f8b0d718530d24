package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// Writing is a message that somebody sends, with what its form carried.
type Writing struct {
	Text      string
	RequestID string // of the form: sent twice, it is one message
	Seen      int64  // of an answer: the last message that was on the page; what came since still waits
}

// clean brings the words into the form in which they are kept.
func (w *Writing) clean() (err error) {
	if w.Text, err = participants.CleanLines(w.Text, maxMessage); err != nil {
		return err
	}
	if w.Text == "" || w.RequestID == "" {
		return ErrMessage
	}
	return nil
}

// WriteMessage sends what a participant writes to the foundation. It waits for an answer from then on.
func (s *Service) WriteMessage(ctx context.Context, p participants.Participation, w Writing) error {
	if err := w.clean(); err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		now, err := lockParticipation(ctx, tx, p.ID)
		switch {
		case err != nil:
			return err
		case now.ParticipantID != p.ParticipantID:
			return ErrNotFound // somebody else took it over meanwhile
		}
		by := audit.Participant(p.ParticipantID)
		id, err := s.keepMessage(ctx, tx, by, now, w)
		if err != nil || id == 0 {
			return err
		}
		if err := recountWaiting(ctx, tx, p.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "message.sent", participationSubject(p.ID), map[string]any{"message": id})
	})
}

// AnswerMessage sends what a member of staff writes to who takes part now: an answer, or the first
// word. The person gets one mail, without the words, for all messages that they have not read.
func (s *Service) AnswerMessage(ctx context.Context, by audit.Actor, p participants.Participation, w Writing) error {
	if err := w.clean(); err != nil {
		return err
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if p.Status == participants.InEstate {
			return ErrWrongState // nobody is there to read it
		}
		id, err := s.keepMessage(ctx, tx, by, p, w)
		if err != nil || id == 0 {
			return err
		}
		if err := markMessages(ctx, tx, by, markDone, p.ID, 0, w.Seen); err != nil {
			return err
		}
		if err := recountWaiting(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := tellMessage(ctx, tx, p); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "message.answered", participationSubject(p.ID), map[string]any{"message": id})
	})
}

// SettleMessages notes that nothing up to a message needs an answer, such as a word of thanks.
func (s *Service) SettleMessages(ctx context.Context, by audit.Actor, p participants.Participation, seen int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if _, err := lockParticipation(ctx, tx, p.ID); err != nil {
			return err
		}
		var waits int64
		if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM conversations WHERE participation_id = ? AND waiting_since IS NOT NULL`, p.ID).Scan(&waits).Error; err != nil || waits == 0 {
			return err
		}
		if err := markMessages(ctx, tx, by, markDone, p.ID, 0, seen); err != nil {
			return err
		}
		if err := recountWaiting(ctx, tx, p.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "message.settled", participationSubject(p.ID), map[string]any{"up_to": seen})
	})
}

// keepMessage seals a message and adds it to the conversation with who takes part, under the lock
// of the participation. It returns 0 when the same form was sent before.
func (s *Service) keepMessage(ctx context.Context, tx *gorm.DB, by audit.Actor, p participants.Participation, w Writing) (int64, error) {
	person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ?", p.ParticipantID))
	if err != nil {
		return 0, err
	}
	if person.ErasedAt != nil || p.Status == participants.Erased {
		return 0, ErrWrongState
	}
	talk, err := openConversation(ctx, tx, p)
	if err != nil {
		return 0, err
	}
	_, err = take(ctx, table.Of[messageRow](tx).Where("conversation_id = ? AND request_id = ?", talk.ID, w.RequestID))
	if !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	row := messageRow{ConversationID: talk.ID, Sender: sentByStaff, WrittenBy: by, RequestID: w.RequestID, SentAt: tx.NowFunc()}
	if by == audit.Participant(p.ParticipantID) {
		row.Sender = sentByParticipant
		if err := fewToday(ctx, tx, talk.ID); err != nil {
			return 0, err
		}
	}
	key, err := s.vault.OpenKey(person.KeyWrapped)
	if err != nil {
		return 0, err
	}
	if row.Body, err = key.Seal([]byte(w.Text), aboutMessage); err != nil {
		return 0, err
	}
	if err := table.Of[messageRow](tx).Create(ctx, &row); err != nil {
		return 0, err
	}
	return row.ID, tx.WithContext(ctx).Exec(`UPDATE conversations SET last_at = ? WHERE id = ?`, row.SentAt, talk.ID).Error
}

// openConversation finds the conversation with who takes part now, or begins it.
func openConversation(ctx context.Context, tx *gorm.DB, p participants.Participation) (conversation, error) {
	fresh := conversation{ParticipationID: p.ID, ParticipantID: p.ParticipantID, LastAt: tx.NowFunc()}
	if err := table.Of[conversation](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &fresh); err != nil {
		return fresh, err
	}
	return take(ctx, table.Of[conversation](tx).Where("participation_id = ? AND participant_id = ?", p.ID, p.ParticipantID))
}

// fewToday refuses who wrote enough for one day.
func fewToday(ctx context.Context, tx *gorm.DB, conversationID int64) error {
	n, err := table.Of[messageRow](tx).Where("conversation_id = ? AND sender = ? AND sent_at > ?", conversationID, sentByParticipant, tx.NowFunc().Add(-24*time.Hour)).Count(ctx, "*")
	if err == nil && n >= maxDaily {
		err = ErrMessagesToday
	}
	return err
}

// tellMessage mails that there is something to read. The key is made of the first message that was
// not read, so that there is one mail however many follow it.
func tellMessage(ctx context.Context, tx *gorm.DB, p participants.Participation) error {
	var to struct {
		Addressee
		First int64
	}
	err := tx.WithContext(ctx).Raw(`SELECT p.id AS participant_id, p.email, p.lang, min(m.id) AS first
		FROM conversations c JOIN participants p ON p.id = c.participant_id JOIN messages m ON m.conversation_id = c.id AND m.sender = 'staff'
		WHERE c.participation_id = ? AND c.participant_id = ? AND m.id > coalesce((SELECT max(message_id) FROM message_marks k
			WHERE k.conversation_id = c.id AND k.kind = 'read_by_participant'), 0) GROUP BY p.id`, p.ID, p.ParticipantID).Scan(&to).Error
	if err != nil {
		return fmt.Errorf("find whom to tell: %w", err)
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("message:%d", to.First), To: to.Email, Lang: to.Lang, Template: "message", ParticipantID: to.ParticipantID,
		Data: map[string]string{"Number": p.Number},
	})
}
