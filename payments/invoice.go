package payments

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
)

// Invoice is a fee that was earned, as it is invoiced; or a credit note, which takes an invoice back.
type Invoice struct {
	ID              int64
	Year            int
	Number          int64 // in its year, without a hole
	Kind            string
	AwardID         int64
	ParticipationID int64
	PayoutID        *int64 // empty when the fee took all there was
	Credits         *int64 // of a credit note: the invoice it takes back
	JournalID       int64
	Dated           time.Time
	FeeCents        Cents // VAT included
	VatCents        Cents
	RateBP          int64 `gorm:"column:rate_bp"` // the rate of VAT on that day, in basis points
}

// The kinds of an invoice.
const (
	InvoiceFee    = "invoice"
	InvoiceCredit = "credit"
)

// Label is the number that stands on the paper: "2026-000012".
func (i Invoice) Label() string { return fmt.Sprintf("%d-%06d", i.Year, i.Number) }

// invoiceAll writes invoices out of a query, numbered on in the order of "at" and of the payouts; there must be
// as many as are expected. It gives journal_id, at, award_id, participation_id, payout_id, dated, fee_cents,
// vat_cents, rate_bp and credits; what credits nothing is an invoice. One transaction numbers at a time, so that
// no number is given twice or left out: fees are only earned in bookings of the bank, which wait for each other anyway.
func invoiceAll(ctx context.Context, tx *gorm.DB, expected int64, rows string, args ...any) error {
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('invoices'))`).Error; err != nil {
		return fmt.Errorf("invoice: %w", err)
	}
	return insertInvoices(ctx, tx, expected, rows, args...)
}

func insertInvoices(ctx context.Context, tx *gorm.DB, expected int64, rows string, args ...any) error {
	done := tx.WithContext(ctx).Exec(`WITH x AS (SELECT r.*, extract(year FROM r.dated)::int AS year FROM (`+rows+`) r),
			l AS (SELECT year, (SELECT coalesce(max(number), 0) FROM invoices i WHERE i.year = d.year) AS last FROM (SELECT DISTINCT year FROM x) d)
		INSERT INTO invoices (year, number, kind, award_id, participation_id, payout_id, credits, journal_id, dated, fee_cents, vat_cents, rate_bp)
		SELECT year, l.last + row_number() OVER (PARTITION BY year ORDER BY x.at, x.payout_id), CASE WHEN x.credits IS NULL THEN 'invoice' ELSE 'credit' END,
			x.award_id, x.participation_id, x.payout_id, x.credits, x.journal_id, x.dated, x.fee_cents, x.vat_cents, x.rate_bp
		FROM x JOIN l USING (year) ORDER BY x.at, x.payout_id`, args...)
	if done.Error != nil {
		return fmt.Errorf("invoice: %w", done.Error)
	}
	if done.RowsAffected != expected {
		return fmt.Errorf("%w: %d of %d fees can be invoiced", ErrWrongState, done.RowsAffected, expected)
	}
	return nil
}

// InvoicesOf gives the invoices and credit notes of one participation, newest first.
func InvoicesOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Invoice, error) {
	all, err := table.Of[Invoice](db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
	return all, wrap(err, "invoices of one participation")
}

// InvoiceOf gives one invoice of one participation.
func InvoiceOf(ctx context.Context, db *gorm.DB, participationID int64, year int, number int64) (Invoice, error) {
	i, err := table.Of[Invoice](db).Where("participation_id = ? AND year = ? AND number = ?", participationID, year, number).Take(ctx)
	return i, wrap(err, "invoice")
}

// InvoiceByNumber gives one invoice, for the books.
func InvoiceByNumber(ctx context.Context, db *gorm.DB, year int, number int64) (Invoice, error) {
	i, err := table.Of[Invoice](db).Where("year = ? AND number = ?", year, number).Take(ctx)
	return i, wrap(err, "invoice")
}

// InvoiceLine is an invoice in a list, with whom it is for as the books know them.
type InvoiceLine struct {
	Invoice
	About          string // number of the participation
	CreditedYear   int    // of a credit note: the invoice it takes back
	CreditedNumber int64
}

// CreditedLabel is the number of the invoice that a credit note takes back.
func (l InvoiceLine) CreditedLabel() string {
	return Invoice{Year: l.CreditedYear, Number: l.CreditedNumber}.Label()
}

// Invoices gives a page of invoices, newest first: those with an id below before (zero is the newest).
func (s *Service) Invoices(ctx context.Context, before int64, limit int) ([]InvoiceLine, error) {
	var all []InvoiceLine
	err := s.db.WithContext(ctx).Raw(`SELECT i.*, a.number AS about, coalesce(o.year, 0) AS credited_year, coalesce(o.number, 0) AS credited_number
		FROM invoices i JOIN awards a ON a.id = i.award_id LEFT JOIN invoices o ON o.id = i.credits WHERE ? = 0 OR i.id < ? ORDER BY i.id DESC LIMIT ?`, before, before, limit).Scan(&all).Error
	return all, wrap(err, "invoices")
}
