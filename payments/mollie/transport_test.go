package mollie

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

func TestTheClientSpeaksToOneHost(t *testing.T) {
	t.Parallel()
	base, err := baseURL("")
	if err != nil {
		t.Fatal(err)
	}
	c := guarded(nil, base)
	for _, to := range []string{"https://example.test/", "http://api.mollie.com/", "https://api.mollie.com.example.test/", "https://api.mollie.com:444/"} {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Do(r); !errors.Is(err, errOtherHost) { //nolint:bodyclose // there is no answer
			t.Errorf("a call to %s gives %v, want errOtherHost", to, err)
		}
	}
}

func TestWhereOneMayPay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, base, href string
		want             bool
	}{
		{"Mollie's checkout", LiveURL, "https://www.mollie.com/checkout/select-method/x", true},
		{"a sub-site of Mollie", LiveURL, "https://pay.mollie.com/x", true},
		{"not over http", LiveURL, "http://www.mollie.com/x", false},
		{"not a look-alike", LiveURL, "https://www.evil-mollie.com/x", false},
		{"not a longer name", LiveURL, "https://www.mollie.com.evil.test/x", false},
		{"not with a user in front", LiveURL, "https://www.mollie.com@evil.test/x", false},
		{"not a script", LiveURL, "javascript:alert(1)", false},
		{"the simulator's own page", "http://localhost:8080/demo/mollie/", "http://localhost:8080/demo/mollie/checkout/tr_1", true},
		{"not another port", "http://localhost:8080/demo/mollie/", "http://localhost:8081/x", false},
		{"not the real one from the simulator", "http://localhost:8080/demo/mollie/", "https://www.mollie.com/x", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := New(Config{Key: "test_abcdefghijkl", BaseURL: tt.base})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.mayPayAt(tt.href); got != tt.want {
				t.Errorf("mayPayAt(%q) = %v, want %v", tt.href, got, tt.want)
			}
		})
	}
}
