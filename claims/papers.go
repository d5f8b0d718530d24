package claims

import (
	"context"

	"samenclaim/participants"
)

// Signatures lists what somebody signed for a participation, newest first.
func (s *Service) Signatures(ctx context.Context, p participants.Participation) ([]participants.Mandate, error) {
	return participants.Signatures(ctx, s.db, p.ID)
}

// LetterOf returns the letter whose annex holds a participation, or nil while there is none.
func (s *Service) LetterOf(ctx context.Context, p participants.Participation) (*Letter, error) {
	if p.LetterID == nil {
		return nil, nil
	}
	l, err := take(ctx, letters(s.db).Where("id = ? AND sent_at IS NOT NULL", *p.LetterID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &l, nil
}
