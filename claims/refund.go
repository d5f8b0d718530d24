package claims

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/mailer"
	"samenclaim/payments"
)

// drainBatch is how much a drain takes in hand at once.
const drainBatch = 50

// drainRefunds sends what has to go back to Mollie, asks about what is under
// way, and tells the person in the transaction that books it.
func (s *Service) drainRefunds(ctx context.Context) (more bool, err error) {
	due, err := s.money.DueRefunds(ctx, drainBatch)
	if err != nil {
		return false, err
	}
	for _, r := range due {
		if e := s.refund(ctx, r); e != nil { // the others must not wait for it
			err = errors.Join(err, fmt.Errorf("refund %d: %w", r.ID, e))
		}
	}
	return err == nil && len(due) == drainBatch, err
}

// refund asks first, outside any transaction, and books then.
func (s *Service) refund(ctx context.Context, r payments.Refund) error {
	answer, ok, err := s.money.AskRefund(ctx, r)
	if err != nil || !ok {
		return err
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		now, changed, err := payments.ApplyRefund(ctx, tx, r.ID, answer)
		if err != nil || !changed {
			return err
		}
		return tellRefund(ctx, tx, now)
	})
}

// tellRefund tells the person that money is on its way back, and that it is there: one mail each.
func tellRefund(ctx context.Context, tx *gorm.DB, r payments.Refund) error {
	var template string
	switch r.Status {
	case payments.RefundQueued, payments.RefundPending, payments.RefundProcessing:
		template = "refund_started"
	case payments.RefundRefunded:
		template = "refund_done"
	default:
		return nil // what failed is looked at by staff, who then know what to say
	}
	var to Addressee
	err := tx.WithContext(ctx).Raw(`SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ? AND p.erased_at IS NULL`, r.ParticipationID).Scan(&to).Error
	if err != nil || to.ParticipantID == 0 {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("%s:%d", template, r.ID), To: to.Email, Lang: to.Lang, Template: template, ParticipantID: to.ParticipantID,
		Data: map[string]string{"Number": to.Number},
	})
}
