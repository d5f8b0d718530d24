package payments

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie"
)

// Chargeback is a prepayment that the payer's bank took back, and perhaps gave back again.
type Chargeback struct {
	ID           int64
	ProviderID   string
	PrepaymentID int64
	AmountCents  Cents
	ReversedAt   *time.Time // empty while it stands
	SeenAt       time.Time
}

// partly tells whether some of a payment was charged back: nobody here books that by itself.
func partly(m mollie.Payment) bool {
	for _, c := range m.Chargebacks {
		if c.AmountCents != m.AmountCents {
			return true
		}
	}
	return false
}

// applyChargebacks books each chargeback once and each reversal once. Both only ever come, so an answer that is
// older than what we know changes nothing.
func applyChargebacks(ctx context.Context, tx *gorm.DB, c *Change, m mollie.Payment, g prepaymentGuard) error {
	if len(m.Chargebacks) == 0 {
		return nil
	}
	all, err := table.Of[Chargeback](tx).Where("prepayment_id = ?", c.ID).Order("id").Find(ctx)
	if err != nil {
		return err
	}
	for i := len(m.Chargebacks) - 1; i >= 0; i-- { // Mollie tells the newest first
		told := m.Chargebacks[i]
		nth := number(all, told.ID)
		if nth == 0 {
			one := Chargeback{ProviderID: told.ID, PrepaymentID: c.ID, AmountCents: Cents(told.AmountCents), SeenAt: tx.NowFunc()}
			if err := chargeBack(ctx, tx, c, &one, len(all), g); err != nil {
				return err
			}
			if one.ID == 0 {
				return nil
			}
			all = append(all, one)
			nth = len(all)
		}
		if told.ReversedAt.IsZero() || all[nth-1].ReversedAt != nil {
			continue
		}
		if err := reverse(ctx, tx, c, &all[nth-1], int64(nth), told.ReversedAt, g); err != nil {
			return err
		}
	}
	return nil
}

// number is which of the chargebacks of a prepayment this is, from 1; 0 when it is new.
func number(all []Chargeback, providerID string) int {
	for i, one := range all {
		if one.ProviderID == providerID {
			return i + 1
		}
	}
	return 0
}

// chargeBack writes down a chargeback that was not known. What was charged back before chargebacks were kept by
// their number is booked already; a second one beside one that stands is left to a person.
func chargeBack(ctx context.Context, tx *gorm.DB, c *Change, one *Chargeback, before int, g prepaymentGuard) error {
	booked := c.Now == PrepaymentChargedBack
	if booked && before > 0 {
		c.Mismatch = true
		_, err := table.Of[Prepayment](tx).Where("id = ?", c.ID).Updates(ctx, Prepayment{Mismatch: true})
		return err
	}
	if err := table.Of[Chargeback](tx).Create(ctx, one); err != nil || booked {
		return err
	}
	if moved, err := moveCharged(ctx, tx, c, PrepaymentChargedBack, g); err != nil || !moved {
		return err
	}
	if err := cancelUnsentRefund(ctx, tx, c.ID); err != nil {
		return err
	}
	_, err := ledger.Post(ctx, tx, prepaymentChargedBack(c.Prepayment, int64(before)+1, bookingDay(tx.NowFunc())))
	return err
}

// reverse writes down that the money is with us again.
func reverse(ctx context.Context, tx *gorm.DB, c *Change, one *Chargeback, nth int64, at time.Time, g prepaymentGuard) error {
	if _, err := table.Of[Chargeback](tx).Where("id = ? AND reversed_at IS NULL", one.ID).Updates(ctx, Chargeback{ReversedAt: &at}); err != nil {
		return err
	}
	one.ReversedAt = &at
	if moved, err := moveCharged(ctx, tx, c, PrepaymentPaid, g); err != nil || !moved {
		return err
	}
	_, err := ledger.Post(ctx, tx, chargebackReversed(c.Prepayment, nth, bookingDay(tx.NowFunc())))
	return err
}

// moveCharged moves a prepayment between paid and charged back; the state that was read stands in the WHERE.
func moveCharged(ctx context.Context, tx *gorm.DB, c *Change, to string, g prepaymentGuard) (bool, error) {
	if !can(prepaymentSteps, c.Now, to) {
		return false, ErrWrongState
	}
	n, err := g.mark(ctx, tx, c.Prepayment, Prepayment{Status: to})
	if err != nil || n == 0 {
		return false, err
	}
	c.Status, c.Now, c.Changed = to, to, true
	return true, nil
}

// UnheardChargebacks gives the payments of ours of which Mollie lists a chargeback, or a reversal, that is not
// in the books yet. A webhook can get lost, and of a reversal none is sent.
func (s *Service) UnheardChargebacks(ctx context.Context) ([]string, error) {
	var ids, payments []string
	var reversed []bool
	for one, err := range s.mollie.Chargebacks(ctx) {
		if err != nil {
			return nil, provider(err)
		}
		ids, payments, reversed = append(ids, one.ID), append(payments, one.PaymentID), append(reversed, !one.ReversedAt.IsZero())
	}
	var ask []string
	rows, err := s.db.Statement.ConnPool.QueryContext(ctx, `SELECT DISTINCT p.provider_id FROM unnest($1::text[], $2::text[], $3::boolean[]) AS x (id, payment, reversed)
		JOIN prepayments p ON p.provider_id = x.payment LEFT JOIN chargebacks c ON c.provider_id = x.id
		WHERE NOT p.mismatch AND (c.id IS NULL OR x.reversed AND c.reversed_at IS NULL) ORDER BY 1`, ids, payments, reversed)
	if err != nil {
		return nil, fmt.Errorf("unheard chargebacks: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("unheard chargebacks: %w", err)
		}
		ask = append(ask, id)
	}
	return ask, rows.Err()
}
