package mailer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/mailer/mailtest"
	"samenclaim/migrations/pgtest"
)

// post is an outbox, a worker and a mail server that takes what it sends.
type post struct {
	pgtest.Database
	sink *mailtest.Sink
	*worker
}

func newPost(t testing.TB, o DrainOptions) post {
	t.Helper()
	d := pgtest.New(t)
	sink, err := mailtest.Start(mailtest.Options{Keep: 20_000})
	if err != nil {
		t.Fatalf("sink: %v", err)
	}
	t.Cleanup(func() { sink.Close() })
	return post{d, sink, newWorker(d.DB, testSMTP(t, sink), testRenderer(t), o)}
}

func testSMTP(t testing.TB, sink *mailtest.Sink) *SMTP {
	t.Helper()
	s, err := NewSMTP(SMTPConfig{Host: sink.Host(), Port: sink.Port(), Timeout: 10 * time.Second})
	if err != nil {
		t.Fatalf("NewSMTP: %v", err)
	}
	return s
}

// drain runs until nothing is waiting.
func (p post) drain(t testing.TB) {
	t.Helper()
	for {
		more, err := p.run(t.Context())
		if err != nil {
			t.Fatalf("run: %v", err)
		}
		if !more {
			return
		}
	}
}

// one gives the only row of the outbox.
func (p post) one(t testing.TB) row {
	t.Helper()
	rows := outbox(t, p.DB)
	if len(rows) != 1 {
		t.Fatalf("the outbox has %d mails, want 1", len(rows))
	}
	return rows[0]
}

func TestAMailArrivesWhole(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	enqueue(t, p.DB, Mail{Key: "welcome:1", To: "zoë@deelnemer.example", Lang: "nl", Template: "welcome",
		Data: map[string]string{"Name": "Zoë {{.Code}} <b>", "Number": "ZM-7K2M-93FX"}})
	p.drain(t)
	r := p.one(t)
	if r.Status != sent || r.SentAt == nil || !r.SentAt.Equal(pgtest.Clock) || string(r.Data) != "{}" || r.Attempts != 1 {
		t.Errorf("row = %+v, want it sent and wiped", r)
	}
	got := p.sink.Messages(mailtest.Filter{}, 10)
	if len(got) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(got))
	}
	m := got[0]
	want, err := p.renderer.Render("welcome", "nl", map[string]string{"Name": "Zoë {{.Code}} <b>", "Number": "ZM-7K2M-93FX"})
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != want.Subject || strings.TrimSpace(m.Text) != strings.TrimSpace(want.Text) || strings.TrimSpace(m.HTML) != strings.TrimSpace(want.HTML) {
		t.Errorf("arrived other than written:\n%s\n%s", m.Subject, m.Text)
	}
	if id := fmt.Sprintf("outbox-%d@claim.example", r.ID); m.MessageID != id || r.MessageID != id {
		t.Errorf("Message-ID = %q, in the outbox %q, want %q", m.MessageID, r.MessageID, id)
	}
	for header, want := range map[string]string{"From": `"Stichting Voorbeeld" <info@claim.example>`, "To": "<zoë@deelnemer.example>", "Auto-Submitted": "auto-generated", "Content-Language": "nl"} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s = %q, want %q", header, got, want)
		}
	}
	p.drain(t)
	if n := p.sink.Total(); n != 1 {
		t.Errorf("%d mails arrived after a second run, want 1", n)
	}
}

func TestTheServerDecidesWhatBecomesOfAMail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fault    mailtest.Fault
		policy   Policy
		want     status
		arrived  int64
		attempts int
		next     time.Duration
		why      string
	}{
		{"taken", mailtest.Fault{}, Hold, sent, 1, 1, lease, ""},
		{"the address does not exist", mailtest.Fault{Code: 550, Recipient: true}, Hold, failed, 0, 1, firstWait, "550 5.1.1"},
		{"the mailbox is full", mailtest.Fault{Code: 452, Recipient: true}, Hold, queued, 0, 1, firstWait, "452 4.1.1"},
		{"the mail is refused", mailtest.Fault{Code: 554}, Resend, failed, 0, 1, firstWait, "554 5.1.1"},
		{"the mail is put off", mailtest.Fault{Code: 451}, Hold, queued, 0, 1, firstWait, "451 4.1.1"},
		{"the server hangs up", mailtest.Fault{Code: 421}, Hold, queued, 0, 1, firstWait, "421 4.1.1"},
		{"cut off before the answer, hold", mailtest.Fault{Cut: true}, Hold, unknown, 1, 1, firstWait, "connection lost before the answer"},
		{"cut off before the answer, resend", mailtest.Fault{Cut: true}, Resend, queued, 1, 1, firstWait, "connection lost before the answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, DrainOptions{})
			p.sink.SetFault(func(mailtest.Message) mailtest.Fault { return tt.fault })
			m := codeMail("k")
			m.Policy = tt.policy
			enqueue(t, p.DB, m)
			p.drain(t)
			r := p.one(t)
			if r.Status != tt.want || r.Attempts != tt.attempts || r.LastError != tt.why || p.sink.Total() != tt.arrived {
				t.Errorf("status %s, attempts %d, error %q, arrived %d; want %s, %d, %q, %d",
					r.Status, r.Attempts, r.LastError, p.sink.Total(), tt.want, tt.attempts, tt.why, tt.arrived)
			}
			if at := pgtest.Clock.Add(tt.next); !r.NextTryAt.Equal(at) {
				t.Errorf("next try at %s, want %s", r.NextTryAt, at)
			}
			// Once the server behaves, what waits arrives, under the same Message-ID; the rest stays.
			p.sink.SetFault(nil)
			p.Watch.Advance(time.Hour)
			p.drain(t)
			after := p.one(t)
			if tt.want == queued && after.Status != sent || tt.want != queued && after.Status != tt.want {
				t.Errorf("an hour later it is %s", after.Status)
			}
			for _, m := range p.sink.Messages(mailtest.Filter{}, 10) {
				if m.MessageID != after.MessageID {
					t.Errorf("Message-ID %q, want the same each time: %q", m.MessageID, after.MessageID)
				}
			}
		})
	}
}

func TestNothingIsTriedForEver(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	p.sink.SetFault(func(mailtest.Message) mailtest.Fault { return mailtest.Fault{Code: 451} })
	enqueue(t, p.DB, codeMail("k"))
	var last time.Duration
	for i := range maxAttempts + 5 {
		p.drain(t)
		r := p.one(t)
		if i < maxAttempts-1 {
			gap := r.NextTryAt.Sub(p.Watch.Now())
			if r.Status != queued || gap < last || gap > maxWait {
				t.Fatalf("after try %d: %s, next in %s, before that %s", i+1, r.Status, gap, last)
			}
			last = gap
		}
		p.Watch.Advance(maxWait)
	}
	if r := p.one(t); r.Status != failed || r.Attempts != maxAttempts || last != maxWait {
		t.Errorf("status %s after %d tries, longest wait %s; want failed after %d", r.Status, r.Attempts, last, maxAttempts)
	}
}

func TestAnUnreachableServerIsNotTheMailsFault(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	enqueue(t, p.DB, codeMail("a"), codeMail("b"))
	p.sink.Close()
	for range 3 {
		if _, err := p.run(t.Context()); err == nil {
			t.Error("an unreachable server is no error")
		} else if strings.Contains(err.Error(), "deelnemer") {
			t.Errorf("the error names a person: %v", err)
		}
		for _, r := range outbox(t, p.DB) {
			if r.Status != queued || r.Attempts != 0 || !r.NextTryAt.Equal(p.Watch.Now().Add(outage)) {
				t.Errorf("row = %+v, want it queued, tried 0 times, due in %s", r, outage)
			}
		}
		p.Watch.Advance(outage)
	}
}

func TestWhatExpiresGoesFirstAndIsDroppedWhenLate(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 2, Connections: 1})
	var mails []Mail
	for i := range 4 {
		mails = append(mails, codeMail(fmt.Sprint("news:", i)))
	}
	late, soon := codeMail("late"), codeMail("soon")
	late.ExpiresAt, soon.ExpiresAt = pgtest.Clock.Add(time.Minute), pgtest.Clock.Add(10*time.Minute)
	soon.To = "soon@deelnemer.example"
	enqueue(t, p.DB, append(mails, late, soon)...)
	p.Watch.Advance(time.Minute)
	if _, err := p.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := p.sink.Messages(mailtest.Filter{}, 10)
	if len(got) != 2 || got[1].To != "soon@deelnemer.example" {
		t.Errorf("the first batch went to %v, want the code first", got)
	}
	for _, r := range outbox(t, p.DB) {
		if r.Key == "late" && (r.Status != dropped || string(r.Data) != "{}") {
			t.Errorf("the late one is %s with %s, want it dropped and wiped", r.Status, r.Data)
		}
		if r.Key == "soon" && (r.Status != sent || string(r.Data) != "{}") {
			t.Errorf("the one in time is %s with %s, want it sent and wiped", r.Status, r.Data)
		}
	}
}

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
	p.worker.smtp = nil // the first use of it panics
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

func TestEightWorkersSendEachMailOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 20, Connections: 1})
	const n = 400
	mails := make([]Mail, n)
	for i := range mails {
		mails[i] = codeMail(fmt.Sprint("m:", i))
		mails[i].To = fmt.Sprintf("p%d@deelnemer.example", i)
	}
	enqueue(t, p.DB, mails...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			w := newWorker(p.DB, testSMTP(t, p.sink), p.renderer, p.DrainOptions)
			for {
				more, err := w.run(t.Context())
				if err != nil {
					t.Errorf("run: %v", err)
				}
				if !more {
					return
				}
			}
		})
	}
	wg.Wait()
	p.drain(t)
	seen := map[string]int{}
	for _, m := range p.sink.Messages(mailtest.Filter{}, 2*n) {
		seen[m.To]++
	}
	counts, err := Counts(t.Context(), p.DB)
	if err != nil || counts["sent"] != n || len(seen) != n || p.sink.Total() != n {
		t.Errorf("Counts = %v, %v, %d people got %d mails, want %d each", counts, err, len(seen), p.sink.Total(), n)
	}
	if s := p.sink.Sessions(); s > n/20+10 {
		t.Errorf("%d connections for %d mails: want one per batch", s, n)
	}
}

func TestEveryMailEndsInOneStateWhateverTheServerDoes(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 25})
	p.sink.SetFault(func(m mailtest.Message) mailtest.Fault {
		switch rand.IntN(10) { // Rcpt and Data both ask
		case 0:
			return mailtest.Fault{Code: 451}
		case 1:
			return mailtest.Fault{Code: 550, Recipient: true}
		case 2:
			return mailtest.Fault{Cut: true}
		case 3:
			return mailtest.Fault{Code: 452, Recipient: true}
		}
		return mailtest.Fault{}
	})
	const n = 200
	for i := range n {
		m := codeMail(fmt.Sprint("m:", i))
		m.Policy = []Policy{Hold, Resend}[i%2]
		enqueue(t, p.DB, m)
	}
	for range 3 * maxAttempts {
		p.drain(t)
		p.Watch.Advance(maxWait)
	}
	seen := map[string]int{}
	for _, m := range p.sink.Messages(mailtest.Filter{}, 10*n) {
		seen[m.MessageID]++
	}
	for _, r := range outbox(t, p.DB) {
		if r.Status == queued || r.Status == sending {
			t.Errorf("%s is still %s after %d tries", r.Key, r.Status, r.Attempts)
		}
		if r.Status == sent && seen[r.MessageID] == 0 {
			t.Errorf("%s is called sent and never arrived", r.Key)
		}
		if r.Policy == Hold && seen[r.MessageID] > 1 {
			t.Errorf("%s, that must not come twice, came %d times", r.Key, seen[r.MessageID])
		}
	}
}

func TestAPersonDecidesAboutHeldMail(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	p.sink.SetFault(func(mailtest.Message) mailtest.Fault { return mailtest.Fault{Cut: true} })
	m := codeMail("k")
	m.Policy = Hold
	expiring := codeMail("x")
	expiring.Policy, expiring.ExpiresAt = Hold, pgtest.Clock.Add(time.Hour)
	enqueue(t, p.DB, m, expiring)
	p.drain(t)
	p.sink.SetFault(nil)
	rows := outbox(t, p.DB)
	if rows[0].Status != unknown || rows[1].Status != unknown || string(rows[1].Data) != "{}" {
		t.Fatalf("rows = %+v, want both unknown and the code wiped", rows)
	}
	if err := Requeue(t.Context(), p.DB, rows[0].ID); !errors.Is(err, audit.ErrNoTransaction) {
		t.Errorf("Requeue outside a transaction = %v", err)
	}
	again := func(id int64) error {
		return p.DB.Transaction(func(tx *gorm.DB) error { return Requeue(t.Context(), tx, id) })
	}
	if err := again(rows[0].ID); err != nil {
		t.Errorf("Requeue = %v, want no error", err)
	}
	if err := again(rows[0].ID); !errors.Is(err, ErrNotHeld) {
		t.Errorf("Requeue twice = %v, want %v", err, ErrNotHeld)
	}
	if err := again(rows[1].ID); !errors.Is(err, ErrNotHeld) {
		t.Errorf("Requeue of a wiped code = %v, want %v", err, ErrNotHeld)
	}
	p.drain(t)
	if r := outbox(t, p.DB)[0]; r.Status != sent || r.Attempts != 1 || r.LastError != "" {
		t.Errorf("row = %+v, want it sent at the first try", r)
	}
}

func TestAMailThatCannotBeWrittenFails(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	for i, r := range []row{
		{Template: "gone", Data: json.RawMessage(`{}`)},
		{Template: "code", Data: json.RawMessage(`{}`)},
		{Template: "code", Data: json.RawMessage(`[1]`)},
	} {
		r.Key, r.Recipient, r.Lang, r.Policy, r.Status, r.NextTryAt, r.CreatedAt = fmt.Sprint(i), "a@b.example", "nl", Hold, queued, pgtest.Clock, pgtest.Clock
		if err := gorm.G[row](p.DB).Create(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	enqueue(t, p.DB, codeMail("good"))
	p.drain(t)
	counts, err := Counts(t.Context(), p.DB)
	if err != nil || counts["failed"] != 3 || counts["sent"] != 1 {
		t.Errorf("Counts = %v, %v, want 3 failed and the good one sent", counts, err)
	}
}

func TestThePaceIsKept(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Pace: 50, Batch: 1000})
	if p.Batch != 100 {
		t.Errorf("a batch is %d mails, want two seconds' worth: 100", p.Batch)
	}
	for i := range 20 {
		enqueue(t, p.DB, codeMail(fmt.Sprint(i)))
	}
	began := time.Now()
	p.drain(t)
	if took := time.Since(began); took < 19*time.Second/50 {
		t.Errorf("20 mails at 50 a second took %s, want at least 380ms", took)
	}
}

func BenchmarkSend(b *testing.B) {
	for _, connections := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			p := newPost(b, DrainOptions{Batch: 500, Connections: connections})
			mails := make([]Mail, b.N)
			for i := range mails {
				mails[i] = Mail{Key: fmt.Sprint("news:", i), To: fmt.Sprintf("p%d@deelnemer.example", i), Lang: "nl", Template: "news", Data: full}
			}
			enqueue(b, p.DB, mails...)
			b.ResetTimer()
			p.drain(b)
			b.StopTimer()
			if n := p.sink.Total(); n != int64(b.N) {
				b.Fatalf("%d arrived, want %d", n, b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
