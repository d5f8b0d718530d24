package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"samenclaim/internal/table"
	"samenclaim/payments/mollie"
)

// findWithin is how long a payment that got no answer is looked for: after that
// nobody can pay it any more.
const findWithin = 14 * 24 * time.Hour

// StartPrepayment opens the payment at Mollie and returns it with the address to pay at. It calls
// out, so no transaction may be open. Calling it again, or eight times at once, gives the same payment.
func (s *Service) StartPrepayment(ctx context.Context, p Prepayment, description, lang, returnURL string) (Prepayment, error) {
	p, err := prepaymentByID(ctx, s.db, p.ID)
	switch {
	case err != nil:
		return p, err
	case p.Status == PrepaymentOpen:
		return p, nil
	case p.Status != PrepaymentCreated:
		return p, ErrWrongState
	}
	tried := p.AskedAt != nil
	now := s.db.NowFunc()
	if _, err := table.Of[Prepayment](s.db).Where("id = ? AND status = ?", p.ID, PrepaymentCreated).Updates(ctx, Prepayment{AskedAt: &now}); err != nil {
		return p, fmt.Errorf("start prepayment %d: %w", p.ID, err)
	}
	m, err := s.openAtMollie(ctx, p, tried, mollie.NewPayment{
		AmountCents: int64(p.AmountCents), Description: description, RedirectURL: returnURL, WebhookURL: s.cfg.WebhookURL,
		Locale: locale(lang), Reference: p.Ref, IdempotencyKey: p.IdempotencyKey,
	})
	if err != nil {
		return p, provider(err)
	}
	return s.keepProvider(ctx, p, m)
}

// openAtMollie first looks for a payment whose answer we may have missed.
func (s *Service) openAtMollie(ctx context.Context, p Prepayment, tried bool, n mollie.NewPayment) (mollie.Payment, error) {
	if tried {
		m, err := s.mollie.FindPayment(ctx, p.Ref)
		if !errors.Is(err, mollie.ErrNotFound) {
			return m, err
		}
	}
	return s.mollie.CreatePayment(ctx, n)
}

// keepProvider stores where to pay; who comes second finds it stored.
func (s *Service) keepProvider(ctx context.Context, p Prepayment, m mollie.Payment) (Prepayment, error) {
	next := Prepayment{Status: PrepaymentOpen, ProviderID: &m.ID, CheckoutURL: m.CheckoutURL}
	if _, err := table.Of[Prepayment](s.db).Where("id = ? AND status = ?", p.ID, PrepaymentCreated).Updates(ctx, next); err != nil {
		return p, fmt.Errorf("start prepayment %d: %w", p.ID, err)
	}
	return prepaymentByID(ctx, s.db, p.ID)
}

// locale is a language as Mollie names it.
func locale(lang string) string {
	if lang == "en" {
		return "en_GB"
	}
	return "nl_NL"
}

// provider puts Mollie's trouble in the words of this package.
func provider(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mollie.ErrRefused), errors.Is(err, mollie.ErrMismatch):
		return fmt.Errorf("%w: %w", ErrProviderRefused, err)
	case errors.Is(err, mollie.ErrNotFound):
		return fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	return fmt.Errorf("%w: %w", ErrProviderDown, err)
}

// AskPrepayment asks Mollie how one of our payments stands; about others nobody is asked.
func (s *Service) AskPrepayment(ctx context.Context, providerID string) (mollie.Payment, error) {
	if !mollie.ValidPaymentID(providerID) {
		return mollie.Payment{}, ErrNotOurs
	}
	now := s.db.NowFunc()
	n, err := table.Of[Prepayment](s.db).Where("provider_id = ?", providerID).Updates(ctx, Prepayment{AskedAt: &now})
	if err != nil {
		return mollie.Payment{}, fmt.Errorf("ask prepayment: %w", err)
	}
	if n == 0 {
		return mollie.Payment{}, ErrNotOurs
	}
	m, err := s.mollie.GetPayment(ctx, providerID)
	return m, provider(err)
}

// UnsurePrepayments gives the payments that Mollie has to be asked about: nothing was heard of them since
// olderThan. Those whose first answer was lost are looked for at Mollie on the way.
func (s *Service) UnsurePrepayments(ctx context.Context, olderThan time.Time, limit int) ([]Prepayment, error) {
	all, err := table.Of[Prepayment](s.db).
		Where("status IN ('created', 'open') AND (provider_id IS NOT NULL OR asked_at IS NOT NULL) AND coalesce(asked_at, created_at) < ? AND (status = 'open' OR created_at > ?)",
			olderThan, s.db.NowFunc().Add(-findWithin)).
		Order("coalesce(asked_at, created_at), id").Limit(limit).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("unsure prepayments: %w", err)
	}
	var known []Prepayment
	for _, p := range all {
		if p.ProviderID == nil {
			if p, err = s.lookFor(ctx, p); err != nil {
				return known, err
			}
		}
		if p.ProviderID != nil {
			known = append(known, p)
		}
	}
	return known, nil
}

// lookFor finds a payment by our reference, for when the answer to creating it was lost.
func (s *Service) lookFor(ctx context.Context, p Prepayment) (Prepayment, error) {
	now := s.db.NowFunc()
	if _, err := table.Of[Prepayment](s.db).Where("id = ?", p.ID).Updates(ctx, Prepayment{AskedAt: &now}); err != nil {
		return p, fmt.Errorf("look for prepayment %d: %w", p.ID, err)
	}
	m, err := s.mollie.FindPayment(ctx, p.Ref)
	if errors.Is(err, mollie.ErrNotFound) {
		return p, nil
	}
	if err != nil {
		return p, provider(err)
	}
	return s.keepProvider(ctx, p, m)
}
