// Package payments moves money and keeps the books; it knows a participant only as a number.
package payments

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Cents is an amount of money in whole euro cents; there are no fractions of a cent anywhere.
type Cents int64

// MaxCents is the largest amount a person may type: ten billion euros.
const MaxCents Cents = 1_000_000_000_000

var (
	// ErrAmount means the text is not an amount of money.
	ErrAmount = errors.New("this is not an amount: write it as 1250,50")
	// ErrAmountAmbiguous means the text can be read as two different amounts.
	ErrAmountAmbiguous = errors.New("this amount can be read in two ways: write it as 1250,50")
	// ErrAmountNegative means the amount is below zero.
	ErrAmountNegative = errors.New("an amount cannot be below zero")
	// ErrAmountTooLarge means the amount is beyond what the program handles.
	ErrAmountTooLarge = errors.New("this amount is too large")
	// ErrSplit means money cannot be divided by these weights.
	ErrSplit = errors.New("money cannot be divided this way")
)

// ParseCents reads an amount as people in the Netherlands type it: "50", "50,00", "50.00", "€ 1.250,50".
func ParseCents(s string) (Cents, error) {
	s = bareAmount(s)
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−") {
		return 0, ErrAmountNegative
	}
	whole, cents, err := cutDecimals(s)
	if err != nil {
		return 0, err
	}
	whole, err = ungroup(whole)
	if err != nil {
		return 0, err
	}
	digits := strings.TrimLeft(whole+cents, "0")
	if len(digits) > 18 {
		return 0, ErrAmountTooLarge
	}
	n, err := strconv.ParseInt("0"+digits, 10, 64)
	if err != nil {
		return 0, ErrAmount
	}
	if Cents(n) > MaxCents {
		return 0, ErrAmountTooLarge
	}
	return Cents(n), nil
}

// bareAmount takes off blanks of every kind and the name of the currency.
func bareAmount(s string) string {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\t", " ").Replace(s)
	s = strings.TrimSpace(s)
	for _, sign := range []string{"€", "EUR", "euro", "eur"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, sign))
	}
	for _, sign := range []string{"€", "EUR", "euro", "eur"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, sign))
	}
	return s
}

// cutDecimals separates euros from cents. One point or comma with three
// digits behind it may be thousands or a slip of the finger: nobody can know.
func cutDecimals(s string) (whole, cents string, err error) {
	at := strings.LastIndexAny(s, ".,")
	if at < 0 {
		return s, "00", nil
	}
	tail := s[at+1:]
	comma := s[at] == ','
	switch {
	case comma && tail == "-", comma && tail == "--": // "50,-" is how shops write it
		return s[:at], "00", nil
	case !allDigits(tail):
		return "", "", ErrAmount
	case len(tail) == 2 && (comma || !strings.ContainsAny(s[:at], ".,")):
		return s[:at], tail, nil
	case len(tail) == 3 && !comma && strings.Count(s, ".") > 1:
		return s, "00", nil
	}
	return "", "", ErrAmountAmbiguous
}

// ungroup takes the thousands marks out, if they stand where thousands are.
func ungroup(s string) (string, error) {
	for _, mark := range []string{".", " "} {
		if !strings.Contains(s, mark) {
			continue
		}
		parts := strings.Split(s, mark)
		if len(parts[0]) == 0 || len(parts[0]) > 3 {
			return "", ErrAmount
		}
		for _, p := range parts[1:] {
			if len(p) != 3 {
				return "", ErrAmount
			}
		}
		s = strings.Join(parts, "")
		break
	}
	if strings.ContainsRune(s, ',') {
		return "", ErrAmountAmbiguous
	}
	if !allDigits(s) {
		return "", ErrAmount
	}
	return s, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// String is the plain decimal form for files and machines, "1250.50"; pages format amounts themselves.
func (c Cents) String() string {
	sign, n := "", uint64(c)
	if c < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Value makes sure the database always gets the number, never the printed form.
func (c Cents) Value() (driver.Value, error) { return int64(c), nil }

// Portion is the share of an amount in basis points (2000 is 20%), rounded down to the cent.
func (c Cents) Portion(bp int64) Cents {
	if c <= 0 || bp <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(c), uint64(min(bp, 10_000)))
	q, _ := bits.Div64(hi, lo, 10_000)
	return Cents(q)
}

// VAT takes the tax out of an amount that includes it; the part without tax is rounded half up.
func VAT(incl Cents, rateBP int64) (ex, vat Cents) {
	if rateBP <= 0 {
		return incl, 0
	}
	if incl < 0 { // a credit note mirrors its invoice
		ex, vat = VAT(-incl, rateBP)
		return -ex, -vat
	}
	whole := 10_000 + uint64(rateBP)
	hi, lo := bits.Mul64(uint64(incl), 10_000)
	q, r := bits.Div64(hi, lo, whole)
	if r >= whole-r {
		q++
	}
	return Cents(q), incl - Cents(q)
}

// Split divides total by weight to the cent: everyone gets the amount rounded
// down, and the cents left over go to the largest remainders, the first of
// equals first. The parts always add up to total.
func Split(total Cents, weights []int64) ([]Cents, error) {
	sum, err := sumWeights(total, weights)
	if err != nil {
		return nil, err
	}
	parts := make([]Cents, len(weights))
	rest := make([]uint64, len(weights))
	left, same := total, true
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, sum)
		parts[i], rest[i] = Cents(q), r
		left -= Cents(q)
		same = same && r == rest[0]
	}
	for _, i := range largest(rest, int(left), same) {
		parts[i]++
	}
	return parts, nil
}

func sumWeights(total Cents, weights []int64) (uint64, error) {
	if total < 0 {
		return 0, fmt.Errorf("%w: the amount is below zero", ErrSplit)
	}
	var sum uint64
	for _, w := range weights {
		if w < 0 {
			return 0, fmt.Errorf("%w: a weight is below zero", ErrSplit)
		}
		sum += uint64(w)
		if sum > math.MaxInt64 {
			return 0, fmt.Errorf("%w: the weights are too large", ErrSplit)
		}
	}
	if sum == 0 {
		return 0, fmt.Errorf("%w: nobody has a share", ErrSplit)
	}
	return sum, nil
}

// largest gives the positions of the n largest remainders, the first of equals first.
func largest(rest []uint64, n int, same bool) []int {
	order := make([]int, len(rest))
	for i := range order {
		order[i] = i
	}
	if !same && n > 0 {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(rest[b], rest[a]), cmp.Compare(a, b))
		})
	}
	return order[:n]
}
