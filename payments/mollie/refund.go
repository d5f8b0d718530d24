package mollie

import (
	"context"
	"fmt"
	"time"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// RefundStatus is what Mollie says about a refund; words we do not know yet are kept as they came.
type RefundStatus string

// The statuses that Mollie documents; "failed" can still follow "refunded" when the bank sends the money back.
const (
	RefundQueued     RefundStatus = "queued"
	RefundPending    RefundStatus = "pending"
	RefundProcessing RefundStatus = "processing"
	Refunded         RefundStatus = "refunded"
	RefundFailed     RefundStatus = "failed"
	RefundCanceled   RefundStatus = "canceled"
)

// Refund is money on its way back to who paid it.
type Refund struct {
	ID, PaymentID, Reference string
	Status                   RefundStatus
	AmountCents              int64
	CreatedAt                time.Time
}

// NewRefund is what goes back; Description is seen by the person on the bank statement.
type NewRefund struct {
	AmountCents    int64
	Description    string
	Reference      string // our own, by which an unanswered refund is found again
	IdempotencyKey string // of our own row, the same at each try
}

func (n NewRefund) check() error {
	switch {
	case n.AmountCents <= 0:
		return &Refusal{Field: "amount"}
	case len([]rune(n.Description)) > 255:
		return &Refusal{Field: "description"}
	case n.Reference == "":
		return &Refusal{Field: "metadata"}
	}
	return nil
}

// CreateRefund asks Mollie to pay back; with the same key it is paid back once, however often it is called.
func (c *Client) CreateRefund(ctx context.Context, paymentID string, n NewRefund) (Refund, error) {
	if !ValidPaymentID(paymentID) {
		return Refund{}, ErrNotFound
	}
	if err := n.check(); err != nil {
		return Refund{}, err
	}
	order := lib.CreatePaymentRefund{
		Amount: amount(n.AmountCents), Description: n.Description, Metadata: map[string]string{referenceField: n.Reference},
	}
	var got *lib.Refund
	err := c.write(ctx, n.IdempotencyKey, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, got, err = l.Refunds.CreatePaymentRefund(ctx, paymentID, order, nil)
		return res, err
	})
	if err != nil {
		return Refund{}, fmt.Errorf("create refund: %w", err)
	}
	r, err := refund(got, paymentID)
	if err == nil && (r.AmountCents != n.AmountCents || r.Reference != n.Reference) {
		err = fmt.Errorf("%w: another amount or reference", ErrMismatch)
	}
	if err != nil {
		return Refund{}, fmt.Errorf("create refund: %w", err)
	}
	return r, nil
}

// GetRefund asks how a refund stands; a canceled refund is not found.
func (c *Client) GetRefund(ctx context.Context, paymentID, refundID string) (Refund, error) {
	if !ValidPaymentID(paymentID) || !ValidRefundID(refundID) {
		return Refund{}, ErrNotFound
	}
	var got *lib.Refund
	err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, got, err = l.Refunds.GetPaymentRefund(ctx, paymentID, refundID, nil)
		return res, err
	})
	if err != nil {
		return Refund{}, fmt.Errorf("get refund: %w", err)
	}
	r, err := refund(got, paymentID)
	if err == nil && r.ID != refundID {
		err = fmt.Errorf("%w: another refund", ErrMismatch)
	}
	if err != nil {
		return Refund{}, fmt.Errorf("get refund: %w", err)
	}
	return r, nil
}

// FindRefund looks among a payment's refunds for our reference, for when the answer to CreateRefund was lost.
func (c *Client) FindRefund(ctx context.Context, paymentID, reference string) (Refund, error) {
	if !ValidPaymentID(paymentID) {
		return Refund{}, ErrNotFound
	}
	for r, err := range pages(func(from string) ([]*lib.Refund, lib.PaginationLinks, error) {
		var list *lib.RefundsList
		err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Refunds.ListPaymentRefunds(ctx, paymentID, &lib.ListRefundsOptions{Limit: pageSize, From: from})
			return res, err
		})
		if err != nil || list == nil {
			return nil, lib.PaginationLinks{}, noList(err)
		}
		return list.Embedded.Refunds, list.Links, nil
	}) {
		if err != nil {
			return Refund{}, fmt.Errorf("find refund: %w", err)
		}
		if reference != "" && referenceIn(r.Metadata) == reference {
			return refund(r, paymentID)
		}
	}
	return Refund{}, fmt.Errorf("find refund: %w", ErrNotFound)
}

// refund translates and checks the library's answer.
func refund(got *lib.Refund, paymentID string) (Refund, error) {
	if got == nil {
		return Refund{}, fmt.Errorf("%w: an empty answer", ErrDown)
	}
	if !ValidRefundID(got.ID) || got.Status == "" || got.PaymentID != paymentID {
		return Refund{}, fmt.Errorf("%w: no usable id, status or payment", ErrMismatch)
	}
	n, err := cents(got.Amount)
	if err != nil {
		return Refund{}, err
	}
	return Refund{
		ID: got.ID, PaymentID: got.PaymentID, Reference: referenceIn(got.Metadata),
		Status: RefundStatus(got.Status), AmountCents: n, CreatedAt: moment(got.CreatedAt),
	}, nil
}
