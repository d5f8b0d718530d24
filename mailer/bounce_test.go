package mailer

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"gorm.io/gorm"

	"samenclaim/mailer/bounce"
	"samenclaim/mailer/mailtest"
)

func (p post) bounce(r bounce.Report) (b Bounced, changed bool, err error) {
	err = p.DB.Transaction(func(tx *gorm.DB) (err error) {
		b, changed, err = Bounce(context.Background(), tx, r)
		return err
	})
	return b, changed, err
}

func reportOf(id string, hard bool, what string) bounce.Report {
	return bounce.Report{MessageID: id, Hard: hard, Code: map[bool]string{true: "5.1.1", false: "4.2.2"}[hard], SHA256: sha256.Sum256([]byte(what))}
}

func TestABouncedMailIsCalledSo(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	m := mailing(t, p.DB, "m", 1)
	p.mailings(t)
	id := p.one(t).MessageID
	for i, step := range []struct {
		r       bounce.Report
		changed bool
		err     error
		status  status
	}{
		{reportOf(id, false, "a"), true, nil, sent},
		{reportOf(id, false, "a"), false, nil, sent},
		{reportOf("<"+id+">", false, "b"), true, nil, sent},
		{reportOf("outbox-1-00000000000000000000000000000000@claim.example", true, "guess"), false, ErrUnknownMail, sent},
		{reportOf("outbox-1@claim.example", true, "guess"), false, ErrUnknownMail, sent},
		{reportOf("99999999999999999999", true, "x"), false, ErrUnknownMail, sent},
		{reportOf("", true, "x"), false, ErrUnknownMail, sent},
		{reportOf(id, true, "c"), true, nil, bounced},
		{reportOf(id, true, "c"), false, nil, bounced},
		{reportOf(id, true, "d"), true, nil, bounced},
	} {
		b, changed, err := p.bounce(step.r)
		if changed != step.changed || !errors.Is(err, step.err) || err == nil && b.MailID != p.one(t).ID {
			t.Errorf("step %d = %+v, %v, %v; want %v, %v", i+1, b, changed, err, step.changed, step.err)
		}
		if got := p.one(t).Status; got != step.status {
			t.Errorf("after step %d the mail is %s, want %s", i+1, got, step.status)
		}
	}
	p.stands(t, m.ID, MailingFinished, Progress{Bounced: 1})
}

// TestABounceThatComesBeforeTheOutcome reports a mail while it is being handed over.
func TestABounceThatComesBeforeTheOutcome(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	enqueue(t, p.DB, codeMail("k"))
	p.sink.SetFault(func(got mailtest.Message) mailtest.Fault {
		if len(got.Raw) > 0 {
			if _, changed, err := p.bounce(reportOf(p.one(t).MessageID, true, "early")); !changed || err != nil {
				t.Errorf("Bounce = %v, %v", changed, err)
			}
		}
		return mailtest.Fault{}
	})
	p.drain(t)
	if r := p.one(t); r.Status != bounced || r.SentAt == nil || r.BouncedAt == nil {
		t.Errorf("the mail is %s, want it bounced", r.Status)
	}
}

func TestEightReportsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	enqueue(t, p.DB, codeMail("k"))
	p.drain(t)
	id := p.one(t).MessageID
	var wg sync.WaitGroup
	var mu sync.Mutex
	changes := 0
	for range 8 {
		wg.Go(func() {
			_, changed, err := p.bounce(reportOf(id, true, "once"))
			if err != nil {
				t.Errorf("Bounce: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if changed {
				changes++
			}
		})
	}
	wg.Wait()
	if changes != 1 {
		t.Errorf("%d of eight changed something, want one", changes)
	}
}
