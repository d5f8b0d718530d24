package bank

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		point    byte
		want     string // empty if refused
	}{
		{"cents", "50.25", '.', "50.25"},
		{"no decimals", "50", '.', "50.00"},
		{"one decimal", "50.5", '.', "50.50"},
		{"zeros in front", "000000000000050.25", '.', "50.25"},
		{"zeros behind", "50.2500000", '.', "50.25"},
		{"three decimals", "14027.535", '.', "14027.535"},
		{"five decimals", "0.00001", '.', "0.00001"},
		{"six decimals", "0.000001", '.', ""},
		{"the largest", "40000000000000", '.', "40000000000000.00"},
		{"beyond the largest", "40000000000000.01", '.', ""},
		{"far beyond the largest", "92233720368547758070", '.', ""},
		{"a comma and nothing behind it", "2,", ',', "2.00"},
		{"a comma", "0,3", ',', "0.30"},
		{"a point for a comma", "0.3", ',', ""},
		{"a point and nothing behind it", "2.", '.', ""},
		{"a point and nothing before it", ".5", '.', ""},
		{"two points", "1.2.3", '.', ""},
		{"thousands", "1,250.00", '.', ""},
		{"a sign", "-1", '.', ""},
		{"an exponent", "1e3", '.', ""},
		{"Arabic digits", "١", '.', ""},
		{"nothing", "", '.', ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseAmount(tt.in, tt.point)
			if (err == nil) != (tt.want != "") || err == nil && got.String() != tt.want {
				t.Errorf("parseAmount(%q) = %s, %v, want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestAmountsArePrintedExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Amount(rapid.Int64Range(0, most).Draw(t, "amount"))
		text := a.String()
		back, err := parseAmount(text, '.')
		exact, ok := new(big.Rat).SetString(text)
		if err != nil || back != a || !ok || exact.Cmp(big.NewRat(int64(a), unit)) != 0 {
			t.Fatalf("%d prints as %s and reads back as %d, %v", a, text, back, err)
		}
		if minus := (-a).String(); a > 0 && minus != "-"+text {
			t.Fatalf("%d prints as %s, want -%s", -a, minus, text)
		}
		if cents, whole := a.Cents(); whole != (len(text)-strings.IndexByte(text, '.') == 3) || whole && Amount(cents)*perCent != a {
			t.Fatalf("%s is %d cents, whole %v", text, cents, whole)
		}
	})
}
