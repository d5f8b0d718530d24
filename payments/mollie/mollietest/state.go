package mollietest

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Payment is one payment as the simulator knows it.
type Payment struct {
	ID, Reference                          string
	AmountCents                            int64
	Status                                 string
	Description, Method, Locale            string
	RedirectURL, WebhookURL                string
	Live                                   bool
	CreatedAt, PaidAt, ClosedAt, ExpiresAt time.Time // zero when it did not happen, or never expires
	Refunds                                []Refund
	Chargebacks                            []Chargeback
	SettlementID                           string          `json:",omitempty"` // in which it went to our bank
	Metadata                               json.RawMessage `json:",omitempty"`

	before []byte // how it was told before the last change
}

// Refund is money going back for one payment.
type Refund struct {
	ID, Reference        string
	AmountCents          int64
	Status, Description  string
	CreatedAt, ChangedAt time.Time
	SettlementID         string          `json:",omitempty"`
	Metadata             json.RawMessage `json:",omitempty"`
}

// Chargeback is money that the payer's bank took back, and perhaps gave back again.
type Chargeback struct {
	ID                    string
	AmountCents           int64
	CreatedAt, ReversedAt time.Time // ReversedAt is zero while it stands
	SettlementID          string    `json:",omitempty"`
	ReversalSettlementID  string    `json:",omitempty"`
}

// SeedPayment is a payment to put in beforehand; empty fields get a likely value.
type SeedPayment = Payment

// kept is an answer that is given again to the same idempotency key.
type kept struct {
	Request string
	Status  int
	Body    []byte
	At      time.Time
}

// delivery is one webhook, until it was answered with 200 or the plan ran out.
type delivery struct {
	PaymentID, URL string
	Tries, Answer  int
	Due            time.Time
	Done           bool
	fault          HookFault
}

// state is all that must survive a restart.
type state struct {
	Payments    []*Payment // oldest first
	Settlements []*Settlement
	Keys        map[string]kept
	Deliveries  []*delivery
	LowBalance  bool

	byID    map[string]*Payment
	changed bool
}

func newState() *state {
	return &state{Keys: map[string]kept{}, byID: map[string]*Payment{}}
}

// index rebuilds what is not stored.
func (st *state) index() {
	if st.Keys == nil {
		st.Keys = map[string]kept{}
	}
	st.byID = make(map[string]*Payment, len(st.Payments))
	for _, p := range st.Payments {
		st.byID[p.ID] = p
	}
}

func (st *state) add(p *Payment) {
	st.Payments = append(st.Payments, p)
	st.byID[p.ID] = p
	st.changed = true
}

func (st *state) sort() {
	slices.SortStableFunc(st.Payments, func(a, b *Payment) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
	})
}

// refund finds a refund with its payment.
func (st *state) refund(id string) (*Payment, *Refund) {
	for _, p := range st.Payments {
		if r := p.refund(id); r != nil {
			return p, r
		}
	}
	return nil, nil
}

func (p *Payment) refund(id string) *Refund {
	for i := range p.Refunds {
		if p.Refunds[i].ID == id {
			return &p.Refunds[i]
		}
	}
	return nil
}

// RefundedCents is what went back or is on its way.
func (p *Payment) RefundedCents() int64 {
	var sum int64
	for _, r := range p.Refunds {
		if r.live() {
			sum += r.AmountCents
		}
	}
	return sum
}

// live means that the money went back or still will.
func (r Refund) live() bool { return r.Status != "failed" && r.Status != "canceled" }

// ChargedBackCents is what the payer's bank took back and still has.
func (p *Payment) ChargedBackCents() int64 {
	var sum int64
	for _, c := range p.Chargebacks {
		if c.ReversedAt.IsZero() {
			sum += c.AmountCents
		}
	}
	return sum
}

// RemainingCents is what can still be refunded.
func (p *Payment) RemainingCents() int64 {
	if p.Status != "paid" {
		return 0
	}
	return max(0, p.AmountCents-p.RefundedCents()-p.ChargedBackCents())
}

func (p *Payment) unfinished() bool { return p.Status == "open" || p.Status == "pending" }

func (p *Payment) copy() Payment {
	c := *p
	c.Refunds, c.Chargebacks, c.before = slices.Clone(p.Refunds), slices.Clone(p.Chargebacks), nil
	return c
}

func newID(prefix string) string { return prefix + rand.Text()[:22] }
