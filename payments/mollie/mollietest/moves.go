package mollietest

import (
	"context"
	"errors"
	"time"
)

// ErrNoMove means that a payment or refund is not there, or cannot go that way.
var ErrNoMove = errors.New("the simulated payment cannot do that")

const (
	refundWaits = 2 * time.Hour  // Mollie sends a refund to the bank after this
	bankWaits   = 24 * time.Hour // and the bank books it some time later
)

// refundSteps is how a refund goes on when nothing is wrong.
var refundSteps = map[string]string{"queued": "pending", "pending": "processing", "processing": "refunded"}

// Set gives a payment any status, also one that Mollie would not give, and sends the webhook.
func (s *Simulator) Set(id, status string) error {
	return s.move(context.Background(), id, func(st *state, p *Payment) error {
		s.become(st, p, status)
		return nil
	})
}

// pay is what the checkout page does: only from a payment that is not finished.
func (s *Simulator) pay(ctx context.Context, id, status string) error {
	return s.move(ctx, id, func(st *state, p *Payment) error {
		if !p.unfinished() || status == p.Status {
			return ErrNoMove
		}
		s.become(st, p, status)
		return nil
	})
}

// Chargeback lets the payer's bank take back what is left of a payment.
func (s *Simulator) Chargeback(id string) error { return s.chargeback(context.Background(), id) }

func (s *Simulator) chargeback(ctx context.Context, id string) error {
	return s.move(ctx, id, func(st *state, p *Payment) error {
		left := p.RemainingCents()
		if left == 0 {
			return ErrNoMove
		}
		p.before = s.paymentBody(p)
		st.changed = true
		p.Chargebacks = append(p.Chargebacks, Chargeback{ID: newID("chb_"), AmountCents: left, CreatedAt: s.now()})
		return nil
	})
}

// Reverse lets the payer's bank give a chargeback back. No classic webhook tells of it.
func (s *Simulator) Reverse(id string) error {
	moved := ErrNoMove
	err := s.do(func(st *state) {
		p := st.byID[id]
		if p == nil || p.ChargedBackCents() == 0 {
			return
		}
		p.before = s.paymentBody(p)
		for i := range p.Chargebacks {
			if c := &p.Chargebacks[i]; c.ReversedAt.IsZero() {
				c.ReversedAt, st.changed = s.now(), true
			}
		}
		moved = nil
	})
	if moved != nil {
		return moved
	}
	return err
}

// SetRefund gives a refund any status and sends the webhook where Mollie would.
func (s *Simulator) SetRefund(id, status string) error {
	return s.moveRefund(context.Background(), id, func(*Refund) string { return status })
}

// nextStep moves a refund one step on.
func (s *Simulator) nextStep(ctx context.Context, id string) error {
	return s.moveRefund(ctx, id, func(r *Refund) string { return refundSteps[r.Status] })
}

// failRefund lets the bank refuse a refund.
func (s *Simulator) failRefund(ctx context.Context, id string) error {
	return s.moveRefund(ctx, id, func(r *Refund) string {
		if r.Status == "failed" || r.Status == "canceled" {
			return ""
		}
		return "failed"
	})
}

// ProcessRefunds skips the waiting: every refund on its way is refunded now.
func (s *Simulator) ProcessRefunds() error { return s.processRefunds(context.Background()) }

func (s *Simulator) processRefunds(ctx context.Context) error {
	err := s.do(func(st *state) {
		for _, p := range st.Payments {
			for i := range p.Refunds {
				r := &p.Refunds[i]
				for refundSteps[r.Status] != "" {
					s.refundBecomes(st, p, r, refundSteps[r.Status])
				}
			}
		}
	})
	if err != nil {
		return err
	}
	return s.Deliver(ctx)
}

// LowBalance makes new refunds wait for money ("queued"), as when Mollie holds too little.
func (s *Simulator) LowBalance(on bool) error {
	return s.do(func(st *state) { st.LowBalance, st.changed = on, true })
}

// Run lets time pass until ctx ends: payments expire, refunds go on, webhooks are tried again.
func (s *Simulator) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.do(s.pass); err != nil {
			return err
		}
		if err := s.Deliver(ctx); err != nil {
			return err
		}
	}
}

// pass applies what the clock alone brings about.
func (s *Simulator) pass(st *state) {
	now := s.now()
	st.release(s)
	for _, p := range st.Payments {
		if p.unfinished() && !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt) {
			s.become(st, p, "expired")
			st.notify(p, now)
		}
		for i := range p.Refunds {
			r := &p.Refunds[i]
			if r.Status == "pending" && !now.Before(r.ChangedAt.Add(refundWaits)) {
				s.refundBecomes(st, p, r, "processing")
			}
			if r.Status == "processing" && !now.Before(r.ChangedAt.Add(bankWaits)) {
				s.refundBecomes(st, p, r, "refunded")
			}
		}
	}
}

// release lets refunds that waited for money go on, the oldest first, as far as the money goes.
func (st *state) release(s *Simulator) {
	if st.LowBalance {
		return
	}
	left := map[bool]int64{}
	for _, p := range st.Payments {
		for i := range p.Refunds {
			r := &p.Refunds[i]
			if r.Status != "queued" {
				continue
			}
			if _, known := left[p.Live]; !known {
				left[p.Live] = st.balance(p.Live)
			}
			if left[p.Live] >= r.AmountCents {
				left[p.Live] -= r.AmountCents
				s.refundBecomes(st, p, r, "pending")
			}
		}
	}
}

func (s *Simulator) move(ctx context.Context, id string, f func(st *state, p *Payment) error) error {
	moved := ErrNoMove
	err := s.do(func(st *state) {
		s.pass(st)
		p := st.byID[id]
		if p == nil {
			return
		}
		if moved = f(st, p); moved == nil && !p.unfinished() { // Mollie does not tell about open and pending
			st.notify(p, s.now())
		}
	})
	if moved != nil {
		return moved
	}
	if err != nil {
		return err
	}
	return s.deliver(ctx, id)
}

func (s *Simulator) moveRefund(ctx context.Context, id string, next func(*Refund) string) error {
	moved, paymentID := ErrNoMove, ""
	err := s.do(func(st *state) {
		s.pass(st)
		p, r := st.refund(id)
		if r == nil {
			return
		}
		if status := next(r); status != "" {
			moved, paymentID = nil, p.ID
			s.refundBecomes(st, p, r, status)
		}
	})
	if moved != nil {
		return moved
	}
	if err != nil {
		return err
	}
	return s.deliver(ctx, paymentID)
}

func (s *Simulator) become(st *state, p *Payment, status string) {
	now := s.now()
	p.before = s.paymentBody(p)
	p.Status, st.changed = status, true
	switch status {
	case "paid":
		p.PaidAt = now
		if p.Method == "" {
			p.Method = "ideal"
		}
	case "canceled", "expired", "failed":
		p.ClosedAt = now
	}
}

func (s *Simulator) refundBecomes(st *state, p *Payment, r *Refund, status string) {
	p.before = s.paymentBody(p)
	r.Status, r.ChangedAt, st.changed = status, s.now(), true
	if status == "processing" || status == "refunded" || status == "failed" {
		st.notify(p, s.now())
	}
}
