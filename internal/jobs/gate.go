package jobs

import "sync"

// gate lets one run of a drain in at a time in this process. Who finds it busy
// leaves a note, and the run inside looks once more before it goes.
type gate struct {
	mu    sync.Mutex
	busy  bool
	again bool
}

// enter tells whether the caller may run.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy {
		g.again = true
		return false
	}
	g.busy, g.again = true, false
	return true
}

// done leaves, unless somebody left a note: then the caller runs once more.
func (g *gate) done() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.again {
		g.again = false
		return false
	}
	g.busy = false
	return true
}

// abandon leaves whatever the notes say, and tells whether there was one.
func (g *gate) abandon() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	noted := g.again
	g.busy, g.again = false, false
	return noted
}
