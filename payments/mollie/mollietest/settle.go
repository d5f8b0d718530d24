package mollietest

import (
	"fmt"
	"time"
)

// What the simulated Mollie charges, with VAT, in ten-thousandths of a euro: € 0.29 for a payment and € 0.25
// for a refund, both with 21% on top. No Mollie of this world has this price list.
const (
	paymentCosts = 3509
	refundCosts  = 3025
)

// Settlement is what went to the foundation's bank in one transfer.
type Settlement struct {
	ID, Reference        string
	AmountCents          int64
	Live                 bool
	CreatedAt, SettledAt time.Time
	Status               string
}

// parts are the payments, refunds and chargebacks of one settlement; of none while they are not settled.
type parts struct {
	payments    []*Payment
	refunds     []part[Refund]
	chargebacks []part[Chargeback]
	reversals   int   // how many of the chargebacks, the last ones, came back
	cents       int64 // what they add up to
}

// part is a refund or a chargeback with its payment.
type part[T any] struct {
	*Payment
	of *T
}

// parts gathers what belongs to a settlement; the empty name is for what is still to be settled.
func (st *state) parts(id string, live bool) (all parts) {
	var reversed []part[Chargeback]
	for _, p := range st.Payments {
		if p.Live != live || p.PaidAt.IsZero() {
			continue
		}
		if p.SettlementID == id {
			all.payments = append(all.payments, p)
			all.cents += p.AmountCents
		}
		for i := range p.Refunds {
			if r := &p.Refunds[i]; r.SettlementID == id && (r.Status == "processing" || r.Status == "refunded") {
				all.refunds = append(all.refunds, part[Refund]{p, r})
				all.cents -= r.AmountCents
			}
		}
		for i := range p.Chargebacks {
			c := &p.Chargebacks[i]
			reversal := !c.ReversedAt.IsZero()
			if id == "" && c.SettlementID == "" && reversal {
				continue // there and back before it was settled: nothing happened
			}
			if c.SettlementID == id {
				all.chargebacks = append(all.chargebacks, part[Chargeback]{p, c})
				all.cents -= c.AmountCents
			}
			if reversal && c.ReversalSettlementID == id {
				reversed = append(reversed, part[Chargeback]{p, c})
				all.cents += c.AmountCents
			}
		}
	}
	all.chargebacks, all.reversals = append(all.chargebacks, reversed...), len(reversed)
	return all
}

// costs is what Mollie keeps of it, in ten-thousandths of a euro.
func (p parts) costs() int64 {
	return int64(len(p.payments))*paymentCosts + int64(len(p.refunds))*refundCosts
}

// amountCents is what goes to the bank: rounded to cents, half a cent up.
func (p parts) amountCents() int64 {
	exact := p.cents*100 - p.costs() + 50
	if exact < 0 {
		exact -= 99 // down, not towards zero
	}
	return exact / 100
}

// balance is what Mollie holds and has promised to nobody; refunds that wait for money are promised nothing yet.
func (st *state) balance(live bool) int64 {
	sum := st.parts("", live).cents
	for _, p := range st.Payments {
		for _, r := range p.Refunds {
			if p.Live == live && r.Status == "pending" {
				sum -= r.AmountCents
			}
		}
	}
	return sum
}

// Settle pays out to the foundation what there is, and tells in which settlement.
func (s *Simulator) Settle() (Settlement, error) {
	var made *Settlement
	err := s.do(func(st *state) {
		s.pass(st)
		for _, live := range []bool{false, true} {
			all := st.parts("", live)
			if all.amountCents() <= 0 {
				continue
			}
			made = s.settle(st, all, live)
			return
		}
	})
	if err != nil {
		return Settlement{}, err
	}
	if made == nil {
		return Settlement{}, ErrNoMove
	}
	return *made, nil
}

func (s *Simulator) settle(st *state, all parts, live bool) *Settlement {
	now := s.now().UTC()
	one := &Settlement{
		ID: newID("stl_"), Reference: fmt.Sprintf("1234567.%s.%02d", now.Format("0601"), len(st.Settlements)+1),
		AmountCents: all.amountCents(), Live: live, CreatedAt: now, SettledAt: now, Status: "paidout",
	}
	for _, p := range all.payments {
		p.SettlementID = one.ID
	}
	for _, r := range all.refunds {
		r.of.SettlementID = one.ID
	}
	for i, c := range all.chargebacks {
		if i < len(all.chargebacks)-all.reversals {
			c.of.SettlementID = one.ID
		} else {
			c.of.ReversalSettlementID = one.ID
		}
	}
	st.Settlements, st.changed = append(st.Settlements, one), true
	return one
}

// Settlements gives what was paid out, oldest first.
func (s *Simulator) Settlements() []Settlement {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Settlement
	for _, one := range s.st.Settlements {
		all = append(all, *one)
	}
	return all
}

// ChangeSettlement lets Mollie tell another amount than its parts make, as when it corrects something.
func (s *Simulator) ChangeSettlement(id string, byCents int64) error {
	moved := ErrNoMove
	err := s.do(func(st *state) {
		for _, one := range st.Settlements {
			if one.ID == id {
				one.AmountCents, st.changed, moved = one.AmountCents+byCents, true, nil
			}
		}
	})
	if moved != nil {
		return moved
	}
	return err
}
