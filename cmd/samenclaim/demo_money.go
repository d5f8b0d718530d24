package main

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

// prepayments lets people pay the flat fee ahead, each as far as they got. The
// simulated Mollie is told of the same payments, so that both keep agreeing.
func (s *seeder) prepayments(c claims.Claim, people []demo.Person, joined []claims.Joined, until time.Time) error {
	return s.db.WithContext(s.ctx).Transaction(func(tx *gorm.DB) error {
		for i, p := range people {
			if p.Prepayment == "" {
				continue
			}
			if err := s.prepayment(tx, c, p, joined[i], until); err != nil {
				return fmt.Errorf("prepayment of %s: %w", joined[i].Number, err)
			}
		}
		return nil
	})
}

func (s *seeder) prepayment(tx *gorm.DB, c claims.Claim, p demo.Person, j claims.Joined, until time.Time) error {
	at := p.SignedAt.Add(time.Duration(len(p.Email)) * 3 * time.Hour) // a few days later, each another
	if at.After(until) {
		at = until
	}
	s.clock.set(at)
	pre, err := payments.OpenPrepayment(s.ctx, tx, j.ParticipationID, c.ID, c.FlatFeeCents)
	if err != nil || p.Prepayment == payments.PrepaymentCreated {
		return err
	}
	known := s.payment(c, p, j, pre, at)
	s.paid = append(s.paid, known)
	answer := answerOf(known)
	next := payments.Prepayment{Status: payments.PrepaymentOpen, ProviderID: &known.ID, CheckoutURL: s.base + mollieUnder + "checkout/" + known.ID, AskedAt: &at}
	if _, err := table.Of[payments.Prepayment](tx).Where("id = ?", pre.ID).Updates(s.ctx, next); err != nil {
		return err
	}
	_, err = payments.ApplyPrepayment(s.ctx, tx, answer)
	return err
}

// payment is a prepayment as Mollie would know it.
func (s *seeder) payment(c claims.Claim, p demo.Person, j claims.Joined, pre payments.Prepayment, at time.Time) mollietest.SeedPayment {
	known := mollietest.SeedPayment{
		ID: fmt.Sprintf("tr_demo%s%08d", c.NumberPrefix, pre.ID), Reference: pre.Ref, AmountCents: int64(pre.AmountCents), Status: p.Prepayment,
		Description: fmt.Sprintf("%s %s", c.Name(p.Lang), j.Number), Locale: map[string]string{"nl": "nl_NL", "en": "en_GB"}[p.Lang],
		RedirectURL: s.base + "/" + p.Lang + "/mijn/" + j.Ref + "/betaling/" + pre.Ref, WebhookURL: s.base + "/webhooks/mollie", CreatedAt: at,
	}
	switch p.Prepayment {
	case payments.PrepaymentPaid:
		known.PaidAt = at.Add(2 * time.Minute)
	case payments.PrepaymentChargedBack:
		known.Status, known.PaidAt = payments.PrepaymentPaid, at.Add(2*time.Minute)
		known.Chargebacks = []mollietest.Chargeback{{ID: "chb_demo" + known.ID[7:], AmountCents: known.AmountCents, CreatedAt: at.Add(time.Hour)}}
	case payments.PrepaymentOpen:
	default:
		known.ClosedAt = at.Add(15 * time.Minute)
	}
	return known
}

// answerOf is what the simulated Mollie would answer about a payment.
func answerOf(p mollietest.SeedPayment) mollie.Payment {
	var back []mollie.Chargeback
	for _, c := range p.Chargebacks {
		back = append(back, mollie.Chargeback{ID: c.ID, PaymentID: p.ID, AmountCents: c.AmountCents, CreatedAt: c.CreatedAt, ReversedAt: c.ReversedAt})
	}
	return mollie.Payment{
		ID: p.ID, Reference: p.Reference, Status: mollie.Status(p.Status), AmountCents: p.AmountCents, Chargebacks: back,
		CreatedAt: p.CreatedAt, PaidAt: p.PaidAt, Method: p.Method,
	}
}

// change lets a few who paid ahead choose the percentage after all: the workers send their money back.
func (s *seeder) change(c claims.Claim, people []demo.Person, arrivals []claims.Arrival, joined []claims.Joined, most int) error {
	for i, p := range people {
		if most == 0 {
			return nil
		}
		if p.Prepayment != payments.PrepaymentPaid {
			continue
		}
		most--
		part, err := s.people.ByNumber(s.ctx, c.ID, joined[i].Number)
		if err != nil {
			return err
		}
		in := arrivals[i].Form
		in.ReceivedAt, in.RequestID = s.clock.now(), in.RequestID+"-change"
		in.AmountsShown = map[string]string{"percentage": locale.Percent(c.RateBP, p.Lang)}
		if err := s.claims.ChangeFee(s.ctx, c, part, claims.Percentage, in); err != nil {
			return fmt.Errorf("change the fee of %s: %w", joined[i].Number, err)
		}
	}
	return nil
}
