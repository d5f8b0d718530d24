package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/migrations"
	"samenclaim/migrations/pgtest"
)

// limit is how long a test waits for what must happen.
const limit = 20 * time.Second

// logbook is a log that may be read while it is written.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t testing.TB, pool *pgxpool.Pool, drains ...Drain) (*Runner, *logbook) {
	t.Helper()
	log := &logbook{}
	r, err := Start(t.Context(), pool, drains, Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	return r, log
}

// wait fails the test when nothing comes.
func wait[T any](t testing.TB, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(limit):
		t.Fatalf("waited %s in vain for %s", limit, what)
	}
	return v
}

func TestADrainRunsAtStartAndWhenWoken(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	runs := make(chan struct{}, 100)
	r, _ := start(t, pool, Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		runs <- struct{}{}
		return false, nil
	}})
	wait(t, runs, "the run at the start")
	for range 3 {
		r.Wake("mail")
		wait(t, runs, "the run after a wake-up")
	}
	r.Wake("nobody-knows-this")
}

func TestADrainRunsByTheClock(t *testing.T) {
	t.Parallel()
	runs := make(chan struct{}, 100)
	start(t, pgtest.Pool(t), Drain{Name: "sweep", Every: 200 * time.Millisecond, Run: func(context.Context) (bool, error) {
		runs <- struct{}{}
		return false, nil
	}})
	for range 6 { // more often than there are places in the queue
		wait(t, runs, "a run by the clock")
	}
}

func TestADrainRunsUntilNothingIsWaiting(t *testing.T) {
	t.Parallel()
	var left atomic.Int64
	left.Store(50)
	empty := make(chan struct{}, 10)
	start(t, pgtest.Pool(t), Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		if left.Add(-1) > 0 {
			return true, nil
		}
		empty <- struct{}{}
		return false, nil
	}})
	wait(t, empty, "the end of the work")
}

func TestAWakeUpDuringARunIsNotLost(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	inside, goOn := make(chan struct{}, 10), make(chan struct{}, 10)
	var together, most atomic.Int64
	r, _ := start(t, pool, Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		if n := together.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer together.Add(-1)
		inside <- struct{}{}
		<-goOn
		return false, nil
	}})
	wait(t, inside, "the first run")
	// This run has looked for rows already; a row is committed and the drain woken.
	r.Wake("mail")
	goOn <- struct{}{}
	wait(t, inside, "one more run")
	close(goOn)
	if most.Load() != 1 {
		t.Errorf("%d runs at once in one process, want 1", most.Load())
	}
}

func TestWakeUpsFromAnotherReplicaArrive(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	runs := make(chan struct{}, 1000)
	start(t, d.Pool, Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		runs <- struct{}{}
		return false, nil
	}})
	wait(t, runs, "the run at the start")
	w, err := NewWaker(d.Pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				w.Wake("mail")
			}
		})
	}
	all.Wait()
	w.Stop()
	w.Stop() // twice does no harm
	wait(t, runs, "the run after the wake-ups")
	var jobs int
	if err := d.Pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job`).Scan(&jobs); err != nil || jobs > 300 {
		t.Errorf("%d jobs, %v, for 800 wake-ups: want far fewer", jobs, err)
	}
}

func TestAnErrorIsLoggedAndTheScheduleGoesOn(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	var n atomic.Int64
	good := make(chan struct{}, 100)
	_, log := start(t, pool, Drain{Name: "mail", Every: 100 * time.Millisecond, Run: func(context.Context) (bool, error) {
		switch n.Add(1) {
		case 1:
			return false, errors.New("the relay is down")
		case 2:
			panic("a bug")
		}
		good <- struct{}{}
		return false, nil
	}})
	wait(t, good, "a run after an error and a panic")
	for _, want := range []string{"a job failed", "the relay is down", "a job panicked", "a bug", "runner_test.go"} {
		if got := log.String(); !strings.Contains(got, want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
	if got := strings.Count(log.String(), "the relay is down"); got != 1 {
		t.Errorf("the error stands %d times in the log, want once:\n%s", got, log.String())
	}
}

func TestALongDrainLetsOthersIn(t *testing.T) {
	t.Parallel()
	other := make(chan struct{}, 10)
	var runs atomic.Int64
	pool := pgtest.Pool(t)
	r, err := Start(t.Context(), pool, []Drain{
		{Name: "endless", Every: time.Hour, Timeout: time.Second, Run: func(context.Context) (bool, error) {
			runs.Add(1)
			time.Sleep(time.Millisecond)
			return true, nil
		}},
		{Name: "other", Every: time.Hour, Run: func(context.Context) (bool, error) {
			other <- struct{}{}
			return false, nil
		}},
	}, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Stop(context.Background()) }()
	for range 3 {
		r.Wake("other")
		wait(t, other, "the other drain")
	}
	if runs.Load() == 0 {
		t.Error("the endless one never ran")
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	run := func(context.Context) (bool, error) { return false, nil }
	good := Drain{Name: "mail", Every: time.Second, Run: run}
	tests := []struct {
		name   string
		drains []Drain
	}{
		{"two of one name", []Drain{good, good}},
		{"no name", []Drain{{Every: time.Second, Run: run}}},
		{"a name with a space", []Drain{{Name: "a b", Every: time.Second, Run: run}}},
		{"no work", []Drain{{Name: "a", Every: time.Second}}},
		{"no schedule", []Drain{{Name: "a", Run: run}}},
		{"no time to work in", []Drain{{Name: "a", Every: time.Second, Timeout: time.Millisecond, Run: run}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r, err := Start(t.Context(), nil, tt.drains, Options{}); !errors.Is(err, ErrBadDrain) {
				t.Errorf("Start = %v, %v, want %v", r, err, ErrBadDrain)
			}
		})
	}
}

func TestTheSchemaIsTheMigrations(t *testing.T) {
	t.Parallel()
	if schema != migrations.JobSchema {
		t.Errorf("jobs look in schema %q, the migrations make %q", schema, migrations.JobSchema)
	}
}

func TestJobsCarryOnlyNames(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	runs := make(chan struct{}, 10)
	start(t, d.Pool, Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		runs <- struct{}{}
		return false, nil
	}})
	wait(t, runs, "a run")
	var bad int
	err := d.Pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE args - 'name' - 'place' <> '{}' OR args ->> 'name' <> 'mail'`).Scan(&bad)
	if err != nil || bad != 0 {
		t.Errorf("%d jobs carry more than the name of a drain, %v", bad, err)
	}
}
