package claims

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"samenclaim/payments"
)

// ErrAllocation means a pot cannot be allocated to these shares.
var ErrAllocation = errors.New("this pot cannot be allocated")

// Share is the claim of one participation on a pot; equal weights mean equal amounts.
type Share struct {
	Number string // the participation number, which also settles who gets an odd cent
	Weight int64
}

// Allocate divides a pot over the shares to the cent, by largest remainder;
// of equal remainders the lowest participation number gets the odd cent. The
// amounts stand in the order of the shares, and that order changes nothing.
func Allocate(pot payments.Cents, shares []Share) ([]payments.Cents, error) {
	order, err := byNumber(shares)
	if err != nil {
		return nil, err
	}
	weights := make([]int64, len(shares))
	for i, at := range order {
		weights[i] = shares[at].Weight
	}
	parts, err := payments.Split(pot, weights)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAllocation, err)
	}
	amounts := make([]payments.Cents, len(shares))
	for i, at := range order {
		amounts[at] = parts[i]
	}
	return amounts, nil
}

// byNumber gives the positions of the shares in the order of their numbers.
func byNumber(shares []Share) ([]int, error) {
	order := make([]int, len(shares))
	for i := range order {
		order[i] = i
	}
	less := func(a, b int) int { return cmp.Compare(shares[a].Number, shares[b].Number) }
	if !slices.IsSortedFunc(order, less) {
		slices.SortFunc(order, less)
	}
	for i, at := range order {
		if shares[at].Number == "" {
			return nil, fmt.Errorf("%w: a share has no participation number", ErrAllocation)
		}
		if i > 0 && shares[at].Number == shares[order[i-1]].Number {
			return nil, fmt.Errorf("%w: %s is there twice", ErrAllocation, shares[at].Number)
		}
	}
	return order, nil
}
