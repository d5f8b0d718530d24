package ledger

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// PostRows writes many journals to the books out of two queries, in a few
// statements however many there are; all of them or none. The first query gives
// key, event, source, text, claim_id and booked_on of each journal, the second
// key, account, amount_cents and participation_id of each line; lines of zero
// are left out. Until the end of the transaction the table "posted" holds key
// and journal_id of what was written.
func PostRows(ctx context.Context, tx *gorm.DB, journals, lines string) error {
	if _, ok := tx.Statement.ConnPool.(gorm.TxCommitter); !ok {
		return ErrNoTransaction
	}
	if err := tx.WithContext(ctx).Exec(`DROP TABLE IF EXISTS pg_temp.posted; CREATE TEMP TABLE posted (key text, journal_id bigint) ON COMMIT DROP`).Error; err != nil {
		return fmt.Errorf("post: %w", err)
	}
	pool := tx.Statement.ConnPool
	_, err := pool.ExecContext(ctx, `WITH added AS (
			INSERT INTO journals (key, event, source, text, claim_id, booked_on, created_at) SELECT *, $1::timestamptz FROM (`+journals+`) j RETURNING key, id
		) INSERT INTO posted SELECT key, id FROM added`, tx.NowFunc())
	if err != nil {
		return posted(err)
	}
	if _, err := pool.ExecContext(ctx, `ANALYZE posted`); err != nil {
		return fmt.Errorf("post: %w", err)
	}
	return postLines(ctx, tx, lines)
}

// postLines writes the lines and refuses journals that do not balance or are not complete.
func postLines(ctx context.Context, tx *gorm.DB, lines string) error {
	var good, incomplete, all int64
	err := tx.Statement.ConnPool.QueryRowContext(ctx, `WITH l AS (
			SELECT p.journal_id, l.account, l.amount_cents, l.participation_id FROM (`+lines+`) l (key, account, amount_cents, participation_id)
			LEFT JOIN posted p USING (key) WHERE l.amount_cents <> 0
		), added AS (
			INSERT INTO entries (journal_id, account, amount_cents, participation_id) SELECT * FROM l RETURNING journal_id, amount_cents
		)
		SELECT (SELECT count(*) FROM (SELECT FROM added GROUP BY journal_id HAVING count(*) > 1 AND sum(amount_cents) = 0) b),
			(SELECT count(*) FROM journals j JOIN posted p ON p.journal_id = j.id WHERE '' IN (j.key, j.event, j.source, j.text)),
			(SELECT count(*) FROM posted)`).Scan(&good, &incomplete, &all)
	switch {
	case err != nil:
		return fmt.Errorf("post lines: %w", err)
	case incomplete > 0:
		return ErrIncomplete
	case good != all:
		return fmt.Errorf("%w: %d of %d journals", ErrUnbalanced, all-good, all)
	}
	return nil
}
