package mollie

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"time"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// SettlementStatus is what Mollie says about a settlement; words we do not know yet are kept as they came.
type SettlementStatus string

// The statuses that Mollie documents; only what was paid out is on its way to our bank.
const (
	SettlementOpen    SettlementStatus = "open"
	SettlementPending SettlementStatus = "pending"
	SettlementAtBank  SettlementStatus = "processing-at-bank"
	SettlementPaidOut SettlementStatus = "paidout"
	SettlementFailed  SettlementStatus = "failed"
)

// Settlement is what Mollie passes on to our bank in one transfer.
type Settlement struct {
	ID        string
	Reference string // stands on the bank statement
	Status    SettlementStatus
	Amount    Exact
	CreatedAt time.Time
	SettledAt time.Time // zero before it was paid out
	Costs     []SettlementCost
	Revenue   Exact // of all periods: what came in less what went back
}

// SettlementCost is what Mollie keeps for one kind of work in one month.
type SettlementCost struct {
	Month       string // 2026-04
	Description string
	Count       int
	Gross       Exact // with VAT
}

// CostsExact is all that Mollie keeps.
func (s Settlement) CostsExact() (sum Exact) {
	for _, c := range s.Costs {
		sum += c.Gross
	}
	return sum
}

var settlementID = regexp.MustCompile(`^stl_[A-Za-z0-9]{6,64}$`)

// Settlements gives every settlement, newest first, as far as somebody wants to see. It needs the access token.
func (c *Client) Settlements(ctx context.Context) iter.Seq2[Settlement, error] {
	all := pages(func(from string) ([]*lib.Settlement, lib.PaginationLinks, error) {
		var list *lib.SettlementsList
		err := c.readAll(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Settlements.List(ctx, &lib.ListSettlementsOptions{Limit: pageSize, From: from})
			return res, err
		})
		if err != nil || list == nil {
			return nil, lib.PaginationLinks{}, noList(err)
		}
		return list.Embedded.Settlements, list.Links, nil
	})
	return func(yield func(Settlement, error) bool) {
		for got, err := range all {
			var one Settlement
			if err == nil {
				one, err = settlement(got)
			}
			if err != nil {
				err = fmt.Errorf("settlements: %w", err)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func settlement(got *lib.Settlement) (s Settlement, err error) {
	if !settlementID.MatchString(got.ID) || got.Status == "" {
		return s, fmt.Errorf("%w: no usable id or status", ErrMismatch)
	}
	s = Settlement{
		ID: got.ID, Reference: got.Reference, Status: SettlementStatus(got.Status), CreatedAt: moment(got.CreatedAt), SettledAt: moment(got.SettledAt),
	}
	if s.Amount, err = exact(got.Amount); err != nil || got.Periods == nil {
		return s, err
	}
	for _, year := range slices.Sorted(maps.Keys(*got.Periods)) {
		months := (*got.Periods)[year]
		for _, month := range slices.Sorted(maps.Keys(months)) {
			if err := s.add(year+"-"+month, months[month]); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// add takes in one month of a settlement.
func (s *Settlement) add(month string, p lib.SettlementPeriod) error {
	for _, r := range p.Revenue {
		if r == nil {
			continue
		}
		n, err := exact(r.AmountGross)
		if err != nil {
			return err
		}
		s.Revenue += n
	}
	for _, cost := range p.Costs {
		if cost == nil {
			continue
		}
		n, err := exact(cost.AmountGross)
		if err != nil {
			return err
		}
		s.Costs = append(s.Costs, SettlementCost{Month: month, Description: short(cost.Description, 100), Count: cost.Count, Gross: n})
	}
	return nil
}

// The kinds of what a settlement is made of.
const (
	ItemPayment    = "payment"
	ItemRefund     = "refund"
	ItemChargeback = "chargeback"
	ItemReversal   = "reversal" // a chargeback that came back to us
)

// SettlementItem is one payment, refund or chargeback in a settlement.
type SettlementItem struct {
	Kind, ID, PaymentID string
	AmountCents         int64 // what it adds to the settlement: refunds and chargebacks are negative
}

// SettlementItems gives what a settlement is made of. It needs the access token.
func (c *Client) SettlementItems(ctx context.Context, id string) ([]SettlementItem, error) {
	if !settlementID.MatchString(id) {
		return nil, ErrNotFound
	}
	var all []SettlementItem
	for _, list := range []iter.Seq2[SettlementItem, error]{c.settledPayments(ctx, id), c.settledRefunds(ctx, id), c.settledChargebacks(ctx, id)} {
		for one, err := range list {
			if err != nil {
				return nil, fmt.Errorf("items of a settlement: %w", err)
			}
			all = append(all, one)
		}
	}
	return all, nil
}

func (c *Client) settledPayments(ctx context.Context, id string) iter.Seq2[SettlementItem, error] {
	return items(pages(func(from string) ([]*lib.Payment, lib.PaginationLinks, error) {
		var list *lib.PaymentList
		err := c.readAll(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Settlements.ListPayments(ctx, id, &lib.ListPaymentsOptions{Limit: pageSize, From: from})
			return res, err
		})
		if err != nil || list == nil {
			return nil, lib.PaginationLinks{}, noList(err)
		}
		return list.Embedded.Payments, list.Links, nil
	}), func(p *lib.Payment) (SettlementItem, error) {
		n, err := cents(p.Amount)
		return SettlementItem{ItemPayment, p.ID, p.ID, n}, err
	})
}

func (c *Client) settledRefunds(ctx context.Context, id string) iter.Seq2[SettlementItem, error] {
	return items(pages(func(from string) ([]*lib.Refund, lib.PaginationLinks, error) {
		var list *lib.RefundsList
		err := c.readAll(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Settlements.GetRefunds(ctx, id, &lib.ListSettlementsOptions{Limit: pageSize, From: from})
			return res, err
		})
		if err != nil || list == nil {
			return nil, lib.PaginationLinks{}, noList(err)
		}
		return list.Embedded.Refunds, list.Links, nil
	}), func(r *lib.Refund) (SettlementItem, error) {
		n, err := cents(r.Amount)
		return SettlementItem{ItemRefund, r.ID, r.PaymentID, -n}, err
	})
}

// settledChargebacks reads the sign from what is settled: a reversal adds to the settlement.
func (c *Client) settledChargebacks(ctx context.Context, id string) iter.Seq2[SettlementItem, error] {
	return items(pages(func(from string) ([]*lib.Chargeback, lib.PaginationLinks, error) {
		var list *lib.ChargebacksList
		err := c.readAll(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Settlements.GetChargebacks(ctx, id, &lib.ListChargebacksOptions{Limit: pageSize, From: from})
			return res, err
		})
		return chargebackPage(list, err)
	}), func(got *lib.Chargeback) (SettlementItem, error) {
		one, err := chargeback(got)
		if err != nil {
			return SettlementItem{}, err
		}
		if got.SettlementAmount != nil {
			if n, err := exact(got.SettlementAmount); err != nil || n > 0 {
				return SettlementItem{ItemReversal, one.ID, one.PaymentID, n.Cents()}, err
			}
		}
		return SettlementItem{ItemChargeback, one.ID, one.PaymentID, -one.AmountCents}, nil
	})
}

// items translates a list; one that does not say which payment it is about is refused.
func items[T any](all iter.Seq2[*T, error], one func(*T) (SettlementItem, error)) iter.Seq2[SettlementItem, error] {
	return func(yield func(SettlementItem, error) bool) {
		for got, err := range all {
			var it SettlementItem
			if err == nil {
				it, err = one(got)
			}
			if err == nil && (!listID.MatchString(it.ID) || !ValidPaymentID(it.PaymentID)) {
				err = fmt.Errorf("%w: no usable id or payment", ErrMismatch)
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}
