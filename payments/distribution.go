package payments

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
)

// distribution is what the books need to know of one.
type distribution struct {
	ID, ClaimID, Count int64
	Status             string
	PotCents           Cents
}

// PostDistribution books an approved distribution and uses the prepayments for the fees; what a
// prepayment has left over is refunded, and their number is returned.
func PostDistribution(ctx context.Context, tx *gorm.DB, distributionID int64) (refunds int64, err error) {
	if !audit.InTransaction(tx) {
		return 0, audit.ErrNoTransaction
	}
	d, shares, err := awarded(ctx, tx, distributionID, "true")
	if err != nil {
		return 0, err
	}
	if int64(len(shares)) != d.Count {
		return 0, fmt.Errorf("%w: distribution %d has %d awards, not %d", ErrWrongState, d.ID, len(shares), d.Count)
	}
	if err := usePrepayments(ctx, tx, d, shares); err != nil {
		return 0, err
	}
	if _, err := ledger.Post(ctx, tx, distributionApproved(d.ID, d.ClaimID, d.PotCents, shares, bookingDay(tx.NowFunc()))); err != nil {
		return 0, err
	}
	return requireAll(ctx, tx, d.ClaimID, "surplus",
		"p.participation_id IN (SELECT participation_id FROM awards WHERE distribution_id = ?)", distributionID)
}

// usePrepayments marks what settles a fee; each award that counts on a prepayment must still have it.
func usePrepayments(ctx context.Context, tx *gorm.DB, d distribution, shares []share) error {
	done := tx.WithContext(ctx).Exec(`
		UPDATE prepayments p SET used_cents = a.prepaid_cents
		FROM awards a WHERE a.distribution_id = ? AND a.prepaid_cents > 0 AND p.id = (
			SELECT q.id FROM prepayments q
			WHERE q.participation_id = a.participation_id AND q.claim_id = ? AND q.status = 'paid' AND q.used_cents = 0
			AND q.amount_cents >= a.prepaid_cents
			AND NOT EXISTS (SELECT FROM refunds r WHERE r.prepayment_id = q.id AND r.`+liveRefund+`)
			ORDER BY q.id LIMIT 1 FOR UPDATE)`, d.ID, d.ClaimID)
	if done.Error != nil {
		return fmt.Errorf("use prepayments of distribution %d: %w", d.ID, done.Error)
	}
	var want int64
	for _, s := range shares {
		if s.PrepaidCents > 0 {
			want++
		}
	}
	if done.RowsAffected != want {
		return fmt.Errorf("%w: a prepayment changed after distribution %d was calculated", ErrWrongState, d.ID)
	}
	return nil
}

// PostZeroAwards earns the fees of awards that leave nothing to transfer; once.
func PostZeroAwards(ctx context.Context, tx *gorm.DB, distributionID int64) (posted bool, err error) {
	if !audit.InTransaction(tx) {
		return false, audit.ErrNoTransaction
	}
	d, shares, err := awarded(ctx, tx, distributionID, "payout_cents = 0 AND fee_cents > 0")
	if err != nil || len(shares) == 0 {
		return false, err
	}
	var before int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM journals WHERE key = ?`, fmt.Sprintf("distribution:%d:zero", d.ID)).Scan(&before).Error; err != nil {
		return false, fmt.Errorf("zero awards of distribution %d: %w", d.ID, err)
	}
	if before > 0 {
		return false, nil
	}
	err = postZero(ctx, tx, d, shares)
	return err == nil, err
}

// postZero books those fees with the VAT of the day, and invoices them.
func postZero(ctx context.Context, tx *gorm.DB, d distribution, shares []share) error {
	day := bookingDay(tx.NowFunc())
	var rate int64
	if err := tx.WithContext(ctx).Raw(`SELECT vat_rate_on(?, ?::date)`, d.ClaimID, day).Scan(&rate).Error; err != nil {
		return fmt.Errorf("rate of VAT: %w", err)
	}
	for i := range shares {
		_, shares[i].VatCents = VAT(shares[i].FeeCents, rate)
	}
	journal, err := ledger.Post(ctx, tx, distributionZero(d.ID, d.ClaimID, shares, day))
	if errors.Is(err, ledger.ErrPosted) {
		return ErrWrongState // somebody else does it at this moment
	}
	if err != nil {
		return err
	}
	return invoiceAll(ctx, tx, int64(len(shares)), `SELECT ?::bigint AS journal_id, a.id AS at, a.id AS award_id, a.participation_id, NULL::bigint AS payout_id, ?::date AS dated,
		a.fee_cents, vat_in(a.fee_cents, ?) AS vat_cents, ?::bigint AS rate_bp, NULL::bigint AS credits
		FROM awards a WHERE a.distribution_id = ? AND a.payout_cents = 0 AND a.fee_cents > 0`, journal, day, rate, rate, d.ID)
}

// awarded reads an approved distribution and those of its awards for which the condition holds. The
// distribution stays locked, so that its parts are booked one after the other.
func awarded(ctx context.Context, tx *gorm.DB, id int64, condition string) (distribution, []share, error) {
	var d distribution
	err := tx.WithContext(ctx).Raw(`SELECT id, claim_id, count, status, pot_cents FROM distributions WHERE id = ? FOR UPDATE`, id).Scan(&d).Error
	if err != nil {
		return d, nil, fmt.Errorf("distribution %d: %w", id, err)
	}
	switch {
	case d.ID == 0:
		return d, nil, ErrNotFound
	case d.Status != "approved":
		return d, nil, ErrWrongState
	}
	var shares []share
	err = tx.WithContext(ctx).Raw(`SELECT participation_id, payout_cents AS amount_cents, fee_cents, vat_cents, prepaid_cents
		FROM awards WHERE distribution_id = ? AND `+condition+` ORDER BY id`, id).Scan(&shares).Error
	if err != nil {
		return d, nil, fmt.Errorf("awards of distribution %d: %w", id, err)
	}
	return d, shares, nil
}
