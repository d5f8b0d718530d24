package mollie

import (
	"context"
	"fmt"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// Method is a way in which people can pay.
type Method struct{ ID, Description string }

// Methods gives the ways in which an amount can be paid now, in a language as Mollie names it.
func (c *Client) Methods(ctx context.Context, amountCents int64, locale string) ([]Method, error) {
	opts := &lib.ListPaymentMethodsOptions{Amount: amount(amountCents), Locale: lib.Locale(locale)}
	opts.ProfileID = c.profile
	var list *lib.PaymentMethodsList
	err := c.read(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, list, err = l.PaymentMethods.List(ctx, opts)
		return res, err
	})
	if err == nil && list == nil {
		err = ErrDown
	}
	if err != nil {
		return nil, fmt.Errorf("methods: %w", err)
	}
	var all []Method
	for _, m := range list.Embedded.Methods {
		if m != nil && m.ID != "" {
			all = append(all, Method{short(m.ID, 40), short(m.Description, 100)})
		}
	}
	return all, nil
}
