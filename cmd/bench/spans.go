package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// spans are how long something took, each time it was done.
type spans []time.Duration

// at is the time within which a part of all of them were done, in milliseconds.
func (t spans) at(part float64) float64 {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return float64(sorted[min(int(part*float64(len(sorted))), len(sorted)-1)].Microseconds()) / 1000
}

// String is p50 / p95 / p99 in milliseconds.
func (t spans) String() string {
	return fmt.Sprintf("%7.2f /%7.2f /%7.2f", t.at(0.50), t.at(0.95), t.at(0.99))
}

// gathered are times that several add to at once.
type gathered struct {
	mu   sync.Mutex
	all  spans
	errs []error
}

// add notes how long something took since a moment, or why it failed.
func (g *gathered) add(since time.Time, err error) {
	took := time.Since(since)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.errs = append(g.errs, err)
		return
	}
	g.all = append(g.all, took)
}

// err says how much failed, and what the first was.
func (g *gathered) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.errs) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d failed, the first: %w", len(g.errs), len(g.errs)+len(g.all), g.errs[0])
}

// together does work for every item, a few at a time, and says how long all of it took.
func together[T any](items []T, clients int, work func(T) error) (time.Duration, error) {
	queue, ends := make(chan T), make(chan error, clients)
	begin := time.Now()
	for range clients {
		go func() {
			var failed error
			for item := range queue {
				if failed == nil {
					failed = work(item)
				}
			}
			ends <- failed
		}()
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	var err error
	for range clients {
		err = errors.Join(err, <-ends)
	}
	return time.Since(begin), err
}

// middle is the median.
func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
