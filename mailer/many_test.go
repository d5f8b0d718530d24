package mailer

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"samenclaim/mailer/mailtest"
)

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
				mails[i] = Mail{Key: fmt.Sprint("news:", i), To: fmt.Sprintf("p%d@deelnemer.example", i), Lang: "nl", Template: "news", Data: most("news")}
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
