package mollietest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"samenclaim/payments/mollie/mollietest"
)

func TestTheCheckoutTellsOurServerAndSendsThePersonBack(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"paid", "failed", "canceled", "expired", "pending"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			in := newInbox(t)
			s := start(t)
			id := create(t, s, in.URL)
			got := post(t, s, "checkout/"+id, url.Values{"status": {status}})
			if got.status != http.StatusSeeOther || got.header.Get("Location") != "https://claim.test/terug?x=1" {
				t.Errorf("answers %d to %q, want 303 to the way back", got.status, got.header.Get("Location"))
			}
			if now := s.Payments()[0].Status; now != status {
				t.Errorf("the payment is %s, want %s", now, status)
			}
			if told := len(in.got()) == 1; told != (status != "pending") {
				t.Errorf("our server got %q", in.got())
			}
		})
	}
}

func TestTheCheckoutAllowsOnlyWhatMollieAllows(t *testing.T) {
	t.Parallel()
	s := start(t)
	paid, pending := createPaid(t, s), create(t, s, "")
	if err := s.Set(pending, "pending"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, id, status string
		want             int
	}{
		{"a payment that is not there", "tr_unknown", "paid", 404},
		{"a payment that is finished", paid, "failed", 409},
		{"a status nobody can choose", pending, "authorized", 422},
		{"no status at all", pending, "", 422},
		{"pending once more", pending, "pending", 409},
		{"pending to paid", pending, "paid", 303},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := post(t, s, "checkout/"+tt.id, url.Values{"status": {tt.status}}); got.status != tt.want {
				t.Errorf("answers %d, want %d", got.status, tt.want)
			}
		})
	}
	foreign := post(t, s, "checkout/"+create(t, s, ""), url.Values{"status": {"paid"}}, "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site")
	if foreign.status != http.StatusForbidden {
		t.Errorf("a form on another site gets %d, want 403", foreign.status)
	}
}

func TestPagesAreSafeAndMarked(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	open, paid := create(t, s, in.URL), createPaid(t, s)
	send(t, s, "POST", "v2/payments/"+paid+"/refunds", `{"amount":{"currency":"EUR","value":"20.00"}}`)
	tests := []struct {
		name, path, words string
		status            int
	}{
		{"checkout in Dutch", "checkout/" + open, "Kies hoe deze betaling afloopt", 200},
		{"checkout in English", "checkout/" + open + "?lang=en", "Choose how this payment ends", 200},
		{"checkout of a finished payment", "checkout/" + paid, "Deze betaling is al afgerond", 200},
		{"checkout of nothing", "checkout/tr_unknown", "Deze betaling bestaat niet", 404},
		{"overview in Dutch", "", "Terugbetalingen onderweg", 200},
		{"overview in English", "?lang=en", "Refunds on their way", 200},
		{"overview of one payment", "?q=" + open, open, 200},
		{"overview of nothing", "?q=%3Cscript%3E", "Er zijn er geen", 200},
		{"overview in a language we do not have", "?lang=xx", "Overzicht", 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := send(t, s, "GET", tt.path, "")
			if got.status != tt.status || !strings.Contains(got.text, tt.words) {
				t.Errorf("answers %d without %q:\n%s", got.status, tt.words, got.text)
			}
			if !strings.Contains(got.text, "Mollie (simulati") {
				t.Error("the page does not say that it is a simulation")
			}
			for _, bad := range []string{"<script", "style=", "<style", " onclick", "<b>Zoom"} {
				if strings.Contains(got.text, bad) {
					t.Errorf("the page holds %q", bad)
				}
			}
			csp := got.header.Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || got.header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("the headers are %v", got.header)
			}
		})
	}
	csp := send(t, s, "GET", "checkout/"+open, "").header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "form-action 'self' https://claim.test") {
		t.Errorf("the browser may not go back after the form: %s", csp)
	}
	if css := send(t, s, "GET", "style.css", ""); css.status != 200 || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style answers %d %v", css.status, css.header)
	}
}

func TestButtonsOfTheOverview(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	id := create(t, s, in.URL)
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	refund := send(t, s, "POST", "v2/payments/"+id+"/refunds", `{"amount":{"currency":"EUR","value":"20.00"}}`).at("id").(string)
	status := func() string { return s.Payments()[0].Refunds[0].Status }
	for _, step := range []struct {
		path, refund string
		code         int
	}{
		{"actions/refund/" + refund + "/next", "processing", 303},
		{"actions/refunds/process", "refunded", 303},
		{"actions/refund/" + refund + "/next", "refunded", 409},
		{"actions/refund/" + refund + "/fail", "failed", 303},
		{"actions/refund/" + refund + "/fail", "failed", 409},
		{"actions/payment/" + id + "/chargeback", "failed", 303},
		{"actions/payment/" + id + "/chargeback", "failed", 409},
		{"actions/payment/tr_unknown/chargeback", "failed", 409},
		{"actions/payment/" + id + "/webhook", "failed", 303},
	} {
		if got := post(t, s, step.path, nil); got.status != step.code || status() != step.refund {
			t.Errorf("%s answers %d and the refund is %s, want %d and %s", step.path, got.status, status(), step.code, step.refund)
		}
	}
	if got := s.Payments()[0].ChargedBackCents(); got != 5000 {
		t.Errorf("%d cents were charged back, want 5000: the refund had failed", got)
	}
	if got := len(in.got()); got != 6 {
		t.Errorf("our server got %d calls, want 6: paid, processing, refunded, failed, chargeback, once more", got)
	}
}

func TestTheOverviewGoesPageByPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range 51 {
		create(t, s, "")
	}
	oldest := s.Payments()[0].ID
	first := send(t, s, "GET", "", "")
	if !strings.Contains(first.text, "Oudere betalingen") || !strings.Contains(first.text, "51 betalingen in totaal") {
		t.Errorf("the first page has no way to older payments")
	}
	if got := send(t, s, "GET", "?from="+oldest, ""); strings.Count(got.text, "checkout/tr_") != 1 || strings.Contains(got.text, "Oudere betalingen") {
		t.Errorf("the last page is\n%s", got.text)
	}
}

func TestItMayBeMountedWithOrWithoutItsPath(t *testing.T) {
	t.Parallel()
	s, err := mollietest.New(mollietest.Options{BaseURL: "http://localhost:8080/demo/mollie/"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/demo/mollie/", "/", "/demo/mollie/style.css", "/style.css", "/demo/mollie/v2/methods", "/v2/methods"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer "+mollietest.TestKey)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d, want 200", path, w.Code)
		}
	}
}
