// Package mollietest is a simulated Mollie, for the demo and for tests: its API, its checkout page and its webhooks.
package mollietest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const webhookAnswersWithin = 15 * time.Second

// Options say how the simulator is reached and what it may use; only BaseURL is required.
type Options struct {
	BaseURL string           // how browsers and our server reach it, with a slash at the end
	Now     func() time.Time // default time.Now
	Client  *http.Client     // for webhooks; the default calls this machine only
	Store   Store            // default: nothing is kept
	Plan    []time.Duration  // waiting times between tries of a webhook; default Mollie's
}

// mollie's plan, as far as it is known: ten tries in about 26 hours.
var defaultPlan = []time.Duration{
	time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute,
	29 * time.Minute, time.Hour, 2 * time.Hour, 21 * time.Hour,
}

// Simulator is a Mollie without money.
type Simulator struct {
	base  *url.URL
	now   func() time.Time
	http  *http.Client
	store Store
	plan  []time.Duration
	done  chan struct{} // closed when hanging answers must end
	close func()

	trouble // FailNext, Recover, Calls

	mu sync.Mutex
	st *state
}

// New starts with what the store remembers.
func New(o Options) (*Simulator, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || !strings.HasSuffix(base.Path, "/") {
		return nil, errors.New("the simulator needs its full address, with a slash at the end")
	}
	s := &Simulator{
		base: base, now: o.Now, http: o.Client, store: o.Store, plan: o.Plan,
		done: make(chan struct{}), st: newState(),
	}
	s.close = sync.OnceFunc(func() { close(s.done) })
	if s.now == nil {
		s.now = time.Now
	}
	if s.http == nil {
		s.http = nearby(base.Host)
	}
	if s.plan == nil {
		s.plan = defaultPlan
	}
	return s, s.load()
}

// Close ends answers that hang on purpose.
func (s *Simulator) Close() { s.close() }

func (s *Simulator) load() error {
	if s.store == nil {
		return nil
	}
	b, err := s.store.Load()
	if err != nil || len(b) == 0 {
		return err
	}
	if err := json.Unmarshal(b, s.st); err != nil {
		return fmt.Errorf("the simulator's memory cannot be read: %w", err)
	}
	s.st.index()
	return nil
}

// do lets f look at or change the state alone, and keeps what it changed.
func (s *Simulator) do(f func(st *state)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.st)
	if !s.st.changed || s.store == nil {
		return nil
	}
	b, err := json.Marshal(s.st)
	if err != nil {
		return fmt.Errorf("keep the simulator's memory: %w", err)
	}
	if err := s.store.Save(b); err != nil {
		return err
	}
	s.st.changed = false
	return nil
}

// url gives the full address of something under the simulator.
func (s *Simulator) url(path string) string {
	u := *s.base
	u.Path += path
	return u.String()
}

// BaseURL is the address that a client is given.
func (s *Simulator) BaseURL() string { return s.base.String() }

// nearby calls this machine and the simulator's own host only: who reaches the
// demo must not be able to send it elsewhere.
func nearby(host string) *http.Client {
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	own, _, err := net.SplitHostPort(host)
	if err != nil {
		own = host
	}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		name, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		if ip := net.ParseIP(name); name != "localhost" && name != own && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("the simulator calls this machine only")
		}
		return dialer.DialContext(ctx, network, addr)
	}
	return &http.Client{
		Timeout:       webhookAnswersWithin,
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
