package bounce

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// report writes a report as mail servers do.
func report(action, status, original string) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@relay.example
To: info@claim.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. "Message-ID: <outbox-99@claim.example>"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Mon, 2 Nov 2026 09:00:00 +0100

Final-Recipient: rfc822; jan@deelnemer.example
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 no such user

--b
%s

Return-Path: <info@claim.example>
Message-ID: <outbox-12-00112233445566778899aabbccddeeff@claim.example>
Subject: Nieuws

--b--
`, action, status, original), "\n", "\r\n")
}

const (
	headersOnly = "Content-Type: text/rfc822-headers"
	whole       = "Content-Type: message/rfc822"
)

func TestReports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, raw string
		hard      bool
		code      string
		want      error
	}{
		{"the address does not exist", report("failed", "5.1.1", whole), true, "5.1.1", nil},
		{"only the headers came back", report("failed", "5.1.1", headersOnly), true, "5.1.1", nil},
		{"words behind the code", report("Failed", "5.2.2 (mailbox full)", whole), true, "5.2.2", nil},
		{"given up after days", report("failed", "4.4.7", whole), false, "4.4.7", nil},
		{"still trying", report("delayed", "4.4.1", whole), false, "4.4.1", nil},
		{"no code that can be read", report("failed", "nee", whole), true, "", nil},
		{"line ends of Unix", strings.ReplaceAll(report("failed", "5.1.1", whole), "\r\n", "\n"), true, "5.1.1", nil},
		{"it arrived", report("delivered", "2.0.0", whole), false, "", ErrNoReport},
		{"without the mail", report("failed", "5.1.1", "Content-Type: text/plain"), false, "", ErrNoReport},
		{"an answer of a person", "From: jan@deelnemer.example\r\nContent-Type: text/plain\r\n\r\nIk ben op reis.\r\n", false, "", ErrNoReport},
		{"nothing", "", false, "", ErrNoReport},
	} {
		got, err := Read(strings.NewReader(tt.raw))
		if !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
		if err == nil && (got.MessageID != "outbox-12-00112233445566778899aabbccddeeff@claim.example" || got.Hard != tt.hard || got.Code != tt.code) {
			t.Errorf("%s = %+v", tt.name, got)
		}
	}
}

// hostile are reports that try to break who reads them.
func hostile() map[string]string {
	good := report("failed", "5.1.1", whole)
	return map[string]string{
		"no boundary":          strings.Replace(good, `; boundary="b"`, "", 1),
		"an empty boundary":    strings.Replace(good, `boundary="b"`, `boundary=""`, 1),
		"cut off in the head":  good[:60],
		"cut off in a part":    good[:len(good)/2],
		"ten thousand parts":   strings.Replace(good, "--b\r\n", strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", 10_000)+"--b\r\n", 1),
		"a head of a megabyte": "X: " + strings.Repeat("a", 2<<20) + "\r\n" + good,
		"a report in itself":   strings.Replace(good, "Return-Path", good+"\r\nReturn-Path", 1),
		"many ids":             strings.Replace(good, "Return-Path", strings.Repeat("Message-ID: <x@y>\r\n", 5000)+"Return-Path", 1),
		"many recipients":      strings.Replace(good, "Final-Recipient", strings.Repeat("Action: relayed\r\n\r\n", 5000)+"Final-Recipient", 1),
		"an id with SQL":       strings.Replace(good, "outbox-12-", "outbox-1'; DROP TABLE outbox;--", 1),
		"zero bytes":           strings.ReplaceAll(good, "relay", "re\x00lay"),
		"broken base64":        strings.Replace(good, whole, whole+"\r\nContent-Transfer-Encoding: base64", 1),
		"not UTF-8":            strings.ReplaceAll(good, "jan", "\xff\xfe"),
		"a type of nonsense":   strings.Replace(good, "message/delivery-status", "message/;;;=", 1),
		"no colon":             strings.Replace(good, "Action: failed", "Action failed", 1),
	}
}

func TestHostileReportsBreakNothing(t *testing.T) {
	t.Parallel()
	for name, raw := range hostile() {
		if got, err := Read(strings.NewReader(raw)); err != nil && !errors.Is(err, ErrNoReport) {
			t.Errorf("%s = %+v, %v", name, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range hostile() {
		f.Add([]byte(raw[:min(len(raw), 4000)]))
	}
	f.Add([]byte(report("failed", "5.1.1", whole)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Read(strings.NewReader(string(raw)))
		if err != nil && !errors.Is(err, ErrNoReport) || err == nil && got.MessageID == "" {
			t.Errorf("Read = %+v, %v", got, err)
		}
	})
}

func TestMailboxes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hard, soft, other := report("failed", "5.1.1", whole), report("delayed", "4.4.1", headersOnly), "From: a@b.example\r\nSubject: Hallo\r\n\r\nDag\r\n"
	from := "From MAILER-DAEMON Mon Nov  2 09:00:00 2026\r\n"
	box := write("box", from+hard+"\r\n"+from+other+"\r\n"+from+soft+"\r\n")
	single := write("single.eml", hard)
	write("maildir/new/1", hard)
	write("maildir/cur/2:2,S", soft)
	write("maildir/cur/3", other)
	for _, tt := range []struct {
		path                 string
		messages, other, got int
	}{{box, 3, 1, 2}, {single, 1, 0, 1}, {filepath.Join(dir, "maildir"), 3, 1, 2}, {write("empty", ""), 1, 1, 0}} {
		got := 0
		seen, err := ReadMailbox(tt.path, func(Report) error { got++; return nil })
		if err != nil || seen.Messages != tt.messages || seen.Other != tt.other || got != tt.got {
			t.Errorf("%s: %+v and %d reports, %v; want %d messages, %d others, %d", tt.path, seen, got, err, tt.messages, tt.other, tt.got)
		}
	}
	for _, path := range []string{filepath.Join(dir, "nosuch"), dir} {
		if _, err := ReadMailbox(path, func(Report) error { return nil }); err == nil {
			t.Errorf("%s is read as a mailbox", path)
		}
	}
	stop := errors.New("stop")
	if _, err := ReadMailbox(box, func(Report) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a report that cannot be kept = %v, want %v", err, stop)
	}
}
