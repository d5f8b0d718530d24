package mailer

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// DrainOptions are the settings of the sending; the zero value will do.
type DrainOptions struct {
	// Batch is how many mails are taken at a time; zero is 200.
	Batch int
	// Connections is how many conversations with the mail server go on at once; zero is 4.
	Connections int
	// Pace is how many mails go out per second at most, per process; zero is as many as the server takes.
	Pace int
	// Every is how often the outbox is looked at without being woken; zero is 15 seconds.
	Every time.Duration
	// Logger hears of mails that will not arrive, by their number in the outbox.
	Logger *slog.Logger
}

// worker sends what waits in the outbox.
type worker struct {
	db       *gorm.DB
	smtp     *SMTP
	renderer *Renderer
	DrainOptions
}

// hand lets several conversations share a batch. The channel gives one result
// per mail and then closes; a mail on which the program stumbled gives none and
// stays "sending", because nobody knows how far it got. Once the channel is
// closed, unreached tells why a conversation could not be begun.
func (w *worker) hand(ctx context.Context, cancel context.CancelCauseFunc, rows []row) (results <-chan result, unreached func() error) {
	todo := make(chan row, len(rows))
	for _, r := range rows {
		todo <- r
	}
	close(todo)
	out := make(chan result, len(rows))
	next := pace(w.Pace)
	var all sync.WaitGroup
	var failure atomic.Pointer[error]
	for range min(w.Connections, len(rows)) {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					cancel(fmt.Errorf("send mail: panic: %v\n%s", p, debug.Stack()))
				}
			}()
			if err := w.converse(ctx, todo, out, next); err != nil {
				failure.Store(&err)
			}
		})
	}
	go func() {
		all.Wait()
		for r := range todo { // all conversations ended early
			out <- result{r, untried, ""}
		}
		close(out)
	}()
	return out, func() error {
		if err := failure.Load(); err != nil {
			return *err
		}
		return nil
	}
}

// converse hands over mail after mail in one conversation, and begins a new one
// when it breaks. When none can be begun, it leaves the rest to others.
func (w *worker) converse(ctx context.Context, todo <-chan row, results chan<- result, next func(context.Context)) error {
	var c *connection
	defer func() { c.close() }()
	for r := range todo {
		next(ctx)
		if ctx.Err() != nil {
			results <- result{r, untried, ""}
			continue
		}
		m, err := w.renderer.compose(r, w.db.NowFunc())
		if err != nil {
			results <- result{r, refused, err.Error()}
			continue
		}
		if c == nil {
			if c, err = w.smtp.open(ctx); err != nil {
				results <- result{r, untried, ""}
				return err
			}
		}
		o, why, usable := c.hand(m)
		if !usable {
			c.abort()
			c = nil
		}
		results <- result{r, o, why}
	}
	return nil
}

// pace spreads mails evenly over the seconds.
func pace(perSecond int) func(context.Context) {
	if perSecond <= 0 {
		return func(context.Context) {}
	}
	gap := time.Second / time.Duration(perSecond)
	var mu sync.Mutex
	var at time.Time
	return func(ctx context.Context) {
		mu.Lock()
		if now := time.Now(); at.Before(now) {
			at = now
		}
		wait := time.Until(at)
		at = at.Add(gap)
		mu.Unlock()
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}
