// Package ledger keeps books in double entry: it knows accounts and amounts,
// not what they are about. Debit is positive, credit negative.
package ledger

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrUnbalanced means the lines of a journal do not add up to zero.
	ErrUnbalanced = errors.New("this booking does not balance")
	// ErrNoTransaction means a journal was about to be posted apart from the fact it tells of.
	ErrNoTransaction = errors.New("a booking needs the transaction of its fact")
	// ErrIncomplete means a journal lacks a key, an event, a source, a text or a day.
	ErrIncomplete = errors.New("a booking needs a key, an event, a source, a text and a day")
	// ErrPosted means this fact was booked before.
	ErrPosted = errors.New("this was booked before")
	// ErrClosed means the day of a booking lies in a period that is closed.
	ErrClosed = errors.New("this day is in a period of the books that is closed")
)

// Line is one amount on one account.
type Line struct {
	Account         string
	AmountCents     int64
	ParticipationID int64 // zero when it is about nobody in particular
}

// Journal is one event in the books; its key is made from the fact, so that booking it twice is impossible.
type Journal struct {
	Key, Event, Source, Text string
	ClaimID                  int64 // zero when it belongs to no claim
	BookedOn                 time.Time
	Lines                    []Line
}

// check refuses a journal that does not say what it is about or does not balance.
func (j Journal) check() error {
	if j.Key == "" || j.Event == "" || j.Source == "" || j.Text == "" || j.BookedOn.IsZero() {
		return ErrIncomplete
	}
	var sum int64
	lines := 0
	for _, l := range j.Lines {
		sum += l.AmountCents
		if l.AmountCents != 0 {
			lines++
		}
	}
	if sum != 0 || lines < 2 {
		return fmt.Errorf("%w: %s", ErrUnbalanced, j.Key)
	}
	return nil
}
