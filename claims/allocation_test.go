package claims

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"samenclaim/payments"
)

func TestAllocate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		pot    payments.Cents
		shares []Share
		want   []payments.Cents
		err    error
	}{
		{"the odd cent goes to the lowest number", 100, []Share{{"C", 1}, {"A", 1}, {"B", 1}}, []payments.Cents{33, 34, 33}, nil},
		{"the largest remainder comes before the number", 100, []Share{{"A", 2}, {"B", 5}, {"C", 4}}, []payments.Cents{18, 46, 36}, nil},
		{"no weight, no money", 100, []Share{{"A", 0}, {"B", 1}}, []payments.Cents{0, 100}, nil},
		{"an empty pot", 0, []Share{{"A", 1}, {"B", 1}}, []payments.Cents{0, 0}, nil},
		{"the same participation twice", 100, []Share{{"A", 1}, {"B", 1}, {"A", 1}}, nil, ErrAllocation},
		{"a share without a number", 100, []Share{{"", 1}}, nil, ErrAllocation},
		{"nobody with a weight", 100, []Share{{"A", 0}}, nil, ErrAllocation},
		{"nobody at all", 100, nil, nil, ErrAllocation},
		{"a weight below zero", 100, []Share{{"A", 2}, {"B", -1}}, nil, ErrAllocation},
		{"a pot below zero", -100, []Share{{"A", 1}}, nil, ErrAllocation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Allocate(tt.pot, tt.shares)
			if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
				t.Errorf("Allocate(%s, %v) = %v, %v, want %v, %v", tt.pot, tt.shares, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestAllocateDoesNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pot := payments.Cents(rapid.Int64Range(0, int64(payments.MaxCents)).Draw(t, "pot"))
		weights := rapid.SliceOfN(rapid.Int64Range(1, 1000), 1, 30).Draw(t, "weights")
		shares := make([]Share, len(weights))
		for i, w := range weights {
			shares[i] = Share{fmt.Sprintf("ZM-%04d", i), w}
		}
		first := byName(t, pot, shares)
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, seed))
		r.Shuffle(len(shares), func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
		for number, want := range first {
			if got := byName(t, pot, shares)[number]; got != want {
				t.Fatalf("%s gets %s in one order and %s in another", number, want, got)
			}
		}
	})
}

func byName(t *rapid.T, pot payments.Cents, shares []Share) map[string]payments.Cents {
	amounts, err := Allocate(pot, shares)
	if err != nil {
		t.Fatalf("Allocate: %v", err)
	}
	named, sum := map[string]payments.Cents{}, payments.Cents(0)
	for i, s := range shares {
		named[s.Number] = amounts[i]
		sum += amounts[i]
	}
	if sum != pot {
		t.Fatalf("the amounts add up to %s, want %s", sum, pot)
	}
	return named
}

func TestAllocateTenBillionToAMillion(t *testing.T) {
	t.Parallel()
	shares := make([]Share, 1_000_000) // in order: what sorting does, others show
	for i := range shares {
		shares[i] = Share{Number: fmt.Sprintf("ZM-%07d", i), Weight: int64(i%7 + 1)}
	}
	amounts, err := Allocate(payments.MaxCents, shares)
	if err != nil {
		t.Fatal(err)
	}
	var sum payments.Cents
	for _, a := range amounts {
		sum += a
	}
	if sum != payments.MaxCents {
		t.Errorf("the amounts add up to %s, want %s", sum, payments.MaxCents)
	}
}

func BenchmarkAllocate(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			shares := manyShares(n)
			for b.Loop() {
				if _, err := Allocate(payments.MaxCents-1, shares); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyShares stand in no order, as participation numbers do.
func manyShares(n int) []Share {
	shares := make([]Share, n)
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		shares[i] = Share{Number: fmt.Sprintf("ZM-%07d", at), Weight: 1}
	}
	return shares
}
