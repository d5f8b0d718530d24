package jobs

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestWhoFindsTheGateBusyIsNotForgotten(t *testing.T) {
	t.Parallel()
	var g gate
	if !g.enter() {
		t.Fatal("an empty gate is shut")
	}
	if g.enter() {
		t.Error("two are in at once")
	}
	if g.done() {
		t.Error("the one inside left in spite of the note")
	}
	if !g.done() {
		t.Error("the one inside stays without a note")
	}
	if !g.enter() {
		t.Error("the gate stays shut")
	}
	g.enter()
	if !g.abandon() {
		t.Error("leaving in haste forgets the note")
	}
	if !g.enter() || g.abandon() {
		t.Error("an old note is still there")
	}
}

func TestEightAtTheGate(t *testing.T) {
	t.Parallel()
	var g gate
	var wished, seen, inside atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				wished.Add(1) // the row is committed, then the drain is woken
				if !g.enter() {
					continue
				}
				for {
					if inside.Add(1) != 1 {
						t.Error("two are in at once")
					}
					seen.Store(wished.Load())
					inside.Add(-1)
					if g.done() {
						break
					}
				}
			}
		})
	}
	all.Wait()
	if seen.Load() != wished.Load() {
		t.Errorf("%d of %d wishes were seen", seen.Load(), wished.Load())
	}
}
