package mollietest

import (
	"net"
	"net/http"
	"time"

	"samenclaim/payments/mollie"
)

// TestKey opens the simulator, as any test key does.
const TestKey = "test_simulationsimulationsimulation"

// TestToken opens its settlements and balances, as any access token does.
const TestToken = "access_simulationsimulation" //nolint:gosec // it opens nothing else

// Test is what Start needs of a testing.T.
type Test interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(f func())
}

// Start runs a simulator for the length of one test, with a client that points at it.
func Start(t Test, change ...func(*Options)) (*Simulator, *mollie.Client) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the simulated Mollie: %v", err)
	}
	o := Options{BaseURL: "http://" + listener.Addr().String() + "/mollie/"}
	for _, f := range change {
		f(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatalf("start the simulated Mollie: %v", err)
	}
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends when the test closes it
	t.Cleanup(func() {
		s.Close()
		_ = server.Close() // the test is over
	})
	client, err := mollie.New(s.Config())
	if err != nil {
		t.Fatalf("start the simulated Mollie: %v", err)
	}
	return s, client
}

// Config points a client at this simulator, with short pauses and one connection
// per call, so that every call is counted once.
func (s *Simulator) Config() mollie.Config {
	return mollie.Config{
		Key: TestKey, AccessToken: TestToken, BaseURL: s.BaseURL(), Backoff: time.Millisecond,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
}
