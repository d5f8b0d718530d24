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

	"gorm.io/gorm"

	"samenclaim/mailer/mailtest"
)

// someone is a query of recipients without participants: of them, the mailer knows nothing.
const someone = `SELECT n AS fact, CAST(NULL AS bigint) AS participant_id, 'p' || n || '@deelnemer.example' AS recipient,
	CASE n % 2 WHEN 0 THEN 'nl' ELSE 'en' END AS lang, jsonb_build_object('Number', 'ZM-7K2M-93FX') AS data
	FROM generate_series(1, @n) n WHERE n > @after ORDER BY n LIMIT @most`

// mailing begins one to n people.
func mailing(t testing.TB, db *gorm.DB, key string, n int) (m Mailing) {
	t.Helper()
	err := db.Transaction(func(tx *gorm.DB) (err error) {
		m, err = Begin(t.Context(), tx, Mailing{Key: key, Template: "letter_sent", WordsNL: json.RawMessage(`{"Date": "2 november 2026"}`), WordsEN: json.RawMessage(`{"Date": "2 November 2026"}`)},
			someone, map[string]any{"n": n})
		return err
	})
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return m
}

// mailings runs until no mailing has anything to do.
func (p post) mailings(t testing.TB) {
	t.Helper()
	for {
		more, err := p.runMailings(t.Context())
		if err != nil {
			t.Fatalf("runMailings: %v", err)
		}
		if !more {
			return
		}
	}
}

func (p post) stands(t testing.TB, id int64, status MailingStatus, want Progress) {
	t.Helper()
	m, far, err := FindMailing(t.Context(), p.DB, id)
	if err != nil || m.Status != status || far != want {
		t.Errorf("the mailing is %s with %+v, %v; want %s with %+v", m.Status, far, err, status, want)
	}
}

// steer pauses, resumes or stops.
func (p post) steer(t testing.TB, do func(tx *gorm.DB) (bool, error)) (changed bool, err error) {
	t.Helper()
	err = p.DB.Transaction(func(tx *gorm.DB) (err error) {
		changed, err = do(tx)
		return err
	})
	return changed, err
}

func TestAMailingReachesEachOnceInTheirLanguage(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 30})
	const n = 100
	m := mailing(t, p.DB, "m", n)
	if m.Recipients != n || len(m.SHA256) != 32 {
		t.Errorf("%d recipients with hash %x, want %d", m.Recipients, m.SHA256, n)
	}
	p.drain(t) // the other drain has nothing to do with it
	p.stands(t, m.ID, MailingSending, Progress{Waiting: n})
	p.mailings(t)
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: n})
	seen := map[string]int{}
	for _, got := range p.sink.Messages(mailtest.Filter{}, 2*n) {
		seen[got.To]++
		who, _, _ := strings.Cut(got.To, "@")
		even := strings.ContainsAny(who[len(who)-1:], "02468")
		if strings.Contains(got.Text, "2 november 2026") != even {
			t.Errorf("%s got the wrong language:\n%s", got.To, got.Text)
		}
	}
	if len(seen) != n || p.sink.Total() != n {
		t.Errorf("%d people got %d mails, want %d each", len(seen), p.sink.Total(), n)
	}
	if err := p.DB.Transaction(func(tx *gorm.DB) error {
		_, err := Begin(t.Context(), tx, Mailing{Key: "m", Template: "letter_sent", WordsNL: json.RawMessage(`{}`), WordsEN: json.RawMessage(`{}`)}, someone, map[string]any{"n": 1})
		return err
	}); !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("the same fact again = %v, want %v", err, gorm.ErrDuplicatedKey)
	}
}

func TestTheRecipientsAreWrittenDownInBatches(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	const n = 2*gatherAtOnce + 7
	m := mailing(t, p.DB, "m", n)
	var rows, people int64
	if err := p.DB.Raw(`SELECT count(*), count(DISTINCT recipient) FROM outbox WHERE mailing_id = ?`, m.ID).Row().Scan(&rows, &people); err != nil {
		t.Fatal(err)
	}
	if m.Recipients != n || rows != n || people != n {
		t.Errorf("%d recipients, %d rows, %d people; want %d", m.Recipients, rows, people, n)
	}
	exact := mailing(t, p.DB, "exact", gatherAtOnce)
	if empty := mailing(t, p.DB, "empty", 0); exact.Recipients != gatherAtOnce || empty.Recipients != 0 {
		t.Errorf("%d and %d recipients, want a batch and nobody", exact.Recipients, empty.Recipients)
	}
}

func TestAPausedMailingKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 10})
	m := mailing(t, p.DB, "m", 50)
	if more, err := p.runMailings(t.Context()); err != nil || !more {
		t.Fatalf("runMailings = %v, %v", more, err)
	}
	pause := func(tx *gorm.DB) (bool, error) { return Pause(t.Context(), tx, m.ID) }
	resume := func(tx *gorm.DB) (bool, error) { return Resume(t.Context(), tx, m.ID) }
	for i, want := range []bool{true, false} {
		if changed, err := p.steer(t, pause); changed != want || err != nil {
			t.Errorf("pause %d = %v, %v, want %v", i+1, changed, err, want)
		}
	}
	other := mailing(t, p.DB, "other", 5)
	enqueue(t, p.DB, codeMail("code"))
	p.mailings(t)
	p.drain(t)
	p.stands(t, m.ID, MailingPaused, Progress{Sent: 10, Waiting: 40})
	p.stands(t, other.ID, MailingFinished, Progress{Sent: 5})
	if n := p.sink.Total(); n != 16 {
		t.Errorf("%d mails arrived, want ten, five of the other mailing, and the code", n)
	}
	for i, want := range []bool{true, false} {
		if changed, err := p.steer(t, resume); changed != want || err != nil {
			t.Errorf("resume %d = %v, %v, want %v", i+1, changed, err, want)
		}
	}
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: 50})
	for name, do := range map[string]func(tx *gorm.DB) (bool, error){"pause": pause, "resume": resume} {
		if _, err := p.steer(t, do); !errors.Is(err, ErrMailingMoved) {
			t.Errorf("%s when it is finished = %v, want %v", name, err, ErrMailingMoved)
		}
	}
	if _, err := p.steer(t, func(tx *gorm.DB) (bool, error) { return Pause(t.Context(), tx, 999) }); !errors.Is(err, ErrNoMailing) {
		t.Errorf("pausing nothing = %v, want %v", err, ErrNoMailing)
	}
}

// TestPausingIsExact pauses while a batch is being taken: the pause waits for it, and once it stands no other one is.
func TestPausingIsExact(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	m := mailing(t, p.DB, "m", 50)
	owner, tx := p.Owner(t), p.DB.Begin()
	defer tx.Rollback()
	if _, n, err := takeMailings(t.Context(), tx, "claim.example", 5); err != nil || n != 5 {
		t.Fatalf("take = %d, %v", n, err)
	}
	paused := make(chan error, 1)
	go func() {
		_, err := p.steer(t, func(tx *gorm.DB) (bool, error) { return Pause(context.Background(), tx, m.ID) })
		paused <- err
	}()
	for waits := 0; waits == 0; {
		select {
		case err := <-paused:
			t.Fatalf("the pause stands, %v, while a batch is being taken", err)
		default:
		}
		err := owner.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tx.Commit().Error, <-paused); err != nil {
		t.Fatal(err)
	}
	if _, n, err := takeMailings(t.Context(), p.DB, "claim.example", 5); err != nil || n != 0 {
		t.Errorf("after the pause %d are taken, %v", n, err)
	}
}

// TestACodeNeverWaitsBehindAMailing holds every conversation of the mailing until the code has arrived.
func TestACodeNeverWaitsBehindAMailing(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 20})
	m := mailing(t, p.DB, "m", 20)
	begun, release := make(chan struct{}, 20), make(chan struct{})
	p.sink.SetFault(func(got mailtest.Message) mailtest.Fault {
		if strings.HasPrefix(got.To, "p") && len(got.Raw) > 0 {
			begun <- struct{}{}
			<-release
		}
		return mailtest.Fault{}
	})
	done := make(chan error, 1)
	go func() {
		_, err := p.runMailings(t.Context())
		done <- err
	}()
	<-begun
	code := codeMail("code")
	enqueue(t, p.DB, code)
	p.drain(t)
	if got := p.sink.Messages(mailtest.Filter{}, 10); len(got) != 1 || got[0].To != code.To {
		t.Errorf("%d mails arrived, want the code before all of the mailing", len(got))
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: 20})
}

func TestAMailingOutlivesKillsAndOutages(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 20, Connections: 2})
	const n = 120
	m := mailing(t, p.DB, "m", n)
	killed := map[string]bool{}
	kill := func(handed bool) {
		t.Helper()
		rows, taken, err := takeMailings(t.Context(), p.DB, "claim.example", 20)
		if err != nil || len(rows) != 20 || taken != 20 {
			t.Fatalf("take = %d of %d, %v", len(rows), taken, err)
		}
		for _, r := range rows {
			killed[r.Recipient] = true
		}
		if handed { // the outcome dies with the process
			results, _ := p.hand(t.Context(), func(error) {}, rows)
			for range results {
			}
		}
	}
	kill(false)
	kill(true)
	for range 3 { // the mail server says nothing but "later", to two batches
		p.sink.SetFault(func(mailtest.Message) mailtest.Fault { return mailtest.Fault{Code: 421} })
		p.mailings(t)
		p.sink.SetFault(nil)
	}
	p.stands(t, m.ID, MailingSending, Progress{Waiting: n})
	p.Watch.Advance(lease)
	p.mailings(t)
	p.Watch.Advance(maxWait)
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: n - 40, Unknown: 40})
	seen := map[string]int{}
	for _, got := range p.sink.Messages(mailtest.Filter{}, 10*n) {
		seen[got.To]++
	}
	for i := range n {
		to := fmt.Sprintf("p%d@deelnemer.example", i+1)
		if seen[to] > 1 || seen[to] == 0 && !killed[to] {
			t.Errorf("%s got %d mails", to, seen[to])
		}
	}
}

func TestEveryRecipientEndsInOneStateWhateverHappens(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 15})
	p.sink.SetFault(func(mailtest.Message) mailtest.Fault {
		switch rand.IntN(12) {
		case 0:
			return mailtest.Fault{Code: 451}
		case 1:
			return mailtest.Fault{Code: 550, Recipient: true}
		case 2:
			return mailtest.Fault{Cut: true}
		}
		return mailtest.Fault{}
	})
	const n = 300
	m := mailing(t, p.DB, "m", n)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			w := newWorker(p.DB, testSMTP(t, p.sink), p.renderer, p.DrainOptions)
			for range 6 {
				if _, err := w.runMailings(t.Context()); err != nil {
					t.Errorf("run: %v", err)
				}
				if i == 0 {
					for _, do := range []func(tx *gorm.DB) (bool, error){
						func(tx *gorm.DB) (bool, error) { return Pause(t.Context(), tx, m.ID) },
						func(tx *gorm.DB) (bool, error) { return Resume(t.Context(), tx, m.ID) },
					} {
						if _, err := p.steer(t, do); err != nil && !errors.Is(err, ErrMailingMoved) {
							t.Errorf("steer: %v", err)
						}
					}
				}
			}
		})
	}
	wg.Wait()
	p.sink.SetFault(nil)
	for range maxAttempts {
		p.mailings(t)
		p.Watch.Advance(maxWait)
	}
	got, far, err := FindMailing(t.Context(), p.DB, m.ID)
	if err != nil || got.Status != MailingFinished || far.Final() != n || far.Waiting != 0 {
		t.Errorf("%s with %+v, %v, want it finished for %d", got.Status, far, err, n)
	}
	seen := map[string]int{}
	for _, one := range p.sink.Messages(mailtest.Filter{}, 10*n) {
		seen[one.To]++
	}
	if int64(len(seen)) != far.Sent+far.Unknown || p.sink.Total() != far.Sent+far.Unknown {
		t.Errorf("%d people got %d mails; %d are called sent and %d unknown", len(seen), p.sink.Total(), far.Sent, far.Unknown)
	}
}

func TestWhoStillWaitsWhenAMailingIsStoppedGetsNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{Batch: 10})
	m := mailing(t, p.DB, "m", 35)
	if _, err := p.runMailings(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := func(tx *gorm.DB) (bool, error) { return Stop(t.Context(), tx, m.ID) }
	for i, want := range []bool{true, false} {
		if changed, err := p.steer(t, stop); changed != want || err != nil {
			t.Errorf("stop %d = %v, %v, want %v", i+1, changed, err, want)
		}
	}
	if _, err := p.steer(t, func(tx *gorm.DB) (bool, error) { return Resume(t.Context(), tx, m.ID) }); !errors.Is(err, ErrMailingMoved) {
		t.Errorf("going on with what was stopped = %v, want %v", err, ErrMailingMoved)
	}
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: 10, Cancelled: 25})
}

func TestAMailThatAPersonSendsOnceMoreOpensItsMailing(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	p.sink.SetFault(func(mailtest.Message) mailtest.Fault { return mailtest.Fault{Code: 550, Recipient: true} })
	m := mailing(t, p.DB, "m", 1)
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Refused: 1})
	p.sink.SetFault(nil)
	if err := p.DB.Transaction(func(tx *gorm.DB) error { return Requeue(t.Context(), tx, p.one(t).ID) }); err != nil {
		t.Fatal(err)
	}
	p.stands(t, m.ID, MailingSending, Progress{Waiting: 1})
	p.mailings(t)
	p.stands(t, m.ID, MailingFinished, Progress{Sent: 1})
}

// BenchmarkMailing hands a mailing over to a mail server, from the outbox to its outcomes.
func BenchmarkMailing(b *testing.B) {
	for _, connections := range []int{4, 8} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			p := newPost(b, DrainOptions{Batch: 500, Connections: connections})
			mailing(b, p.DB, "m", b.N)
			b.ResetTimer()
			p.mailings(b)
			b.StopTimer()
			if n := p.sink.Total(); n != int64(b.N) {
				b.Fatalf("%d arrived, want %d", n, b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
