package payments

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie"
)

// OpenPrepayment writes down that somebody is going to prepay; asking again gives the one that is under way.
func OpenPrepayment(ctx context.Context, tx *gorm.DB, participationID, claimID int64, amount Cents) (Prepayment, error) {
	if !audit.InTransaction(tx) {
		return Prepayment{}, audit.ErrNoTransaction
	}
	p := Prepayment{
		Ref: rand.Text(), ParticipationID: participationID, ClaimID: claimID, AmountCents: amount,
		Status: PrepaymentCreated, IdempotencyKey: rand.Text(), CreatedAt: tx.NowFunc(),
	}
	err := table.Of[Prepayment](tx, clause.OnConflict{
		Columns:     []clause.Column{{Name: "participation_id"}},
		TargetWhere: clause.Where{Exprs: []clause.Expression{gorm.Expr("status IN ('created', 'open')")}},
		DoNothing:   true,
	}).Create(ctx, &p)
	if err != nil {
		return Prepayment{}, fmt.Errorf("open prepayment: %w", err)
	}
	all, err := table.Of[Prepayment](tx).Where("participation_id = ?", participationID).Order("id").Find(ctx)
	if err != nil {
		return Prepayment{}, fmt.Errorf("open prepayment: %w", err)
	}
	return underWay(ctx, tx, all)
}

// underWay finds the one to pay now; who has paid, and gets nothing back, has no other to pay.
func underWay(ctx context.Context, tx *gorm.DB, all []Prepayment) (Prepayment, error) {
	var live Prepayment
	for _, p := range all {
		switch p.Status {
		case PrepaymentCreated, PrepaymentOpen:
			live = p
		case PrepaymentPaid:
			n, err := table.Of[Refund](tx).Where("prepayment_id = ? AND status NOT IN ('failed', 'canceled')", p.ID).Count(ctx, "id")
			if err != nil {
				return Prepayment{}, fmt.Errorf("open prepayment: %w", err)
			}
			if n == 0 {
				return Prepayment{}, ErrAlreadyPaid
			}
		}
	}
	if live.ID == 0 {
		return Prepayment{}, ErrWrongState
	}
	return live, nil
}

// ApplyPrepayment books how a payment stands at Mollie, once, in whatever order the news comes.
func ApplyPrepayment(ctx context.Context, tx *gorm.DB, m mollie.Payment) (Change, error) {
	if !audit.InTransaction(tx) {
		return Change{}, audit.ErrNoTransaction
	}
	return applyGuarded(ctx, tx, m, prepaymentGuard{lock: clause.Locking{Strength: "UPDATE"}, mark: markPrepayment})
}

func applyGuarded(ctx context.Context, tx *gorm.DB, m mollie.Payment, g prepaymentGuard) (Change, error) {
	p, others, err := lockPrepayment(ctx, tx, m.ID, g.lock)
	if err != nil {
		return Change{}, err
	}
	c := Change{Prepayment: p, Was: p.Status, Now: p.Status}
	if m.Reference != p.Ref || Cents(m.AmountCents) != p.AmountCents || partly(m) { // a person looks at it
		_, err := table.Of[Prepayment](tx).Where("id = ?", p.ID).Updates(ctx, Prepayment{Mismatch: true})
		c.Mismatch = true
		return c, err
	}
	for _, to := range steps(p.Status, m) {
		if err := movePrepayment(ctx, tx, &c, to, m, g); err != nil {
			return Change{}, fmt.Errorf("apply prepayment %d: %w", p.ID, err)
		}
	}
	if m.Status == mollie.Paid {
		if err := applyChargebacks(ctx, tx, &c, m, g); err != nil {
			return Change{}, fmt.Errorf("apply prepayment %d: %w", p.ID, err)
		}
	}
	if left := c.AmountCents - c.UsedCents; c.Changed && c.Now == PrepaymentPaid && left > 0 && paidBefore(others) {
		r, _, err := RequireRefund(ctx, tx, p.ID, left, "paid_twice")
		if err != nil {
			return Change{}, err
		}
		c.Refund = &r
	}
	return c, nil
}

// lockPrepayment keeps others off all prepayments of the same participation, so
// that two of them becoming paid at once see each other.
func lockPrepayment(ctx context.Context, tx *gorm.DB, providerID string, lock clause.Expression) (p Prepayment, others []Prepayment, err error) {
	all, err := table.Of[Prepayment](tx, lock).
		Where("participation_id = (SELECT participation_id FROM prepayments WHERE provider_id = ?)", providerID).Order("id").Find(ctx)
	if err != nil {
		return p, nil, fmt.Errorf("lock prepayment: %w", err)
	}
	for _, one := range all {
		if one.ProviderID != nil && *one.ProviderID == providerID {
			p = one
		} else {
			others = append(others, one)
		}
	}
	if p.ID == 0 {
		return p, nil, ErrNotOurs
	}
	refunds, err := table.Of[Refund](tx).Where("status NOT IN ('failed', 'canceled') AND prepayment_id IN (SELECT id FROM prepayments WHERE participation_id = ?)", p.ParticipationID).Find(ctx)
	if err != nil {
		return p, nil, fmt.Errorf("lock prepayment: %w", err)
	}
	back := map[int64]bool{}
	for _, r := range refunds {
		back[r.PrepaymentID] = true
	}
	kept := others[:0]
	for _, o := range others {
		if !back[o.ID] {
			kept = append(kept, o)
		}
	}
	return p, kept, nil
}

// paidBefore tells whether the fee is already paid by another prepayment that does not go back.
func paidBefore(others []Prepayment) bool {
	for _, o := range others {
		if o.Status == PrepaymentPaid {
			return true
		}
	}
	return false
}

// steps is the way from what we know to what Mollie says; empty when the news is old or says nothing new.
func steps(from string, m mollie.Payment) []string {
	var way []string
	to := string(m.Status)
	if from == PrepaymentCreated { // Mollie knows it, so it is open at least
		way, from = append(way, PrepaymentOpen), PrepaymentOpen
	}
	if from != PrepaymentChargedBack && can(prepaymentSteps, from, to) { // only a reversal undoes a chargeback
		way = append(way, to)
	}
	return way
}

// movePrepayment makes one move and books it; the state that was read stands in the WHERE.
func movePrepayment(ctx context.Context, tx *gorm.DB, c *Change, to string, m mollie.Payment, g prepaymentGuard) error {
	next := Prepayment{Status: to}
	if to == PrepaymentPaid {
		at := m.PaidAt
		if at.IsZero() {
			at = tx.NowFunc()
		}
		next.PaidAt = &at
	}
	n, err := g.mark(ctx, tx, c.Prepayment, next)
	if err != nil || n == 0 {
		return err
	}
	c.Status, c.Now, c.Changed = to, to, true
	if next.PaidAt != nil {
		c.PaidAt = next.PaidAt
	}
	if to == PrepaymentPaid {
		var day time.Time
		if day, err = ledger.OpenDay(ctx, tx, bookingDay(*c.PaidAt)); err == nil {
			_, err = ledger.Post(ctx, tx, prepaymentPaid(c.Prepayment, day))
		}
	}
	return err
}

// markPrepayment writes the new state if the old one still stands.
func markPrepayment(ctx context.Context, tx *gorm.DB, p, next Prepayment) (int, error) {
	return table.Of[Prepayment](tx).Where("id = ? AND status = ?", p.ID, p.Status).Updates(ctx, next)
}
