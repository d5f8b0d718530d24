package main

import (
	"sync/atomic"
	"time"
)

// demoClock is the time of the demo's data while it is loaded: what happened in
// the past is written down as it was written then.
type demoClock struct{ at atomic.Int64 }

// set lets the clock stand still at a moment.
func (c *demoClock) set(t time.Time) { c.at.Store(t.UnixMicro()) }

func (c *demoClock) now() time.Time { return time.UnixMicro(c.at.Load()).UTC() }
