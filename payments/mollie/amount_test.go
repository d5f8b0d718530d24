package mollie

import (
	"errors"
	"testing"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
	"pgregory.net/rapid"
)

func TestCents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, currency, value string
		want                  int64
		fits                  bool
	}{
		{"two decimals are cents", "EUR", "25.00", 2500, true},
		{"a value that a float would round down stays whole", "EUR", "1.15", 115, true},
		{"the largest amount fits", "EUR", "999999999999.99", 99999999999999, true},
		{"one decimal is refused", "EUR", "25.0", 0, false},
		{"four decimals are refused", "EUR", "25.0000", 0, false},
		{"no decimals are refused", "EUR", "25", 0, false},
		{"a comma is refused", "EUR", "25,00", 0, false},
		{"a sign is refused", "EUR", "-25.00", 0, false},
		{"an exponent is refused", "EUR", "1e2.00", 0, false},
		{"a leading zero is refused", "EUR", "025.00", 0, false},
		{"a space is refused", "EUR", " 25.00", 0, false},
		{"other digits are refused", "EUR", "٢٥.٠٠", 0, false},
		{"a line end is refused", "EUR", "25.00\n", 0, false},
		{"another currency is refused", "USD", "25.00", 0, false},
		{"nothing is refused", "", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := cents(&lib.Amount{Currency: tt.currency, Value: tt.value})
			if got != tt.want || (err == nil) != tt.fits {
				t.Errorf("cents(%s %q) = %d, %v, want %d, fits %v", tt.currency, tt.value, got, err, tt.want, tt.fits)
			}
			if err != nil && !errors.Is(err, ErrMismatch) {
				t.Errorf("cents(%s %q) fails with %v, want ErrMismatch", tt.currency, tt.value, err)
			}
		})
	}
}

func TestAnAmountReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(0, 99_999_999_999_999).Draw(t, "cents")
		if got, err := cents(amount(want)); got != want || err != nil {
			t.Errorf("%d cents came back as %d, %v", want, got, err)
		}
	})
}

func TestExactAmounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value string
		want  Exact
		cents int64
		fits  bool
	}{
		{"39.75", 397500, 3975, true},
		{"39.7540", 397540, 3975, true},
		{"39.7550", 397550, 3976, true},
		{"-39.7550", -397550, -3976, true},
		{"-0.0049", -49, 0, true},
		{"0.0050", 50, 1, true},
		{"39.754", 0, 0, false},
		{"39.75400", 0, 0, false},
		{"+39.75", 0, 0, false},
		{"--1.00", 0, 0, false},
		{"1e2.00", 0, 0, false},
		{"039.75", 0, 0, false},
	} {
		got, err := exact(&lib.Amount{Currency: "EUR", Value: tt.value})
		if got != tt.want || got.Cents() != tt.cents || (err == nil) != tt.fits {
			t.Errorf("exact(%q) = %d (%d cents), %v; want %d (%d cents), fits %v", tt.value, got, got.Cents(), err, tt.want, tt.cents, tt.fits)
		}
	}
}
