package claims

import (
	"context"

	"samenclaim/participants"
	"samenclaim/payments"
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
	p, err := participants.Find(ctx, s.db, *su.ParticipationID)
	j := Joined{ParticipationID: p.ID, ParticipantID: p.ParticipantID, Number: p.Number, Ref: p.Ref, Late: claim.CutoffAt != nil && p.LetterID == nil}
	if p.LatePriceCents != nil {
		j.LatePrice = payments.Cents(*p.LatePriceCents)
	}
	return j, err
}
