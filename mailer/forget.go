package mailer

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// forgotten stands where the address of somebody stood of whom nothing is kept.
const forgotten = "gewist@gewist.invalid"

// Forget takes everything out of the outbox that tells who somebody was:
// addresses, values, and what mail servers said. What still waits is dropped,
// but for the mail that tells of the erasure itself. It says how many mails that were.
func Forget(ctx context.Context, tx *gorm.DB, participantID int64, address string) (int64, error) {
	done := tx.WithContext(ctx).Exec(`UPDATE outbox SET recipient = ?, data = '{}', last_error = '', status = CASE status WHEN 'queued' THEN 'dropped' ELSE status END
		WHERE (participant_id = ? OR lower(recipient) = lower(?)) AND recipient <> ? AND NOT (forget AND status IN ('queued', 'sending'))`,
		forgotten, participantID, address, forgotten)
	if done.Error != nil {
		return 0, fmt.Errorf("forget the mails of a person: %w", done.Error)
	}
	return done.RowsAffected, nil
}

// ForgetAddress does the same for mails to an address that were nobody's yet when they were written, before a moment.
func ForgetAddress(ctx context.Context, tx *gorm.DB, address string, before time.Time) (int64, error) {
	done := tx.WithContext(ctx).Exec(`UPDATE outbox SET recipient = ?, data = '{}', last_error = '', status = CASE status WHEN 'queued' THEN 'dropped' ELSE status END
		WHERE lower(recipient) = lower(?) AND participant_id IS NULL AND created_at < ?`, forgotten, address, before)
	if done.Error != nil {
		return 0, fmt.Errorf("forget the mails to an address: %w", done.Error)
	}
	return done.RowsAffected, nil
}

// ForgetErased does the same for mails that were on their way into the outbox
// while somebody was erased.
func ForgetErased(ctx context.Context, db *gorm.DB) error {
	err := db.WithContext(ctx).Exec(`UPDATE outbox o SET recipient = ?, data = '{}', last_error = '', status = CASE o.status WHEN 'queued' THEN 'dropped' ELSE o.status END
		FROM participants p WHERE p.id = o.participant_id AND p.erased_at IS NOT NULL AND o.recipient <> ? AND NOT (o.forget AND o.status IN ('queued', 'sending'))`,
		forgotten, forgotten).Error
	if err != nil {
		return fmt.Errorf("forget mails of who was erased: %w", err)
	}
	return nil
}
