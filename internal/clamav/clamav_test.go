package clamav_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"samenclaim/internal/clamav"
	"samenclaim/internal/clamav/clamavtest"
)

func TestAVirusIsFoundWhereverItIs(t *testing.T) {
	t.Parallel()
	d := clamavtest.Start(t)
	big := bytes.Repeat([]byte("no virus at all. "), 10<<20/17)
	tests := []struct {
		name  string
		file  []byte
		found bool
	}{
		{"a clean file", []byte("hello"), false},
		{"an empty file", nil, false},
		{"ten megabytes", big, false},
		{"the test file", clamavtest.EICAR(), true},
		{"our mark", []byte(clamavtest.Mark), true},
		{"at the end of ten megabytes", append(bytes.Clone(big), clamavtest.Mark...), true},
	}
	for _, tt := range tests {
		found, err := d.Scan(t.Context(), bytes.NewReader(tt.file))
		if err != nil || (found != "") != tt.found {
			t.Errorf("%s: %q, %v, want found %v", tt.name, found, err, tt.found)
		}
	}
	d.Down()
	if _, err := d.Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, clamav.ErrDown) {
		t.Errorf("while it is down: %v, want %v", err, clamav.ErrDown)
	}
	d.Up()
	if _, err := d.Scan(t.Context(), strings.NewReader("x")); err != nil {
		t.Errorf("up again: %v", err)
	}
	broken := errors.New("the file cannot be read")
	if _, err := d.Scan(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read: %v, want %v", err, broken)
	}
}

// answering is a daemon that says what it is told, whatever it is asked.
func answering(t *testing.T, replies map[string]string) *clamav.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			command, _ := bufio.NewReader(conn).ReadString(0)
			_, _ = io.WriteString(conn, replies[strings.Trim(command, "z\x00")])
			conn.Close()
		}
	}()
	c, err := clamav.New(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOnlyASureAnswerIsClean(t *testing.T) {
	t.Parallel()
	day := func(ago time.Duration) string {
		return "ClamAV 1.4.6/27400/" + time.Now().UTC().Add(-ago).Format(time.ANSIC) + "\x00"
	}
	tests := []struct {
		name, version, answer string
		want                  error
	}{
		{"fresh and clean", day(time.Hour), "stream: OK\x00", nil},
		{"a list of one's own", "ClamAV 1.4.6\x00", "stream: OK\x00", nil},
		{"out of date for two days", day(49 * time.Hour), "stream: OK\x00", clamav.ErrStale},
		{"too large for it", day(time.Hour), "INSTREAM size limit exceeded. ERROR\x00", clamav.ErrDown},
		{"out of order", day(time.Hour), "stream: lstat() failed ERROR\x00", clamav.ErrDown},
		{"nothing", day(time.Hour), "", clamav.ErrDown},
		{"a file called OK", day(time.Hour), "OK\x00", clamav.ErrDown},
		{"no version", "", "stream: OK\x00", clamav.ErrDown},
	}
	for _, tt := range tests {
		c := answering(t, map[string]string{"VERSION": tt.version, "INSTREAM": tt.answer})
		if found, err := c.Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, tt.want) || found != "" {
			t.Errorf("%s: %q, %v, want %v", tt.name, found, err, tt.want)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := answering(t, nil).Scan(gone, strings.NewReader("x")); !errors.Is(err, clamav.ErrDown) {
		t.Errorf("for somebody who has left: %v", err)
	}
	if _, err := clamav.New("clamd"); err == nil {
		t.Error("an address without a port is taken")
	}
}
