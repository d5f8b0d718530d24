package claims

import (
	"context"

	"samenclaim/participants"
)

// Joined tells which participation a finished sign-up became, to the browser
// that signed; ErrNotComplete while it is not finished.
func (s *Service) Joined(ctx context.Context, claim Claim, token string) (Joined, error) {
	su, err := s.people.Signup(ctx, claim.ID, token)
	if err != nil {
		return Joined{}, err
	}
	if su.Status != participants.SignupSigned || su.ParticipationID == nil {
		return Joined{}, ErrNotComplete
	}
	return joinedBefore(ctx, s.db, *su.ParticipationID)
}
