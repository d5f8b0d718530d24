package mollietest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

const looksDouble = time.Minute

func (s *Simulator) createRefund(c *call, st *state) answer {
	p := c.find(st)
	if p == nil {
		return notFound("payment")
	}
	var in struct {
		Amount      *money          `json:"amount"`
		Description string          `json:"description"`
		Metadata    json.RawMessage `json:"metadata"`
	}
	if a, bad := c.decode(&in); bad {
		return a
	}
	cents, a, bad := in.Amount.check()
	if bad {
		return a
	}
	now := s.now()
	for _, r := range p.Refunds {
		same := r.AmountCents == cents && r.Description == in.Description && bytes.Equal(r.Metadata, in.Metadata)
		if same && r.live() && now.Before(r.CreatedAt.Add(looksDouble)) {
			return problem(http.StatusConflict, "", "A duplicate refund has been detected")
		}
	}
	if cents > p.RemainingCents() {
		return unfit("amount", "The specified amount cannot be refunded.")
	}
	p.before = s.paymentBody(p)
	r := Refund{
		ID: newID("re_"), Reference: referenceIn(in.Metadata), AmountCents: cents, Status: "pending", Description: in.Description,
		CreatedAt: now, ChangedAt: now, Metadata: in.Metadata,
	}
	if st.LowBalance || st.balance(c.live) < cents {
		r.Status = "queued"
	}
	p.Refunds, st.changed = append(p.Refunds, r), true
	return says(http.StatusCreated, s.refundObject(p, &r))
}

// findRefund leaves canceled refunds out, as Mollie forgets them.
func (c *call) findRefund(st *state) (*Payment, *Refund) {
	p := c.find(st)
	if p == nil {
		return nil, nil
	}
	r := p.refund(c.PathValue("refund"))
	if r == nil || r.Status == "canceled" {
		return p, nil
	}
	return p, r
}

func (s *Simulator) getRefund(c *call, st *state) answer {
	p, r := c.findRefund(st)
	if r == nil {
		return notFound("refund")
	}
	return says(http.StatusOK, s.refundObject(p, r))
}

func (s *Simulator) cancelRefund(c *call, st *state) answer {
	p, r := c.findRefund(st)
	if r == nil {
		return notFound("refund")
	}
	if r.Status != "queued" && r.Status != "pending" {
		return problem(http.StatusUnprocessableEntity, "", "The refund cannot be canceled any more.")
	}
	s.refundBecomes(st, p, r, "canceled")
	return answer{status: http.StatusNoContent}
}

func (s *Simulator) getChargeback(c *call, st *state) answer {
	if p := c.find(st); p != nil {
		for i := range p.Chargebacks {
			if p.Chargebacks[i].ID == c.PathValue("chargeback") {
				return says(http.StatusOK, s.chargebackObject(p, &p.Chargebacks[i]))
			}
		}
	}
	return notFound("chargeback")
}

func (s *Simulator) refundsOf(p *Payment) []object {
	all := []object{}
	for i := range p.Refunds {
		if p.Refunds[i].Status != "canceled" {
			all = append(all, s.refundObject(p, &p.Refunds[i]))
		}
	}
	return all
}

func (s *Simulator) chargebacksOf(p *Payment) []object {
	all := []object{}
	for i := range p.Chargebacks {
		all = append(all, s.chargebackObject(p, &p.Chargebacks[i]))
	}
	return all
}
