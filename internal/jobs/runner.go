package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Options are what a Runner may be told; the zero value will do.
type Options struct {
	// Logger gets what goes wrong, by the name of the drain.
	Logger *slog.Logger
	// Workers is how many drains run at once; zero is 8. Each may hold a
	// connection to the database, and the Runner itself holds two.
	Workers int
}

// Runner runs drains, and wakes them.
type Runner struct {
	*Waker
	client *river.Client[pgx.Tx]
}

// Start begins to run the drains, all of them at once first: the machine may have
// been down.
func Start(ctx context.Context, pool *pgxpool.Pool, drains []Drain, o Options) (*Runner, error) {
	all, err := byName(drains)
	if err != nil {
		return nil, err
	}
	if o.Workers == 0 {
		o.Workers = 8
	}
	w := newWorker(all)
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:                      schema,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Workers}},
		Workers:                     workers,
		PeriodicJobs:                schedule(all),
		Logger:                      quiet(o.Logger),
		ErrorHandler:                failures{o.Logger},
		FetchCooldown:               20 * time.Millisecond,
		JobTimeout:                  defaultTimeout,
		RescueStuckJobsAfter:        time.Minute,
		CompletedJobRetentionPeriod: 10 * time.Minute,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("make the job runner: %w", err)
	}
	w.waker = newWaker(c, o.Logger)
	// The end of ctx would break off what runs; Stop is the way to end.
	if err := c.Start(context.WithoutCancel(ctx)); err != nil {
		w.waker.Stop()
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	for name := range all {
		w.waker.Wake(name)
	}
	return &Runner{Waker: w.waker, client: c}, nil
}

// Stop lets what runs come to its end, until ctx ends; then it breaks it off.
func (r *Runner) Stop(ctx context.Context) error {
	r.Waker.Stop()
	err := r.client.Stop(ctx)
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return r.client.StopAndCancel(last)
}

// schedule runs each drain by the clock. Three places in turn: a killed process
// leaves its job running in one of them until it is rescued.
func schedule(drains map[string]Drain) []*river.PeriodicJob {
	var jobs []*river.PeriodicJob
	for _, d := range drains {
		turn := 0
		next := func() (river.JobArgs, *river.InsertOpts) {
			turn = (turn + 1) % 3
			return drainArgs{d.Name, "clock-" + strconv.Itoa(turn)}, &oneJob
		}
		jobs = append(jobs, river.NewPeriodicJob(river.PeriodicInterval(d.Every), next, &river.PeriodicJobOpts{ID: d.Name, RunOnStart: true}))
	}
	return jobs
}

// worker runs drains, one run of each at a time in this process.
type worker struct {
	river.WorkerDefaults[drainArgs]
	drains map[string]Drain
	gates  map[string]*gate
	waker  *Waker
}

func newWorker(drains map[string]Drain) *worker {
	w := &worker{drains: drains, gates: map[string]*gate{}}
	for name := range drains {
		w.gates[name] = &gate{}
	}
	return w
}

// Timeout is the drain's own.
func (w *worker) Timeout(job *river.Job[drainArgs]) time.Duration {
	return w.drains[job.Args.Name].Timeout
}

// Work runs a drain until nothing is waiting, or half its time is over: then it
// goes to the back of the queue, so that a long one does not keep others out.
func (w *worker) Work(ctx context.Context, job *river.Job[drainArgs]) error {
	d, ok := w.drains[job.Args.Name]
	if !ok {
		return river.JobCancel(fmt.Errorf("%w %q: this version does not know it", ErrBadDrain, job.Args.Name))
	}
	g := w.gates[d.Name]
	if !g.enter() {
		return nil
	}
	left := false
	defer func() {
		if !left && g.abandon() { // after an error, a panic, or half the time
			w.waker.Wake(d.Name)
		}
	}()
	for began := time.Now(); time.Since(began) < d.Timeout/2; {
		more, err := d.Run(ctx)
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return nil // the program stops; the next one goes on
		}
		if err != nil {
			return err
		}
		if !more && g.done() {
			left = true
			return nil
		}
	}
	w.waker.Wake(d.Name)
	return nil
}

// failures writes down what went wrong, once.
type failures struct{ log *slog.Logger }

// HandleError logs a drain's error.
func (f failures) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if f.log != nil {
		f.log.Error("a job failed", "job", string(job.EncodedArgs), "error", err)
	}
	return nil
}

// HandlePanic logs a drain's panic with its place in the code.
func (f failures) HandlePanic(_ context.Context, job *rivertype.JobRow, p any, trace string) *river.ErrorHandlerResult {
	if f.log != nil {
		f.log.Error("a job panicked", "job", string(job.EncodedArgs), "panic", p, "trace", trace)
	}
	return nil
}
