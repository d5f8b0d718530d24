package mollie

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

const referenceField = "ref" // in Mollie's metadata, beside nothing else

// Status is what Mollie says about a payment; words we do not know yet are kept as they came.
type Status string

// The statuses that Mollie documents; a refund or chargeback leaves a payment "paid".
const (
	Open       Status = "open"
	Pending    Status = "pending"
	Authorized Status = "authorized"
	Paid       Status = "paid"
	Canceled   Status = "canceled"
	Expired    Status = "expired"
	Failed     Status = "failed"
)

// Final tells whether no other status is to be expected.
func (s Status) Final() bool {
	return s == Paid || s == Canceled || s == Expired || s == Failed
}

// Known tells whether we know this status.
func (s Status) Known() bool {
	return s.Final() || s == Open || s == Pending || s == Authorized
}

// Payment is what Mollie says about one payment, without anything about the person who pays.
type Payment struct {
	ID, Reference                                            string
	Status                                                   Status
	Live                                                     bool
	AmountCents, AmountRefundedCents, AmountChargedBackCents int64
	CheckoutURL                                              string // where to pay; empty once the payment is no longer open
	Method                                                   string
	CreatedAt, PaidAt, ExpiresAt                             time.Time // zero when Mollie gives none
	Chargebacks                                              []Chargeback
}

// NewPayment is what we ask someone to pay; none of it may tell who that is.
type NewPayment struct {
	AmountCents             int64
	Description             string
	RedirectURL, WebhookURL string
	Locale                  string // nl_NL or en_GB
	Reference               string // our own, by which an unanswered payment is found again
	IdempotencyKey          string // of our own row, the same at each try
}

func (n NewPayment) check() error {
	switch {
	case n.AmountCents <= 0:
		return &Refusal{Field: "amount"}
	case n.Description == "" || len([]rune(n.Description)) > 255:
		return &Refusal{Field: "description"}
	case n.RedirectURL == "":
		return &Refusal{Field: "redirectUrl"}
	case n.Reference == "":
		return &Refusal{Field: "metadata"}
	}
	return nil
}

// CreatePayment asks Mollie to collect an amount; with the same key it makes one payment, however often it is called.
func (c *Client) CreatePayment(ctx context.Context, n NewPayment) (Payment, error) {
	if err := n.check(); err != nil {
		return Payment{}, err
	}
	order := lib.CreatePayment{
		Amount: amount(n.AmountCents), Description: n.Description, RedirectURL: n.RedirectURL, WebhookURL: n.WebhookURL,
		Locale: lib.Locale(n.Locale), Metadata: map[string]string{referenceField: n.Reference},
	}
	order.ProfileID = c.profile
	var got *lib.Payment
	err := c.write(ctx, n.IdempotencyKey, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, got, err = l.Payments.Create(ctx, order, nil)
		return res, err
	})
	if err != nil {
		return Payment{}, fmt.Errorf("create payment: %w", err)
	}
	p, err := c.payment(got)
	if err == nil && (p.AmountCents != n.AmountCents || p.Reference != n.Reference) {
		err = fmt.Errorf("%w: another amount or reference", ErrMismatch)
	}
	if err != nil {
		return Payment{}, fmt.Errorf("create payment: %w", err)
	}
	return p, nil
}

// GetPayment asks how a payment stands; an id that cannot be one is not asked for.
func (c *Client) GetPayment(ctx context.Context, id string) (Payment, error) {
	if !ValidPaymentID(id) {
		return Payment{}, ErrNotFound
	}
	var got *lib.Payment
	err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, got, err = l.Payments.Get(ctx, id, nil)
		return res, err
	})
	if err != nil {
		return Payment{}, fmt.Errorf("get payment: %w", err)
	}
	p, err := c.payment(got)
	if err == nil && p.ID != id {
		err = fmt.Errorf("%w: another payment", ErrMismatch)
	}
	if err == nil && (p.AmountChargedBackCents > 0 || got.Links.ChargeBacks != nil) {
		p.Chargebacks, err = c.chargebacksOf(ctx, id)
	}
	if err != nil {
		return Payment{}, fmt.Errorf("get payment: %w", err)
	}
	return p, nil
}

// FindPayment looks through the newest payments for our reference, for when the answer to CreatePayment was lost.
func (c *Client) FindPayment(ctx context.Context, reference string) (Payment, error) {
	for p, err := range pages(func(from string) ([]*lib.Payment, lib.PaginationLinks, error) {
		var list *lib.PaymentList
		err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
			res, list, err = l.Payments.List(ctx, &lib.ListPaymentsOptions{Limit: pageSize, From: from, ProfileID: c.profile})
			return res, err
		})
		if err != nil || list == nil {
			return nil, lib.PaginationLinks{}, noList(err)
		}
		return list.Embedded.Payments, list.Links, nil
	}) {
		if err != nil {
			return Payment{}, fmt.Errorf("find payment: %w", err)
		}
		if reference != "" && referenceIn(p.Metadata) == reference {
			return c.payment(p)
		}
	}
	return Payment{}, fmt.Errorf("find payment: %w", ErrNotFound)
}

// payment translates and checks the library's answer.
func (c *Client) payment(got *lib.Payment) (Payment, error) {
	if got == nil {
		return Payment{}, fmt.Errorf("%w: an empty answer", ErrDown)
	}
	if !ValidPaymentID(got.ID) || got.Status == "" || (c.mode != "" && got.Mode != c.mode) {
		return Payment{}, fmt.Errorf("%w: no usable id, status or mode", ErrMismatch)
	}
	p := Payment{
		ID: got.ID, Reference: referenceIn(got.Metadata), Status: Status(got.Status), Live: got.Mode == lib.LiveMode, Method: string(got.Method),
		CreatedAt: moment(got.CreatedAt), PaidAt: moment(got.PaidAt), ExpiresAt: moment(got.ExpiresAt),
	}
	var err error
	if p.AmountCents, err = cents(got.Amount); err != nil {
		return Payment{}, err
	}
	if p.AmountRefundedCents, err = maybeCents(got.AmountRefunded); err != nil {
		return Payment{}, err
	}
	if p.AmountChargedBackCents, err = maybeCents(got.AmountChargedBack); err != nil {
		return Payment{}, err
	}
	if got.Links.Checkout != nil {
		if !c.mayPayAt(got.Links.Checkout.Href) {
			return Payment{}, fmt.Errorf("%w: an unknown checkout address", ErrMismatch)
		}
		p.CheckoutURL = got.Links.Checkout.Href
	}
	return p, nil
}

// mayPayAt keeps people on Mollie's own pages, or on the simulator's when that is what we speak to.
func (c *Client) mayPayAt(href string) bool {
	u, err := url.Parse(href)
	if err != nil || u.User != nil {
		return false
	}
	if c.base.Host != "api.mollie.com" {
		return u.Host == c.base.Host && u.Scheme == c.base.Scheme
	}
	return u.Scheme == "https" && strings.HasSuffix(u.Host, ".mollie.com")
}

func referenceIn(metadata any) string {
	fields, _ := metadata.(map[string]any)
	reference, _ := fields[referenceField].(string)
	return reference
}
