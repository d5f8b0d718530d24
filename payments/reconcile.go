package payments

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"samenclaim/internal/table"

	"gorm.io/gorm"
)

// mostOpenLines is how many open lines are shown; their sum is over all of them.
const mostOpenLines = 500

// OpenRun is a run that the bank has not carried out completely.
type OpenRun struct {
	RunID, ClaimID int64
	ReleasedAt     time.Time
	Payouts        int64 // still on their way
	TotalCents     Cents
}

// Reconciliation is the bank beside the books, and what explains the difference.
type Reconciliation struct {
	BankCents        Cents // closing balance of the last statement
	LedgerCents      Cents // what the books say is in the bank
	DifferenceCents  Cents
	OpenLines        []Line // the first of them
	OpenLinesCount   int64
	OpenLinesCents   Cents // sum of all open lines
	OpeningCents     Cents // opening balance of the first statement, which nothing books
	UnexplainedCents Cents // what nothing here explains: must be zero
	OpenRuns         []OpenRun
	InTransitCents   Cents // what the books say is on its way to payees
	LastStatement    *LastStatement
}

// Reconciliation compares the bank with the books.
func (s *Service) Reconciliation(ctx context.Context) (Reconciliation, error) {
	var r Reconciliation
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return s.reconcile(ctx, tx, &r)
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return r, fmt.Errorf("reconcile: %w", err)
	}
	r.DifferenceCents = r.BankCents - r.LedgerCents
	r.UnexplainedCents = r.DifferenceCents - r.OpenLinesCents - r.OpeningCents
	return r, nil
}

func (s *Service) reconcile(ctx context.Context, tx *gorm.DB, r *Reconciliation) error {
	if err := readSums(tx, r); err != nil {
		return err
	}
	if err := tx.Raw(`SELECT r.id AS run_id, r.claim_id, r.released_at, count(*) AS payouts, sum(p.amount_cents) AS total_cents
		FROM payout_runs r JOIN payouts p ON p.run_id = r.id AND p.status = 'sent' GROUP BY r.id ORDER BY r.id`).Scan(&r.OpenRuns).Error; err != nil {
		return err
	}
	var err error
	r.OpenLines, err = s.openLines(ctx, tx)
	return err
}

// readSums reads what bank and books say, at once.
func readSums(tx *gorm.DB, r *Reconciliation) error {
	var row struct {
		IBAN                                                *string
		ID                                                  *int64
		ClosedOn                                            time.Time
		ClosingCents, OpeningCents, BankCents, TransitCents Cents
		OpenCount                                           int64
		OpenCents                                           Cents
	}
	err := tx.Raw(`SELECT f.iban, s.id, s.closed_on, coalesce(s.closing_cents, 0) AS closing_cents,
			coalesce((SELECT opening_cents FROM statements WHERE account = f.iban ORDER BY id LIMIT 1), 0) AS opening_cents,
			(SELECT coalesce(sum(amount_cents), 0) FROM entries WHERE account = ?) AS bank_cents,
			(SELECT coalesce(sum(amount_cents), 0) FROM entries WHERE account = ?) AS transit_cents, o.open_count, o.open_cents
		FROM (SELECT count(*) AS open_count, coalesce(sum(amount_cents), 0)::bigint AS open_cents FROM statement_lines WHERE matched_at IS NULL) o
		LEFT JOIN (SELECT iban FROM foundations LIMIT 1) f ON true
		LEFT JOIN LATERAL (SELECT id, closed_on, closing_cents FROM statements WHERE account = f.iban ORDER BY id DESC LIMIT 1) s ON true`,
		accBank, accInTransit).Scan(&row).Error
	if err != nil {
		return err
	}
	r.LedgerCents, r.InTransitCents, r.OpenLinesCount, r.OpenLinesCents = row.BankCents, -row.TransitCents, row.OpenCount, row.OpenCents
	if row.ID != nil {
		r.LastStatement = &LastStatement{ID: *row.ID, Account: *row.IBAN, ClosedOn: row.ClosedOn, ClosingCents: row.ClosingCents}
		r.BankCents, r.OpeningCents = row.ClosingCents, row.OpeningCents
	}
	return nil
}

// openLines gives lines that nobody matched, each with why it is open as things stand now.
func (s *Service) openLines(ctx context.Context, tx *gorm.DB) ([]Line, error) {
	lines, err := s.readOpen(ctx, tx, 0)
	if err != nil {
		return nil, err
	}
	return lines, explain(ctx, tx, lines)
}

// readOpen reads the first open lines after one, and what only staff may see of them.
func (s *Service) readOpen(ctx context.Context, tx *gorm.DB, after int64) ([]Line, error) {
	lines, err := table.Of[Line](tx).Where("matched_at IS NULL AND id > ?", after).Order("id").Limit(mostOpenLines).Find(ctx)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if err := lines[i].unseal(s.vault); err != nil {
			return nil, fmt.Errorf("line %d: %w", lines[i].ID, err)
		}
	}
	return lines, nil
}
