package claims

import (
	"errors"
	"fmt"
	"math/bits"

	"samenclaim/payments"
)

// FeeOption is how a participant chose to pay the foundation: only ever out of what is paid out.
type FeeOption string

const (
	// Flat is the fixed fee per participation.
	Flat FeeOption = "flat"
	// Percentage is a share of what is collected for the participant.
	Percentage FeeOption = "percentage"
)

// Valid tells whether this is one of the two fee options.
func (o FeeOption) Valid() bool { return o == Flat || o == Percentage }

// ErrFeeTerms means the fee terms of a claim cannot be right.
var ErrFeeTerms = errors.New("these fee terms cannot be right")

// FeeTerms is what a claim asks for both fee options, and the limits above which it asks nothing.
type FeeTerms struct {
	FlatCents     payments.Cents  // the fixed fee, VAT included
	RateBP        int64           // the percentage in basis points: 2000 is 20%
	CapBP         int64           // the largest share of the gross amount any fee may take: 10000 is all of it
	CourtCapCents *payments.Cents // what a court allows at most, if a court has spoken
}

// Validate refuses terms that nobody can have meant.
func (t FeeTerms) Validate() error {
	switch {
	case t.FlatCents < 0 || t.FlatCents > payments.MaxCents:
		return fmt.Errorf("%w: the flat fee is %s", ErrFeeTerms, t.FlatCents)
	case t.RateBP < 0 || t.RateBP > 10_000:
		return fmt.Errorf("%w: the percentage is %d basis points", ErrFeeTerms, t.RateBP)
	case t.CapBP < 1 || t.CapBP > 10_000:
		return fmt.Errorf("%w: the cap is %d basis points", ErrFeeTerms, t.CapBP)
	case t.CourtCapCents != nil && *t.CourtCapCents < 0:
		return fmt.Errorf("%w: the cap of the court is %s", ErrFeeTerms, *t.CourtCapCents)
	}
	return nil
}

// Fee is what a participant owes out of a gross amount: the chosen fee, never
// more than the cap of the claim, the cap of the court, or the amount itself.
// Fractions of a cent are left to the participant.
func (t FeeTerms) Fee(o FeeOption, gross payments.Cents) payments.Cents {
	if gross <= 0 || !o.Valid() {
		return 0
	}
	fee := t.FlatCents
	if o == Percentage {
		fee = gross.Portion(t.RateBP)
	}
	fee = min(fee, gross.Portion(t.CapBP))
	if t.CourtCapCents != nil {
		fee = min(fee, *t.CourtCapCents)
	}
	return max(fee, 0)
}

// BreakEven is the gross amount at which both fee options cost the same;
// nothing if the claim has no percentage.
func (t FeeTerms) BreakEven() payments.Cents {
	if t.RateBP <= 0 || t.FlatCents <= 0 {
		return 0
	}
	rate := uint64(t.RateBP)
	hi, lo := bits.Mul64(uint64(t.FlatCents), 10_000)
	if hi >= rate {
		return 0
	}
	q, r := bits.Div64(hi, lo, rate)
	if r > 0 {
		q++
	}
	return payments.Cents(q)
}

// Reckoning is what one participation gets, to the cent.
type Reckoning struct {
	Gross       payments.Cents // allocated to the participation
	Fee         payments.Cents // for the foundation, VAT included
	FeeExVAT    payments.Cents // the fee without VAT
	VAT         payments.Cents // the VAT in the fee
	Net         payments.Cents // gross less fee
	PrepaidUsed payments.Cents // the part of the prepayment that settles the fee
	Surplus     payments.Cents // the part of the prepayment that goes back where it came from
	Payout      payments.Cents // transferred to the participant: net plus the fee that was prepaid
}

// Reckon calculates what one participation gets out of a gross amount. Only
// the flat fee can be prepaid: with the percentage all prepaid money goes back.
func (t FeeTerms) Reckon(o FeeOption, gross, prepaid payments.Cents, vatBP int64) Reckoning {
	a := Reckoning{Gross: max(gross, 0)}
	a.Fee = t.Fee(o, a.Gross)
	a.FeeExVAT, a.VAT = payments.VAT(a.Fee, vatBP)
	a.Net = a.Gross - a.Fee
	if o == Flat {
		return a.setOff(prepaid)
	}
	a.Surplus, a.Payout = max(prepaid, 0), a.Net
	return a
}

// setOff settles the fee with what was paid ahead, as far as that goes; the rest goes back.
func (a Reckoning) setOff(prepaid payments.Cents) Reckoning {
	prepaid = max(prepaid, 0)
	a.PrepaidUsed = min(prepaid, a.Fee)
	a.Surplus = prepaid - a.PrepaidUsed
	a.Payout = a.Net + a.PrepaidUsed
	return a
}
