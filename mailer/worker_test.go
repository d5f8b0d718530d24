package mailer

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
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
		Data: map[string]string{"Name": "Zoë {{.Code}} <b>", "Number": "ZM-7K2M-93FX", "Ref": "A"}})
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
	want, err := p.renderer.Render("welcome", "nl", map[string]string{"Name": "Zoë {{.Code}} <b>", "Number": "ZM-7K2M-93FX", "Ref": "A"})
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != want.Subject || strings.TrimSpace(m.Text) != strings.TrimSpace(want.Text) || strings.TrimSpace(m.HTML) != strings.TrimSpace(want.HTML) {
		t.Errorf("arrived other than written:\n%s\n%s", m.Subject, m.Text)
	}
	if id := regexp.MustCompile(fmt.Sprintf(`^outbox-%d-[0-9a-f]{32}@claim\.example$`, r.ID)); !id.MatchString(m.MessageID) || r.MessageID != m.MessageID {
		t.Errorf("Message-ID = %q, in the outbox %q, want the same and nothing to guess", m.MessageID, r.MessageID)
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
		if err := table.Of[row](p.DB).Create(t.Context(), &r); err != nil {
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
