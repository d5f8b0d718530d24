package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/ui"
)

// The colours of the states of prepayments and refunds.
var (
	prepaymentKinds = map[string]string{"created": "neutral", "open": "info", "paid": "good", "failed": "neutral", "canceled": "neutral", "expired": "neutral", "charged_back": "bad"}
	refundKinds     = map[string]string{
		"required": "warn", "requested": "info", "queued": "info", "pending": "info", "processing": "info", "refunded": "good", "failed": "bad", "canceled": "bad",
	}
)

// refunds shows how the prepayments and refunds of a claim stand.
func (s *Server) refunds(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx, v := c.Request().Context(), s.view(c, "money.refunds.title")
	paid, err := s.claims.Prepayments(ctx, claim.ID)
	if err != nil {
		return err
	}
	back, err := s.claims.Refunds(ctx, claim.ID)
	if err != nil {
		return err
	}
	funds, err := s.money.RefundFunds(ctx)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, ui.Refunds(ui.RefundsPage{
		Funds: fundsStatus(v, funds),
		View:  v, Status: refundStatus(v, back), Figures: refundFigures(v, paid, back),
		Refunds:     stateTable(v, v.T("money.refunds.refunds"), "money.refund_state", back, refundKinds),
		RefundsPlot: statePlot(v, "refunds", v.T("money.refunds.refunds"), "money.refund_state", back),
		Prepayments: stateTable(v, v.T("money.refunds.prepayments"), "money.prepayment_state", paid, prepaymentKinds),
		PaidPlot:    statePlot(v, "prepayments", v.T("money.refunds.prepayments"), "money.prepayment_state", paid),
		Links:       []ui.Link{{Label: v.T("nav.settlement"), URL: v.Href(deskPath(claim, "/schikking"))}, {Label: v.T("nav.payouts"), URL: v.Href(deskPath(claim, "/uitbetalingen"))}},
	}))
}

// inStates adds up the counts in some states.
func inStates(counts []payments.StatusCount, states ...string) (sum payments.StatusCount) {
	for _, one := range counts {
		for _, state := range states {
			if one.Status == state {
				sum.Count, sum.TotalCents = sum.Count+one.Count, sum.TotalCents+one.TotalCents
			}
		}
	}
	return sum
}

// onTheWay are the states of refunds that are not done and did not fail.
var onTheWay = []string{"required", "requested", "queued", "pending", "processing"}

func refundStatus(v ui.View, back []payments.StatusCount) ui.StatusProps {
	busy, failed := inStates(back, onTheWay...).Count, inStates(back, "failed", "canceled").Count
	switch {
	case len(back) == 0:
		return ui.StatusProps{Kind: "info", Title: v.T("money.refunds.none"), Text: v.T("money.refunds.none_text")}
	case failed > 0:
		return ui.StatusProps{Kind: "warn", Title: v.T("money.refunds.failed", int(failed)), Text: v.T("money.refunds.failed_text")}
	case busy > 0:
		return ui.StatusProps{Kind: "info", Title: v.T("money.refunds.busy", int(busy), "Count", v.Number(busy)), Text: v.T("money.refunds.busy_text")}
	}
	return ui.StatusProps{Kind: "success", Title: v.T("money.refunds.done"), Text: v.T("money.refunds.done_text")}
}

// fundsStatus says whether Mollie holds enough for all that has to go back; nothing when nothing has to.
func fundsStatus(v ui.View, f payments.Funds) ui.StatusProps {
	need, available := v.Euro(int64(f.NeedCents)), v.Euro(int64(f.AvailableCents))
	switch {
	case f.Count == 0:
		return ui.StatusProps{}
	case !f.Known:
		return ui.StatusProps{Kind: "info", Title: v.T("money.funds.unknown"), Text: v.T("money.funds.unknown_text", "Need", need)}
	case f.ShortCents() > 0:
		return ui.StatusProps{Kind: "warn", Title: v.T("money.funds.short", "Short", v.Euro(int64(f.ShortCents()))), Text: v.T("money.funds.short_text", "Need", need, "Available", available)}
	}
	return ui.StatusProps{Kind: "success", Title: v.T("money.funds.enough"), Text: v.T("money.funds.enough_text", "Need", need, "Available", available)}
}

func refundFigures(v ui.View, paid, back []payments.StatusCount) []ui.StatProps {
	figure := func(key string, sum payments.StatusCount) ui.StatProps {
		return ui.StatProps{Label: v.T(key), Value: v.Euro(int64(sum.TotalCents)), Note: v.T("money.times", int(sum.Count), "Count", v.Number(sum.Count))}
	}
	return []ui.StatProps{
		figure("money.refunds.paid", inStates(paid, "paid")),
		figure("money.refunds.to_go", inStates(back, onTheWay...)),
		figure("money.refunds.back", inStates(back, "refunded")),
	}
}
