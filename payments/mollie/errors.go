package mollie

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

var (
	// ErrNotFound means Mollie does not know this payment or refund.
	ErrNotFound = errors.New("mollie does not know it")

	// ErrDown means there is no clear answer now: try later, with the same key; it may or may not have happened.
	ErrDown = errors.New("mollie gives no clear answer now")

	// ErrNoToken means that settlements and balances are not open to us: there is no access token.
	ErrNoToken = errors.New("mollie's settlements and balances need an access token")

	// ErrRefused means Mollie answered that it will not do this; a Refusal says why.
	ErrRefused = errors.New("mollie refuses")

	// ErrMismatch means the answer is not about what was asked: another amount, currency, payment or address.
	ErrMismatch = errors.New("mollie's answer does not fit what was asked")
)

// Refusal is why Mollie said no; Detail is Mollie's own sentence and may repeat what was sent.
type Refusal struct {
	Status        int
	Field, Detail string
}

// Error leaves Detail out, as errors end up in logs.
func (r *Refusal) Error() string {
	if r.Field == "" {
		return fmt.Sprintf("%v: status %d", ErrRefused, r.Status)
	}
	return fmt.Sprintf("%v: status %d, field %s", ErrRefused, r.Status, r.Field)
}

// Is makes every Refusal an ErrRefused.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }

// translate turns the library's answer into one of our words; the library's own
// texts hold addresses and Mollie's sentences, so they go no further.
func translate(res *lib.Response, err error) error {
	if err == nil {
		return nil
	}
	if res == nil || res.Response == nil {
		return unreachable(err)
	}
	switch status := res.StatusCode; {
	case status == http.StatusNotFound, status == http.StatusGone:
		return ErrNotFound
	case status < http.StatusMultipleChoices:
		return fmt.Errorf("%w: the answer could not be read", ErrDown)
	case unclear(status):
		return fmt.Errorf("%w: status %d", ErrDown, status)
	default:
		return refusal(status, err)
	}
}

func unreachable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: %w", ErrDown, context.Canceled)
	case os.IsTimeout(errors.Unwrap(err)), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: it took too long", ErrDown)
	case errors.Is(err, errOtherHost), errors.Is(err, errTooLarge):
		return fmt.Errorf("%w: unsafe answer or address", ErrDown)
	}
	return fmt.Errorf("%w: no connection", ErrDown)
}

// unclear holds 409 as well: "still busy with this key" and "looks like a
// duplicate" both mean that the thing may already exist.
func unclear(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status < http.StatusBadRequest || status >= http.StatusInternalServerError
}

func refusal(status int, err error) error {
	r := &Refusal{Status: status}
	var base *lib.BaseError
	if errors.As(err, &base) {
		r.Field, r.Detail = short(base.Field, 60), short(base.Detail, 300)
	}
	return r
}

func short(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
