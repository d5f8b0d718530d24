package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// drainArgs is all that a job carries: which drain, and which of its places in
// the queue. Each place holds one job at a time.
type drainArgs struct {
	Name  string `json:"name"  river:"unique"`
	Place string `json:"place" river:"unique"`
}

// Kind is the name of these jobs in River.
func (drainArgs) Kind() string { return "drain" }

// breath is how long a Waker rests between two wake-ups.
const breath = 50 * time.Millisecond

// oneJob keeps a place to one waiting or running job. A run that fails is not
// repeated: the schedule runs it again.
var oneJob = river.InsertOpts{
	MaxAttempts: 1,
	UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}},
}

// Waker asks for drains to be run soon. It is all that a replica without workers needs.
type Waker struct {
	insert  *river.Client[pgx.Tx]
	log     *slog.Logger
	mu      sync.Mutex
	waiting map[string]bool
	ring    chan struct{}
	stop    chan struct{}
	done    chan struct{}
}

// NewWaker makes a Waker for a replica that only serves pages.
func NewWaker(pool *pgxpool.Pool, log *slog.Logger) (*Waker, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: schema, Logger: quiet(log)})
	if err != nil {
		return nil, fmt.Errorf("make a waker: %w", err)
	}
	return newWaker(c, log), nil
}

func newWaker(c *river.Client[pgx.Tx], log *slog.Logger) *Waker {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	w := &Waker{insert: c, log: log, waiting: map[string]bool{},
		ring: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go w.work()
	return w
}

// Wake asks for a drain to be run soon. It returns at once and never fails:
// a wake-up that gets lost is made good by the schedule. Call it after the commit.
func (w *Waker) Wake(name string) {
	w.mu.Lock()
	w.waiting[name] = true
	w.mu.Unlock()
	select {
	case w.ring <- struct{}{}:
	default: // somebody rang already
	}
}

// Stop passes on the last wake-ups and ends.
func (w *Waker) Stop() {
	w.mu.Lock()
	select {
	case <-w.stop:
	default:
		close(w.stop)
	}
	w.mu.Unlock()
	<-w.done
}

func (w *Waker) work() {
	defer close(w.done)
	for {
		select {
		case <-w.ring:
			w.pass()
			select { // in a busy hour a wake-up is for all that was committed meanwhile
			case <-time.After(breath):
			case <-w.stop:
			}
		case <-w.stop:
			w.pass()
			return
		}
	}
}

// pass inserts one job per drain asked for, however often it was asked.
func (w *Waker) pass() {
	w.mu.Lock()
	names := slices.Sorted(maps.Keys(w.waiting))
	clear(w.waiting)
	w.mu.Unlock()
	for _, name := range names {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		if err := w.queue(ctx, name); err != nil {
			w.log.Warn("a wake-up was lost, the schedule makes it good", "drain", name, "error", err)
		}
		cancel()
	}
}

// queue takes the next place when the job in one is running: that run may
// already have looked for rows, or its process may have been killed. If all are
// running, it asks again in a moment.
func (w *Waker) queue(ctx context.Context, name string) error {
	for _, place := range []string{"wake-1", "wake-2", "wake-3"} {
		r, err := w.insert.Insert(ctx, drainArgs{name, place}, &oneJob)
		if err != nil {
			return err
		}
		if !r.UniqueSkippedAsDuplicate || r.Job.State != rivertype.JobStateRunning {
			return nil
		}
	}
	time.AfterFunc(time.Second, func() { w.Wake(name) })
	return nil
}

// quiet passes on warnings and errors only.
func quiet(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(atLeastWarn{log.Handler()})
}

type atLeastWarn struct{ slog.Handler }

func (h atLeastWarn) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}
func (h atLeastWarn) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeastWarn{h.Handler.WithAttrs(a)}
}
func (h atLeastWarn) WithGroup(n string) slog.Handler { return atLeastWarn{h.Handler.WithGroup(n)} }
