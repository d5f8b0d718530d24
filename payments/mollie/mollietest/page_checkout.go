package mollietest

import (
	"context"
	"net/http"
	"slices"
	"time"
)

const webhookFirst = 5 * time.Second

// outcomes are what one can choose on the checkout page, in this order.
var outcomes = []string{"paid", "failed", "canceled", "expired", "pending"}

type checkoutPage struct {
	view
	Payment  Payment
	Outcomes []outcomeRow
}

type outcomeRow struct{ Status, Label, Text string }

func (s *Simulator) payment(id string) (Payment, bool) {
	var found Payment
	err := s.do(func(st *state) {
		s.pass(st)
		if p := st.byID[id]; p != nil {
			found = p.copy()
		}
	})
	return found, err == nil && found.ID != ""
}

func (s *Simulator) showCheckout(w http.ResponseWriter, r *http.Request) {
	p, ok := s.payment(r.PathValue("id"))
	if !ok {
		s.tell(w, r, http.StatusNotFound, "gone")
		return
	}
	v := s.view(r, p.Locale, "checkout/"+p.ID)
	if !p.unfinished() {
		v.Heading = v.T["closed"]
		show(w, http.StatusOK, "message.html", "", message{view: v, Text: v.T["closed-text"], Back: p.RedirectURL, BackText: v.T["back"]})
		return
	}
	v.Heading = v.T["choose"]
	page := checkoutPage{view: v, Payment: p}
	for _, o := range outcomes {
		if o != p.Status {
			page.Outcomes = append(page.Outcomes, outcomeRow{o, v.T["do-"+o], v.T["do-"+o+"-text"]})
		}
	}
	show(w, http.StatusOK, "checkout.html", p.RedirectURL, page)
}

// checkout tells our server first and then sends the person back, like Mollie
// mostly does; a server that is slow or away hears it later.
func (s *Simulator) checkout(w http.ResponseWriter, r *http.Request) {
	p, ok := s.payment(r.PathValue("id"))
	if !ok {
		s.tell(w, r, http.StatusNotFound, "gone")
		return
	}
	status := r.PostFormValue("status")
	if !slices.Contains(outcomes, status) {
		s.tell(w, r, http.StatusUnprocessableEntity, "no-move")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), webhookFirst)
	defer cancel()
	if err := s.pay(ctx, p.ID, status); err != nil {
		s.tell(w, r, http.StatusConflict, "no-move")
		return
	}
	safe(w, p.RedirectURL)
	http.Redirect(w, r, p.RedirectURL, http.StatusSeeOther)
}
