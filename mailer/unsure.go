package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// ErrUnsureMoved means that there are more or fewer mails than a person decided about.
var ErrUnsureMoved = errors.New("the mails of which nobody knows whether they arrived are others now")

// Unsure are the mails of one kind of which nobody knows whether they arrived:
// the program died while it handed them over. Codes and such, which are of no use later, are not among them.
type Unsure struct {
	Template  string
	MailingID int64 // 0: mails of their own
	Count     int64
	Since     time.Time
}

// unsureRows is which mails a person can decide about.
const unsureRows = `status = 'unknown' AND expires_at IS NULL AND recipient <> '` + forgotten + `'`

// UnsureMails lists them by kind and mailing, the oldest first.
func UnsureMails(ctx context.Context, db *gorm.DB) ([]Unsure, error) {
	all, err := table.Of[Unsure](db).Raw(`SELECT template, coalesce(mailing_id, 0) AS mailing_id, count(*) AS count, min(created_at) AS since
		FROM outbox WHERE ` + unsureRows + ` GROUP BY 1, 2 ORDER BY 4, 1, 2 LIMIT 500`).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list unsure mails: %w", err)
	}
	return all, nil
}

// RequeueUnsure sends once more what a person decided about: some of these mails
// may arrive twice. It refuses when they are others than the person saw. A
// mailing that was finished goes on, until each of its mails has a final state again.
func RequeueUnsure(ctx context.Context, tx *gorm.DB, u Unsure) error {
	if !audit.InTransaction(tx) {
		return audit.ErrNoTransaction
	}
	done := tx.WithContext(ctx).Exec(`UPDATE outbox SET status = 'queued', attempts = 0, next_try_at = ?, last_error = ''
		WHERE `+unsureRows+` AND template = ? AND coalesce(mailing_id, 0) = ?`, tx.NowFunc(), u.Template, u.MailingID)
	if done.Error != nil {
		return fmt.Errorf("send unsure mails once more: %w", done.Error)
	}
	if done.RowsAffected != u.Count || u.Count == 0 {
		return ErrUnsureMoved
	}
	if u.MailingID == 0 {
		return nil
	}
	err := tx.WithContext(ctx).Exec(`UPDATE mailings SET status = 'sending', finished_at = NULL WHERE status = 'finished' AND id = ?`, u.MailingID).Error
	if err != nil {
		return fmt.Errorf("go on with mailing %d: %w", u.MailingID, err)
	}
	return nil
}
