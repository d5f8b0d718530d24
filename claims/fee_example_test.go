package claims_test

import (
	"encoding/json"
	"os"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

// feeVector is testdata/fees.json: amounts with both fees, reckoned apart from this program. The pages read the same file.
type feeVector struct {
	FlatCents payments.Cents `json:"flat_cents"`
	RateBP    int64          `json:"rate_bp"`
	CapBP     int64          `json:"cap_bp"`
	VATBP     int64          `json:"vat_bp"`
	BreakEven payments.Cents `json:"break_even"`
	Rows      []struct {
		Gross         payments.Cents `json:"gross"`
		FlatFee       payments.Cents `json:"flat_fee"`
		FlatVAT       payments.Cents `json:"flat_vat"`
		FlatNet       payments.Cents `json:"flat_net"`
		PercentageFee payments.Cents `json:"percentage_fee"`
		PercentageVAT payments.Cents `json:"percentage_vat"`
		PercentageNet payments.Cents `json:"percentage_net"`
	} `json:"rows"`
}

func readFees(t *testing.T) (v feeVector) {
	t.Helper()
	raw, err := os.ReadFile("testdata/fees.json")
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil || len(v.Rows) < 10 {
		t.Fatalf("testdata/fees.json: %d rows, %v", len(v.Rows), err)
	}
	return v
}

func TestBothFeesAreThoseOfTheSharedFile(t *testing.T) {
	t.Parallel()
	v := readFees(t)
	c := claims.Claim{FlatFeeCents: v.FlatCents, RateBP: v.RateBP, CapBP: v.CapBP, VATBP: v.VATBP}
	for _, row := range v.Rows {
		if got, want := c.FeeExample(row.Gross), claims.FeeExample(row); got != want {
			t.Errorf("FeeExample(%s) = %v, want %v", row.Gross, got, want)
		}
	}
	if got := c.Terms().BreakEven(); got != v.BreakEven {
		t.Errorf("BreakEven = %s, want %s", got, v.BreakEven)
	}
}

// What the helper says beforehand is what the distribution takes in the end.
func TestTheHelperSaysWhatTheDistributionTakes(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := append(c.JoinWith(2, claims.Flat), c.JoinWith(2, claims.Percentage)...)
	c.Arrive(c.Send().Ordinal)
	c.Settle(100_000)
	c.Receive(100_000)
	c.Distribute()
	for _, m := range members {
		a, err := c.Claims.AwardOf(c.Ctx(), m.ParticipationID)
		if err != nil {
			t.Fatal(err)
		}
		e := c.Claim.FeeExample(a.GrossCents)
		fee, vat := e.FlatFee, e.FlatVAT
		if a.FeeOption == claims.Percentage {
			fee, vat = e.PercentageFee, e.PercentageVAT
		}
		if a.FeeCents != fee || a.VatCents != vat {
			t.Errorf("of %s the distribution takes %s with %s VAT for %s, the helper says %s with %s", a.GrossCents, a.FeeCents, a.VatCents, a.FeeOption, fee, vat)
		}
	}
}
