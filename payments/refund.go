package payments

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie"
)

// RequireRefund writes down that money has to go back; the bool tells whether that is new.
func RequireRefund(ctx context.Context, tx *gorm.DB, prepaymentID int64, amount Cents, reason string) (Refund, bool, error) {
	if !audit.InTransaction(tx) {
		return Refund{}, false, audit.ErrNoTransaction
	}
	return requireGuarded(ctx, tx, prepaymentID, amount, reason, refundGuard{lock: clause.Locking{Strength: "UPDATE"}, seen: func() {}})
}

// refundGuard is what keeps two who require a refund at once from both finding none; a test takes it away.
type refundGuard struct {
	lock clause.Expression
	seen func() // no live refund was found
}

func requireGuarded(ctx context.Context, tx *gorm.DB, prepaymentID int64, amount Cents, reason string, g refundGuard) (Refund, bool, error) {
	p, err := prepaymentByID(ctx, tx, prepaymentID, g.lock)
	if err != nil {
		return Refund{}, false, fmt.Errorf("require refund: %w", err)
	}
	old, err := table.Of[Refund](tx).Where("prepayment_id = ? AND "+liveRefund, p.ID).Take(ctx)
	if err == nil {
		return about(old, p), false, nil
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return Refund{}, false, fmt.Errorf("require refund: %w", err)
	}
	if p.Status != PrepaymentPaid || amount <= 0 || amount > p.AmountCents-p.UsedCents {
		return Refund{}, false, ErrWrongState
	}
	g.seen()
	now := tx.NowFunc()
	r := Refund{
		Ref: rand.Text(), PrepaymentID: p.ID, AmountCents: amount, Reason: reason, Status: RefundRequired,
		IdempotencyKey: rand.Text(), NextTryAt: now, CreatedAt: now,
	}
	if err := table.Of[Refund](tx).Create(ctx, &r); err != nil {
		return Refund{}, false, fmt.Errorf("require refund: %w", err)
	}
	r = about(r, p)
	_, err = ledger.Post(ctx, tx, refundRequired(r, bookingDay(now)))
	return r, true, err
}

// about adds whose prepayment it is.
func about(r Refund, p Prepayment) Refund {
	r.ParticipationID, r.ClaimID = p.ParticipationID, p.ClaimID
	return r
}

// RequireRefunds writes down that every paid prepayment of a claim has to go back, as far as it
// settled no fee. What failed before for the same reason waits for a person.
func RequireRefunds(ctx context.Context, tx *gorm.DB, claimID int64, reason string) (int64, error) {
	return requireAll(ctx, tx, claimID, reason, "true")
}

// requireAll does it for the prepayments p of a claim for which the condition holds.
func requireAll(ctx context.Context, tx *gorm.DB, claimID int64, reason, condition string, args ...any) (int64, error) {
	if !audit.InTransaction(tx) {
		return 0, audit.ErrNoTransaction
	}
	now := tx.NowFunc()
	var made []Refund
	err := tx.WithContext(ctx).Raw(`
		WITH back AS (
			SELECT p.id, p.participation_id, p.claim_id, p.amount_cents - p.used_cents AS cents FROM prepayments p
			WHERE p.claim_id = ? AND p.status = 'paid' AND p.used_cents < p.amount_cents
			AND NOT EXISTS (SELECT FROM refunds r WHERE r.prepayment_id = p.id AND (r.`+liveRefund+` OR r.reason = ?))
			AND `+condition+` ORDER BY p.id FOR UPDATE OF p
		), made AS (
			INSERT INTO refunds (ref, prepayment_id, amount_cents, reason, status, idempotency_key, next_try_at, created_at)
			SELECT upper(replace(gen_random_uuid()::text, '-', '')), id, cents, ?, 'required', gen_random_uuid()::text, ?, ? FROM back
			ON CONFLICT (prepayment_id) WHERE `+liveRefund+` DO NOTHING RETURNING *
		) SELECT made.*, back.participation_id, back.claim_id FROM made JOIN back ON back.id = made.prepayment_id ORDER BY made.id`,
		append(append([]any{claimID, reason}, args...), reason, now, now)...).Scan(&made).Error
	if err != nil {
		return 0, fmt.Errorf("require refunds of claim %d: %w", claimID, err)
	}
	journals := make([]ledger.Journal, len(made))
	for i, r := range made {
		journals[i] = refundRequired(r, bookingDay(now))
	}
	_, err = ledger.PostAll(ctx, tx, journals)
	return int64(len(made)), err
}

// cancelUnsentRefund drops a refund that nobody was asked for yet: what was charged back is not refunded as well.
func cancelUnsentRefund(ctx context.Context, tx *gorm.DB, prepaymentID int64) error {
	var r Refund
	err := tx.WithContext(ctx).Raw(`UPDATE refunds SET status = 'canceled' FROM prepayments p
		WHERE refunds.prepayment_id = ? AND refunds.status = 'required' AND p.id = refunds.prepayment_id
		RETURNING refunds.*, p.participation_id, p.claim_id`, prepaymentID).Scan(&r).Error
	if err != nil || r.ID == 0 {
		return err
	}
	_, err = ledger.Post(ctx, tx, refundUndone(r, RefundRequired, bookingDay(tx.NowFunc())))
	return err
}

// ApplyRefund books how a refund stands at Mollie; the bool tells whether that changed anything.
func ApplyRefund(ctx context.Context, tx *gorm.DB, refundID int64, m mollie.Refund) (Refund, bool, error) {
	if !audit.InTransaction(tx) {
		return Refund{}, false, audit.ErrNoTransaction
	}
	r, err := refundByID(ctx, tx, refundID, "FOR UPDATE OF r")
	if err != nil {
		return r, false, err
	}
	was, to := r.Status, string(m.Status)
	if !can(refundSteps, was, to) {
		return r, false, nil // old news, or nothing new
	}
	r.Status = to
	if r.ProviderID == nil && m.ID != "" {
		r.ProviderID = &m.ID
	}
	if to == RefundRefunded {
		now := tx.NowFunc()
		r.RefundedAt = &now
	} else {
		r.RefundedAt = nil
	}
	return r, true, moveRefund(ctx, tx, was, r)
}

// moveRefund writes the news and books it; the state that was read stands in the WHERE.
func moveRefund(ctx context.Context, tx *gorm.DB, was string, r Refund) error {
	done := tx.WithContext(ctx).Exec(`UPDATE refunds SET status = ?, provider_id = ?, refunded_at = ? WHERE id = ? AND status = ?`,
		r.Status, r.ProviderID, r.RefundedAt, r.ID, was)
	err := done.Error
	if err == nil && done.RowsAffected == 0 {
		err = ErrWrongState
	}
	day := bookingDay(tx.NowFunc())
	switch {
	case err != nil:
	case r.Status == RefundRefunded:
		_, err = ledger.Post(ctx, tx, refundDone(r, day))
	case r.Status == RefundFailed || r.Status == RefundCanceled:
		_, err = ledger.Post(ctx, tx, refundUndone(r, was, day))
	}
	if err != nil {
		return fmt.Errorf("apply refund %d: %w", r.ID, err)
	}
	return nil
}

// refundByID reads one refund and whose it is.
func refundByID(ctx context.Context, db *gorm.DB, id int64, lock string) (Refund, error) {
	var r Refund
	err := db.WithContext(ctx).Raw(`SELECT r.*, p.participation_id, p.claim_id FROM refunds r
		JOIN prepayments p ON p.id = r.prepayment_id WHERE r.id = ? `+lock, id).Scan(&r).Error
	if err != nil {
		return r, fmt.Errorf("refund %d: %w", id, err)
	}
	if r.ID == 0 {
		return r, ErrNotFound
	}
	return r, nil
}
