package mailer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
)

// batch is how many rows go into one INSERT.
const batch = 500

// Enqueue adds a mail to the outbox, in the transaction of the fact it tells of.
func Enqueue(ctx context.Context, tx *gorm.DB, m Mail) error {
	return EnqueueAll(ctx, tx, []Mail{m})
}

// EnqueueAll adds many mails to the outbox at once, or none of them.
func EnqueueAll(ctx context.Context, tx *gorm.DB, mails []Mail) error {
	if !audit.InTransaction(tx) {
		return audit.ErrNoTransaction
	}
	if len(mails) == 0 {
		return nil
	}
	rows := make([]row, 0, len(mails))
	for _, m := range mails {
		r, err := m.row(tx.NowFunc())
		if err != nil {
			return fmt.Errorf("mail %s %q: %w", m.Template, m.Key, err)
		}
		rows = append(rows, r)
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, DoNothing: true}
	if err := gorm.G[row](tx, once).CreateInBatches(ctx, &rows, batch); err != nil {
		return fmt.Errorf("enqueue %d mails: %w", len(mails), err)
	}
	return nil
}

// row checks a mail and makes its line in the outbox.
func (m Mail) row(now time.Time) (row, error) {
	if m.Policy == "" {
		m.Policy = Hold
	}
	if m.Key == "" || hasControl(m.Key) || m.Policy != Hold && m.Policy != Resend {
		return row{}, ErrBadMail
	}
	if err := checkAddress(m.To); err != nil {
		return row{}, err
	}
	if err := check(m.Template, m.Lang, m.Data); err != nil {
		return row{}, err
	}
	data, err := json.Marshal(m.Data)
	if err != nil {
		return row{}, fmt.Errorf("%w: %w", ErrBadMail, err)
	}
	if m.Data == nil {
		data = json.RawMessage("{}")
	}
	r := row{Key: m.Key, Recipient: m.To, Lang: m.Lang, Template: m.Template, Data: data,
		Policy: m.Policy, Status: queued, NextTryAt: now, CreatedAt: now}
	if !m.ExpiresAt.IsZero() {
		r.ExpiresAt = &m.ExpiresAt
	}
	if m.ParticipantID != 0 {
		r.ParticipantID = &m.ParticipantID
	}
	return r, nil
}
