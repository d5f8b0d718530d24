package mollie

import (
	"context"
	"fmt"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// Balance is what Mollie holds for us.
type Balance struct {
	Available Exact // can be paid out, or paid back to people, now
	Pending   Exact // was paid, and comes later
}

// Balance asks what Mollie holds for us. It needs the access token.
func (c *Client) Balance(ctx context.Context) (b Balance, err error) {
	var got *lib.Balance
	err = c.readAll(ctx, func(ctx context.Context, l *lib.Client) (res *lib.Response, err error) {
		res, got, err = l.Balances.Primary(ctx)
		return res, err
	})
	if err == nil && got == nil {
		err = ErrDown
	}
	if err == nil {
		b.Available, err = exact(got.AvailableAmount)
	}
	if err == nil {
		b.Pending, err = exact(got.PendingAmount)
	}
	if err != nil {
		return Balance{}, fmt.Errorf("balance: %w", err)
	}
	return b, nil
}
