package mailer

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

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
