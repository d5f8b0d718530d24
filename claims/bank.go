package claims

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
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

// payoutTold is what the mail about a payout needs.
type payoutTold struct {
	Addressee
	Gross, Fee, Prepaid, Payout int64
	KeyWrapped                  []byte
	IBAN                        []byte `gorm:"column:iban"`
	Holder                      []byte
}

// paid moves people on whose transfer the bank has booked, and tells them.
func (s *Service) paid(ctx context.Context, tx *gorm.DB, ids []int64) error {
	if _, err := participants.MoveAll(ctx, tx, participants.InRun, participants.Paid, "id IN ?", ids); err != nil {
		return err
	}
	_, err := tell(ctx, tx, "payout_sent", "payout_sent", func(a payoutTold) (map[string]string, error) {
		account, err := participants.OpenPayee(s.vault, a.KeyWrapped, 0, a.IBAN, a.Holder, tx.NowFunc())
		if err != nil {
			return nil, err
		}
		values := map[string]string{
			"Gross": locale.Euro(a.Gross, a.Lang), "Fee": locale.Euro(a.Fee, a.Lang), "Net": locale.Euro(a.Payout, a.Lang), "Ending": account.Ending(),
		}
		if a.Prepaid > 0 {
			values["Prepaid"] = locale.Euro(a.Prepaid, a.Lang)
		}
		return values, nil
	}, `SELECT o.id AS fact, p.id AS participant_id, t.number, p.email, p.lang, a.gross_cents AS gross, a.fee_cents AS fee,
			a.prepaid_cents AS prepaid, o.amount_cents AS payout, t.key_wrapped, y.iban, y.holder
		FROM payouts o JOIN awards a ON a.id = o.award_id JOIN participations t ON t.id = o.participation_id
		JOIN participants p ON p.id = t.participant_id JOIN payee_accounts y ON y.id = o.payee_account_id
		WHERE o.participation_id IN ? AND o.status = 'booked'`, ids)
	return err
}

// returned reopens the participation of one transfer that came back, and asks for another account.
func returned(ctx context.Context, tx *gorm.DB, by audit.Actor, r payments.Returned) error {
	p, err := lockParticipation(ctx, tx, r.ParticipationID)
	if err != nil {
		return err
	}
	if err := participants.Move(ctx, tx, p.ID, participants.Paid, participants.PayeePending); err != nil {
		return err
	}
	_, err = tell(ctx, tx, "payout_returned", "payout_returned", func(a sums) (map[string]string, error) {
		return map[string]string{"Amount": locale.Euro(a.Cents, a.Lang), "Reason": bank.ReturnReason(r.Reason, a.Lang)}, nil
	}, `SELECT ?::bigint AS fact, p.id AS participant_id, t.number, p.email, p.lang, ?::bigint AS cents
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ?`, r.PayoutID, int64(r.AmountCents), p.ID)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "payout.returned", participationSubject(p.ID), map[string]any{"payout": r.PayoutID, "reason": r.Reason})
}
