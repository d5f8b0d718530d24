package claims

import "samenclaim/payments"

// FeeExample is what one award leaves under both fee options, to the cent and with the VAT that is in the fee.
type FeeExample struct {
	Gross, FlatFee, FlatVAT, FlatNet, PercentageFee, PercentageVAT, PercentageNet payments.Cents
}

// exampleAwards are the awards at which both options are shown everywhere.
var exampleAwards = []payments.Cents{4000, 10000, 25000, 50000}

// FeeExample reckons one award for both options, by the function that the distribution uses.
func (c Claim) FeeExample(gross payments.Cents) FeeExample {
	flat, part := c.Terms().Reckon(Flat, gross, 0, c.VATBP), c.Terms().Reckon(Percentage, gross, 0, c.VATBP)
	return FeeExample{flat.Gross, flat.Fee, flat.VAT, flat.Net, part.Fee, part.VAT, part.Net}
}

// FeeExamples shows both fee options at the same awards.
func (c Claim) FeeExamples() []FeeExample {
	examples := make([]FeeExample, len(exampleAwards))
	for i, gross := range exampleAwards {
		examples[i] = c.FeeExample(gross)
	}
	return examples
}
