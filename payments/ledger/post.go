package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// chunk is how many lines go to the database in one statement.
const chunk = 10_000

// Post writes a journal to the books and returns its number; lines of zero are left out.
func Post(ctx context.Context, tx *gorm.DB, j Journal) (int64, error) {
	ids, err := PostAll(ctx, tx, []Journal{j})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// PostAll writes many journals in few statements; all of them or none.
func PostAll(ctx context.Context, tx *gorm.DB, journals []Journal) ([]int64, error) {
	if _, ok := tx.Statement.ConnPool.(gorm.TxCommitter); !ok {
		return nil, ErrNoTransaction
	}
	for _, j := range journals {
		if err := j.check(); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, 0, len(journals))
	for start := 0; start < len(journals); start += chunk {
		some, err := insertJournals(ctx, tx, journals[start:min(start+chunk, len(journals))])
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, insertLines(ctx, tx, ids, journals)
}

// insertJournals returns the numbers in the order given.
func insertJournals(ctx context.Context, tx *gorm.DB, journals []Journal) ([]int64, error) {
	n := len(journals)
	keys, events, sources, texts := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	claims, days := make([]*int64, n), make([]time.Time, n)
	at := make(map[string]int, n)
	for i, j := range journals {
		keys[i], events[i], sources[i], texts[i], days[i] = j.Key, j.Event, j.Source, j.Text, j.BookedOn
		if j.ClaimID != 0 {
			claims[i] = &journals[i].ClaimID
		}
		at[j.Key] = i
	}
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `
		INSERT INTO journals (key, event, source, text, claim_id, booked_on, created_at)
		SELECT *, $7::timestamptz FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::date[])
		RETURNING id, key`, keys, events, sources, texts, claims, days, tx.NowFunc())
	if err != nil {
		return nil, posted(err)
	}
	defer func() { _ = rows.Close() }()
	ids := make([]int64, n)
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return nil, fmt.Errorf("post: %w", err)
		}
		ids[at[key]] = id
	}
	return ids, posted(rows.Err())
}

// posted tells a fact that was booked before from other trouble.
func posted(err error) error {
	var bad *pgconn.PgError
	switch {
	case errors.As(err, &bad) && bad.Code == "23505":
		return ErrPosted
	case bad != nil && bad.ConstraintName == "period_is_open":
		return ErrClosed
	}
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	return nil
}

// lines gathers columns for one statement.
type lines struct {
	journals, amounts []int64
	accounts          []string
	participations    []*int64
}

func insertLines(ctx context.Context, tx *gorm.DB, ids []int64, journals []Journal) error {
	var b lines
	for i, j := range journals {
		for k, l := range j.Lines {
			if l.AmountCents == 0 {
				continue
			}
			b.journals, b.accounts, b.amounts = append(b.journals, ids[i]), append(b.accounts, l.Account), append(b.amounts, l.AmountCents)
			var about *int64
			if l.ParticipationID != 0 {
				about = &j.Lines[k].ParticipationID
			}
			b.participations = append(b.participations, about)
			if len(b.journals) == chunk {
				if err := b.flush(ctx, tx); err != nil {
					return err
				}
			}
		}
	}
	return b.flush(ctx, tx)
}

func (b *lines) flush(ctx context.Context, tx *gorm.DB) error {
	if len(b.journals) == 0 {
		return nil
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `
		INSERT INTO entries (journal_id, account, amount_cents, participation_id)
		SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])`,
		b.journals, b.accounts, b.amounts, b.participations)
	*b = lines{}
	if err != nil {
		return fmt.Errorf("post lines: %w", err)
	}
	return nil
}
