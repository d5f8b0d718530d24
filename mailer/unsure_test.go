package mailer

import (
	"errors"
	"sync"
	"testing"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// unsure makes every mail that waits one of which nobody knows whether it arrived, as a kill does.
func (p *post) unsure(t *testing.T) {
	t.Helper()
	for _, sql := range []string{`UPDATE outbox SET status = 'sending', next_try_at = now() - interval '1 day' WHERE status = 'queued'`, `UPDATE outbox SET status = 'unknown', attempts = 1, last_error = 'interrupted while sending' WHERE status = 'sending'`} {
		if err := p.DB.WithContext(t.Context()).Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
}

func (p *post) decide(t *testing.T, u Unsure) error {
	t.Helper()
	return p.DB.WithContext(t.Context()).Transaction(func(tx *gorm.DB) error { return RequeueUnsure(t.Context(), tx, u) })
}

func TestUnsureMailsGoOutWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	m := mailing(t, p.DB, "m", 5)
	enqueue(t, p.DB, codeMail("code"))
	if err := p.DB.WithContext(t.Context()).Exec(`UPDATE outbox SET expires_at = now() + interval '1 hour' WHERE template = 'code'`).Error; err != nil {
		t.Fatal(err)
	}
	p.unsure(t)
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Unknown: 5})
	all, err := UnsureMails(t.Context(), p.DB)
	if err != nil || len(all) != 1 || all[0].MailingID != m.ID || all[0].Count != 5 || all[0].Template != m.Template {
		t.Fatalf("unsure mails = %+v, %v, want the five of the mailing, and no code", all, err)
	}
	for name, u := range map[string]Unsure{
		"fewer than there are": {Template: m.Template, MailingID: m.ID, Count: 4}, "more": {Template: m.Template, MailingID: m.ID, Count: 6},
		"of no mailing": {Template: m.Template, Count: 5}, "of another kind": {Template: "result", MailingID: m.ID, Count: 5}, "none": {Template: "result", MailingID: m.ID},
	} {
		if err := p.decide(t, u); !errors.Is(err, ErrUnsureMoved) {
			t.Errorf("%s = %v, want %v", name, err, ErrUnsureMoved)
		}
	}
	p.stands(t, m.ID, MailingFinished, Progress{Unknown: 5})
	if err := RequeueUnsure(t.Context(), p.DB, all[0]); !errors.Is(err, audit.ErrNoTransaction) {
		t.Errorf("outside a transaction = %v", err)
	}
	if err := p.decide(t, all[0]); err != nil {
		t.Fatal(err)
	}
	p.stands(t, m.ID, MailingSending, Progress{Waiting: 5})
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: 5})
	if n := p.sink.Total(); n != 5 {
		t.Errorf("%d mails arrived, want 5", n)
	}
}

func TestEightDecideAndTheMailsGoOutOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	m := mailing(t, p.DB, "m", 5)
	p.unsure(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	ends := map[error]int{}
	for range 8 {
		all.Go(func() {
			err := p.decide(t, Unsure{Template: m.Template, MailingID: m.ID, Count: 5})
			if errors.Is(err, ErrUnsureMoved) {
				err = ErrUnsureMoved
			}
			mu.Lock()
			ends[err]++
			mu.Unlock()
		})
	}
	all.Wait()
	if ends[nil] != 1 || ends[ErrUnsureMoved] != 7 {
		t.Errorf("eight at once = %v, want one", ends)
	}
	p.mailings(t)
	if n := p.sink.Total(); n != 5 {
		t.Errorf("%d mails arrived, want 5", n)
	}
}
