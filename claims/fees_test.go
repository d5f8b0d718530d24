package claims

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"samenclaim/payments"
)

var usualTerms = FeeTerms{FlatCents: 5000, RateBP: 2000, CapBP: 10000}

func TestFee(t *testing.T) {
	t.Parallel()
	court := payments.Cents(3000)
	capped := FeeTerms{FlatCents: 5000, RateBP: 2000, CapBP: 2500}
	ruled := FeeTerms{FlatCents: 5000, RateBP: 2000, CapBP: 10000, CourtCapCents: &court}
	tests := []struct {
		name   string
		terms  FeeTerms
		option FeeOption
		gross  payments.Cents
		want   payments.Cents
	}{
		{"the flat fee is never more than what is collected", usualTerms, Flat, 4000, 4000},
		{"a fifth of 40 euros", usualTerms, Percentage, 4000, 800},
		{"the flat fee of 100 euros", usualTerms, Flat, 10000, 5000},
		{"a fifth of 100 euros", usualTerms, Percentage, 10000, 2000},
		{"at 250 euros the flat fee", usualTerms, Flat, 25000, 5000},
		{"is equal to the percentage", usualTerms, Percentage, 25000, 5000},
		{"the flat fee of 500 euros", usualTerms, Flat, 50000, 5000},
		{"a fifth of 500 euros", usualTerms, Percentage, 50000, 10000},
		{"the percentage leaves the fraction to the participant", usualTerms, Percentage, 9999, 1999},
		{"the cap of the claim", capped, Flat, 10000, 2500},
		{"the cap of the claim rounds down too", capped, Flat, 9999, 2499},
		{"the cap of the court", ruled, Flat, 50000, 3000},
		{"the cap of the court holds for the percentage", ruled, Percentage, 50000, 3000},
		{"nothing collected, nothing owed", usualTerms, Flat, 0, 0},
		{"no option chosen, nothing owed", usualTerms, "", 50000, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.terms.Fee(tt.option, tt.gross); got != tt.want {
				t.Errorf("Fee(%s, %s) = %s, want %s", tt.option, tt.gross, got, tt.want)
			}
		})
	}
}

func TestBreakEven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		terms FeeTerms
		want  payments.Cents
	}{
		{"50 euros is 20% of 250 euros", usualTerms, 25000},
		{"an amount between two cents is rounded up", FeeTerms{FlatCents: 5000, RateBP: 3000}, 16667},
		{"without a percentage there is none", FeeTerms{FlatCents: 5000}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.terms.BreakEven(); got != tt.want {
				t.Errorf("BreakEven() = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestReckon(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		option         FeeOption
		gross, prepaid payments.Cents
		want           Reckoning
	}{
		{"the fee is netted", Flat, 50000, 0,
			Reckoning{Gross: 50000, Fee: 5000, FeeExVAT: 4132, VAT: 868, Net: 45000, Payout: 45000}},
		{"a prepaid fee is not netted again", Flat, 50000, 5000,
			Reckoning{Gross: 50000, Fee: 5000, FeeExVAT: 4132, VAT: 868, Net: 45000, PrepaidUsed: 5000, Payout: 50000}},
		{"too much prepaid goes back", Flat, 4000, 5000,
			Reckoning{Gross: 4000, Fee: 4000, FeeExVAT: 3306, VAT: 694, Net: 0, PrepaidUsed: 4000, Surplus: 1000, Payout: 4000}},
		{"with the percentage all prepaid money goes back", Percentage, 50000, 5000,
			Reckoning{Gross: 50000, Fee: 10000, FeeExVAT: 8264, VAT: 1736, Net: 40000, Surplus: 5000, Payout: 40000}},
		{"nothing collected, everything prepaid goes back", Flat, 0, 5000, Reckoning{Surplus: 5000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := usualTerms.Reckon(tt.option, tt.gross, tt.prepaid, 2100)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Reckon(%s, %s, %s) differs (-want +got):\n%s", tt.option, tt.gross, tt.prepaid, diff)
			}
		})
	}
}

func TestFeeStaysWithinBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		option := rapid.SampledFrom([]FeeOption{Flat, Percentage}).Draw(t, "option")
		gross := payments.Cents(rapid.Int64Range(0, int64(payments.MaxCents)).Draw(t, "gross"))
		fee, next := terms.Fee(option, gross), terms.Fee(option, gross+1)
		if fee < 0 || fee > gross {
			t.Fatalf("Fee(%s, %s) = %s, want it between nothing and the gross amount", option, gross, fee)
		}
		if gross+1-next < gross-fee {
			t.Fatalf("one cent more than %s leaves less: fee %s becomes %s", gross, fee, next)
		}
	})
}

func TestReckoningAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		option := rapid.SampledFrom([]FeeOption{Flat, Percentage}).Draw(t, "option")
		gross := payments.Cents(rapid.Int64Range(0, 1_000_000).Draw(t, "gross"))
		prepaid := payments.Cents(rapid.Int64Range(0, 20_000).Draw(t, "prepaid"))
		a := terms.Reckon(option, gross, prepaid, 2100)
		if a.Net+a.Fee != gross || a.FeeExVAT+a.VAT != a.Fee {
			t.Fatalf("%+v: the parts of the reckoning do not add up", a)
		}
		if a.PrepaidUsed+a.Surplus != prepaid || a.Surplus < 0 || a.PrepaidUsed > a.Fee {
			t.Fatalf("%+v: the prepayment of %s is not all accounted for", a, prepaid)
		}
		if a.Payout+a.Fee+a.Surplus != gross+prepaid {
			t.Fatalf("%+v: money in is not money out", a)
		}
	})
}

func TestFeeTermsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	below := payments.Cents(-1)
	tests := []struct {
		name  string
		terms FeeTerms
		want  error
	}{
		{"the usual terms", usualTerms, nil},
		{"a flat fee below zero", FeeTerms{FlatCents: -1, CapBP: 10000}, ErrFeeTerms},
		{"more than all of it", FeeTerms{RateBP: 10001, CapBP: 10000}, ErrFeeTerms},
		{"a forgotten cap", FeeTerms{FlatCents: 5000, RateBP: 2000}, ErrFeeTerms},
		{"a cap above all of it", FeeTerms{CapBP: 10001}, ErrFeeTerms},
		{"a court that gives money", FeeTerms{CapBP: 10000, CourtCapCents: &below}, ErrFeeTerms},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.terms.Validate(); !errors.Is(got, tt.want) {
				t.Errorf("Validate() = %v, want %v", got, tt.want)
			}
		})
	}
}

func drawTerms(t *rapid.T) FeeTerms {
	terms := FeeTerms{
		FlatCents: payments.Cents(rapid.Int64Range(0, 100_000).Draw(t, "flat")),
		RateBP:    rapid.Int64Range(0, 10_000).Draw(t, "rate"),
		CapBP:     rapid.Int64Range(1, 10_000).Draw(t, "cap"),
	}
	if rapid.Bool().Draw(t, "court") {
		court := payments.Cents(rapid.Int64Range(0, 100_000).Draw(t, "court cap"))
		terms.CourtCapCents = &court
	}
	return terms
}
