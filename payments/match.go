package payments

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// finds says for each of some lines what it is, in a fixed order: what went
// out first, so that what came back finds it; by our own key before anything
// else; of equals the first. When more than one thing fits, nothing is chosen.
// It takes a query for the lines, and gives n, kind (empty: it stays open), why
// it stays open, and what of ours it is.
//
// Each step adds to every line what the lines before it change: first_out is
// the line that takes a payout, file_at the one that takes a whole file, and
// first_back the one that brings a payout back. A file is what the bank did not
// reject of it.
const finds = `WITH l AS (%s),
named_files AS (
	SELECT f.run_id, f.part, f.message_id, f.count - x.count AS count, f.total_cents - x.cents AS total_cents,
		(SELECT count(*) FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part AND p.status = 'sent') AS sent,
		EXISTS (SELECT FROM line_matches m WHERE m.kind = 'payout_file' AND m.run_id = f.run_id AND m.part = f.part) AS matched
	FROM payout_files f, LATERAL (SELECT count(*), coalesce(sum(amount_cents), 0)::bigint AS cents FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part AND p.status = 'rejected') x
	WHERE f.message_id IN (SELECT batch_id FROM l WHERE amount_cents < 0)
), ours AS (
	SELECT l.n, l.amount_cents, l.is_return, l.named, p.id AS payout_id, p.amount_cents AS payout_cents, p.status,
		coalesce(p.run_id, f.run_id) AS run_id, coalesce(p.part, f.part) AS part, f.message_id IS NOT NULL AS is_file, f.count, f.total_cents, f.sent, f.matched,
		min(l.n) FILTER (WHERE p.status = 'sent' AND l.amount_cents = -p.amount_cents) OVER (PARTITION BY p.id) AS first_out
	FROM l LEFT JOIN payouts p ON p.end_to_end_id = l.end_to_end_id
	LEFT JOIN named_files f ON p.id IS NULL AND l.amount_cents < 0 AND f.message_id = l.batch_id
), one_by_one AS (
	SELECT *, count(*) FILTER (WHERE n = first_out) OVER (PARTITION BY run_id, part ORDER BY n) AS taken FROM ours
), whole AS (
	SELECT *, min(n) FILTER (WHERE is_file AND NOT matched AND total_cents = -amount_cents AND sent = count AND taken = 0) OVER (PARTITION BY run_id, part) AS file_at
	FROM one_by_one
), gone AS (
	SELECT *, status = 'booked' OR status = 'sent' AND (first_out IS NOT NULL OR file_at IS NOT NULL) AS went FROM whole
), back AS (
	SELECT *, min(n) FILTER (WHERE went AND amount_cents BETWEEN 1 AND payout_cents AND (is_return OR amount_cents = payout_cents)) OVER (PARTITION BY payout_id) AS first_back
	FROM gone
), received AS (
	SELECT b.named, min(b.n) AS first FROM back b JOIN settlements s ON s.id = b.named
	WHERE b.payout_id IS NULL AND b.amount_cents > 0
	AND b.amount_cents = s.pot_cents - (SELECT coalesce(sum(m.amount_cents), 0) FROM line_matches m WHERE m.settlement_id = s.id) GROUP BY b.named
), verdicts AS (
	SELECT b.n, b.payout_id, b.run_id, b.part, b.named, CASE
		WHEN amount_cents < 0 AND payout_id IS NOT NULL THEN CASE
			WHEN status IN ('booked', 'returned') THEN 'booked_before'
			WHEN status <> 'sent' THEN 'not_sent'
			WHEN file_at IS NOT NULL THEN CASE WHEN n > file_at THEN 'booked_before' ELSE 'amount' END
			WHEN n = first_out THEN '+payout'
			WHEN n > first_out THEN 'booked_before'
			ELSE 'amount' END
		WHEN amount_cents < 0 AND is_file THEN CASE
			WHEN n = file_at THEN '+payout_file'
			WHEN matched OR n > file_at THEN 'booked_before'
			WHEN total_cents <> -amount_cents THEN 'amount'
			WHEN sent = taken THEN 'not_sent'
			ELSE 'file_partly' END
		WHEN amount_cents < 0 THEN 'unknown'
		WHEN payout_id IS NOT NULL THEN CASE
			WHEN status = 'returned' THEN 'returned_twice'
			WHEN NOT went THEN 'not_booked'
			WHEN n = first_back THEN '+return'
			WHEN n > first_back THEN 'returned_twice'
			ELSE 'amount' END
		WHEN b.named = 0 THEN 'unknown'
		WHEN b.named = -1 THEN 'several'
		WHEN n = r.first THEN '+settlement'
		ELSE 'amount' END AS verdict
	FROM back b LEFT JOIN received r ON r.named = b.named
)
SELECT n, CASE WHEN verdict LIKE '+%%' THEN substr(verdict, 2) ELSE '' END AS kind, CASE WHEN verdict LIKE '+%%' THEN '' ELSE verdict END AS why,
	payout_id, run_id, part, nullif(greatest(named, 0), 0) AS settlement_id FROM verdicts`

// match finds what the lines on the stage are, all at once.
func match(ctx context.Context, tx *gorm.DB) error {
	err := tx.WithContext(ctx).Exec(`INSERT INTO findings (n, kind, payout_id, run_id, part, settlement_id) SELECT n, kind, payout_id, run_id, part, settlement_id FROM (` +
		fmt.Sprintf(finds, `SELECT n, amount_cents, end_to_end_id, batch_id, is_return, named FROM stage`) + `) x WHERE kind <> '';
		ANALYZE findings`).Error
	if err != nil {
		return fmt.Errorf("match lines: %w", err)
	}
	return matchTransfers(ctx, tx)
}

// explain says for open lines why they are open as things stand now.
func explain(ctx context.Context, db *gorm.DB, lines []Line) error {
	references, err := expectedMoney(ctx, db)
	if err != nil || len(lines) == 0 {
		return err
	}
	n := len(lines)
	order, amounts, named := make([]int64, n), make([]int64, n), make([]int64, n)
	keys, batches, returns := make([]string, n), make([]string, n), make([]bool, n)
	for i, l := range lines {
		order[i], amounts[i], keys[i], batches[i], returns[i], named[i] = int64(i), int64(l.AmountCents), l.EndToEndID, l.BatchID, l.IsReturn, settlementNamed(references, l)
	}
	rows, err := db.Statement.ConnPool.QueryContext(ctx, fmt.Sprintf(finds, `SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::bigint[])
		AS x (n, amount_cents, end_to_end_id, batch_id, is_return, named)`), order, amounts, keys, batches, returns, named)
	if err != nil {
		return fmt.Errorf("explain open lines: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var at int
		var kind, why string
		var payout, run, part, settlement *int64
		if err := rows.Scan(&at, &kind, &why, &payout, &run, &part, &settlement); err != nil {
			return fmt.Errorf("explain open lines: %w", err)
		}
		if lines[at].Why = why; kind != "" {
			lines[at].Why = WhyFits
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("explain open lines: %w", err)
	}
	return explainMollie(ctx, db, lines)
}
