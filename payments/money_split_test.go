package payments

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		total   Cents
		weights []int64
		want    []Cents
		err     error
	}{
		{"one cent over goes to the first of equals", 100, []int64{1, 1, 1}, []Cents{34, 33, 33}, nil},
		{"the largest remainder gets the cent", 100, []int64{2, 5, 4}, []Cents{18, 46, 36}, nil},
		{"no weight, no money", 100, []int64{0, 1, 0}, []Cents{0, 100, 0}, nil},
		{"nothing to divide", 0, []int64{1, 2}, []Cents{0, 0}, nil},
		{"fewer cents than people", 2, []int64{1, 1, 1}, []Cents{1, 1, 0}, nil},
		{"nobody has a share", 100, []int64{0, 0}, nil, ErrSplit},
		{"nobody at all", 100, nil, nil, ErrSplit},
		{"a weight below zero", 100, []int64{2, -1}, nil, ErrSplit},
		{"money below zero", -1, []int64{1}, nil, ErrSplit},
		{"weights beyond counting", 100, []int64{math.MaxInt64, 1}, nil, ErrSplit},
		{"the largest numbers there are", math.MaxInt64, []int64{math.MaxInt64}, []Cents{math.MaxInt64}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Split(tt.total, tt.weights)
			if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
				t.Errorf("Split(%v, %v) = %v, %v, want %v, %v", tt.total, tt.weights, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestSplitLosesNoCent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/64), 1, 40).Draw(t, "weights")
		weights[0]++
		checkSplit(t, total, weights)
	})
}

func FuzzSplitLosesNoCent(f *testing.F) {
	f.Add(int64(100), int64(1), int64(1), int64(1))
	f.Add(int64(1_000_000_000_000), int64(3), int64(7), int64(9_999_999))
	f.Fuzz(func(t *testing.T, total, a, b, c int64) {
		weights := []int64{a, b, c}
		if _, err := Split(Cents(total), weights); err == nil {
			checkSplit(t, total, weights)
		}
	})
}

type failer interface{ Fatalf(string, ...any) }

// checkSplit recounts with numbers of any size what Split does with 128 bits.
func checkSplit(t failer, total int64, weights []int64) {
	parts, err := Split(Cents(total), weights)
	if err != nil {
		t.Fatalf("Split(%d, %v): %v", total, weights, err)
	}
	all, sum := new(big.Int), new(big.Int)
	for _, w := range weights {
		all.Add(all, big.NewInt(w))
	}
	for i, p := range parts {
		sum.Add(sum, big.NewInt(int64(p)))
		exact := new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i]))
		gap := new(big.Int).Mul(big.NewInt(int64(p)), all)
		if gap.Sub(gap, exact).CmpAbs(all) >= 0 {
			t.Fatalf("Split(%d, %v)[%d] = %d is a cent or more off", total, weights, i, p)
		}
		for j := range i {
			if weights[j] > weights[i] && parts[j] < p || weights[j] < weights[i] && parts[j] > p {
				t.Fatalf("Split(%d, %v): the larger weight of %d and %d gets less", total, weights, j, i)
			}
		}
	}
	if sum.Int64() != total || !sum.IsInt64() {
		t.Fatalf("Split(%d, %v) adds up to %v", total, weights, sum)
	}
}

func BenchmarkSplit1M(b *testing.B) {
	weights := make([]int64, 1_000_000)
	for i := range weights {
		weights[i] = int64(i%97 + 1)
	}
	for b.Loop() {
		if _, err := Split(MaxCents, weights); err != nil {
			b.Fatal(err)
		}
	}
}
