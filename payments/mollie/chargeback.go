package mollie

import (
	"context"
	"fmt"
	"iter"
	"time"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// Chargeback is money that the payer's bank took back; a reversal brings it back to us.
type Chargeback struct {
	ID, PaymentID string
	AmountCents   int64
	CreatedAt     time.Time
	ReversedAt    time.Time // zero while it stands
}

// Chargebacks gives every chargeback there is, newest first. Nothing else tells us when one is reversed.
func (c *Client) Chargebacks(ctx context.Context) iter.Seq2[Chargeback, error] {
	return chargebacks(pages(func(from string) ([]*lib.Chargeback, lib.PaginationLinks, error) {
		var list *lib.ChargebacksList
		err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Chargebacks.List(ctx, &lib.ListChargebacksOptions{Limit: pageSize, From: from, ProfileID: c.profile})
			return res, err
		})
		return chargebackPage(list, err)
	}))
}

// chargebacksOf gives the chargebacks of one payment.
func (c *Client) chargebacksOf(ctx context.Context, paymentID string) ([]Chargeback, error) {
	var all []Chargeback
	for one, err := range chargebacks(pages(func(from string) ([]*lib.Chargeback, lib.PaginationLinks, error) {
		var list *lib.ChargebacksList
		err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Chargebacks.ListForPayment(ctx, paymentID, &lib.ListChargebacksOptions{Limit: pageSize, From: from})
			return res, err
		})
		return chargebackPage(list, err)
	})) {
		if err == nil && one.PaymentID != paymentID {
			err = fmt.Errorf("%w: a chargeback of another payment", ErrMismatch)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func chargebackPage(list *lib.ChargebacksList, err error) ([]*lib.Chargeback, lib.PaginationLinks, error) {
	if err != nil || list == nil {
		return nil, lib.PaginationLinks{}, noList(err)
	}
	return list.Embedded.Chargebacks, list.Links, nil
}

// chargebacks translates and checks the library's answers.
func chargebacks(all iter.Seq2[*lib.Chargeback, error]) iter.Seq2[Chargeback, error] {
	return func(yield func(Chargeback, error) bool) {
		for got, err := range all {
			var one Chargeback
			if err == nil {
				one, err = chargeback(got)
			}
			if err != nil {
				err = fmt.Errorf("chargebacks: %w", err)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func chargeback(got *lib.Chargeback) (Chargeback, error) {
	if !listID.MatchString(got.ID) || !ValidPaymentID(got.PaymentID) {
		return Chargeback{}, fmt.Errorf("%w: no usable id or payment", ErrMismatch)
	}
	n, err := cents(got.Amount)
	if err != nil {
		return Chargeback{}, err
	}
	return Chargeback{ID: got.ID, PaymentID: got.PaymentID, AmountCents: n, CreatedAt: moment(got.CreatedAt), ReversedAt: moment(got.ReversedAt)}, nil
}
