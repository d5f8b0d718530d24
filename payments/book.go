package payments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
)

// Returned is a payout that came back.
type Returned struct {
	PayoutID, ParticipationID, AwardID int64
	Reason                             string // the bank's code, "AC04"; empty when it gave none
	AmountCents                        Cents  // what came back; may be less than was sent
	SentCents                          Cents
}

// Received is settlement money that came in.
type Received struct {
	SettlementID, ClaimID int64
	AmountCents           Cents
}

// Booked is what a bank file, or a match by hand, changed. Who was paid comes before who was returned:
// one person can be both in the same file.
type Booked struct {
	Lines, New, Matched int
	PaidParticipations  []int64
	Returned            []Returned
	Settlements         []Received
	Runs                []int64 // runs of which the bank has now carried out everything
}

// booking writes down what the lines on the stage turned out to be, all at once.
type booking struct {
	tx  *gorm.DB
	by  audit.Actor
	now time.Time
	why string // the reason of each match, as a query on the line f
	out Booked
}

// Where the lines on the stage come from.
const (
	newLines  = "of a bank file: they are written with what they are"
	openLines = "on earlier statements: they get what they are"
)

// book writes down what the lines on the stage turned out to be: states, lines, matches and journals.
func book(ctx context.Context, tx *gorm.DB, by audit.Actor, from string) (Booked, error) {
	b := booking{tx: tx, by: by, now: tx.NowFunc(), why: reasons}
	return b.run(ctx, from)
}

func (b *booking) run(ctx context.Context, from string) (Booked, error) {
	lines := b.writeLines
	if from == openLines {
		lines = b.closeLines
	}
	for _, step := range []func(context.Context) error{b.facts, b.payouts, lines, b.post, b.invoice, b.tie, b.tell, b.finishRuns} {
		if err := step(ctx); err != nil {
			return b.out, err
		}
	}
	return b.out, nil
}

// reasons say in words why a line is what it is.
const reasons = `CASE f.kind WHEN 'payout' THEN 'zelfde kenmerk, zelfde bedrag' WHEN 'payout_file' THEN 'zelfde batch, zelfde totaal'
	WHEN 'return' THEN 'teruggekomen: zelfde kenmerk' ELSE 'zelfde betalingskenmerk, zelfde bedrag' END`

// facts gathers what the matched lines book, and the payouts they move. What the bank did on a day that is
// closed by now is booked on the first day that is open. A payout earns its fee with the VAT of that day; one
// that comes back takes back the VAT of its invoice.
func (b *booking) facts(ctx context.Context) error {
	const carried = `p.id AS payout_id, p.participation_id, p.amount_cents, a.id AS award_id, a.fee_cents`
	_, err := b.exec(ctx, `DROP TABLE IF EXISTS pg_temp.facts, pg_temp.rates, pg_temp.moved;
		SELECT pg_advisory_xact_lock_shared(hashtext('books'));
		CREATE TEMP TABLE facts ON COMMIT DROP AS
			SELECT f.*, l.line_id, l.statement_id, greatest(l.booked_on, o.first) AS booked_on, l.amount_cents, l.return_reason, coalesce(r.claim_id, s.claim_id) AS claim_id, `+factKey+` AS key
			FROM (SELECT closed_until() + 1 AS first) o, findings f JOIN stage l USING (n) LEFT JOIN payout_runs r ON r.id = f.run_id LEFT JOIN settlements s ON s.id = f.settlement_id AND f.kind = 'settlement';
		ANALYZE facts;
		CREATE TEMP TABLE rates ON COMMIT DROP AS SELECT claim_id, booked_on, vat_rate_on(claim_id, booked_on) AS rate_bp
			FROM (SELECT DISTINCT claim_id, booked_on FROM facts WHERE kind IN ('payout', 'payout_file')) x;
		CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT m.*, vat_in(fee_cents, rate_bp) AS vat_cents FROM (
			SELECT f.n, f.key, false AS back, 0::bigint AS came_cents, `+carried+`, r.rate_bp FROM facts f JOIN rates r USING (claim_id, booked_on)
				JOIN payouts p ON p.id = f.payout_id JOIN awards a ON a.id = p.award_id WHERE f.kind = 'payout'
			UNION ALL SELECT f.n, f.key, false, 0, `+carried+`, r.rate_bp FROM facts f JOIN rates r USING (claim_id, booked_on)
				JOIN payouts p ON p.run_id = f.run_id AND p.part = f.part AND p.status <> 'rejected' JOIN awards a ON a.id = p.award_id WHERE f.kind = 'payout_file') m;
		INSERT INTO moved SELECT f.n, f.key, true, f.amount_cents, `+carried+`, coalesce(i.rate_bp, m.rate_bp), coalesce(i.vat_cents, m.vat_cents) FROM facts f
			JOIN payouts p ON p.id = f.payout_id JOIN awards a ON a.id = p.award_id LEFT JOIN invoices i ON i.payout_id = p.id AND i.kind = 'invoice' LEFT JOIN moved m ON m.payout_id = p.id
			WHERE f.kind = 'return';
		ANALYZE moved`)
	return err
}

// payouts moves the payouts that the bank carried out, and then those that came
// back; of each exactly as many as there are.
func (b *booking) payouts(ctx context.Context) error {
	var carried, returned, expected int64
	err := b.tx.WithContext(ctx).Raw(`SELECT count(*) FILTER (WHERE NOT back), count(*) FILTER (WHERE back),
		(SELECT count(*) FROM facts WHERE kind = 'payout') + (SELECT coalesce(sum(p.count), 0)::bigint FROM facts f JOIN payout_files p ON f.kind = 'payout_file' AND p.run_id = f.run_id AND p.part = f.part)
			- (SELECT count(*) FROM facts f JOIN payouts p ON f.kind = 'payout_file' AND p.run_id = f.run_id AND p.part = f.part AND p.status = 'rejected')
		FROM moved`).Row().Scan(&carried, &returned, &expected)
	if err != nil {
		return fmt.Errorf("book payouts: %w", err)
	}
	if carried != expected {
		return ErrWrongState
	}
	if carried > 0 {
		n, err := b.exec(ctx, `UPDATE payouts p SET status = 'booked', booked_at = $1 FROM moved m WHERE NOT m.back AND p.id = m.payout_id AND p.status = 'sent'`, b.now)
		if err != nil || n != carried {
			return cmp.Or(err, ErrWrongState)
		}
	}
	if returned > 0 {
		n, err := b.exec(ctx, `UPDATE payouts p SET status = 'returned', returned_at = $1, return_reason = f.return_reason
			FROM facts f WHERE f.kind = 'return' AND p.id = f.payout_id AND p.status = 'booked'`, b.now)
		if err != nil || n != returned {
			return cmp.Or(err, ErrWrongState)
		}
	}
	return nil
}

// writeLines writes the lines of a file, each once, with when it was matched.
func (b *booking) writeLines(ctx context.Context) error {
	_, err := b.exec(ctx, `INSERT INTO statement_lines (id, statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, reference, return_reason, is_return, details, matched_at)
		OVERRIDING SYSTEM VALUE
		SELECT l.line_id, l.statement_id, l.ordinal, l.booked_on, l.amount_cents, l.end_to_end_id, l.batch_id, l.reference, l.return_reason, l.is_return, l.details,
			CASE WHEN f.n IS NOT NULL THEN $1::timestamptz END
		FROM stage l LEFT JOIN findings f USING (n)`, b.now)
	return err
}

// closeLines marks lines that were open until now.
func (b *booking) closeLines(ctx context.Context) error {
	n, err := b.exec(ctx, `UPDATE statement_lines l SET matched_at = $1 FROM facts f WHERE l.id = f.line_id AND l.matched_at IS NULL`, b.now)
	if err != nil {
		return err
	}
	var want int64
	if err := b.tx.WithContext(ctx).Raw(`SELECT count(*) FROM facts`).Scan(&want).Error; err != nil {
		return fmt.Errorf("book: %w", err)
	}
	if n != want {
		return ErrAlreadyBooked
	}
	return nil
}

// post writes the journals.
func (b *booking) post(ctx context.Context) error {
	err := ledger.PostRows(ctx, b.tx, lineJournals(), lineEntries())
	if errors.Is(err, ledger.ErrPosted) {
		return ErrAlreadyBooked
	}
	return err
}

// invoice gives each fee that was earned its invoice, and each that is taken back its credit note.
func (b *booking) invoice(ctx context.Context) error {
	const of = `p.journal_id, m.n AS at, m.award_id, m.participation_id, m.payout_id, f.booked_on AS dated, m.fee_cents, m.vat_cents, m.rate_bp`
	var earned, back int64
	err := b.tx.WithContext(ctx).Raw(`SELECT count(*) FILTER (WHERE NOT back), count(*) FILTER (WHERE back) FROM moved WHERE fee_cents > 0`).Row().Scan(&earned, &back)
	if err != nil {
		return fmt.Errorf("invoice: %w", err)
	}
	if earned > 0 {
		err = invoiceAll(ctx, b.tx, earned, `SELECT `+of+`, NULL::bigint AS credits FROM moved m JOIN facts f USING (n) JOIN posted p ON p.key = m.key WHERE NOT m.back AND m.fee_cents > 0`)
	}
	if err == nil && back > 0 {
		err = invoiceAll(ctx, b.tx, back, `SELECT `+of+`, i.id AS credits FROM moved m JOIN facts f USING (n) JOIN posted p ON p.key = m.key
			JOIN invoices i ON i.payout_id = m.payout_id AND i.kind = 'invoice' WHERE m.back AND m.fee_cents > 0`)
	}
	return err
}

// tie says of each line what it turned out to be, and which journal books it.
func (b *booking) tie(ctx context.Context) error {
	n, err := b.exec(ctx, `INSERT INTO line_matches (line_id, kind, amount_cents, run_id, part, payout_id, settlement_id, mollie_settlement_id, reason, journal_id, matched_by, matched_at)
		SELECT f.line_id, f.kind, f.amount_cents, CASE WHEN f.kind = 'payout_file' THEN f.run_id END, CASE WHEN f.kind = 'payout_file' THEN f.part END,
			CASE WHEN f.kind IN ('payout', 'return') THEN f.payout_id END, CASE WHEN f.kind = 'settlement' THEN f.settlement_id END, f.mollie_settlement_id, `+b.why+`, p.journal_id, $1::text, $2::timestamptz
		FROM facts f JOIN posted p USING (key) ORDER BY f.n`, string(b.by), b.now)
	b.out.Matched = int(n)
	return err
}

// tell gathers what others must know of it.
func (b *booking) tell(ctx context.Context) error {
	db := b.tx.WithContext(ctx)
	err := errors.Join(
		db.Raw(`SELECT participation_id FROM moved WHERE NOT back ORDER BY n, payout_id`).Scan(&b.out.PaidParticipations).Error,
		db.Raw(`SELECT p.id AS payout_id, p.participation_id, p.award_id, f.return_reason AS reason, f.amount_cents, p.amount_cents AS sent_cents
			FROM facts f JOIN payouts p ON p.id = f.payout_id WHERE f.kind = 'return' ORDER BY f.n`).Scan(&b.out.Returned).Error,
		db.Raw(`SELECT settlement_id, claim_id, amount_cents FROM facts WHERE kind = 'settlement' ORDER BY n`).Scan(&b.out.Settlements).Error)
	if err != nil {
		return fmt.Errorf("book: %w", err)
	}
	return nil
}

func (b *booking) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	done, err := b.tx.Statement.ConnPool.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("book: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("book: %w", err)
	}
	return n, nil
}

// finishRuns marks the runs of which nothing is on its way any more, and earns the fees of awards that
// leave nothing to transfer once everybody else of the distribution is paid.
func (b *booking) finishRuns(ctx context.Context) error {
	if len(b.out.PaidParticipations) == 0 {
		return nil
	}
	err := b.tx.WithContext(ctx).Raw(`UPDATE payout_runs r SET status = 'booked', booked_at = ? WHERE r.status = 'released'
		AND NOT EXISTS (SELECT FROM payouts p WHERE p.run_id = r.id AND p.status NOT IN ('booked', 'returned', 'rejected')) RETURNING r.id`, b.now).Scan(&b.out.Runs).Error
	if err != nil {
		return fmt.Errorf("finish runs: %w", err)
	}
	if len(b.out.Runs) == 0 {
		return nil
	}
	done, err := finished(ctx, b.tx, b.out.Runs)
	if err != nil {
		return err
	}
	for _, id := range done {
		if _, err := PostZeroAwards(ctx, b.tx, id); err != nil {
			return err
		}
	}
	return nil
}

// finished are the distributions, of those that these runs pay, of which everybody who gets something is paid.
func finished(ctx context.Context, tx *gorm.DB, runs []int64) ([]int64, error) {
	var ids, done []int64
	err := tx.WithContext(ctx).Raw(`SELECT DISTINCT a.distribution_id FROM payouts p JOIN awards a ON a.id = p.award_id WHERE p.run_id IN ?`, runs).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("finish distributions: %w", err)
	}
	for _, id := range ids {
		var owed, paid int64 // an award has one live payout: the counts tell
		err := tx.WithContext(ctx).Raw(`SELECT (SELECT count(*) FROM awards WHERE distribution_id = ? AND payout_cents > 0),
			(SELECT count(*) FROM payouts p JOIN awards a ON a.id = p.award_id WHERE a.distribution_id = ? AND p.status = 'booked')`, id, id).Row().Scan(&owed, &paid)
		if err != nil {
			return nil, fmt.Errorf("finish distribution %d: %w", id, err)
		}
		if paid == owed {
			done = append(done, id)
		}
	}
	return done, nil
}
