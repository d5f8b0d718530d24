package payments

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Prepare writes down a run, its payouts and the files for the bank; no money moves yet.
func (s *Service) Prepare(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, debtor Debtor, execute time.Time, payees iter.Seq2[Payee, error]) (Run, error) {
	if !audit.InTransaction(tx) {
		return Run{}, audit.ErrNoTransaction
	}
	if err := patient(ctx, tx); err != nil {
		return Run{}, err
	}
	// One run of a claim is prepared at a time, so that nobody is planned twice in two of them.
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('payout_runs'), ?::int)`, claimID).Error; err != nil {
		return Run{}, fmt.Errorf("prepare run: %w", err)
	}
	items, err := s.items(ctx, tx, payees)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		ClaimID: claimID, Status: RunPrepared, ItemCount: int64(len(items)), TotalCents: total(items), ItemsSHA256: itemsHash(items),
		ExecuteOn: execute, PreparedBy: by, PreparedAt: tx.NowFunc(),
	}
	if err := table.Of[Run](tx).Create(ctx, &run); err != nil {
		return run, fmt.Errorf("prepare run: %w", err)
	}
	if err := insertPayouts(ctx, tx, run, items); err != nil {
		return run, err
	}
	if err := s.writeFiles(ctx, tx, run, debtor, items); err != nil {
		return run, err
	}
	return run, audit.Record(ctx, tx, by, "run.prepared", run.subject(), map[string]int64{"count": run.ItemCount, "total_cents": int64(run.TotalCents)})
}

// items numbers the attempts, so that a payout after a return has a key of its own.
func (s *Service) items(ctx context.Context, tx *gorm.DB, payees iter.Seq2[Payee, error]) ([]item, error) {
	var items []item
	var people []int64
	for p, err := range payees {
		if err != nil {
			return nil, err
		}
		if p.AmountCents <= 0 {
			return nil, fmt.Errorf("%w: award %d has nothing to pay out", ErrPayee, p.AwardID)
		}
		items = append(items, item{Payee: p, part: len(items)/s.cfg.FilePart + 1})
		people = append(people, p.ParticipationID)
	}
	if len(items) == 0 {
		return nil, ErrNothingToPay
	}
	tried, err := attempts(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	for i, it := range items {
		tried[it.ParticipationID]++
		items[i].endID = fmt.Sprintf("%s-%d", it.Number, tried[it.ParticipationID])
	}
	return items, nil
}

// attempts counts the payouts there were before, by participation.
func attempts(ctx context.Context, tx *gorm.DB, people []int64) (map[int64]int, error) {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT participation_id, count(*) FROM payouts
		WHERE participation_id = ANY($1) GROUP BY 1`, people)
	if err != nil {
		return nil, fmt.Errorf("earlier payouts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	tried := map[int64]int{}
	for rows.Next() {
		var id int64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("earlier payouts: %w", err)
		}
		tried[id] = n
	}
	return tried, rows.Err()
}

func insertPayouts(ctx context.Context, tx *gorm.DB, run Run, items []item) error {
	for some := range slices.Chunk(items, rowsAtOnce) {
		n := len(some)
		awards, people, accounts, amounts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
		parts, keys := make([]int32, n), make([]string, n)
		for i, it := range some {
			awards[i], people[i], accounts[i], amounts[i] = it.AwardID, it.ParticipationID, it.AccountID, int64(it.AmountCents)
			parts[i], keys[i] = int32(it.part), it.endID
		}
		_, err := tx.Statement.ConnPool.ExecContext(ctx, `
			INSERT INTO payouts (run_id, award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents, status)
			SELECT $1, *, 'planned' FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::bigint[])`,
			run.ID, awards, people, accounts, parts, keys, amounts)
		if err != nil {
			return payoutTrouble(err)
		}
	}
	return checkPayees(ctx, tx, run, "p.status = 'planned' AND d.status = 'approved' AND pa.superseded_at IS NULL")
}

// payoutTrouble tells somebody who would be paid twice from other trouble.
func payoutTrouble(err error) error {
	var bad *pgconn.PgError
	switch {
	case errors.As(err, &bad) && bad.Code == "23505":
		return ErrPayeeTwice
	case errors.As(err, &bad) && strings.HasPrefix(bad.Code, "23"):
		return fmt.Errorf("%w: %s", ErrPayee, bad.ConstraintName)
	}
	return fmt.Errorf("prepare run: %w", err)
}

// checkPayees compares each payout with the award it pays and the account it
// goes to, and keeps those accounts from changing until the end of the transaction.
func checkPayees(ctx context.Context, tx *gorm.DB, run Run, condition string, args ...any) error {
	var good int64
	err := tx.WithContext(ctx).Raw(`
		WITH good AS (
			SELECT p.id FROM payouts p
			JOIN awards a ON a.id = p.award_id AND a.participation_id = p.participation_id AND a.payout_cents = p.amount_cents
			JOIN distributions d ON d.id = a.distribution_id AND d.claim_id = ?
			JOIN payee_accounts pa ON pa.id = p.payee_account_id AND pa.participation_id = p.participation_id
			WHERE p.run_id = ? AND `+condition+` FOR SHARE OF pa
		) SELECT count(*) FROM good`, append([]any{run.ClaimID, run.ID}, args...)...).Scan(&good).Error
	if err != nil {
		return fmt.Errorf("check run %d: %w", run.ID, err)
	}
	if good != run.ItemCount {
		return fmt.Errorf("%w: %d of %d", ErrPayee, run.ItemCount-good, run.ItemCount)
	}
	return nil
}
