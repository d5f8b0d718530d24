package web

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"samenclaim/payments/mollie/mollietest"
)

func TestTheWebhookTellsStrangersNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct {
		name string
		form url.Values
	}{
		{"no id", url.Values{}},
		{"an id that is none", url.Values{"id": {"../../etc"}}},
		{"a long one", url.Values{"id": {strings.Repeat("tr_", 3000)}}},
		{"two ids", url.Values{"id": {"tr_7UhSN1zuXS", "tr_7UhSN1zuXT"}}},
		{"one that is not ours", url.Values{"id": {"tr_7UhSN1zuXS"}}},
	}
	for _, tt := range tests {
		if p := s.visitor(t).send("/webhooks/mollie", tt.form); p.Status != 200 || p.Body != "" {
			t.Errorf("%s: %d %q, want 200 and nothing", tt.name, p.Status, p.Body)
		}
	}
	c := s.visitor(t)
	for range 40 {
		if p := c.send("/webhooks/mollie", url.Values{"id": {"tr_7UhSN1zuXS"}}); p.Status != 200 {
			t.Fatalf("many unknown ids: %d, want 200", p.Status)
		}
	}
}

func TestTheWebhookBooksOnceAndComesAgainWhenMollieIsSilent(t *testing.T) {
	t.Parallel()
	s := setup(t)
	j := s.join(t, "anna@deelnemer.example", "flat")
	part, err := s.people.Participation(t.Context(), j.ParticipantID, j.Ref)
	must(t, err)
	pre, err := s.claims.Prepay(t.Context(), s.zoom, part, "nl", testBase+"/nl/mijn/"+j.Ref+"/betaling")
	must(t, err)
	must(t, s.mollie.Set(*pre.ProviderID, "paid"))
	call := url.Values{"id": {*pre.ProviderID}}

	s.mollie.FailNext(9, mollietest.Error500)
	if p := s.visitor(t).send("/webhooks/mollie", call); p.Status < 500 {
		t.Errorf("while Mollie is silent: %d, want 5xx so that it calls again", p.Status)
	}
	s.mollie.Recover()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if p := s.visitor(t).send("/webhooks/mollie", call); p.Status != 200 {
				t.Errorf("the call: %d, want 200", p.Status)
			}
		})
	}
	wg.Wait()
	if n := s.count(t, `SELECT count(*) FROM journals WHERE event LIKE '%paid%' OR key LIKE 'prepayment:%:paid'`); n != 1 {
		t.Errorf("journals of the payment = %d, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM prepayments WHERE status = 'paid'`); n != 1 {
		t.Errorf("paid prepayments = %d, want 1", n)
	}
}
