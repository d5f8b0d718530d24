package ledger

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Number gives every journal that is committed its number in the year of its day, without a hole, and tells how
// many got one. Numbers are given afterwards: given while a journal is posted, they would make all bookings wait
// for each other, or leave a hole where a booking was taken back. Others that number wait until the transaction ends.
func Number(ctx context.Context, tx *gorm.DB) (int64, error) {
	if _, ok := tx.Statement.ConnPool.(gorm.TxCommitter); !ok {
		return 0, ErrNoTransaction
	}
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('journal_numbers'))`).Error; err != nil {
		return 0, fmt.Errorf("number the journals: %w", err)
	}
	return numberAll(ctx, tx)
}

func numberAll(ctx context.Context, tx *gorm.DB) (int64, error) {
	done := tx.WithContext(ctx).Exec(`WITH x AS (SELECT j.id, extract(year FROM j.booked_on)::int AS year FROM journals j
			WHERE NOT EXISTS (SELECT FROM journal_numbers n WHERE n.journal_id = j.id)),
			l AS (SELECT year, (SELECT coalesce(max(number), 0) FROM journal_numbers n WHERE n.year = d.year) AS last FROM (SELECT DISTINCT year FROM x) d)
		INSERT INTO journal_numbers SELECT year, l.last + row_number() OVER (PARTITION BY year ORDER BY x.id), x.id FROM x JOIN l USING (year)`)
	if done.Error != nil {
		return 0, fmt.Errorf("number the journals: %w", done.Error)
	}
	return done.RowsAffected, nil
}

// OpenDay is a day, or the first day after it that is not in a closed period: what is known late is booked there.
// Until the end of the transaction nothing is closed.
func OpenDay(ctx context.Context, tx *gorm.DB, day time.Time) (time.Time, error) {
	if _, ok := tx.Statement.ConnPool.(gorm.TxCommitter); !ok {
		return day, ErrNoTransaction
	}
	db := tx.WithContext(ctx)
	if err := db.Exec(`SELECT pg_advisory_xact_lock_shared(hashtext('books'))`).Error; err != nil {
		return day, fmt.Errorf("first open day: %w", err)
	}
	if err := db.Raw(`SELECT greatest(?::date, closed_until() + 1)`, day.Format(time.DateOnly)).Row().Scan(&day); err != nil {
		return day, fmt.Errorf("first open day: %w", err)
	}
	return day, nil
}
