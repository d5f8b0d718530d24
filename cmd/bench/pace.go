package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// measurePace keeps a pace: so many people begin to sign up each second while
// others look at pages, whether or not the site keeps up. What had to wait
// for its turn counts from when that was.
func (s *site) measurePace(ctx context.Context, o options) error {
	if err := s.restart(ctx, nil); err != nil {
		return err
	}
	var requests, signing, whole, views gathered
	var wait sync.WaitGroup
	wait.Go(func() {
		paced(ctx, o.arrivals, o.duration, func(_ int, due time.Time) {
			p := s.signer(&requests, &signing)
			err := p.signUp(ctx)
			whole.add(due.Add(p.waited), err)
		})
	})
	paths := []string{s.path(""), "/nl", s.path("/meedoen"), s.path("/tekst/mandate")}
	wait.Go(func() {
		paced(ctx, o.views, o.duration, func(i int, due time.Time) {
			_, err := newBrowser(s.base).page(ctx, paths[i%len(paths)])
			views.add(due, err)
		})
	})
	wait.Wait()
	fmt.Printf("%.0f people a second sign up, and %.0f pages a second are looked at, for %s: ms p50 / p95 / p99\n", o.arrivals, o.views, o.duration)
	for _, line := range []struct {
		name string
		g    *gathered
	}{{"a page looked at", &views}, {"a request of a sign-up", &requests}, {"the signature", &signing}, {"a whole sign-up, without the wait for the mail", &whole}} {
		fmt.Printf("  %-48s %s   %6d of them, %.1f/s, %d failed\n", line.name, line.g.all, len(line.g.all), float64(len(line.g.all))/o.duration.Seconds(), len(line.g.errs))
	}
	fmt.Printf("  memory of serve at the end %.0f MiB\n", s.resident())
	return errors.Join(views.err(), whole.err())
}

// paced begins something at fixed moments, and waits for the last to end.
func paced(ctx context.Context, rate float64, duration time.Duration, do func(i int, due time.Time)) {
	var wait sync.WaitGroup
	defer wait.Wait()
	began := time.Now()
	for i := range int(rate * duration.Seconds()) {
		due := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(due)):
		}
		wait.Go(func() { do(i, due) })
	}
}
