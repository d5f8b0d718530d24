package mollie_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

func fee(ref string) mollie.NewPayment {
	return mollie.NewPayment{
		AmountCents: 5000, Description: "Vergoeding Zoom", RedirectURL: "http://127.0.0.1:1/return", Locale: "nl_NL",
		Reference: ref, IdempotencyKey: "key-" + ref,
	}
}

func back(ref string) mollie.NewRefund {
	return mollie.NewRefund{AmountCents: 5000, Description: "Terug", Reference: ref, IdempotencyKey: "key-" + ref}
}

// paid gives a paid payment.
func paid(t *testing.T, s *mollietest.Simulator, c *mollie.Client, ref string) mollie.Payment {
	t.Helper()
	p := mustCreate(t, c, ref)
	if err := s.Set(p.ID, "paid"); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFromCreatedToPaid(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, c := mollietest.Start(t, func(o *mollietest.Options) { o.Now = func() time.Time { return now } })
	p := mustCreate(t, c, "R1")
	want := mollie.Payment{
		ID: p.ID, Reference: "R1", Status: mollie.Open, AmountCents: 5000, CheckoutURL: s.BaseURL() + "checkout/" + p.ID,
		CreatedAt: now, ExpiresAt: now.Add(15 * time.Minute),
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("a new payment differs (-want +got):\n%s", diff)
	}
	if err := s.Set(p.ID, "paid"); err != nil {
		t.Fatal(err)
	}
	got, err := c.GetPayment(t.Context(), p.ID)
	want.Status, want.CheckoutURL, want.Method, want.PaidAt, want.ExpiresAt = mollie.Paid, "", "ideal", now, time.Time{}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("a paid payment differs (-want +got), %v:\n%s", err, diff)
	}
}

func mustCreate(t *testing.T, c *mollie.Client, ref string) mollie.Payment {
	t.Helper()
	p, err := c.CreatePayment(t.Context(), fee(ref))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryStatusIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	for _, status := range []string{"open", "pending", "authorized", "paid", "canceled", "expired", "failed", "something_new"} {
		p := mustCreate(t, c, "R-"+status)
		if err := s.Set(p.ID, status); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetPayment(t.Context(), p.ID)
		if err != nil || string(got.Status) != status {
			t.Errorf("status %q is read as %q, %v", status, got.Status, err)
		}
		if known := status != "something_new"; got.Status.Known() != known {
			t.Errorf("Known() of %q is %v, want %v", status, !known, known)
		}
		if open := got.CheckoutURL != ""; open != (status == "open") {
			t.Errorf("a payment that is %s has a checkout: %v", status, open)
		}
	}
}

func TestRefundAndChargebackLeaveThePaymentPaid(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	p := paid(t, s, c, "R1")
	half := back("back-1")
	half.AmountCents = 1999
	r, err := c.CreateRefund(t.Context(), p.ID, half)
	if err != nil || r.Status != mollie.RefundPending || r.AmountCents != 1999 || r.Reference != "back-1" || r.PaymentID != p.ID {
		t.Fatalf("CreateRefund = %+v, %v", r, err)
	}
	if err := s.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	if r, err = c.GetRefund(t.Context(), p.ID, r.ID); err != nil || r.Status != mollie.Refunded {
		t.Errorf("after processing the refund is %q, %v, want refunded", r.Status, err)
	}
	if err := s.Chargeback(p.ID); err != nil {
		t.Fatal(err)
	}
	got, err := c.GetPayment(t.Context(), p.ID)
	if err != nil || got.Status != mollie.Paid || got.AmountRefundedCents != 1999 || got.AmountChargedBackCents != 3001 {
		t.Errorf("GetPayment = %+v, %v, want paid, 1999 refunded, 3001 charged back", got, err)
	}
	if _, err := c.CreateRefund(t.Context(), p.ID, back("back-2")); !errors.Is(err, mollie.ErrRefused) {
		t.Errorf("a refund of what is gone fails with %v, want ErrRefused", err)
	}
}

func TestEveryRefundStatusIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	if err := s.LowBalance(true); err != nil { // what is queued stays so
		t.Fatal(err)
	}
	for _, status := range []string{"queued", "pending", "processing", "refunded", "failed", "something_new", "canceled"} {
		p := paid(t, s, c, "R-"+status)
		r, err := c.CreateRefund(t.Context(), p.ID, back("back-"+status))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetRefund(r.ID, status); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetRefund(t.Context(), p.ID, r.ID)
		if status == "canceled" {
			if !errors.Is(err, mollie.ErrNotFound) {
				t.Errorf("a canceled refund gives %v, want ErrNotFound", err)
			}
			continue
		}
		if err != nil || string(got.Status) != status {
			t.Errorf("refund status %q is read as %q, %v", status, got.Status, err)
		}
	}
}

func TestWhatIsNotAskedAtAll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field string
		change      func(*mollie.NewPayment)
	}{
		{"nothing to pay", "amount", func(n *mollie.NewPayment) { n.AmountCents = 0 }},
		{"less than nothing", "amount", func(n *mollie.NewPayment) { n.AmountCents = -1 }},
		{"no description", "description", func(n *mollie.NewPayment) { n.Description = "" }},
		{"no way back", "redirectUrl", func(n *mollie.NewPayment) { n.RedirectURL = "" }},
		{"no reference", "metadata", func(n *mollie.NewPayment) { n.Reference = "" }},
	}
	s, c := mollietest.Start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := fee("R1")
			tt.change(&n)
			_, err := c.CreatePayment(t.Context(), n)
			var r *mollie.Refusal
			if !errors.As(err, &r) || r.Field != tt.field {
				t.Errorf("CreatePayment fails with %v, want a refusal of %s", err, tt.field)
			}
		})
	}
	if n := s.Calls()["POST /v2/payments"]; n != 0 {
		t.Errorf("Mollie was asked %d times, want 0", n)
	}
}

func TestATokenGoesWithItsProfile(t *testing.T) {
	t.Parallel()
	var auth, profile string
	s, _ := mollietest.Start(t)
	conf := s.Config()
	conf.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		auth, profile = r.Header.Get("Authorization"), r.URL.Query().Get("profileId")
		return nil, errors.New("enough")
	})}
	conf.Key, conf.AccessToken, conf.ProfileID, conf.BaseURL = "", "access_abcdefghijkl", "pfl_1", ""
	c, err := mollie.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.FindPayment(t.Context(), "R1"); !errors.Is(err, mollie.ErrDown) {
		t.Errorf("FindPayment fails with %v, want ErrDown", err)
	}
	if auth != "Bearer access_abcdefghijkl" || profile != "pfl_1" {
		t.Errorf("sent %q and profile %q", auth, profile)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
