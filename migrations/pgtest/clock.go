package pgtest

import (
	"sync"
	"time"
)

// Clock is the time at which every test starts.
var Clock = time.Date(2026, time.November, 2, 10, 0, 0, 0, time.UTC)

// Watch tells one test what time it is; it stands still until it is moved.
type Watch struct {
	mu  sync.Mutex
	now time.Time
}

// NewWatch returns a watch that stands at Clock.
func NewWatch() *Watch { return &Watch{now: Clock} }

// Now is the time on the watch.
func (w *Watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Advance moves the watch forward by d.
func (w *Watch) Advance(d time.Duration) { w.Set(w.Now().Add(d)) }

// Set puts the watch at a time.
func (w *Watch) Set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = at
}
