package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// amountField is the amount that somebody expects, in the address of a page. It is nobody's personal data.
const amountField = "bedrag"

// showFees is the page that reckons both fees for any amount.
func (s *Server) showFees(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	helper, bad, err := s.feeHelper(c, claim)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if bad != nil {
		status = http.StatusUnprocessableEntity
	}
	p := ui.FeesPage{View: s.view(c, "public.helper.title", bad...), Bad: bad, Helper: helper}
	p.BackURL, p.Usual = p.Href("/"+claim.Slug)+"#wat-kost-het", feeTable(p.View, claim)
	p.LatePolicy = policyWords(p.View, claim, s.now())
	if claim.OpenAt(s.now()) {
		p.JoinURL = p.Href(draft{claim: claim}.home())
	}
	return s.show(c, status, ui.Fees(p))
}

// feeHelper reads the amount in the address and sets both fees beside each other. What cannot be
// read as an amount stays in the field, with what to do about it.
func (s *Server) feeHelper(c echo.Context, claim claims.Claim) (ui.FeeHelperProps, ui.Problems, error) {
	v := ui.View{Lang: lang(c), Translate: s.words.T(lang(c))}
	typed, err := one(c.QueryParams(), amountField)
	if err != nil {
		return ui.FeeHelperProps{}, nil, err
	}
	h := ui.FeeHelperProps{Action: v.Href(seen(c).path), Amount: strings.TrimSpace(typed)}
	if !c.QueryParams().Has(amountField) {
		return h, nil, nil
	}
	gross, err := payments.ParseCents(h.Amount)
	if bad := badAmount(v, gross, err); bad != nil {
		h.Error = bad.For(amountField)
		return h, bad, nil
	}
	h.Result = feeResult(v, claim, claim.FeeExample(gross))
	return h, nil, nil
}

// badAmount says how to write an amount that cannot be read.
func badAmount(v ui.View, gross payments.Cents, err error) ui.Problems {
	var key string
	switch {
	case errors.Is(err, payments.ErrAmountAmbiguous):
		key = "public.helper.ambiguous"
	case errors.Is(err, payments.ErrAmountNegative):
		key = "public.helper.negative"
	case errors.Is(err, payments.ErrAmountTooLarge):
		key = "public.helper.large"
	case err != nil || gross == 0:
		key = "public.helper.amount_wrong"
	default:
		return nil
	}
	return ui.Problems{{Field: amountField, Text: v.T(key)}}
}

// feeResult is one amount under both options: in the same words, neither of them in front.
func feeResult(v ui.View, claim claims.Claim, e claims.FeeExample) *ui.FeeCompareProps {
	euro := func(c payments.Cents) string { return v.Euro(int64(c)) }
	r := &ui.FeeCompareProps{
		Caption: v.T("public.helper.result", "Gross", euro(e.Gross)),
		Head:    []string{v.T("public.helper.part"), v.T("public.helper.fee"), v.T("public.helper.vat", "Percent", v.Percent(claim.VATBP)), v.T("public.helper.net")},
		Rows: [][]string{
			{v.T("join.fee.flat"), euro(e.FlatFee), euro(e.FlatVAT), euro(e.FlatNet)},
			{v.T("join.fee.percentage"), euro(e.PercentageFee), euro(e.PercentageVAT), euro(e.PercentageNet)},
		},
	}
	if equal := claim.Terms().BreakEven(); equal > 0 {
		r.Note = v.T("public.helper.equal", "Amount", euro(equal))
	}
	return r
}

// feeTable shows both fees at the same amounts, with the amount at which they are equal.
func feeTable(v ui.View, claim claims.Claim) ui.FeeCompareProps {
	t := ui.FeeCompareProps{Caption: v.T("public.fees.caption"), Head: []string{
		v.T("public.fees.gross"), v.T("public.fees.flat_fee"), v.T("public.fees.flat_keep"), v.T("public.fees.percentage_fee", "Percent", v.Percent(claim.RateBP)), v.T("public.fees.percentage_keep", "Percent", v.Percent(claim.RateBP)),
	}}
	euro := func(c payments.Cents) string { return v.Euro(int64(c)) }
	for _, e := range claim.FeeExamples() {
		t.Rows = append(t.Rows, []string{euro(e.Gross), euro(e.FlatFee), euro(e.FlatNet), euro(e.PercentageFee), euro(e.PercentageNet)})
	}
	if equal := claim.Terms().BreakEven(); equal > 0 {
		t.Note = v.T("public.fees.equal", "Amount", euro(equal))
	}
	return t
}
