package mollietest

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

const (
	paymentsShown = 50
	refundsShown  = 100
	webhooksShown = 10
)

type overviewPage struct {
	view
	Payments []paymentRow
	Refunds  []refundRow
	Settled  []settlementRow
	Webhooks []Webhook
	Total    int
	Older    string // id of the first payment of the next page
	From     string
	Query    string
}

type paymentRow struct {
	ID, Reference, Description, Status, Date string
	Cents, RefundedCents, ChargedBackCents   int64
	CanPay, CanChargeBack, CanReverse        bool
	CanNotify                                bool
}

type settlementRow struct {
	Reference, Date                string
	AmountCents, CostsCents        int64
	Payments, Refunds, Chargebacks int
}

type refundRow struct {
	ID, PaymentID, Reference, Status string
	Cents                            int64
}

func (s *Simulator) overview(w http.ResponseWriter, r *http.Request) {
	page := overviewPage{view: s.view(r, "", ""), From: r.FormValue("from"), Query: strings.TrimSpace(r.FormValue("q"))}
	err := s.do(func(st *state) {
		s.pass(st)
		page.Total = len(st.Payments)
		page.fill(st)
		page.addSettlements(st)
	})
	if err != nil {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	all := s.Webhooks()
	for i := len(all) - 1; i >= max(0, len(all)-webhooksShown); i-- {
		page.Webhooks = append(page.Webhooks, all[i])
	}
	show(w, http.StatusOK, "overview.html", "", page)
}

// fill walks from the newest payment to the oldest.
func (o *overviewPage) fill(st *state) {
	begun := st.byID[o.From] == nil
	for i := len(st.Payments) - 1; i >= 0; i-- {
		p := st.Payments[i]
		o.addRefunds(p)
		begun = begun || p.ID == o.From
		if !begun || (o.Query != "" && p.ID != o.Query && !strings.EqualFold(p.Reference, o.Query)) {
			continue
		}
		if len(o.Payments) < paymentsShown {
			o.Payments = append(o.Payments, row(p))
		} else if o.Older == "" {
			o.Older = p.ID
		}
	}
}

func (o *overviewPage) addSettlements(st *state) {
	for i := len(st.Settlements) - 1; i >= max(0, len(st.Settlements)-webhooksShown); i-- {
		one := st.Settlements[i]
		count := st.parts(one.ID, one.Live)
		o.Settled = append(o.Settled, settlementRow{
			one.Reference, one.SettledAt.Format("02-01-2006 15:04"), one.AmountCents, one.AmountCents - count.cents,
			len(count.payments), len(count.refunds), len(count.chargebacks),
		})
	}
}

func (o *overviewPage) addRefunds(p *Payment) {
	for _, r := range p.Refunds {
		if refundSteps[r.Status] != "" && len(o.Refunds) < refundsShown {
			o.Refunds = append(o.Refunds, refundRow{r.ID, p.ID, r.Reference, r.Status, r.AmountCents})
		}
	}
}

func row(p *Payment) paymentRow {
	return paymentRow{
		ID: p.ID, Reference: p.Reference, Description: p.Description, Status: p.Status, Date: p.CreatedAt.Format("02-01-2006 15:04"),
		Cents: p.AmountCents, RefundedCents: p.RefundedCents(), ChargedBackCents: p.ChargedBackCents(),
		CanPay: p.unfinished(), CanChargeBack: p.RemainingCents() > 0, CanReverse: p.ChargedBackCents() > 0, CanNotify: p.WebhookURL != "",
	}
}

func (s *Simulator) actChargeback(w http.ResponseWriter, r *http.Request) {
	s.acted(w, r, s.chargeback(r.Context(), r.PathValue("id")))
}

func (s *Simulator) actReversal(w http.ResponseWriter, r *http.Request) {
	s.acted(w, r, s.Reverse(r.PathValue("id")))
}

func (s *Simulator) actSettle(w http.ResponseWriter, r *http.Request) {
	_, err := s.Settle()
	s.acted(w, r, err)
}

func (s *Simulator) actWebhook(w http.ResponseWriter, r *http.Request) {
	s.acted(w, r, s.Notify(r.Context(), r.PathValue("id")))
}

func (s *Simulator) actNextStep(w http.ResponseWriter, r *http.Request) {
	s.acted(w, r, s.nextStep(r.Context(), r.PathValue("id")))
}

func (s *Simulator) actFail(w http.ResponseWriter, r *http.Request) {
	s.acted(w, r, s.failRefund(r.Context(), r.PathValue("id")))
}

func (s *Simulator) actProcess(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), webhookFirst)
	defer cancel()
	s.acted(w, r, s.processRefunds(ctx)) // Run sends the webhooks that do not fit in this time
}

func (s *Simulator) acted(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrNoMove):
		s.tell(w, r, http.StatusConflict, "no-move")
	case err != nil:
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
	default:
		http.Redirect(w, r, s.base.Path+"?lang="+language(r, ""), http.StatusSeeOther)
	}
}
