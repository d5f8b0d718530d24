package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

var (
	// ErrMessage means that there is nothing in a message.
	ErrMessage = errors.New("a message needs words")
	// ErrMessagesToday means that somebody wrote as many messages as fit in a day.
	ErrMessagesToday = errors.New("no more messages today")
)

const (
	maxMessage   = 4000 // characters
	maxDaily     = 10   // messages of one participant about one participation, in any 24 hours
	messagesBack = 200  // how many are shown; the download holds all
)

// Message is one thing that a participant and the foundation wrote to each other.
type Message struct {
	ID     int64
	Staff  bool   // the foundation wrote it
	Text   string // empty if the writer's key was destroyed
	Former bool   // with who took part before: for staff only
	SentAt time.Time
	ReadAt *time.Time // by the other side
}

// conversation is what one holder of a participation and the foundation have to say to each other.
type conversation struct {
	ID              int64
	ParticipationID int64
	ParticipantID   int64
	WaitingSince    *time.Time
	LastAt          time.Time
}

// messageRow is a message as it is kept: sealed with the participant's key.
type messageRow struct {
	ID             int64
	ConversationID int64
	Sender         string
	WrittenBy      audit.Actor
	Body           []byte
	RequestID      string
	SentAt         time.Time
}

// TableName is the table of the messages.
func (messageRow) TableName() string { return "messages" }

// Who wrote a message, and what a mark says.
const (
	sentByParticipant = "participant"
	sentByStaff       = "staff"

	readByParticipant = "read_by_participant"
	readByStaff       = "read_by_staff"
	markDone          = "done" // answered, or in no need of an answer

	aboutMessage = "messages.body"
)

// Messages are what somebody wrote about their participation and what was answered, newest first.
// Who took part before is not in it.
func (s *Service) Messages(ctx context.Context, p participants.Participation) ([]Message, error) {
	return s.messages(ctx, s.db, "c.participation_id = ? AND c.participant_id = ?", p.ID, p.ParticipantID)
}

func (s *Service) messages(ctx context.Context, db *gorm.DB, where string, args ...any) ([]Message, error) {
	var rows []struct {
		Message
		Sender     string
		Body       []byte
		KeyWrapped []byte
	}
	err := db.WithContext(ctx).Raw(`SELECT m.id, m.sender, m.body, m.sent_at, p.key_wrapped, c.participant_id <> t.participant_id AS former,
			(SELECT min(k.made_at) FROM message_marks k WHERE k.conversation_id = c.id AND k.message_id >= m.id
				AND k.kind = CASE m.sender WHEN 'staff' THEN 'read_by_participant' ELSE 'read_by_staff' END) AS read_at
		FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN participations t ON t.id = c.participation_id
		JOIN participants p ON p.id = c.participant_id WHERE `+where+` ORDER BY m.id DESC LIMIT ?`, append(args, messagesBack)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	all, keys := make([]Message, len(rows)), map[string]*vault.Key{}
	for i, r := range rows {
		all[i], all[i].Staff = r.Message, r.Sender == sentByStaff
		if len(r.KeyWrapped) == 0 {
			continue // erased
		}
		key, ok := keys[string(r.KeyWrapped)]
		if !ok {
			if key, err = s.vault.OpenKey(r.KeyWrapped); err != nil {
				return nil, fmt.Errorf("message %d: %w", r.ID, err)
			}
			keys[string(r.KeyWrapped)] = key
		}
		if all[i].Text, err = key.UnsealText(r.Body, aboutMessage); err != nil {
			return nil, fmt.Errorf("message %d: %w", r.ID, err)
		}
	}
	return all, nil
}

// markMessages notes how far the conversations about a participation are read or answered: up to a
// message, of one holder or (0) of all. What is noted already changes nothing.
func markMessages(ctx context.Context, tx *gorm.DB, by audit.Actor, kind string, participationID, holderID, upTo int64) error {
	err := tx.WithContext(ctx).Exec(`INSERT INTO message_marks (conversation_id, kind, message_id, made_by, made_at)
		SELECT c.id, @kind, max(m.id), @by, @now FROM conversations c JOIN messages m ON m.conversation_id = c.id
		WHERE c.participation_id = @participation AND (@holder = 0 OR c.participant_id = @holder) AND m.id <= @upto AND (@kind = 'done' OR m.sender = @theirs)
		GROUP BY c.id HAVING max(m.id) > coalesce((SELECT max(k.message_id) FROM message_marks k WHERE k.conversation_id = c.id AND k.kind = @kind), 0)
		ON CONFLICT DO NOTHING`, map[string]any{
		"kind": kind, "by": by, "now": tx.NowFunc(), "participation": participationID, "holder": holderID, "upto": upTo,
		"theirs": map[string]string{readByParticipant: sentByStaff, readByStaff: sentByParticipant}[kind],
	}).Error
	if err != nil {
		return fmt.Errorf("mark messages: %w", err)
	}
	return nil
}

// recountWaiting finds the first message that waits for an answer, under the lock of the participation.
func recountWaiting(ctx context.Context, tx *gorm.DB, participationID int64) error {
	return tx.WithContext(ctx).Exec(`UPDATE conversations c SET waiting_since = (SELECT min(m.sent_at) FROM messages m WHERE m.conversation_id = c.id
			AND m.sender = 'participant' AND m.id > coalesce((SELECT max(k.message_id) FROM message_marks k WHERE k.conversation_id = c.id AND k.kind = 'done'), 0))
		WHERE c.participation_id = ? AND EXISTS (SELECT FROM participants p WHERE p.id = c.participant_id AND p.erased_at IS NULL)`, participationID).Error
}
