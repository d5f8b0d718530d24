package claims

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/bank"
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

// UnmatchLine takes back what a bank line was booked as.
func (s *Service) UnmatchLine(ctx context.Context, by audit.Actor, matchID int64, reason string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error { return s.money.Unmatch(ctx, tx, by, matchID, reason) })
}

// MatchedLines gives the last lines of which the match can be taken back.
func (s *Service) MatchedLines(ctx context.Context) ([]payments.MatchedLine, error) {
	return payments.Matched(ctx, s.db)
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

// returned reopens the participation of one transfer that came back. What happens next depends on why: who
// can mend it is asked for another account; what a person has to look at first is held, without a mail.
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
	if err := afterRefusal(ctx, tx, p.ID, r.PayoutID, r.Reason); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "payout.returned", participationSubject(p.ID), map[string]any{"payout": r.PayoutID, "reason": r.Reason})
}

// afterRefusal does what the bank's reason asks for, with somebody whose account is waited for.
func afterRefusal(ctx context.Context, tx *gorm.DB, participationID, payoutID int64, reason string) error {
	what := bank.AskAccount
	if reason != "" { // banks that give no reason mean one of those they may keep to themselves
		what = bank.ReasonOf(reason, "nl").Action
	}
	if what == bank.AskAccount {
		_, err := tell(ctx, tx, "payout_returned", "payout_returned", func(Addressee) (map[string]string, error) {
			return map[string]string{}, nil
		}, `SELECT ?::bigint AS fact, p.id AS participant_id, t.number, p.email, p.lang
			FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ?`, payoutID, participationID)
		return err
	}
	if what != bank.Retry {
		if err := payments.PlaceHold(ctx, tx, audit.System("bank"), participationID, payments.HoldBank); err != nil {
			return err
		}
	}
	// The account stays: money goes there again in the next run, or when a person has lifted the hold.
	_, err := participants.MoveAll(ctx, tx, participants.PayeePending, participants.Payable,
		"id = ? AND EXISTS (SELECT FROM payee_accounts a WHERE a.participation_id = participations.id AND a.superseded_at IS NULL)", participationID)
	return err
}

// ReadReport reads what the bank says about a run of a claim, and acts on it: who was in a file that the
// bank did not take can be paid in the next run; whose own payment it did not take, as the reason asks.
func (s *Service) ReadReport(ctx context.Context, by audit.Actor, runID int64, content []byte) (payments.Reported, error) {
	var out payments.Reported
	err := s.afterwards(ctx, "mail", func(tx *gorm.DB) (err error) {
		if out, err = s.money.ReadReport(ctx, tx, by, runID, content); err != nil {
			return err
		}
		return rejected(ctx, tx, out.Rejected)
	})
	return out, err
}

func rejected(ctx context.Context, tx *gorm.DB, all []payments.Rejected) error {
	ids := make([]int64, len(all))
	for i, r := range all {
		ids[i] = r.ParticipationID
	}
	for some := range slices.Chunk(ids, peopleAtOnce) {
		if _, err := participants.MoveAll(ctx, tx, participants.InRun, participants.Payable, "id IN ?", some); err != nil {
			return err
		}
	}
	for _, r := range all {
		if r.Whole {
			continue
		}
		if err := participants.Move(ctx, tx, r.ParticipationID, participants.Payable, participants.PayeePending); err != nil {
			return fmt.Errorf("payout %d rejected: %w", r.PayoutID, err)
		}
		if err := afterRefusal(ctx, tx, r.ParticipationID, r.PayoutID, r.Reason); err != nil {
			return fmt.Errorf("payout %d rejected: %w", r.PayoutID, err)
		}
	}
	return nil
}
