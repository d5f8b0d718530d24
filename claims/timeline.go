package claims

import (
	"context"
	"time"

	"samenclaim/participants"
)

// Event is one thing that happened in somebody's case.
type Event struct {
	At   time.Time
	Kind string // the key of its words
	Args map[string]string
}

// Timeline tells what happened in somebody's case, newest first.
func (s *Service) Timeline(ctx context.Context, p participants.Participation) ([]Event, error) {
	return nil, errTodo
}
