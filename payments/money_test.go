package payments

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseCents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want Cents
		err  error
	}{
		{"whole euros", "50", 5000, nil},
		{"a comma before the cents", "50,00", 5000, nil},
		{"a point before the cents", "50.00", 5000, nil},
		{"thousands with a point", "1.250,50", 125050, nil},
		{"millions with points", "1.250.000,50", 125000050, nil},
		{"millions without cents", "1.250.000", 125000000, nil},
		{"thousands with a blank", "1 250,50", 125050, nil},
		{"the currency in front", "€ 1.250,50", 125050, nil},
		{"the currency behind", "50,00 EUR", 5000, nil},
		{"the currency in words", "euro 50", 5000, nil},
		{"a no-break space after the sign", "€\u00a050,00", 5000, nil},
		{"no cents as in a shop", "€ 50,-", 5000, nil},
		{"a float would lose a cent here", "0,29", 29, nil},
		{"and here", "19,99", 1999, nil},
		{"nothing at all is an amount too", "0", 0, nil},
		{"the largest amount", "10.000.000.000,00", MaxCents, nil},
		{"one cent above the largest", "10.000.000.000,01", 0, ErrAmountTooLarge},
		{"far too many digits", "99999999999999999999", 0, ErrAmountTooLarge},
		{"the English way is ambiguous", "1,250.50", 0, ErrAmountAmbiguous},
		{"thousands or decimals", "1.250", 0, ErrAmountAmbiguous},
		{"thousands or decimals with a comma", "1,250", 0, ErrAmountAmbiguous},
		{"three decimals", "50,005", 0, ErrAmountAmbiguous},
		{"one decimal", "50,5", 0, ErrAmountAmbiguous},
		{"English millions", "1,250,000", 0, ErrAmountAmbiguous},
		{"points in the wrong places", "12.50,00", 0, ErrAmount},
		{"below zero", "-50", 0, ErrAmountNegative},
		{"a real minus sign", "−50", 0, ErrAmountNegative},
		{"below zero behind the sign", "€ -50", 0, ErrAmountNegative},
		{"an exponent", "1e3", 0, ErrAmount},
		{"hexadecimal", "0x10", 0, ErrAmount},
		{"not a number", "NaN", 0, ErrAmount},
		{"endless", "Infinity", 0, ErrAmount},
		{"full-width digits", "５０", 0, ErrAmount},
		{"nothing", "", 0, ErrAmount},
		{"only the currency", "€", 0, ErrAmount},
		{"only a comma", ",", 0, ErrAmount},
		{"another currency", "$ 50,00", 0, ErrAmount},
		{"words", "vijftig", 0, ErrAmount},
		{"a plus", "+50", 0, ErrAmount},
		{"two amounts", "50,00 60,00", 0, ErrAmount},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseCents(tt.in)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("ParseCents(%q) = %d, %v, want %d, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

// The wider list lies outside the repository and is used where it is at hand.
func TestParseCentsOnHostileInput(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "hostile", "hostile_inputs.json"))
	if err != nil {
		t.Log("the wider list of hostile inputs is not at hand")
		return
	}
	var rows []struct{ Field, ID, Value, Expected string }
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Field != "money" || r.ID == "G10" { // zero is the caller's question
			continue
		}
		got, err := ParseCents(r.Value)
		fields := strings.Fields(r.Expected)
		if fields[0] == "accept" {
			if want, _ := strconv.Atoi(fields[1]); err != nil || got != Cents(want) {
				t.Errorf("%s: ParseCents(%q) = %d, %v, want %d", r.ID, r.Value, got, err, want)
			}
		} else if err == nil {
			t.Errorf("%s: ParseCents(%q) = %d, want it refused", r.ID, r.Value, got)
		}
	}
}

func TestCentsPrintAndParseBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   Cents
		want string
	}{
		{"nothing", 0, "0.00"},
		{"a cent", 1, "0.01"},
		{"a debt of a cent", -1, "-0.01"},
		{"the flat fee", 5000, "50.00"},
		{"the smallest number there is", math.MinInt64, "-92233720368547758.08"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.in.String(); got != tt.want {
				t.Errorf("Cents(%d).String() = %q, want %q", int64(tt.in), got, tt.want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Range(0, int64(MaxCents)).Draw(t, "cents"))
		if got, err := ParseCents(c.String()); err != nil || got != c {
			t.Fatalf("ParseCents(%q) = %d, %v, want %d", c.String(), got, err, c)
		}
	})
}

func TestValueIsTheNumber(t *testing.T) {
	t.Parallel()
	if got, err := Cents(5000).Value(); err != nil || got != int64(5000) {
		t.Errorf("Value() = %v, %v, want 5000", got, err)
	}
}

func TestVAT(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		incl    Cents
		rate    int64
		ex, vat Cents
	}{
		{"the flat fee", 5000, 2100, 4132, 868},
		{"exactly half a cent goes up", 1, 10000, 1, 0},
		{"a credit note mirrors its invoice", -5000, 2100, -4132, -868},
		{"no tax", 5000, 0, 5000, 0},
		{"nothing", 0, 2100, 0, 0},
		{"a thousand receipts are not rounded together", 1210, 2100, 1000, 210},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if ex, vat := VAT(tt.incl, tt.rate); ex != tt.ex || vat != tt.vat {
				t.Errorf("VAT(%d, %d) = %d, %d, want %d, %d", tt.incl, tt.rate, ex, vat, tt.ex, tt.vat)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		incl := rapid.Int64Range(0, int64(MaxCents)).Draw(t, "incl")
		rate := rapid.Int64Range(1, 3000).Draw(t, "rate")
		ex, vat := VAT(Cents(incl), rate)
		twice := new(big.Int).Mul(big.NewInt(incl), big.NewInt(20000)) // round half up = floor((2a+b)/2b)
		b := big.NewInt(10000 + rate)
		want := twice.Add(twice, b).Div(twice, new(big.Int).Lsh(b, 1)).Int64()
		if int64(ex) != want || ex+vat != Cents(incl) {
			t.Fatalf("VAT(%d, %d) = %d, %d, want %d without tax", incl, rate, ex, vat, want)
		}
	})
}

func TestPortion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		c    Cents
		bp   int64
		want Cents
	}{
		{"a fifth of a whole amount", 10000, 2000, 2000},
		{"a fraction of a cent is dropped", 9999, 2000, 1999},
		{"never more than the whole", 500, 20000, 500},
		{"never less than nothing", -500, 2000, 0},
		{"no overflow", math.MaxInt64, 10000, math.MaxInt64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.c.Portion(tt.bp); got != tt.want {
				t.Errorf("Cents(%d).Portion(%d) = %d, want %d", tt.c, tt.bp, got, tt.want)
			}
		})
	}
}

func FuzzParseCents(f *testing.F) {
	for _, s := range []string{"50,00", "€ 1.250,50", "1,250.50", "-1", "1e3", "50,-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCents(s)
		if err != nil {
			return
		}
		if c < 0 || c > MaxCents {
			t.Errorf("ParseCents(%q) = %d, want it between nothing and the largest amount", s, c)
		}
		if back, err := ParseCents(c.String()); err != nil || back != c {
			t.Errorf("ParseCents(%q) = %d, read back %d, %v", s, c, back, err)
		}
	})
}
