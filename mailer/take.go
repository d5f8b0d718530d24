package mailer

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"samenclaim/internal/table"

	"gorm.io/gorm"
)

const (
	// lease is how long a mail may stand as "sending". Nobody starts to hand one
	// over in the second half of it, so that no other worker takes it for lost meanwhile.
	lease = 5 * time.Minute
	// maxAttempts is how often a mail is tried.
	maxAttempts = 20
)

// messageID gives a mail its name, once. Nobody can guess one: who reports that a mail came back has seen it.
const messageID = `CASE message_id WHEN '' THEN 'outbox-' || outbox.id || '-' || replace(gen_random_uuid()::text, '-', '') || '@' || ?::text ELSE message_id END`

// take marks a batch as being sent and commits that, before anything leaves the
// house. What expires goes first; mails of mailings have a queue of their own.
func take(ctx context.Context, db *gorm.DB, domain string, n int) ([]row, error) {
	now := db.NowFunc()
	rows, err := table.Of[row](db).Raw(`
		UPDATE outbox SET status = 'sending', attempts = attempts + 1, next_try_at = ?, message_id = `+messageID+`
		  FROM (SELECT id FROM outbox
		         WHERE status = 'queued' AND mailing_id IS NULL AND next_try_at <= ?
		         ORDER BY expires_at, next_try_at, id LIMIT ?
		           FOR UPDATE SKIP LOCKED) AS due
		 WHERE outbox.id = due.id
		RETURNING outbox.*`, now.Add(lease), domain, now, n).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("take mails to send: %w", err)
	}
	slices.SortFunc(rows, func(a, b row) int {
		if (a.ExpiresAt == nil) != (b.ExpiresAt == nil) {
			if a.ExpiresAt == nil {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return rows, nil
}

// lapse drops what is no longer worth sending, and settles what a killed process
// left as "sending": nobody knows whether those mails were handed over.
func lapse(ctx context.Context, db *gorm.DB) error {
	now := db.NowFunc()
	err := db.WithContext(ctx).Exec(`
		UPDATE outbox SET
		       status = CASE WHEN status = 'queued' THEN 'dropped'
		                     WHEN policy = 'hold' THEN 'unknown'
		                     WHEN attempts >= ? THEN 'failed'
		                     ELSE 'queued' END,
		       last_error = CASE status WHEN 'queued' THEN last_error ELSE 'interrupted while sending' END,
		       data = CASE WHEN expires_at IS NULL OR status = 'sending' AND policy = 'resend' THEN data ELSE '{}' END,
		       recipient = CASE WHEN forget AND NOT (status = 'sending' AND policy = 'resend' AND attempts < ?) THEN ? ELSE recipient END
		 WHERE status = 'queued' AND mailing_id IS NULL AND expires_at <= ? OR status = 'sending' AND next_try_at <= ?`, maxAttempts, maxAttempts, forgotten, now, now).Error
	if err != nil {
		return fmt.Errorf("settle mails that were left: %w", err)
	}
	return nil
}
