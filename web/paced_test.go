package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
)

// lines notes until when a connection is waited for.
type lines struct{ read, write time.Time }

func (l *lines) SetReadDeadline(t time.Time) error  { l.read = t; return nil }
func (l *lines) SetWriteDeadline(t time.Time) error { l.write = t; return nil }

func TestAFileMayTakeAsLongAsItsBytesNeed(t *testing.T) {
	t.Parallel()
	l, begun := &lines{}, time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	p := &paced{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", 20*pacedSecond))), line: l, begun: begun}
	for _, tt := range []struct {
		bytes int64
		want  time.Duration
	}{{0, 15 * time.Second}, {pacedSecond, 16 * time.Second}, {9 * pacedSecond, 25 * time.Second}} {
		_, err := io.CopyN(io.Discard, p, tt.bytes)
		must(t, err)
		p.wait()
		if got := l.read.Sub(begun); got != tt.want || l.write.Sub(l.read) != 15*time.Second {
			t.Errorf("after %d bytes more the line is waited for until %v, and for the answer until %v, want %v and 15 s more", tt.bytes, got, l.write.Sub(begun), tt.want)
		}
	}
	l.read = begun
	if n, err := (&paced{ReadCloser: http.NoBody, line: l, begun: begun.Add(time.Hour)}).Read(make([]byte, 1)); n != 0 || err == nil || !l.read.Equal(begun) {
		t.Errorf("who sends nothing is waited for until %v", l.read)
	}
}

// TestAPhotoFromASlowTelephoneIsNotCutOff sends a file to a server whose time for a form is over as soon as its head was read.
func TestAPhotoFromASlowTelephoneIsNotCutOff(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	server := httptest.NewUnstartedServer(http.HandlerFunc(s.handler.ServeHTTP))
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout, server.Config.WriteTimeout = time.Minute, time.Nanosecond, time.Minute
	server.Start()
	t.Cleanup(server.Close)
	send := func(path, kind string, body []byte) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, bytes.NewReader(body))
		must(t, err)
		r.Host = strings.TrimPrefix(testBase, "https://")
		r.Header.Set("Content-Type", kind)
		for name, value := range b.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return 0 // hung up
		}
		defer func() { _ = answer.Body.Close() }()
		return answer.StatusCode
	}
	token := form(b.get(home + "/bewijs")).Get("csrf")
	body, kind := formWith(t, token, "foto.pdf", append(pdf("groot"), bytes.Repeat([]byte(" "), 1<<20)...))
	if got := send(home+"/bewijs", kind, body); got != http.StatusSeeOther {
		t.Errorf("the file answers %d, want it kept", got)
	}
	if n := s.count(t, `SELECT count(*) FROM evidence`); n != 1 {
		t.Errorf("%d files are kept, want 1", n)
	}
	long := []byte("csrf=" + token + "&statement=" + strings.Repeat("a", 60<<10))
	if got := send(home+"/bewijs/verklaring", "application/x-www-form-urlencoded", long); got == http.StatusSeeOther || got == http.StatusUnprocessableEntity {
		t.Errorf("another form answers %d: this test sees nothing", got)
	}
}
