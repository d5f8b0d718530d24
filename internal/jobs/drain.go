// Package jobs runs the work in the background. A wish is a row in the
// transaction of its fact; a drain works such rows off. Drains run as unique
// River jobs, woken after a commit and again on a schedule, so a lost wake-up
// costs seconds and never data.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Drain is work over rows that wait in a table. It may run on several machines
// at once and be killed at any moment, so it takes its rows with FOR UPDATE SKIP LOCKED.
type Drain struct {
	// Name is what Wake calls it by; small letters, digits and dashes.
	Name string
	// Every is how often it runs without being woken, at least a tenth of a second.
	Every time.Duration
	// Timeout ends a run that takes too long; zero is 50 seconds.
	Timeout time.Duration
	// Run does one batch and tells whether more may be waiting. Its errors are
	// logged, so they hold no personal data.
	Run func(ctx context.Context) (more bool, err error)
}

// ErrBadDrain means that a drain cannot be run as it is described.
var ErrBadDrain = errors.New("bad drain")

const (
	// schema is where River keeps its tables.
	schema         = "river"
	defaultTimeout = 50 * time.Second
)

var drainName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,40}$`)

// byName checks the drains and fills in what they leave out.
func byName(drains []Drain) (map[string]Drain, error) {
	all := make(map[string]Drain, len(drains))
	for _, d := range drains {
		if d.Timeout == 0 {
			d.Timeout = defaultTimeout
		}
		switch _, twice := all[d.Name]; {
		case !drainName.MatchString(d.Name):
			return nil, fmt.Errorf("%w %q: the name needs small letters, digits and dashes", ErrBadDrain, d.Name)
		case twice:
			return nil, fmt.Errorf("%w %q: there are two", ErrBadDrain, d.Name)
		case d.Every < 100*time.Millisecond || d.Timeout < time.Second:
			return nil, fmt.Errorf("%w %q: it runs too often or is ended too soon", ErrBadDrain, d.Name)
		case d.Run == nil:
			return nil, fmt.Errorf("%w %q: it does nothing", ErrBadDrain, d.Name)
		}
		all[d.Name] = d
	}
	return all, nil
}
