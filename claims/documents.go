package claims

import (
	"context"

	"samenclaim/participants"
)

// SignedDocument is the newest signature of a participation on paper, made of its sealed record: the same bytes each time.
func (s *Service) SignedDocument(ctx context.Context, p participants.Participation) ([]byte, error) {
	return nil, errTodo
}

// Statement is the account of a payout to one person, on paper.
func (s *Service) Statement(ctx context.Context, p participants.Participation) ([]byte, error) {
	return nil, errTodo
}
