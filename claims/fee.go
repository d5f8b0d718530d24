package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/payments"
)

var (
	// ErrFeeLocked means that the fee option was frozen with the annex, before anybody knew the outcome.
	ErrFeeLocked = errors.New("the fee option is frozen with the annex")
	// ErrSameOption means that this is the fee option already.
	ErrSameOption = errors.New("this is the fee option already")
	// ErrNotFlat means that only the flat fee can be paid ahead.
	ErrNotFlat = errors.New("only the flat fee can be paid ahead")
)

// ChosenFee is the fee option of one participation, as signed.
type ChosenFee struct {
	ID              int64
	ParticipationID int64
	Option          FeeOption
	MandateID       int64
	ChosenAt        time.Time
	SupersededAt    *time.Time
	LockedAt        *time.Time
}

// TableName is the table of the fee options.
func (ChosenFee) TableName() string { return "fee_options" }

// FeeOption returns the option in force for a participation.
func (s *Service) FeeOption(ctx context.Context, participationID int64) (ChosenFee, error) {
	return take(ctx, table.Of[ChosenFee](s.db).Where("participation_id = ? AND superseded_at IS NULL", participationID))
}

// ChangeFee changes the fee option, with a new signature, until the annex
// freezes. Whoever leaves the flat fee gets a prepayment back.
func (s *Service) ChangeFee(ctx context.Context, claim Claim, p participants.Participation, to FeeOption, in SignForm) error {
	if !to.Valid() {
		return ErrNotFound
	}
	by := audit.Participant(p.ParticipantID)
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		if err := joining(ctx, tx, claim.ID, time.Time{}); err != nil {
			return err
		}
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		old, err := take(ctx, table.Of[ChosenFee](tx, clause.Locking{Strength: "UPDATE"}).Where("participation_id = ? AND superseded_at IS NULL", p.ID))
		switch {
		case err != nil:
			return err
		case old.LockedAt != nil || p.Status != participants.Active:
			return ErrFeeLocked
		case old.Option == to:
			return ErrSameOption
		}
		if err := s.resign(ctx, tx, claim, p, to, in); err != nil {
			return err
		}
		if to == Percentage && p.LatePriceCents == nil { // what was paid for coming late is an advance on either
			if err := refundPaid(ctx, tx, p.ID, "switched"); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, "fee.changed", participationSubject(p.ID), map[string]any{"from": old.Option, "to": to})
	})
}

// resign writes the new signature and the new option, and tells the person.
func (s *Service) resign(ctx context.Context, tx *gorm.DB, claim Claim, p participants.Participation, to FeeOption, in SignForm) error {
	person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ?", p.ParticipantID))
	if err != nil {
		return err
	}
	r := participants.Record{Name: person.Name(), Email: person.Email, EmailProvenAt: person.EmailVerifiedAt, ProvenBy: participants.ProvenByCode, FeeOption: string(to), Lang: person.Lang}
	represented, err := participants.RepresentedIn(ctx, tx, s.vault, p)
	if err != nil {
		return err
	}
	if represented != nil {
		r.Ward = &represented.Ward
	}
	record, err := s.signature(ctx, tx, claim, r, in)
	if err != nil {
		return err
	}
	mandateID, err := participants.Resign(ctx, tx, s.vault, p, record)
	if err != nil {
		return err
	}
	now := tx.NowFunc()
	if _, err := table.Of[ChosenFee](tx).Where("participation_id = ? AND superseded_at IS NULL", p.ID).Updates(ctx, ChosenFee{SupersededAt: &now}); err != nil {
		return err
	}
	if err := table.Of[ChosenFee](tx).Create(ctx, &ChosenFee{ParticipationID: p.ID, Option: to, MandateID: mandateID, ChosenAt: now}); err != nil {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("fee_changed:%d", mandateID), To: person.Email, Lang: person.Lang, Template: "fee_changed", ParticipantID: person.ID,
		Data: map[string]string{"Number": p.Number},
	})
}

// feeWords is what an option costs: an amount or a percentage.
func feeWords(c Claim, o FeeOption, lang string) string {
	if o == Flat {
		return locale.Euro(int64(c.FlatFeeCents), lang)
	}
	return locale.Percent(c.RateBP, lang)
}

// refundPaid gives back what a participation has paid ahead, once.
func refundPaid(ctx context.Context, tx *gorm.DB, participationID int64, reason string) error {
	paid, err := payments.PrepaymentsOf(ctx, tx, participationID)
	if err != nil {
		return err
	}
	for _, pre := range paid {
		if pre.Status != payments.PrepaymentPaid || pre.UsedCents > 0 {
			continue
		}
		if _, _, err := payments.RequireRefund(ctx, tx, pre.ID, pre.AmountCents, reason); err != nil {
			return err
		}
	}
	return nil
}

// Prepay opens a payment of the flat fee at Mollie, or of the advance of who
// signed late, and returns it with the address of the page to pay on. Asked twice, it returns the same payment.
func (s *Service) Prepay(ctx context.Context, claim Claim, p participants.Participation, lang, returnURL string) (payments.Prepayment, error) {
	var pre payments.Prepayment
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if p.Status != participants.Active && p.Status != participants.Included || !prepayable(claim.Status) {
			return ErrWrongState
		}
		if p.LatePriceCents != nil {
			if p.Status == participants.Active && !claim.TakesSignups() {
				return ErrWrongState // no letter follows
			}
			pre, err = payments.OpenPrepayment(ctx, tx, p.ID, claim.ID, payments.Cents(*p.LatePriceCents))
			return err
		}
		fee, err := take(ctx, table.Of[ChosenFee](tx).Where("participation_id = ? AND superseded_at IS NULL", p.ID))
		if err != nil {
			return err
		}
		if fee.Option != Flat {
			return ErrNotFlat
		}
		pre, err = payments.OpenPrepayment(ctx, tx, p.ID, claim.ID, claim.FlatFeeCents)
		return err
	})
	if err != nil {
		return pre, err
	}
	return s.money.StartPrepayment(ctx, pre, p.Number, lang, returnURL+"/"+pre.Ref) // calls Mollie: after the commit
}

// prepayable reports whether the fee can still be paid ahead: until the distribution is frozen.
func prepayable(s Status) bool {
	return s.takesSignups() || s == SettlementProposed || s == Settled || s == Won
}

// PrepaymentChanged asks Mollie how a payment stands and acts on it. A
// webhook, the page somebody returns to and the sweep all come here.
func (s *Service) PrepaymentChanged(ctx context.Context, providerID string) error {
	m, err := s.money.AskPrepayment(ctx, providerID)
	if err != nil {
		return err
	}
	doubtful, err := s.money.DoubtfulRefunds(ctx, m)
	if err != nil {
		return err
	}
	for _, r := range doubtful {
		if err := s.refund(ctx, r); err != nil {
			return err
		}
	}
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		p, err := lockPayer(ctx, tx, providerID)
		if err != nil {
			return err
		}
		if err := payments.AskRefundsAgain(ctx, tx, providerID); err != nil {
			return err
		}
		c, err := payments.ApplyPrepayment(ctx, tx, m)
		switch {
		case err != nil || !c.Changed:
			return err
		case c.Now == payments.PrepaymentFailed || c.Now == payments.PrepaymentExpired:
			return tellPayer(ctx, tx, p, c.Prepayment, "prepayment_failed")
		case c.Now != payments.PrepaymentPaid:
			return nil
		}
		if err := s.prepaid(ctx, tx, p, c); err != nil || c.WasPaid() {
			return err
		}
		return audit.Record(ctx, tx, audit.System("mollie"), "prepayment.paid", participationSubject(p.ID), map[string]int64{"prepayment": c.ID})
	})
}

// askAbout asks Mollie about some payments; one that fails does not keep the others waiting.
func (s *Service) askAbout(ctx context.Context, providerIDs []string) (err error) {
	for _, id := range providerIDs {
		if e := s.PrepaymentChanged(ctx, id); e != nil {
			err = errors.Join(err, e)
		}
		if errors.Is(err, payments.ErrProviderDown) {
			break // no use asking on
		}
	}
	return err
}

// prepaid tells the person that the money came, and gives it back if it is not needed any more.
func (s *Service) prepaid(ctx context.Context, tx *gorm.DB, p participants.Participation, c payments.Change) error {
	if c.Refund == nil {
		fee, err := take(ctx, table.Of[ChosenFee](tx).Where("participation_id = ? AND superseded_at IS NULL", p.ID))
		if err != nil {
			return err
		}
		claim, err := take(ctx, table.Of[Claim](tx).Where("id = ?", p.ClaimID))
		if err != nil {
			return err
		}
		if fee.Option != Flat && p.LatePriceCents == nil || !p.Status.Live() || !prepayable(claim.Status) {
			if left := c.AmountCents - c.UsedCents; left > 0 { // after a reversal it may have settled a fee
				if _, _, err := payments.RequireRefund(ctx, tx, c.ID, left, "late"); err != nil {
					return err
				}
			}
		}
	}
	return tellPayer(ctx, tx, p, c.Prepayment, "prepayment_paid")
}

// tellPayer mails how a payment ended, once.
func tellPayer(ctx context.Context, tx *gorm.DB, p participants.Participation, pre payments.Prepayment, template string) error {
	person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ?", p.ParticipantID))
	if err != nil || person.ErasedAt != nil {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("%s:%d", template, pre.ID), To: person.Email, Lang: person.Lang, Template: template, ParticipantID: person.ID,
		Data: payerData(p),
	})
}

// payerData says what was paid for: the flat fee, or the advance of who signed late.
func payerData(p participants.Participation) map[string]string {
	data := map[string]string{"Number": p.Number}
	if p.LatePriceCents != nil {
		data["Late"] = "yes"
	}
	return data
}

// lockPayer finds whose payment it is and keeps other changes off that participation. The
// participation is always locked before its payments, so that two roads never wait for each other.
func lockPayer(ctx context.Context, tx *gorm.DB, providerID string) (participants.Participation, error) {
	var id int64
	err := tx.WithContext(ctx).Raw(`SELECT t.id FROM participations t JOIN prepayments p ON p.participation_id = t.id
		WHERE p.provider_id = ? FOR UPDATE OF t`, providerID).Scan(&id).Error
	if err != nil {
		return participants.Participation{}, err
	}
	return participants.Find(ctx, tx, id)
}

func lockParticipation(ctx context.Context, tx *gorm.DB, id int64) (participants.Participation, error) {
	return take(ctx, table.Of[participants.Participation](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", id))
}
