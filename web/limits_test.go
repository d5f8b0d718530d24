package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

func TestALimitHoldsForManyAtOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	five := limit{"test", time.Minute, 5}
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			var often *limited
			switch err := s.allow(t.Context(), five, "somebody"); {
			case err == nil:
				allowed.Add(1)
			case !errors.As(err, &often):
				t.Errorf("allow: %v", err)
			case often.Until.Sub(s.now()) != time.Minute:
				t.Errorf("free again after %s, want a minute", often.Until.Sub(s.now()))
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 5 {
		t.Errorf("allowed %d times, want 5", n)
	}
	if err := s.allow(t.Context(), five, "somebody else"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	s.data.Watch.Advance(time.Minute)
	if err := s.allow(t.Context(), five, "somebody"); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	if err := s.allow(t.Context(), five, "somebody"); err == nil {
		t.Error("a minute later it was allowed twice, want once")
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	trusted := Server{cfg: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	alone := Server{}
	tests := []struct {
		name, peer, forwarded, want string
		server                      *Server
	}{
		{"a visitor", "192.0.2.1:5", "", "192.0.2.1", &alone},
		{"a visitor who says to be another", "192.0.2.1:5", "203.0.113.9", "192.0.2.1", &alone},
		{"on this machine, without a proxy of ours", "127.0.0.1:5", "203.0.113.9", "127.0.0.1", &alone},
		{"our proxy tells", "10.1.2.3:5", "203.0.113.9", "203.0.113.9", &trusted},
		{"our proxy tells, after a lie", "10.1.2.3:5", "198.51.100.1, 203.0.113.9", "203.0.113.9", &trusted},
		{"a stranger plays proxy", "192.0.2.1:5", "203.0.113.9", "192.0.2.1", &trusted},
		{"IPv6 counts by network", "[2001:db8:1:2:3:4:5:6]:5", "", "2001:db8:1:2::/64", &alone},
		{"IPv4 in IPv6 clothes", "[::ffff:192.0.2.1]:5", "", "192.0.2.1", &alone},
	}
	for _, tt := range tests {
		e := echo.New()
		e.IPExtractor = tt.server.realAddress()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.peer
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := place(e.NewContext(r, httptest.NewRecorder())); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
