package mollie

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

const euro = "EUR"

var exactAmount = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})\.[0-9]{2}$`)

// amount writes cents the way Mollie wants them: 2500 is "25.00".
func amount(cents int64) *lib.Amount {
	return &lib.Amount{Currency: euro, Value: fmt.Sprintf("%d.%02d", cents/100, cents%100)}
}

// cents reads euros from text without a float in between; nothing else than
// euros with two decimals is taken.
func cents(a *lib.Amount) (int64, error) {
	if a == nil {
		return 0, fmt.Errorf("%w: no amount", ErrMismatch)
	}
	if a.Currency != euro || !exactAmount.MatchString(a.Value) {
		return 0, fmt.Errorf("%w: not an amount in euros", ErrMismatch)
	}
	n, err := strconv.ParseInt(strings.Replace(a.Value, ".", "", 1), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: not an amount in euros", ErrMismatch)
	}
	return n, nil
}

// maybeCents is cents for the amounts that Mollie leaves out when they are zero.
func maybeCents(a *lib.Amount) (int64, error) {
	if a == nil || *a == (lib.Amount{}) {
		return 0, nil
	}
	return cents(a)
}

// Exact is an amount in ten-thousandths of a euro: what Mollie keeps for itself has four decimals.
type Exact int64

// Cents is the amount in whole cents, to the nearest; half a cent goes away from zero.
func (e Exact) Cents() int64 {
	if e < 0 {
		return -(-e).Cents()
	}
	return int64(e+50) / 100
}

var fourDecimals = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,11})\.[0-9]{2}([0-9]{2})?$`)

// exact reads euros with two or four decimals, with their sign and without a float in between.
func exact(a *lib.Amount) (Exact, error) {
	if a == nil || a.Currency != euro || !fourDecimals.MatchString(a.Value) {
		return 0, fmt.Errorf("%w: not an amount in euros", ErrMismatch)
	}
	digits := strings.Replace(a.Value, ".", "", 1)
	if strings.IndexByte(a.Value, '.') == len(a.Value)-3 {
		digits += "00"
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: not an amount in euros", ErrMismatch)
	}
	return Exact(n), nil
}
