package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// myPayments offers to pay ahead, and shows what was paid and what came back.
func (s *Server) myPayments(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.myPaymentsPage(c, o, http.StatusOK, "")
}

// pay opens a payment. The page that follows shows the way to it: our own
// policy keeps a form from leading to another site. Asked twice, it is one payment.
func (s *Server) pay(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	back := s.cfg.BaseURL + "/" + lang(c) + o.path("/betaling")
	_, err = s.claims.Prepay(c.Request().Context(), o.claim, o.part, lang(c), back)
	switch {
	case err == nil, errors.Is(err, payments.ErrAlreadyPaid), errors.Is(err, claims.ErrNotFlat), errors.Is(err, claims.ErrWrongState), errors.Is(err, payments.ErrWrongState):
		return s.to(c, o.path("/betalen")) // the page says how it stands
	case errors.Is(err, payments.ErrProviderDown):
		return s.myPaymentsPage(c, o, http.StatusServiceUnavailable, "portal.pay.down")
	case errors.Is(err, payments.ErrProviderRefused):
		return s.myPaymentsPage(c, o, http.StatusBadGateway, "portal.pay.refused")
	}
	return err
}

func (s *Server) myPaymentsPage(c echo.Context, o ownCase, status int, downKey string) error {
	ctx := c.Request().Context()
	fee, err := s.claims.FeeOption(ctx, o.part.ID)
	if err != nil {
		return err
	}
	pre, refunds, _, err := s.claims.MoneyOf(ctx, o.part)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.pay.title")
	p := ui.PortalPayPage{
		View: v, Amount: int64(o.prepayment()), Action: v.Href(o.path("/betalen")), FeeURL: v.Href(o.path("/vergoeding")), Payments: paymentRows(v, o, pre, refunds),
	}
	p.Late = o.part.LatePriceCents != nil
	if downKey != "" {
		p.Down = v.T(downKey)
	}
	payState(&p, o, fee, pre, refunds)
	return s.show(c, status, ui.PortalPay(p))
}

// payState says what can be done: pay, go on with a payment, or nothing.
func payState(p *ui.PortalPayPage, o ownCase, fee claims.ChosenFee, pre []payments.Prepayment, refunds []payments.Refund) {
	paid, open := standOfPayments(pre, refunds)
	for _, one := range pre {
		switch {
		case paid && one.Status == payments.PrepaymentPaid && one.PaidAt != nil:
			p.State, p.Amount, p.PaidAt = "paid", int64(one.AmountCents), *one.PaidAt
			return
		case !paid && open && one.Status == payments.PrepaymentOpen && one.CheckoutURL != "" && o.payOpen() && (fee.Option == claims.Flat || o.part.LatePriceCents != nil):
			p.State, p.Amount, p.Checkout, p.ReturnURL = "ready", int64(one.AmountCents), one.CheckoutURL, p.Href(o.path("/betaling/"+one.Ref))
			return
		}
	}
	switch {
	case !o.payOpen():
		p.State = "closed"
	case o.part.LatePriceCents != nil:
		p.State = "late"
	case fee.Option == claims.Percentage:
		p.State = "percentage"
	default:
		p.State = "offer"
	}
}

// paymentRows are all payments and refunds with their true states, newest first.
func paymentRows(v ui.View, o ownCase, pre []payments.Prepayment, refunds []payments.Refund) (rows []ui.PortalPaymentRow) {
	for _, p := range pre {
		row := ui.PortalPaymentRow{
			What: v.T("portal.pay.what_payment"), Kind: paymentKind(p.Status), State: v.T("portal.payment." + p.Status), When: p.CreatedAt, Amount: int64(p.AmountCents),
			URL: v.Href(o.path("/betaling/" + p.Ref)),
		}
		if p.PaidAt != nil {
			row.When = *p.PaidAt
		}
		if p.Mismatch {
			row.Note = v.T("portal.pay.check")
		}
		rows = append(rows, row)
	}
	for _, r := range refunds {
		row := ui.PortalPaymentRow{
			What: v.T("portal.pay.what_refund"), Kind: paymentKind(r.Status), State: v.T("portal.refund." + r.Status), When: r.CreatedAt, Amount: int64(r.AmountCents),
			Note: v.T("portal.refund_reason." + r.Reason),
		}
		if r.RefundedAt != nil {
			row.When = *r.RefundedAt
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b ui.PortalPaymentRow) int { return cmp.Compare(b.When.UnixNano(), a.When.UnixNano()) })
	return rows
}

// paymentKind is how the state of a payment or a refund looks.
func paymentKind(status string) string {
	switch status {
	case payments.PrepaymentPaid, payments.RefundRefunded:
		return "good"
	case payments.PrepaymentFailed, payments.PrepaymentChargedBack:
		return "bad"
	case payments.PrepaymentCanceled, payments.PrepaymentExpired, payments.PrepaymentCreated:
		return "neutral"
	}
	return "info"
}

// paidPage is where somebody comes back to from Mollie. It asks Mollie and
// tells what our books say then: what the browser says counts for nothing.
func (s *Server) paidPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p, err := s.claims.Prepayment(ctx, o.part, c.Param("payref"))
	if err != nil {
		return err
	}
	asked := error(nil)
	if p.ProviderID != nil && p.Status == payments.PrepaymentOpen {
		asked = s.claims.PrepaymentChanged(ctx, *p.ProviderID)
		if p, err = s.claims.Prepayment(ctx, o.part, p.Ref); err != nil {
			return err
		}
	}
	if asked != nil && !errors.Is(asked, payments.ErrProviderDown) && !errors.Is(asked, payments.ErrProviderRefused) && !errors.Is(asked, payments.ErrNotOurs) {
		return asked
	}
	_, refunds, _, err := s.claims.MoneyOf(ctx, o.part)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, ui.PortalPaid(paidWords(s.portalView(c, o, "portal.paid.title"), o, p, refunds, asked != nil)))
}

// paidWords says how a payment stands and what can be done.
func paidWords(v ui.View, o ownCase, p payments.Prepayment, refunds []payments.Refund, unsure bool) ui.PortalPaidPage {
	name := p.Status
	switch {
	case unsure:
		name = "unknown"
	case p.Status == payments.PrepaymentCreated:
		name = "open"
	case p.Status == payments.PrepaymentPaid && p.UsedCents == 0 && slices.ContainsFunc(refunds, func(r payments.Refund) bool {
		return r.PrepaymentID == p.ID && r.Status != payments.RefundCanceled && r.Status != payments.RefundFailed
	}):
		name = "back"
	}
	kinds := map[string]string{"paid": "success", "failed": "error", "charged_back": "warn", "unknown": "warn"}
	out := ui.PortalPaidPage{
		View: v, Kind: cmp.Or(kinds[name], "info"), Status: v.T("portal.paid." + name + ".title"), Text: v.T("portal.paid." + name + ".text"), Amount: int64(p.AmountCents),
		Home: v.Href(o.path("")), Pay: v.Href(o.path("/betalen")), Refresh: v.Href(o.path("/betaling/" + p.Ref)), Waiting: name == "open" || name == "unknown",
	}
	if name == "open" && o.payOpen() {
		out.Checkout = p.CheckoutURL
	}
	if name == "failed" || name == "canceled" || name == "expired" {
		if o.payOpen() {
			out.Again = v.Href(o.path("/betalen"))
		}
		if o.feeOpen() {
			out.Fee = v.Href(o.path("/vergoeding"))
		}
	}
	return out
}
