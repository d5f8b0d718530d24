package claims

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
)

// BookStatement books a bank file and acts on what it says: who was paid is
// told so, and whose transfer came back is asked for another account.
func (s *Service) BookStatement(ctx context.Context, by audit.Actor, ref string) (payments.Booked, error) {
	var b payments.Booked
	err := s.afterwards(ctx, "mail", func(tx *gorm.DB) (err error) {
		if b, err = s.money.Book(ctx, tx, by, ref); err != nil {
			return err
		}
		return s.act(ctx, tx, by, b)
	})
	return b, err
}

// MatchLine says by hand what an open line of a statement is, and acts on it.
func (s *Service) MatchLine(ctx context.Context, by audit.Actor, lineID int64, kind string, targetID int64) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		b, err := s.money.Match(ctx, tx, by, lineID, kind, targetID)
		if err != nil {
			return err
		}
		return s.act(ctx, tx, by, b)
	})
}

// act does for the participants what the bank's news means for them, in the
// transaction that booked it.
func (s *Service) act(ctx context.Context, tx *gorm.DB, by audit.Actor, b payments.Booked) error {
	for ids := range slices.Chunk(b.PaidParticipations, peopleAtOnce) {
		if err := s.paid(ctx, tx, ids); err != nil {
			return err
		}
	}
	for _, r := range b.Returned {
		if err := returned(ctx, tx, by, r); err != nil {
			return fmt.Errorf("payout %d returned: %w", r.PayoutID, err)
		}
	}
	return nil
}

// peopleAtOnce is how many people one statement can name: PostgreSQL takes at most 65,535 values.
const peopleAtOnce = 10_000

// paid moves people on whose transfer the bank has booked, and tells them.
func (s *Service) paid(ctx context.Context, tx *gorm.DB, ids []int64) error {
	if _, err := participants.MoveAll(ctx, tx, participants.InRun, participants.Paid, "id IN ?", ids); err != nil {
		return err
	}
	_, err := tell(ctx, tx, "payout_sent", "payout_sent", func(Addressee) (map[string]string, error) {
		return map[string]string{}, nil
	}, `SELECT o.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM payouts o JOIN participations t ON t.id = o.participation_id JOIN participants p ON p.id = t.participant_id
		WHERE o.participation_id IN ? AND o.status = 'booked'`, ids)
	return err
}

// returned reopens the participation of one transfer that came back, and asks for another account.
func returned(ctx context.Context, tx *gorm.DB, by audit.Actor, r payments.Returned) error {
	p, err := lockParticipation(ctx, tx, r.ParticipationID)
	if err != nil {
		return err
	}
	if p.Status == participants.Erased { // nobody can be reached any more: the money waits in the books, under the number
		return audit.Record(ctx, tx, by, "payout.returned", participationSubject(p.ID), map[string]any{"payout": r.PayoutID, "reason": r.Reason, "erased": true})
	}
	if err := participants.Move(ctx, tx, p.ID, participants.Paid, participants.PayeePending); err != nil {
		return err
	}
	_, err = tell(ctx, tx, "payout_returned", "payout_returned", func(Addressee) (map[string]string, error) {
		return map[string]string{}, nil
	}, `SELECT ?::bigint AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ?`, r.PayoutID, p.ID)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "payout.returned", participationSubject(p.ID), map[string]any{"payout": r.PayoutID, "reason": r.Reason})
}
