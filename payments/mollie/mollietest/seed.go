package mollietest

import (
	"encoding/json"
	"fmt"
)

// Seed puts payments in without webhooks; those that are there already stay as they are.
func (s *Simulator) Seed(all []SeedPayment) error {
	var bad error
	err := s.do(func(st *state) {
		for i := range all {
			p := all[i].copy()
			if p.ID == "" || p.AmountCents <= 0 || p.Status == "" {
				bad = fmt.Errorf("payment %d of the seed needs an id, an amount and a status", i)
				return
			}
			if st.byID[p.ID] == nil {
				st.add(s.complete(p))
			}
		}
		st.sort()
	})
	if bad != nil {
		return bad
	}
	return err
}

// Payments gives every payment, oldest first.
func (s *Simulator) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Payment, 0, len(s.st.Payments))
	for _, p := range s.st.Payments {
		all = append(all, p.copy())
	}
	return all
}

// complete fills what a seed may leave out; an open seed never expires by itself.
func (s *Simulator) complete(p Payment) *Payment {
	if p.CreatedAt.IsZero() {
		p.CreatedAt = s.now()
	}
	if p.Description == "" {
		p.Description = p.Reference
	}
	if p.Status == "paid" && p.PaidAt.IsZero() {
		p.PaidAt = p.CreatedAt
	}
	if p.Status == "paid" && p.Method == "" {
		p.Method = "ideal"
	}
	if !p.unfinished() && p.PaidAt.IsZero() && p.ClosedAt.IsZero() {
		p.ClosedAt = p.CreatedAt
	}
	p.Metadata = referenceAs(p.Metadata, p.Reference)
	for i := range p.Refunds {
		r := &p.Refunds[i]
		r.Metadata = referenceAs(r.Metadata, r.Reference)
		if r.CreatedAt.IsZero() {
			r.CreatedAt = p.CreatedAt
		}
		if r.ChangedAt.IsZero() {
			r.ChangedAt = r.CreatedAt
		}
		if r.ID == "" {
			r.ID = newID("re_")
		}
	}
	for i := range p.Chargebacks {
		c := &p.Chargebacks[i]
		if c.ID == "" {
			c.ID = newID("chb_")
		}
		if c.CreatedAt.IsZero() {
			c.CreatedAt = p.CreatedAt
		}
	}
	return &p
}

func referenceAs(metadata json.RawMessage, reference string) json.RawMessage {
	if len(metadata) > 0 || reference == "" {
		return metadata
	}
	b, err := json.Marshal(map[string]string{"ref": reference})
	if err != nil {
		return nil
	}
	return b
}
