package mailer

import (
	"context"
	"errors"
	"strings"
	"testing"

	"samenclaim/mailer/mailtest"
)

func TestAKilledWorkerLosesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		policy  Policy
		handed  bool // before the kill
		want    status
		arrived int64
	}{
		{"before handing over, hold", Hold, false, unknown, 0},
		{"after handing over, hold", Hold, true, unknown, 1},
		{"before handing over, resend", Resend, false, sent, 1},
		{"after handing over, resend", Resend, true, sent, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, DrainOptions{})
			m := codeMail("k")
			m.Policy = tt.policy
			enqueue(t, p.DB, m)
			rows, err := take(t.Context(), p.DB, "claim.example", 10)
			if err != nil || len(rows) != 1 {
				t.Fatalf("take = %d, %v", len(rows), err)
			}
			if tt.handed {
				results, _ := p.hand(t.Context(), func(error) {}, rows)
				for range results { // the outcome dies with the process
				}
			}
			p.drain(t)
			if r := p.one(t); r.Status != sending {
				t.Errorf("at once another worker made it %s, want it left alone", r.Status)
			}
			p.Watch.Advance(lease)
			p.drain(t)
			r := p.one(t)
			if r.Status != tt.want || p.sink.Total() != tt.arrived {
				t.Errorf("in the end %s with %d arrived, want %s with %d", r.Status, p.sink.Total(), tt.want, tt.arrived)
			}
			for _, m := range p.sink.Messages(mailtest.Filter{}, 10) {
				if m.MessageID != rows[0].MessageID {
					t.Errorf("Message-ID %q, want %q each time", m.MessageID, rows[0].MessageID)
				}
			}
		})
	}
}

func TestAMailThatKillsEveryWorkerIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	enqueue(t, p.DB, codeMail("k"))
	for range maxAttempts {
		if rows, err := take(t.Context(), p.DB, "claim.example", 10); err != nil || len(rows) != 1 {
			t.Fatalf("take = %d, %v", len(rows), err)
		}
		p.Watch.Advance(lease)
		if err := lapse(t.Context(), p.DB); err != nil {
			t.Fatal(err)
		}
	}
	if r := p.one(t); r.Status != failed {
		t.Errorf("after %d kills it is %s, want it given up", maxAttempts, r.Status)
	}
}

func TestABugWhileSendingStopsOnlyThatMail(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Connections: 1})
	enqueue(t, p.DB, codeMail("a"), codeMail("b"))
	p.smtp = nil // the first use of it panics
	if _, err := p.run(t.Context()); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("run = %v, want the panic as an error", err)
	}
	counts, err := Counts(t.Context(), p.DB)
	if err != nil || counts["sending"] != 1 || counts["queued"] != 1 {
		t.Errorf("Counts = %v, %v, want one in doubt and one waiting", counts, err)
	}
}

func TestAStopInTheMiddleGivesTheRestBack(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Connections: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.sink.SetFault(func(m mailtest.Message) mailtest.Fault {
		cancel() // SIGTERM while the first is on its way
		return mailtest.Fault{}
	})
	enqueue(t, p.DB, codeMail("a"), codeMail("b"), codeMail("c"))
	if _, err := p.run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("run = %v, want %v", err, context.Canceled)
	}
	counts, err := Counts(t.Context(), p.DB)
	if err != nil || counts["sent"]+counts["queued"] != 3 || counts["sent"] > 1 || counts["sent"] != p.sink.Total() {
		t.Errorf("Counts = %v, %v with %d arrived, want each mail either sent or waiting", counts, err, p.sink.Total())
	}
	p.sink.SetFault(nil)
	p.Watch.Advance(outage)
	p.drain(t)
	if n := p.sink.Total(); n != 3 {
		t.Errorf("%d mails arrived in the end, want 3", n)
	}
}
