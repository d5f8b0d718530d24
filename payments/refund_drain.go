package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/payments/mollie"
)

const (
	refundBatch   = 50
	askAgainAfter = 15 * time.Minute // while Mollie is busy with it: two hours and a bank day
	longestPause  = time.Hour
	manyAttempts  = 20 // after these, once a day
)

// refundText is what stands on the bank statement of who gets money back.
const refundText = "Terugbetaling vooruitbetaalde vergoeding"

// DueRefunds takes the refunds that are to be sent, or asked about, now. Who takes one puts off its next
// turn in the same statement, so that nobody else takes it as well.
func (s *Service) DueRefunds(ctx context.Context, limit int) ([]Refund, error) {
	now := s.db.NowFunc()
	var due []Refund
	err := s.db.WithContext(ctx).Raw(`
		WITH due AS (
			SELECT id, status FROM refunds
			WHERE next_try_at <= ? AND status IN ('required', 'requested', 'queued', 'pending', 'processing')
			ORDER BY next_try_at, id LIMIT ? FOR UPDATE SKIP LOCKED
		), taken AS (
			UPDATE refunds r SET attempts = r.attempts + 1, next_try_at = ?::timestamptz + CASE
				WHEN r.status NOT IN ('required', 'requested') THEN ?::interval
				WHEN r.attempts >= ? THEN interval '1 day'
				ELSE least(interval '1 minute' * power(2, least(r.attempts, 10)), ?::interval) END,
				status = CASE WHEN r.status = 'required' THEN 'requested' ELSE r.status END
			FROM due WHERE due.id = r.id RETURNING r.*, due.status AS was
		) SELECT taken.*, p.participation_id, p.claim_id FROM taken JOIN prepayments p ON p.id = taken.prepayment_id ORDER BY taken.id`,
		now, limit, now, seconds(askAgainAfter), manyAttempts, seconds(longestPause)).Scan(&due).Error
	if err != nil {
		return nil, fmt.Errorf("due refunds: %w", err)
	}
	return due, nil
}

// AskRefundsAgain makes the refunds of a payment at Mollie due for a question now: Mollie said that something changed.
func AskRefundsAgain(ctx context.Context, tx *gorm.DB, providerID string) error {
	now := tx.NowFunc()
	err := tx.WithContext(ctx).Exec(`UPDATE refunds SET next_try_at = ? FROM prepayments p WHERE p.id = refunds.prepayment_id
		AND p.provider_id = ? AND refunds.status IN ('queued', 'pending', 'processing') AND next_try_at > ?`, now, providerID, now).Error
	if err != nil {
		return fmt.Errorf("ask about refunds again: %w", err)
	}
	return nil
}

// DoubtfulRefunds gives the refunds of a payment that are done by our books, when Mollie says that less went
// back: a bank can refuse a refund days later.
func (s *Service) DoubtfulRefunds(ctx context.Context, m mollie.Payment) ([]Refund, error) {
	var done []Refund
	err := s.db.WithContext(ctx).Raw(`SELECT r.*, p.participation_id, p.claim_id FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
		WHERE p.provider_id = ? AND r.status = 'refunded' AND r.provider_id IS NOT NULL AND ? < (SELECT sum(x.amount_cents) FROM refunds x
			WHERE x.prepayment_id = p.id AND x.status = 'refunded' AND x.provider_id IS NOT NULL)`, m.ID, m.AmountRefundedCents).Scan(&done).Error
	if err != nil {
		return nil, fmt.Errorf("doubtful refunds: %w", err)
	}
	return done, nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d seconds", int(d.Seconds())) }

// AskRefund sends a refund that DueRefunds took to Mollie, or asks how it stands. It calls out, so no
// transaction may be open. ok is false when there is no clear answer: its next turn comes by itself.
func (s *Service) AskRefund(ctx context.Context, r Refund) (answer mollie.Refund, ok bool, err error) {
	p, err := prepaymentByID(ctx, s.db, r.PrepaymentID)
	if err != nil || p.ProviderID == nil {
		return answer, false, errors.Join(err, ErrWrongState)
	}
	if r.ProviderID != nil {
		answer, err = s.mollie.GetRefund(ctx, *p.ProviderID, *r.ProviderID)
		if errors.Is(err, mollie.ErrNotFound) { // Mollie forgets what was canceled there
			return mollie.Refund{ID: *r.ProviderID, Status: mollie.RefundCanceled}, true, nil
		}
		return s.clear(ctx, r, answer, err)
	}
	if r.Attempts > 1 { // an answer may have been lost
		answer, err = s.mollie.FindRefund(ctx, *p.ProviderID, r.Ref)
		if !errors.Is(err, mollie.ErrNotFound) {
			return s.clear(ctx, r, answer, err)
		}
	}
	answer, err = s.mollie.CreateRefund(ctx, *p.ProviderID, mollie.NewRefund{
		AmountCents: int64(r.AmountCents), Description: refundText, Reference: r.Ref, IdempotencyKey: r.IdempotencyKey,
	})
	if errors.Is(err, mollie.ErrRefused) || errors.Is(err, mollie.ErrNotFound) {
		_, _, _ = s.clear(ctx, r, answer, err)
		return mollie.Refund{Status: mollie.RefundFailed}, true, nil
	}
	return s.clear(ctx, r, answer, err)
}

// clear keeps why there is no answer, for the staff to see.
func (s *Service) clear(ctx context.Context, r Refund, answer mollie.Refund, err error) (mollie.Refund, bool, error) {
	if err == nil {
		return answer, true, nil
	}
	if _, e := table.Of[Refund](s.db).Where("id = ?", r.ID).Updates(ctx, Refund{LastError: short(err.Error(), 200)}); e != nil {
		return answer, false, fmt.Errorf("refund %d: %w", r.ID, e)
	}
	return answer, false, nil
}

// DrainRefunds sends what has to go back and asks about what is under way, one batch at a time.
func (s *Service) DrainRefunds(ctx context.Context) (changed []Refund, more bool, err error) {
	due, err := s.DueRefunds(ctx, refundBatch)
	if err != nil {
		return nil, false, err
	}
	for _, r := range due {
		now, did, err := s.settleRefund(ctx, r)
		if err != nil {
			return changed, false, err
		}
		if did {
			changed = append(changed, now)
		}
	}
	return changed, len(due) == refundBatch, nil
}

// settleRefund asks first and books then, in a transaction of its own.
func (s *Service) settleRefund(ctx context.Context, r Refund) (now Refund, changed bool, err error) {
	answer, ok, err := s.AskRefund(ctx, r)
	if err != nil || !ok {
		return r, false, err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now, changed, err = ApplyRefund(ctx, tx, r.ID, answer)
		return err
	})
	return now, changed, err
}
