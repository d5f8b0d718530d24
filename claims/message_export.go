package claims

import (
	"context"
	"time"

	"samenclaim/participants"
)

// exportedMessage is a message as its person gets it.
type exportedMessage struct {
	Number string     `json:"number"` // of the participation
	From   string     `json:"from"`   // you or the foundation
	Text   string     `json:"text"`
	SentAt time.Time  `json:"sent_at"`
	ReadAt *time.Time `json:"read_at,omitempty"`
}

// exportMessages are all messages of a person, about every participation they have or had, oldest first.
func (s *Service) exportMessages(ctx context.Context, person participants.Participant) ([]exportedMessage, error) {
	var rows []struct {
		Number, Sender string
		Body           []byte
		SentAt         time.Time
		ReadAt         *time.Time
	}
	err := s.db.WithContext(ctx).Raw(`SELECT t.number, m.sender, m.body, m.sent_at, (SELECT min(k.made_at) FROM message_marks k WHERE k.conversation_id = c.id AND k.message_id >= m.id
			AND k.kind = CASE m.sender WHEN 'staff' THEN 'read_by_participant' ELSE 'read_by_staff' END) AS read_at
		FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN participations t ON t.id = c.participation_id
		WHERE c.participant_id = ? ORDER BY m.id`, person.ID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	key, err := s.vault.OpenKey(person.KeyWrapped)
	if err != nil {
		return nil, err
	}
	all := make([]exportedMessage, len(rows))
	for i, r := range rows {
		text, err := key.UnsealText(r.Body, aboutMessage)
		if err != nil {
			return nil, err
		}
		all[i] = exportedMessage{Number: r.Number, From: "you", Text: text, SentAt: r.SentAt, ReadAt: r.ReadAt}
		if r.Sender == sentByStaff {
			all[i].From = "the foundation"
		}
	}
	return all, nil
}
