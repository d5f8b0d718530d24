package payments

import (
	"context"
	"fmt"
	"time"

	"samenclaim/payments/mollie"
)

// balanceWithin is how long a page waits for Mollie to tell what it holds.
const balanceWithin = 3 * time.Second

// Funds is what has to go back through Mollie, beside what Mollie holds for it.
type Funds struct {
	NeedCents      Cents // of refunds, of all claims, that Mollie has not begun to pay
	Count          int64
	AvailableCents Cents
	Known          bool // Mollie told what it holds
}

// ShortCents is what Mollie holds too little; zero when it is enough, or not known.
func (f Funds) ShortCents() Cents {
	if !f.Known {
		return 0
	}
	return max(0, f.NeedCents-f.AvailableCents)
}

// RefundFunds compares what has to go back with what Mollie holds; it asks Mollie only when something has to.
func (s *Service) RefundFunds(ctx context.Context) (f Funds, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT coalesce(sum(amount_cents), 0)::bigint AS need_cents, count(*) AS count FROM refunds WHERE status IN ('required', 'requested', 'queued')`).Scan(&f).Error
	if err != nil {
		return f, fmt.Errorf("funds for refunds: %w", err)
	}
	if f.Count == 0 || !s.mollie.Settles() {
		return f, nil
	}
	ctx, cancel := context.WithTimeout(ctx, balanceWithin)
	defer cancel()
	var b mollie.Balance
	if b, err = s.mollie.Balance(ctx); err != nil {
		return f, nil //nolint:nilerr // not knowing is an answer: the page says so
	}
	f.AvailableCents, f.Known = Cents(b.Available/100), true
	return f, nil
}
