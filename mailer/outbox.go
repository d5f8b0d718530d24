package mailer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// batch is how many rows go into one INSERT.
const batch = 5_000

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
	for some := range slices.Chunk(rows, batch) {
		if err := insert(ctx, tx, some); err != nil {
			return fmt.Errorf("enqueue %d mails: %w", len(mails), err)
		}
	}
	return nil
}

// insert writes mails in one statement of constant length, however many there are.
func insert(ctx context.Context, tx *gorm.DB, rows []row) error {
	n := len(rows)
	keys, to, langs, templates, data, policies := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	expires, people, forget := make([]*time.Time, n), make([]*int64, n), make([]bool, n)
	for i, r := range rows {
		keys[i], to[i], langs[i], templates[i], data[i], policies[i] = r.Key, r.Recipient, r.Lang, r.Template, string(r.Data), string(r.Policy)
		expires[i], people[i], forget[i] = r.ExpiresAt, r.ParticipantID, r.Forget
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO outbox (key, recipient, lang, template, data, policy, status, expires_at, participant_id, forget, next_try_at, created_at)
		SELECT key, recipient, lang, template, data::jsonb, policy, 'queued', expires_at, participant_id, forget, $10, $10
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[], $9::boolean[])
			AS m (key, recipient, lang, template, data, policy, expires_at, participant_id, forget)
		ON CONFLICT (key) DO NOTHING`, keys, to, langs, templates, data, policies, expires, people, forget, tx.NowFunc())
	return err
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
		Policy: m.Policy, Status: queued, NextTryAt: now, CreatedAt: now, Forget: m.Forget}
	if !m.ExpiresAt.IsZero() {
		r.ExpiresAt = &m.ExpiresAt
	}
	if m.ParticipantID != 0 {
		r.ParticipantID = &m.ParticipantID
	}
	return r, nil
}
