package mollie_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"samenclaim/payments/mollie"
)

const (
	key     = "test_abcdefghijklmnopqrstuvwxyz"
	secret  = "marker-consumer-name"
	someID  = "tr_5B8cwPMGnU6qLbRvo7qEZo"
	otherID = "tr_7UhSN1zuXS"
)

// answering gives a client of a server that says one thing to every question.
func answering(t *testing.T, status int, contentType, body string) *mollie.Client {
	t.Helper()
	return client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

func client(t *testing.T, handle http.HandlerFunc) *mollie.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c, err := mollie.New(mollie.Config{Key: key, AccessToken: "access_abcdefghijkl", BaseURL: server.URL + "/", Backoff: time.Millisecond})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func replaceOnce(s, old, now string) string {
	if old == "" {
		return s
	}
	return strings.Replace(s, old, now, 1)
}

// paymentWith is a good answer in which some text is replaced.
func paymentWith(replace ...string) string {
	good := `{"resource":"payment","id":"` + someID + `","mode":"test","status":"paid","createdAt":"2026-03-20T09:13:37+00:00",
"amount":{"value":"50.00","currency":"EUR"},"description":"d","metadata":{"ref":"R1"},"details":{"consumerName":"` + secret + `"},"_links":{}}`
	return strings.NewReplacer(replace...).Replace(good)
}

func TestWhatMollieMaySay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"a good answer is taken", 200, paymentWith(), nil},
		{"a status we do not know is kept", 200, paymentWith("paid", "on_the_moon"), nil},
		{"new fields are ignored", 200, paymentWith(`"_links":{}`, `"_links":{},"brandNew":[1,{"a":2}]`), nil},
		{"an amount with four decimals does not fit", 200, paymentWith("50.00", "50.0000"), mollie.ErrMismatch},
		{"an amount in dollars does not fit", 200, paymentWith("EUR", "USD"), mollie.ErrMismatch},
		{"an amount that is a number says nothing", 200, paymentWith(`"50.00"`, `50.00`), mollie.ErrDown},
		{"a payment without an amount does not fit", 200, paymentWith(`"amount"`, `"anount"`), mollie.ErrMismatch},
		{"another payment does not fit", 200, paymentWith(someID, otherID), mollie.ErrMismatch},
		{"an id with a path does not fit", 200, paymentWith(someID, "tr_../x"), mollie.ErrMismatch},
		{"a live payment does not fit a test key", 200, paymentWith(`"mode":"test"`, `"mode":"live"`), mollie.ErrMismatch},
		{"a checkout elsewhere does not fit", 200, paymentWith(`"_links":{}`, `"_links":{"checkout":{"href":"https://www.mollie.com.evil.test/x"}}`), mollie.ErrMismatch},
		{"null says nothing", 200, `null`, mollie.ErrDown},
		{"a page of a proxy says nothing", 200, `<html>hello</html>`, mollie.ErrDown},
		{"an empty answer says nothing", 200, ``, mollie.ErrDown},
		{"an answer without end says nothing", 200, `{"id":"` + strings.Repeat("x", 5<<20) + `"}`, mollie.ErrDown},
		{"a redirect is not followed", 302, `{}`, mollie.ErrDown},
		{"401 is a refusal", 401, `{"status":401,"title":"Unauthorized","detail":"` + secret + `"}`, mollie.ErrRefused},
		{"404 is not found", 404, `{"status":404}`, mollie.ErrNotFound},
		{"410 is not found", 410, `{"status":410}`, mollie.ErrNotFound},
		{"409 may have happened", 409, `{"status":409}`, mollie.ErrDown},
		{"422 is a refusal", 422, `{"status":422,"title":"x","detail":"` + secret + `","field":"amount"}`, mollie.ErrRefused},
		{"422 without a readable body is a refusal", 422, `<html>`, mollie.ErrRefused},
		{"429 is for later", 429, `{"status":429}`, mollie.ErrDown},
		{"500 is for later", 500, `{"status":500}`, mollie.ErrDown},
		{"503 with a page is for later", 503, `<html>` + secret, mollie.ErrDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := answering(t, tt.status, "application/hal+json", tt.body).GetPayment(t.Context(), someID)
			if !errors.Is(err, tt.want) {
				t.Errorf("GetPayment fails with %v, want %v", err, tt.want)
			}
			for _, hidden := range []string{secret, key, "127.0.0.1"} {
				if err != nil && strings.Contains(err.Error(), hidden) {
					t.Errorf("the error %q holds %q", err, hidden)
				}
			}
		})
	}
}

func TestARefusalSaysWhichField(t *testing.T) {
	t.Parallel()
	c := answering(t, 422, "application/hal+json", `{"status":422,"title":"x","detail":"too much","field":"amount"}`)
	_, err := c.GetPayment(t.Context(), someID)
	var r *mollie.Refusal
	if !errors.As(err, &r) || r.Field != "amount" || r.Detail != "too much" || r.Status != 422 {
		t.Errorf("GetPayment fails with %v (%+v), want a refusal of the amount", err, r)
	}
}

func TestOnlyRealIDsAreAskedFor(t *testing.T) {
	t.Parallel()
	asked := 0
	c := client(t, func(http.ResponseWriter, *http.Request) { asked++ })
	ids := []string{"", "tr_", "tr_12345", "tr_../refunds", "tr_abcdef?x=1", "tr_abcdef/refunds", "re_abcdef", "TR_abcdef", "tr_abcdef\n", " tr_abcdef", "tr_abcdéf", "tr_" + strings.Repeat("a", 65)}
	for _, id := range ids {
		if mollie.ValidPaymentID(id) {
			t.Errorf("ValidPaymentID(%q) = true, want false", id)
		}
		if _, err := c.GetPayment(t.Context(), id); !errors.Is(err, mollie.ErrNotFound) {
			t.Errorf("GetPayment(%q) fails with %v, want ErrNotFound", id, err)
		}
		if _, err := c.GetRefund(t.Context(), id, "re_abcdef"); !errors.Is(err, mollie.ErrNotFound) {
			t.Errorf("GetRefund(%q) fails with %v, want ErrNotFound", id, err)
		}
		if _, err := c.CreateRefund(t.Context(), id, mollie.NewRefund{AmountCents: 1, Reference: "R"}); !errors.Is(err, mollie.ErrNotFound) {
			t.Errorf("CreateRefund(%q) fails with %v, want ErrNotFound", id, err)
		}
		if _, err := c.FindRefund(t.Context(), id, "R"); !errors.Is(err, mollie.ErrNotFound) {
			t.Errorf("FindRefund(%q) fails with %v, want ErrNotFound", id, err)
		}
	}
	if asked != 0 {
		t.Errorf("Mollie was asked %d times, want 0", asked)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	live := "live_abcdefghijklmnopqrstuvwxyz"
	tests := []struct {
		name string
		c    mollie.Config
		fits bool
	}{
		{"a test key is enough", mollie.Config{Key: key}, true},
		{"a live key is enough", mollie.Config{Key: live}, true},
		{"a token comes with its profile", mollie.Config{AccessToken: "access_abcdefghijkl", ProfileID: "pfl_1"}, true},
		{"a token alone is not enough", mollie.Config{AccessToken: "access_abcdefghijkl"}, false},
		{"nothing is not enough", mollie.Config{}, false},
		{"a key and a token go together", mollie.Config{Key: key, AccessToken: "access_abcdefghijkl"}, true},
		{"a token of another kind is refused", mollie.Config{Key: key, AccessToken: "oauth_abcdefghijkl"}, false},
		{"a key of another kind is refused", mollie.Config{Key: "sk_abcdefghijkl"}, false},
		{"a key with a line end is refused", mollie.Config{Key: key + "\n"}, false},
		{"an address without a slash is refused", mollie.Config{Key: key, BaseURL: "https://api.mollie.com/v2"}, false},
		{"an address that is none is refused", mollie.Config{Key: key, BaseURL: "api.mollie.com/"}, false},
		{"a test key may go over http", mollie.Config{Key: key, BaseURL: "http://localhost:8080/demo/mollie/"}, true},
		{"a live key may not go over http", mollie.Config{Key: live, BaseURL: "http://localhost:8080/"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := mollie.New(tt.c)
			if (err == nil) != tt.fits {
				t.Errorf("New fails with %v, want fits %v", err, tt.fits)
			}
			if err == nil && c.Live() != (tt.c.Key != key) {
				t.Errorf("Live() = %v with key %.5s", c.Live(), tt.c.Key)
			}
			if err != nil && tt.c.Key != "" && strings.Contains(err.Error(), tt.c.Key) {
				t.Error("the error holds the key")
			}
		})
	}
}

func TestNothingIsTriedTwiceWithoutAKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, key string
		want      int
	}{
		{"without a key once", "", 1},
		{"with a key three times, and always with that key", "our-row-12", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var keys []string
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				keys = append(keys, r.Header.Get("Idempotency-Key"))
				w.WriteHeader(http.StatusBadGateway)
			})
			_, err := c.CreatePayment(t.Context(), mollie.NewPayment{AmountCents: 1, Description: "d", RedirectURL: "https://x.test/", Reference: "R", IdempotencyKey: tt.key})
			if !errors.Is(err, mollie.ErrDown) || len(keys) != tt.want {
				t.Errorf("%d calls, %v, want %d and ErrDown", len(keys), err, tt.want)
			}
			for _, k := range keys {
				if k != tt.key {
					t.Errorf("sent key %q, want %q", k, tt.key)
				}
			}
		})
	}
}
