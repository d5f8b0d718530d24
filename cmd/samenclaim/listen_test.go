package main

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestWhoIsSlowIsCutOff speaks to the program's own server as a slow loris does: it begins and sends no more.
// Its times are made short, or the test would wait as long as it does.
func TestWhoIsSlowIsCutOff(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]string{
		"nothing at all":          "",
		"half a head":             "GET /nl HTTP/1.1\r\nHost: claim.example\r\nX-Slow: ",
		"one byte of a form":      "POST /nl HTTP/1.1\r\nHost: claim.example\r\nContent-Length: 20\r\n\r\na",
		"one byte of a long form": "POST /nl HTTP/1.1\r\nHost: claim.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := make(chan error, 1)
			server := newHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				read <- err
				w.WriteHeader(http.StatusBadRequest)
			}), slog.New(slog.DiscardHandler))
			if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 {
				t.Fatalf("a server that waits for ever: %+v", server)
			}
			server.ReadHeaderTimeout, server.ReadTimeout, server.IdleTimeout = 50*time.Millisecond, 100*time.Millisecond, 50*time.Millisecond
			var lc net.ListenConfig
			l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = server.Serve(l) }()
			t.Cleanup(func() { _ = server.Close() })
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.Copy(io.Discard, conn); err != nil { // until the other side hangs up
				t.Errorf("the connection stays open: %v", err)
			}
			if !strings.Contains(name, "form") {
				return
			}
			if err := <-read; !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the form ended with %v, want %v", err, os.ErrDeadlineExceeded)
			}
		})
	}
}
