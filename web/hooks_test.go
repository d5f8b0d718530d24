package web

import (
	"net/url"
	"strings"
	"testing"
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
