package main

import (
	"time"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
)

// zoomDrafts is how many sign-ups are unfinished.
const zoomDrafts = 25

// drafts begins sign-ups that nobody finished, each at another page.
func (s *seeder) drafts(c claims.Claim) error {
	people := demo.Crowd{Seed: 3, Count: zoomDrafts, From: s.days(20), Until: s.today.Add(-time.Hour), UsedFrom: c.PeriodFrom, UsedTo: c.PeriodTo}.People()
	for i, p := range people {
		s.clock.set(p.SignedAt)
		token, _, err := s.people.StartSignup(s.ctx, c.ID, p.Lang)
		if err != nil {
			return err
		}
		if _, err := s.people.Answer(s.ctx, c.ID, token, func(a *participants.Answers) { answerSome(a, p, i%6) }); err != nil {
			return err
		}
	}
	return nil
}

// answerSome fills in the first pages of a sign-up.
func answerSome(a *participants.Answers, p demo.Person, pages int) {
	for page, fill := range []func(){
		func() { a.Used = "yes" },
		func() { a.Adult = "yes" },
		func() { a.Country = p.Country },
		func() { a.Email = p.Email },
		func() { a.FirstNames, a.Infix, a.LastName = p.FirstNames, p.Infix, p.LastName },
	} {
		if page < pages {
			fill()
		}
	}
}
