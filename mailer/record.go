package mailer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// result is what became of one mail of a batch.
type result struct {
	row     row
	outcome outcome
	why     string
}

const (
	firstWait = 10 * time.Second
	maxWait   = time.Hour
	// outage is how long a batch waits when the mail server cannot be reached at
	// all. That is not the mails' fault and counts as no attempt.
	outage = 30 * time.Second
)

// record writes down what became of mails. Whatever happens to the caller, this
// is finished: what it writes has happened already.
func record(ctx context.Context, db *gorm.DB, results []result) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	var done, back []int64
	return db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, r := range results {
			switch r.outcome {
			case delivered:
				done = append(done, r.row.ID)
			case untried:
				back = append(back, r.row.ID)
			default:
				if err := settle(ctx, tx, r); err != nil {
					return err
				}
			}
		}
		now := tx.NowFunc()
		// The values are wiped: no code and no name stays behind.
		if err := move(ctx, tx, done, `status = CASE WHEN bounced_at IS NULL THEN 'sent' ELSE 'bounced' END, sent_at = ?, data = '{}', last_error = '', recipient = CASE WHEN forget THEN ? ELSE recipient END`, now, forgotten); err != nil {
			return err
		}
		return move(ctx, tx, back, `status = 'queued', attempts = attempts - 1, next_try_at = ?`, now.Add(outage))
	})
}

// settle writes down the end, or the next try, of a mail that was not taken.
func settle(ctx context.Context, tx *gorm.DB, r result) error {
	to := queued
	switch {
	case r.outcome == refused:
		to = failed
	case r.outcome == unsure && r.row.Policy == Hold:
		to = unknown
	case r.row.Attempts >= maxAttempts:
		to = failed
	}
	return move(ctx, tx, []int64{r.row.ID},
		`status = ?, next_try_at = ?, last_error = CASE WHEN forget THEN '' ELSE ? END, data = CASE WHEN expires_at IS NULL OR ? = 'queued' THEN data ELSE '{}' END,
		 recipient = CASE WHEN forget AND ? <> 'queued' THEN ? ELSE recipient END`,
		to, tx.NowFunc().Add(wait(r.row.Attempts)), r.why, to, to, forgotten)
}

// move changes mails that are still ours to change.
func move(ctx context.Context, tx *gorm.DB, ids []int64, set string, args ...any) error {
	if len(ids) == 0 {
		return nil
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	args = append(args, "{"+strings.Join(list, ",")+"}")
	err := tx.WithContext(ctx).Exec(`UPDATE outbox SET `+set+` WHERE id = ANY(?::bigint[]) AND status = 'sending'`, args...).Error
	if err != nil {
		return fmt.Errorf("write down what became of %d mails: %w", len(ids), err)
	}
	return nil
}

// wait is the time until the next try: twice as long each time, at most an hour.
func wait(attempts int) time.Duration {
	return min(maxWait, firstWait<<min(max(attempts-1, 0), 12))
}
