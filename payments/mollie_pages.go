package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
)

// MollieSettlement is one transfer from Mollie to the bank, set beside our books.
type MollieSettlement struct {
	ID              int64
	ProviderID      string
	Reference       string // stands on the bank statement
	SettledAt       time.Time
	AmountCents     Cents
	ItemsCents      Cents // payments less refunds and chargebacks
	CostsExact      int64 // what Mollie kept, in ten-thousandths of a euro
	CostsCents      Cents
	RoundingCents   Cents // less than a cent that four decimals leave over
	DifferenceCents Cents // what its parts do not explain
	Explained       bool  // the difference was booked, with a reason
	OpenItems       int64 // parts that do not agree with our books
	OpenCents       Cents // what they come to
	LineID          *int64
}

// Settled tells whether nothing of it is open: it is on the bank statement, its parts are in our books and add up.
func (m MollieSettlement) Settled() bool {
	return m.LineID != nil && m.OpenItems == 0 && (m.DifferenceCents == 0 || m.Explained)
}

// MollieItem is one part of a settlement.
type MollieItem struct {
	Kind, ProviderID, PaymentID string
	AmountCents                 Cents  // refunds and chargebacks are negative
	ParticipationID             *int64 // empty when it is not ours
	ClaimID                     *int64
	Why                         string // why it does not agree with our books: one of the words below; empty when it does
}

// Why a part of a settlement does not agree with our books.
const (
	MollieNotOurs      = "not_ours"      // no payment or refund of ours
	MollieAmount       = "amount"        // ours, with another amount
	MollieNotBooked    = "not_booked"    // ours, and news of it was missed
	MollieRefundFailed = "refund_failed" // Mollie took the money off, and the refund did not go through
	MollieRefundBusy   = "refund_busy"   // it is at the bank: nothing to do
)

// MollieCost is what Mollie kept for one kind of work in one month.
type MollieCost struct {
	Month, Description string
	Count              int
	GrossExact         int64 // with VAT, in ten-thousandths of a euro
}

const mollieSettlements = `SELECT s.*, d.settlement_id IS NOT NULL AS explained, m.line_id, coalesce(o.items, 0) AS open_items, coalesce(o.cents, 0)::bigint AS open_cents
	FROM (%s) s LEFT JOIN mollie_differences d ON d.settlement_id = s.id LEFT JOIN line_matches m ON m.mollie_settlement_id = s.id
	LEFT JOIN LATERAL (SELECT count(*) AS items, sum(amount_cents) AS cents FROM (` + settlementItems + ` WHERE i.settlement_id = s.id) x WHERE why <> '') o ON true
	ORDER BY s.settled_at DESC, s.id DESC`

// MollieSettlements gives some settlements from before one, the newest first; zero is from the newest on.
func (s *Service) MollieSettlements(ctx context.Context, before int64, limit int) (all []MollieSettlement, err error) {
	err = s.db.WithContext(ctx).Raw(fmt.Sprintf(mollieSettlements, `SELECT * FROM mollie_settlements
		WHERE ? = 0 OR (settled_at, id) < (SELECT settled_at, id FROM mollie_settlements WHERE id = ?) ORDER BY settled_at DESC, id DESC LIMIT ?`),
		before, before, limit).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("mollie settlements: %w", err)
	}
	return all, nil
}

// MollieSettlement gives one settlement with what Mollie kept of it.
func (s *Service) MollieSettlement(ctx context.Context, id int64) (one MollieSettlement, costs []MollieCost, err error) {
	err = s.db.WithContext(ctx).Raw(fmt.Sprintf(mollieSettlements, `SELECT * FROM mollie_settlements WHERE id = ?`), id).Scan(&one).Error
	if err == nil && one.ID == 0 {
		return one, nil, ErrNotFound
	}
	if err == nil {
		err = s.db.WithContext(ctx).Raw(`SELECT month, description, count, gross_exact FROM mollie_settlement_costs WHERE settlement_id = ? ORDER BY ordinal`, id).Scan(&costs).Error
	}
	if err != nil {
		return one, nil, fmt.Errorf("mollie settlement %d: %w", id, err)
	}
	return one, costs, nil
}

// MollieItems gives parts of a settlement after one, some at a time: all of them, or those that do not agree with
// our books. The empty item is for the first.
func (s *Service) MollieItems(ctx context.Context, id int64, open bool, after MollieItem, limit int) (all []MollieItem, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT * FROM (`+settlementItems+` WHERE i.settlement_id = ? AND (i.kind, i.provider_id) > (?, ?)) x
		WHERE why <> '' OR NOT ? ORDER BY kind, provider_id LIMIT ?`, id, after.Kind, after.ProviderID, open, limit).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("items of mollie settlement %d: %w", id, err)
	}
	return all, nil
}

// MollieFor gives the settlements that a line of this amount can be: none of them is on the bank statement yet.
func (s *Service) MollieFor(ctx context.Context, cents Cents) (all []MollieSettlement, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT * FROM mollie_settlements s WHERE amount_cents = ? AND NOT EXISTS (SELECT FROM line_matches m WHERE m.mollie_settlement_id = s.id)
		ORDER BY settled_at DESC, id DESC LIMIT 10`, cents).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("mollie settlements: %w", err)
	}
	return all, nil
}

// DueFromMollie is what by our books Mollie still has to pass on.
func (s *Service) DueFromMollie(ctx context.Context) (Cents, error) {
	cents, err := ledger.BalanceOf(ctx, s.db, accMollie)
	return Cents(cents), err
}

// MollieTotal is what the parts of one kind in a settlement come to.
type MollieTotal struct {
	Kind       string
	Count      int64
	TotalCents Cents
}

// MollieTotals sums the parts of a settlement by kind, payments first.
func (s *Service) MollieTotals(ctx context.Context, id int64) (all []MollieTotal, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT kind, count(*) AS count, sum(amount_cents)::bigint AS total_cents FROM mollie_settlement_items WHERE settlement_id = ?
		GROUP BY kind ORDER BY array_position(ARRAY['payment', 'refund', 'chargeback', 'reversal'], kind)`, id).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("totals of mollie settlement %d: %w", id, err)
	}
	return all, nil
}

// ErrNote means that something has to be explained in words.
var ErrNote = errors.New("this needs an explanation in words")

// ExplainDifference books what the parts of a settlement do not explain as payment costs, with the reason that
// somebody found; once.
func (s *Service) ExplainDifference(ctx context.Context, by audit.Actor, id int64, note string) error {
	if note = short(strings.TrimSpace(note), 500); note == "" {
		return ErrNote
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var cents Cents
		err := tx.Raw(`INSERT INTO mollie_differences SELECT id, difference_cents, ?, ?, ? FROM mollie_settlements WHERE id = ? AND difference_cents <> 0
			ON CONFLICT DO NOTHING RETURNING amount_cents`, note, by, tx.NowFunc(), id).Scan(&cents).Error
		if err != nil {
			return fmt.Errorf("explain difference: %w", err)
		}
		if cents == 0 {
			return ErrWrongState
		}
		if _, err := ledger.Post(ctx, tx, mollieDifference(id, cents, bookingDay(tx.NowFunc()))); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "mollie.explained", fmt.Sprintf("mollie_settlement:%d", id), map[string]int64{"cents": int64(cents)})
	})
}
