package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie"
)

// enoughKnown is how many settlements in a row that we have end the reading: the list goes from new to old.
const enoughKnown = 20

// ReadsSettlements tells whether Mollie lets us read what it pays out.
func (s *Service) ReadsSettlements() bool { return s.mollie.Settles() }

// FetchSettlements reads what Mollie paid out since the last time, writes it down and books what Mollie kept. It
// calls out, so no transaction may be open. Ask are payments that are in them and not in our books: news of them
// was missed. Calling it eight times at once stores each settlement once.
func (s *Service) FetchSettlements(ctx context.Context) (stored int, ask []string, err error) {
	fresh, err := s.newSettlements(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, one := range slices.Backward(fresh) { // the oldest first
		items, err := s.mollie.SettlementItems(ctx, one.ID)
		if err != nil {
			return stored, nil, provider(err)
		}
		err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			done, err := storeSettlement(ctx, tx, one, items)
			if done {
				stored++
			}
			return err
		})
		if err != nil {
			return stored, nil, fmt.Errorf("mollie settlement: %w", err)
		}
	}
	ask, err = s.unheardItems(ctx)
	return stored, ask, err
}

// newSettlements are those that Mollie paid out and we do not have, newest first.
func (s *Service) newSettlements(ctx context.Context) (fresh []mollie.Settlement, err error) {
	var ids []string
	if err := s.db.WithContext(ctx).Raw(`SELECT provider_id FROM mollie_settlements`).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("mollie settlements: %w", err)
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	inARow := 0
	for one, err := range s.mollie.Settlements(ctx) {
		switch {
		case errors.Is(err, mollie.ErrNoToken):
			return nil, ErrNoToken
		case err != nil:
			return nil, provider(err)
		case known[one.ID]:
			if inARow++; inARow == enoughKnown {
				return fresh, nil
			}
		case one.Status == mollie.SettlementPaidOut && one.Reference != "" && one.Amount > 0:
			fresh, inARow = append(fresh, one), 0
		}
	}
	return fresh, nil
}

// parts is what a settlement comes to in cents.
type parts struct{ amount, items, costs, rounding, difference Cents }

// split takes a settlement apart. What is less than a cent is rounding; more is a difference.
func split(one mollie.Settlement, items []mollie.SettlementItem) parts {
	p := parts{amount: Cents(one.Amount.Cents()), costs: Cents(one.CostsExact().Cents())}
	for _, it := range items {
		p.items += Cents(it.AmountCents)
	}
	over := one.Amount - (mollie.Exact(p.items)*100 - one.CostsExact())
	if left := p.amount - p.items + p.costs; -100 < over && over < 100 && -1 <= left && left <= 1 {
		p.rounding = left
	} else {
		p.difference = left
	}
	return p
}

// storeSettlement writes down a settlement with its parts; false when somebody was faster.
func storeSettlement(ctx context.Context, tx *gorm.DB, one mollie.Settlement, items []mollie.SettlementItem) (bool, error) {
	p, at := split(one, items), one.SettledAt
	if at.IsZero() {
		at = tx.NowFunc()
	}
	var id int64
	err := tx.WithContext(ctx).Raw(`INSERT INTO mollie_settlements (provider_id, reference, settled_at, amount_cents, items_cents, costs_exact, costs_cents, rounding_cents, difference_cents, fetched_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
		one.ID, one.Reference, at, p.amount, p.items, int64(one.CostsExact()), p.costs, p.rounding, p.difference, tx.NowFunc()).Scan(&id).Error
	if err != nil || id == 0 {
		return false, err
	}
	if err := storeParts(ctx, tx, id, one, items); err != nil {
		return false, err
	}
	if p.costs != 0 || p.rounding != 0 {
		if _, err := ledger.Post(ctx, tx, mollieKept(id, p.costs, p.rounding, bookingDay(tx.NowFunc()))); err != nil {
			return false, err
		}
	}
	return true, audit.Record(ctx, tx, audit.System("mollie"), "mollie.settled", fmt.Sprintf("mollie_settlement:%d", id), map[string]int64{"amount_cents": int64(p.amount), "difference_cents": int64(p.difference)})
}

func storeParts(ctx context.Context, tx *gorm.DB, id int64, one mollie.Settlement, items []mollie.SettlementItem) error {
	for some := range slices.Chunk(items, rowsAtOnce) {
		n := len(some)
		kinds, ids, payments, amounts := make([]string, n), make([]string, n), make([]string, n), make([]int64, n)
		for i, it := range some {
			kinds[i], ids[i], payments[i], amounts[i] = it.Kind, it.ID, it.PaymentID, it.AmountCents
		}
		_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO mollie_settlement_items (settlement_id, kind, provider_id, payment_id, amount_cents)
			SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])`, id, kinds, ids, payments, amounts)
		if err != nil {
			return err
		}
	}
	for i, c := range one.Costs {
		err := tx.WithContext(ctx).Exec(`INSERT INTO mollie_settlement_costs VALUES (?, ?, ?, ?, ?, ?)`, id, i+1, c.Month, c.Description, c.Count, int64(c.Gross)).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// unheardItems are payments of ours that Mollie settled, or took back, and that do not stand so in our books.
func (s *Service) unheardItems(ctx context.Context) (ask []string, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT DISTINCT p.provider_id FROM (`+settlementItems+`) i JOIN prepayments p ON p.id = i.prepayment_id
		WHERE i.why = 'not_booked' AND NOT p.mismatch ORDER BY 1 LIMIT ?`, rowsAtOnce).Scan(&ask).Error
	if err != nil {
		return nil, fmt.Errorf("unheard payments: %w", err)
	}
	return ask, nil
}

// settlementItems says of each part of a settlement what it is of ours, and why it does not agree with our books,
// if it does not. Both change as news comes in.
const settlementItems = `SELECT i.settlement_id, i.kind, i.provider_id, i.payment_id, i.amount_cents, p.id AS prepayment_id, p.participation_id, p.claim_id, CASE
		WHEN p.id IS NULL OR i.kind = 'refund' AND r.id IS NULL THEN 'not_ours'
		WHEN i.kind = 'refund' AND r.amount_cents <> -i.amount_cents OR i.kind <> 'refund' AND p.amount_cents <> abs(i.amount_cents) THEN 'amount'
		WHEN i.kind = 'payment' AND p.status NOT IN ('paid', 'charged_back') OR i.kind = 'chargeback' AND c.id IS NULL OR i.kind = 'reversal' AND c.reversed_at IS NULL THEN 'not_booked'
		WHEN i.kind = 'refund' AND r.status IN ('failed', 'canceled') THEN 'refund_failed'
		WHEN i.kind = 'refund' AND r.status <> 'refunded' THEN 'refund_busy'
		ELSE '' END AS why
	FROM mollie_settlement_items i LEFT JOIN prepayments p ON p.provider_id = i.payment_id
	LEFT JOIN refunds r ON i.kind = 'refund' AND r.provider_id = i.provider_id
	LEFT JOIN chargebacks c ON i.kind IN ('chargeback', 'reversal') AND c.provider_id = i.provider_id`
