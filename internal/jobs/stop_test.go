package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"samenclaim/migrations/pgtest"
)

func TestARunThatTakesTooLongIsEnded(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 10)
	start(t, pgtest.Pool(t), Drain{Name: "mail", Every: time.Hour, Timeout: time.Second, Run: func(ctx context.Context) (bool, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return false, ctx.Err()
	}})
	if err := wait(t, ended, "the end of the run"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended by %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestStopWaitsForWhatRuns(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	inside, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	r, err := Start(t.Context(), pool, []Drain{{Name: "mail", Every: time.Hour, Run: func(ctx context.Context) (bool, error) {
		close(inside)
		<-goOn
		if ctx.Err() != nil {
			t.Error("a polite stop broke off what runs")
		}
		close(done)
		return false, nil
	}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, inside, "the run")
	stopped := make(chan error, 1)
	go func() { stopped <- r.Stop(context.Background()) }()
	close(goOn)
	if err := wait(t, stopped, "the stop"); err != nil {
		t.Errorf("Stop = %v", err)
	}
	wait(t, done, "the end of the run")
}

func TestStopBreaksOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	inside, broken := make(chan struct{}), make(chan struct{})
	r, err := Start(t.Context(), pgtest.Pool(t), []Drain{{Name: "mail", Every: time.Hour, Run: func(ctx context.Context) (bool, error) {
		close(inside)
		<-ctx.Done()
		close(broken)
		return false, ctx.Err()
	}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, inside, "the run")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		t.Errorf("Stop = %v", err)
	}
	wait(t, broken, "the run's end")
}

func TestAKilledProcessDoesNotBlockTheNext(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	// What kill -9 leaves: jobs that are running for ever, in nearly every place.
	for _, place := range []string{"wake-1", "wake-2", "clock-1", "clock-2"} {
		w, err := NewWaker(d.Pool, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.insert.Insert(t.Context(), drainArgs{"mail", place}, &oneJob); err != nil {
			t.Fatal(err)
		}
		w.Stop()
	}
	if _, err := d.Pool.Exec(t.Context(), `UPDATE river.river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{gone}'`); err != nil {
		t.Fatal(err)
	}
	runs := make(chan struct{}, 100)
	r, _ := start(t, d.Pool, Drain{Name: "mail", Every: time.Hour, Run: func(context.Context) (bool, error) {
		runs <- struct{}{}
		return false, nil
	}})
	wait(t, runs, "the run at the start")
	r.Wake("mail")
	wait(t, runs, "a woken run")
}

func TestTwoReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	var left atomic.Int64
	left.Store(200)
	done := make(chan struct{}, 10)
	run := func(context.Context) (bool, error) {
		switch n := left.Add(-1); {
		case n > 0:
			return true, nil
		case n == 0:
			done <- struct{}{}
		}
		return false, nil
	}
	a, _ := start(t, pool, Drain{Name: "mail", Every: time.Second, Run: run})
	b, _ := start(t, pool, Drain{Name: "mail", Every: time.Second, Run: run})
	a.Wake("mail")
	b.Wake("mail")
	wait(t, done, "the end of the work")
}
