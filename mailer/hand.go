package mailer

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// hand lets several conversations share a batch. The channel gives one result
// per mail and then closes; a mail on which the program stumbled gives none and
// stays "sending", because nobody knows how far it got.
func (w *worker) hand(ctx context.Context, cancel context.CancelCauseFunc, rows []row) <-chan result {
	todo := make(chan row, len(rows))
	for _, r := range rows {
		todo <- r
	}
	close(todo)
	results := make(chan result, len(rows))
	next := pace(w.Pace)
	var all sync.WaitGroup
	for range min(w.Connections, len(rows)) {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					cancel(cut(fmt.Errorf("panic: %v\n%s", p, debug.Stack())))
				}
			}()
			w.converse(ctx, cancel, todo, results, next)
		})
	}
	go func() {
		all.Wait()
		for r := range todo { // all conversations ended early
			results <- result{r, untried, ""}
		}
		close(results)
	}()
	return results
}

// converse hands over mail after mail in one conversation, and begins a new one
// when it breaks. When none can be begun, the whole batch ends.
func (w *worker) converse(ctx context.Context, cancel context.CancelCauseFunc, todo <-chan row, results chan<- result, next func(context.Context)) {
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
				cancel(cut(err))
				results <- result{r, untried, ""}
				continue
			}
		}
		o, why, usable := c.hand(m)
		if !usable {
			c.abort()
			c = nil
		}
		results <- result{r, o, why}
	}
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
