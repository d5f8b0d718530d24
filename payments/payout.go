package payments

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Prepare writes down a run, its payouts and the files for the bank; no money moves yet. Whoever is like a
// name on the sanctions list stays out, and whoever would bring the day over its limit waits for another one.
func (s *Service) Prepare(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, debtor Debtor, execute time.Time, payees iter.Seq2[Payee, error]) (Run, error) {
	return s.prepare(ctx, tx, Run{ClaimID: claimID, PreparedBy: by, ExecuteOn: execute}, debtor, payees)
}

// Replace prepares what is left of a run that was cancelled to take people out.
func (s *Service) Replace(ctx context.Context, tx *gorm.DB, by audit.Actor, old Run, debtor Debtor, execute time.Time, payees iter.Seq2[Payee, error]) (Run, error) {
	run, err := s.prepare(ctx, tx, Run{ClaimID: old.ClaimID, PreparedBy: by, ExecuteOn: execute, Replaces: &old.ID}, debtor, payees)
	if err != nil {
		return run, err
	}
	return run, copyChecks(ctx, tx, old.ID, run.ID)
}

func (s *Service) prepare(ctx context.Context, tx *gorm.DB, run Run, debtor Debtor, payees iter.Seq2[Payee, error]) (Run, error) {
	if !audit.InTransaction(tx) {
		return Run{}, audit.ErrNoTransaction
	}
	if err := patient(ctx, tx); err != nil {
		return Run{}, err
	}
	// One run of a claim is prepared at a time, so that nobody is planned twice in two of them.
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('payout_runs'), ?::int)`, run.ClaimID).Error; err != nil {
		return Run{}, fmt.Errorf("prepare run: %w", err)
	}
	most, err := s.leftOfDay(ctx, tx, run.ExecuteOn, 0)
	if err != nil {
		return Run{}, err
	}
	all, err := gather(payees)
	if err != nil {
		return Run{}, err
	}
	if all, run.SanctionsListID, err = s.screen(ctx, tx, all); err != nil {
		return Run{}, err
	}
	items, err := s.items(ctx, tx, withinDay(all, most))
	if err != nil {
		return Run{}, err
	}
	if len(items) == 0 && len(all) > 0 {
		return Run{}, ErrDayLimit
	}
	if len(items) == 0 {
		return Run{}, ErrNothingToPay
	}
	run.Status, run.ItemCount, run.TotalCents, run.ItemsSHA256, run.PreparedAt = RunPrepared, int64(len(items)), total(items), itemsHash(items), tx.NowFunc()
	if err := table.Of[Run](tx).Create(ctx, &run); err != nil {
		return run, fmt.Errorf("prepare run: %w", err)
	}
	if err := insertPayouts(ctx, tx, run, items); err != nil {
		return run, err
	}
	if err := s.writeFiles(ctx, tx, run, debtor, items); err != nil {
		return run, err
	}
	return run, audit.Record(ctx, tx, run.PreparedBy, "run.prepared", run.subject(), map[string]int64{"count": run.ItemCount, "total_cents": int64(run.TotalCents)})
}

// gather reads the payees, and refuses one who gets nothing.
func gather(payees iter.Seq2[Payee, error]) (all []Payee, err error) {
	for p, err := range payees {
		if err != nil {
			return nil, err
		}
		if p.AmountCents <= 0 {
			return nil, fmt.Errorf("%w: award %d has nothing to pay out", ErrPayee, p.AwardID)
		}
		all = append(all, p)
	}
	return all, nil
}

// withinDay are the first payees that fit in what may still go out.
func withinDay(all []Payee, most Cents) []Payee {
	for i, p := range all {
		if most -= p.AmountCents; most < 0 {
			return all[:i]
		}
	}
	return all
}

// leftOfDay is how much may still go out for a day of payment, apart from one run. Runs for a day are
// prepared and released one after the other, so that two of them don't use the same room.
func (s *Service) leftOfDay(ctx context.Context, tx *gorm.DB, day time.Time, apart int64) (Cents, error) {
	if s.cfg.DayLimit <= 0 {
		return math.MaxInt64, nil
	}
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('payout_days'))`).Error; err != nil {
		return 0, fmt.Errorf("limit of a day: %w", err)
	}
	var used Cents
	err := tx.WithContext(ctx).Raw(`SELECT coalesce(sum(total_cents), 0)::bigint FROM payout_runs WHERE execute_on = ? AND status <> 'cancelled' AND id <> ?`, day, apart).Scan(&used).Error
	if err != nil {
		return 0, fmt.Errorf("limit of a day: %w", err)
	}
	return s.cfg.DayLimit - used, nil
}

// items numbers the attempts, so that a payout after a return has a key of its own.
func (s *Service) items(ctx context.Context, tx *gorm.DB, payees []Payee) ([]item, error) {
	items, people := make([]item, len(payees)), make([]int64, len(payees))
	for i, p := range payees {
		items[i], people[i] = item{Payee: p, part: i/s.cfg.FilePart + 1}, p.ParticipationID
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
