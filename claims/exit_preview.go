package claims

import (
	"context"
	"time"

	"samenclaim/participants"
	"samenclaim/payments"
)

// ExitPreview is what an exit would mean for one person, before they take it.
type ExitPreview struct {
	Err         error          // why it is not possible; nil: it is
	Until       time.Time      // of the fourteen days
	InLetter    bool           // the number stays in the annex of a letter that was sent
	FeeStays    bool           // the award is fixed: what follows is paid, less the fee
	RefundCents payments.Cents // prepaid, and comes back
	FeeCents    payments.Cents // the fee that stays, if it stays
	PayoutCents payments.Cents // what is still paid out then
}

// PreviewExit tells what stopping would mean for a participation.
func (s *Service) PreviewExit(ctx context.Context, c Claim, p participants.Participation, kind Exit) (ExitPreview, error) {
	out := ExitPreview{Until: CoolingOffUntil(p.SignedAt), InLetter: p.LetterID != nil}
	out.FeeStays, out.Err = mayExit(kind, c, p, s.db.NowFunc())
	if out.FeeStays {
		award, err := s.AwardOf(ctx, p.ID)
		if err == nil && award != nil {
			out.FeeCents, out.PayoutCents = award.FeeCents, award.PayoutCents
		}
		return out, err
	}
	paid, err := payments.PrepaymentsOf(ctx, s.db, p.ID)
	for _, pre := range paid {
		if pre.Status == payments.PrepaymentPaid && pre.UsedCents == 0 {
			out.RefundCents += pre.AmountCents
		}
	}
	return out, err
}

// Left is how somebody stopped.
type Left struct {
	Kind        Exit
	At          time.Time
	ToldOn      *time.Time
	FeeStays    bool
	RefundCents payments.Cents // on its way back, or back
}

// LeftBy tells how somebody stopped, or nil while they have not.
func (s *Service) LeftBy(ctx context.Context, p participants.Participation) (*Left, error) {
	x, err := exitOf(ctx, s.db, p.ID)
	if err != nil || x == nil {
		return nil, err
	}
	cents, err := payingBack(ctx, s.db, p.ID)
	return &Left{Kind: x.Kind, At: x.MadeAt, ToldOn: x.ToldOn, FeeStays: x.FeeStays, RefundCents: payments.Cents(cents)}, err
}
