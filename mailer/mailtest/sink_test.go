package mailtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"samenclaim/mailer/mailtest"
)

func setup(t testing.TB, o mailtest.Options) *mailtest.Sink {
	t.Helper()
	s, err := mailtest.Start(o)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func send(s *mailtest.Sink, to, subject, body string) error {
	text := "From: a@b.example\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: <1@b.example>\r\n" + body
	return smtp.SendMail(s.Address(), nil, "a@b.example", []string{to}, []byte(text))
}

const both = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n" +
	"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDag =E2=82=AC\r\n\r\n    402913\r\n" +
	"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Dag</p>\r\n--x--\r\n"

func TestAMailIsKeptAndRead(t *testing.T) {
	t.Parallel()
	s := setup(t, mailtest.Options{})
	if err := send(s, "jan@deelnemer.example", "=?utf-8?q?U_doet_mee_=E2=80=93?=", both); err != nil {
		t.Fatal(err)
	}
	m, ok := s.Message(1)
	if !ok || m.Subject != "U doet mee –" || m.To != "jan@deelnemer.example" || m.From != "a@b.example" || m.MessageID != "1@b.example" {
		t.Errorf("message = %v %+v", ok, m)
	}
	if !strings.Contains(m.Text, "Dag €") || !strings.Contains(m.HTML, "<p>Dag</p>") || m.Code() != "402913" {
		t.Errorf("text %q, HTML %q, code %q", m.Text, m.HTML, m.Code())
	}
	if _, ok := s.Message(2); ok {
		t.Error("a mail that never came is there")
	}
	if err := send(s, "jan@deelnemer.example", "plain", "\r\nJust text.\r\n"); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Message(2); m.Text != "Just text.\n" || m.Code() != "" {
		t.Errorf("text %q, code %q", m.Text, m.Code())
	}
}

func TestOnlyTheLatestAreKept(t *testing.T) {
	t.Parallel()
	s := setup(t, mailtest.Options{Keep: 10})
	for i := range 25 {
		if err := send(s, fmt.Sprintf("p%d@deelnemer.example", i), "S", "\r\nx\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Messages(mailtest.Filter{}, 100)
	if len(got) > 10 || len(got) < 8 || got[0].ID != 25 || s.Total() != 25 {
		t.Errorf("%d kept of %d, the newest is %d; want about 10 of 25", len(got), s.Total(), got[0].ID)
	}
	if _, ok := s.Message(1); ok {
		t.Error("the first one is still kept")
	}
}

func TestMailsAreFoundByFilter(t *testing.T) {
	t.Parallel()
	s := setup(t, mailtest.Options{})
	for _, to := range []string{"jan@deelnemer.example", "piet@deelnemer.example", "jan@deelnemer.example"} {
		if err := send(s, to, "Uw code", "\r\nx\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		filter mailtest.Filter
		limit  int
		want   []int64
	}{
		{"all, newest first", mailtest.Filter{}, 10, []int64{3, 2, 1}},
		{"at most one", mailtest.Filter{}, 1, []int64{3}},
		{"one person", mailtest.Filter{To: "JAN@"}, 10, []int64{3, 1}},
		{"one subject", mailtest.Filter{Subject: "code"}, 10, []int64{3, 2, 1}},
		{"another subject", mailtest.Filter{Subject: "welkom"}, 10, nil},
		{"only new ones", mailtest.Filter{After: 2}, 10, []int64{3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []int64
			for _, m := range s.Messages(tt.filter, tt.limit) {
				got = append(got, m.ID)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("found %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFaultsReachTheSender(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault mailtest.Fault
		code  int // 0: no answer
		kept  int64
	}{
		{"refused for now", mailtest.Fault{Code: 451}, 451, 0},
		{"refused for good", mailtest.Fault{Code: 550}, 550, 0},
		{"the address refused", mailtest.Fault{Code: 550, Recipient: true}, 550, 0},
		{"cut off", mailtest.Fault{Cut: true}, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, mailtest.Options{Fault: func(mailtest.Message) mailtest.Fault { return tt.fault }})
			err := send(s, "jan@deelnemer.example", "S", "\r\nx\r\n")
			var answer *textproto.Error
			if err == nil || errors.As(err, &answer) != (tt.code != 0) || answer != nil && answer.Code != tt.code {
				t.Errorf("error = %v, want the answer %d", err, tt.code)
			}
			if s.Total() != tt.kept {
				t.Errorf("%d kept, want %d", s.Total(), tt.kept)
			}
			s.SetFault(nil)
			if err := send(s, "jan@deelnemer.example", "S", "\r\nx\r\n"); err != nil {
				t.Errorf("without the fault: %v", err)
			}
		})
	}
}

func TestAwaitSeesTheMailComeIn(t *testing.T) {
	t.Parallel()
	s := setup(t, mailtest.Options{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			m, err := s.Await(t.Context(), mailtest.Filter{To: fmt.Sprintf("p%d@", i)})
			if err != nil || m.To != fmt.Sprintf("p%d@deelnemer.example", i) {
				t.Errorf("Await = %s, %v", m.To, err)
			}
		})
	}
	for i := range 8 {
		if err := send(s, fmt.Sprintf("p%d@deelnemer.example", i), "S", "\r\nx\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Await(ctx, mailtest.Filter{To: "nobody@"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Await without a mail = %v, want %v", err, context.Canceled)
	}
}
