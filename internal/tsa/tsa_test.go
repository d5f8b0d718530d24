package tsa_test

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"samenclaim/internal/tsa"
	"samenclaim/internal/tsa/tsatest"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

func ask(t *testing.T, a *tsatest.Authority, message string) (tsa.Stamp, error) {
	t.Helper()
	c, err := tsa.New(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c.Stamp(t.Context(), []byte(message))
}

func TestAStampIsOfTheseBytesAndNoOthers(t *testing.T) {
	t.Parallel()
	a := tsatest.Start(t, func() time.Time { return noon })
	s, err := ask(t, a, "root")
	if err != nil || !s.At.Equal(noon) || !strings.Contains(s.Authority, "Tijdstempel Proef") || s.Trusted {
		t.Fatalf("Stamp = %s by %q, trusted %v, %v", s.At, s.Authority, s.Trusted, err)
	}
	for name, roots := range map[string]*x509.CertPool{"with its own root": a.Roots, "with another root": x509.NewCertPool()} {
		got, err := tsa.Check(s.Token, []byte("root"), roots)
		if err != nil || got.Trusted != (roots == a.Roots) {
			t.Errorf("%s: trusted %v, %v", name, got.Trusted, err)
		}
	}
	if _, err := tsa.Check(s.Token, []byte("roof"), nil); !errors.Is(err, tsa.ErrBadToken) {
		t.Errorf("of other bytes = %v, want %v", err, tsa.ErrBadToken)
	}
	wrong := 0
	for i := range s.Token {
		bad := append([]byte(nil), s.Token...)
		bad[i] ^= 0x01
		if got, err := tsa.Check(bad, []byte("root"), a.Roots); err != nil || !got.Trusted {
			wrong++
		}
	}
	if wrong < len(s.Token)*9/10 { // a few bytes are outside the signature: the pack's own hash guards those
		t.Errorf("of %d changed bytes %d were seen", len(s.Token), wrong)
	}
}

func TestAnAnswerThatIsNoStampIsRefused(t *testing.T) {
	t.Parallel()
	reply := func(a *tsatest.Authority, change func(*timestamp.Timestamp)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			query, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write(a.Answer(query, change))
		}
	}
	tests := []struct {
		name  string
		fault func(a *tsatest.Authority) http.HandlerFunc
		want  error
	}{
		{"of another hash", func(a *tsatest.Authority) http.HandlerFunc {
			return reply(a, func(ts *timestamp.Timestamp) { ts.HashedMessage = make([]byte, 32) })
		}, tsa.ErrRefused},
		{"to another question", func(a *tsatest.Authority) http.HandlerFunc {
			return reply(a, func(ts *timestamp.Timestamp) { ts.Nonce = nil })
		}, tsa.ErrRefused},
		{"without a certificate", func(a *tsatest.Authority) http.HandlerFunc {
			return reply(a, func(ts *timestamp.Timestamp) { ts.AddTSACertificate = false })
		}, tsa.ErrRefused},
		{"a page of a provider", func(*tsatest.Authority) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }
		}, tsa.ErrRefused},
		{"an error", func(*tsatest.Authority) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }
		}, tsa.ErrRefused},
		{"somewhere else", func(*tsatest.Authority) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
			}
		}, tsa.ErrRefused},
		{"without end", func(*tsatest.Authority) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/timestamp-reply")
				_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
			}
		}, tsa.ErrRefused},
		{"broken off", func(*tsatest.Authority) http.HandlerFunc {
			return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}, tsa.ErrDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := tsatest.Start(t, func() time.Time { return noon })
			f := tt.fault(a)
			a.Fault.Store(&f)
			if _, err := ask(t, a, "root"); !errors.Is(err, tt.want) {
				t.Errorf("Stamp = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "tsa.example", "ftp://tsa.example", "file:///etc/passwd", "http://", "https://user:secret@tsa.example", "http://tsa.example/#x"} {
		if _, err := tsa.New(address); !errors.Is(err, tsa.ErrBadURL) {
			t.Errorf("New(%q) = %v, want %v", address, err, tsa.ErrBadURL)
		}
	}
}
