package bank

import (
	"errors"
	"strconv"
	"strings"
)

// Amount is a sum of money as a bank writes it, exact to five decimals: an
// amount of one euro is 100,000. Only amounts of whole cents can be booked.
type Amount int64

const (
	decimals = 5
	unit     = 100_000 // one euro
	perCent  = unit / 100
	most     = 40_000_000_000_000 * unit // two of them still fit
)

var errAmount = errors.New("an amount is not a plain decimal number")

// parseAmount reads digits with at most one point. Zeros in front and behind
// are how some banks write; a sign, an exponent or a blank is not.
func parseAmount[T string | []byte](text T, point byte) (Amount, error) {
	var n int64
	digits, fraction := 0, -1
	for i := range len(text) {
		c := text[i]
		switch {
		case c == point && fraction < 0 && digits > 0:
			fraction = 0
			continue
		case c < '0' || c > '9':
			return 0, errAmount
		}
		digits++
		if fraction >= decimals {
			if c != '0' {
				return 0, errAmount
			}
			continue
		}
		if fraction >= 0 {
			fraction++
		}
		if n > most/10 {
			return 0, errAmount
		}
		n = n*10 + int64(c-'0')
	}
	if digits == 0 || fraction == 0 && point == '.' {
		return 0, errAmount
	}
	for range decimals - max(fraction, 0) {
		if n > most/10 {
			return 0, errAmount
		}
		n *= 10
	}
	return Amount(n), nil
}

// Cents is the amount in cents, and false if it has fractions of a cent.
func (a Amount) Cents() (int64, bool) { return int64(a) / perCent, int64(a)%perCent == 0 }

// String is the amount with a point and at least two decimals.
func (a Amount) String() string {
	sign, n := "", uint64(a)
	if a < 0 {
		sign, n = "-", -n
	}
	fraction := strconv.FormatUint(n%unit+unit, 10)[1:]
	return sign + strconv.FormatUint(n/unit, 10) + "." + fraction[:2] + strings.TrimRight(fraction[2:], "0")
}
