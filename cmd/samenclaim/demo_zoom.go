package main

import (
	"bytes"
	"fmt"
	"time"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
)

// How much of everything the open claim has.
const (
	zoomPeople   = 10_308
	zoomEvidence = 40
	zoomChanges  = 4
)

// zoom loads the claim that is open: people, evidence, prepayments and unfinished sign-ups.
func (s *seeder) zoom() error {
	from := s.today.AddDate(0, -5, 0)
	if first := time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC); from.Before(first) {
		from = first // its texts were not published before
	}
	c, err := s.at(from.Add(-2*time.Hour)).claims.ClaimBySlug(s.ctx, "zoom")
	if err != nil {
		return err
	}
	if err := s.move(&c, claims.Open, "Alle teksten staan klaar."); err != nil {
		return err
	}
	if err := s.opening(c); err != nil {
		return err
	}
	people := demo.Crowd{
		Seed: 1, Count: s.zoomCount, From: from, Until: s.today.Add(-10 * time.Minute),
		UsedFrom: time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC), UsedTo: time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC),
	}.People()
	people, cast := s.castZoom(people, from)
	arrivals, err := s.at(s.today).arrivals(c, 1, people)
	if err != nil {
		return err
	}
	cast.guard(arrivals, s.today)
	joined, err := s.joinAroundNews(c, people, arrivals)
	if err != nil {
		return err
	}
	if err := s.stories(c, cast, joined); err != nil {
		return err
	}
	if err := s.prepayments(c, people, joined, s.today.Add(-5*time.Minute)); err != nil {
		return err
	}
	if err := s.evidence(people, joined); err != nil {
		return err
	}
	if err := s.drafts(c); err != nil {
		return err
	}
	return s.at(s.today).change(c, people, arrivals, joined, zoomChanges)
}

// opening is the first news of a claim, before there was anybody to mail it to.
func (s *seeder) opening(c claims.Claim) error {
	return s.publish(c, claims.DraftNews{
		TitleNL: "De zaak is open", TitleEN: "The case is open",
		BodyNL: "Vanaf vandaag kunt u meedoen. Meedoen kan gratis tot wij de klachtbrief versturen.", BodyEN: "You can take part from today. Taking part is free until we send the claim letter.",
		RequestID: "demo-open-" + c.Slug,
	})
}

// evidence gives the latest of those who promised it something to look at.
func (s *seeder) evidence(people []demo.Person, joined []claims.Joined) error {
	left := zoomEvidence
	for i := len(people) - 1; i >= 0 && left > 0; i-- {
		if !people[i].HasEvidence {
			continue
		}
		left--
		s.at(people[i].SignedAt.Add(3 * time.Minute))
		by, owner := audit.Participant(joined[i].ParticipantID), claims.Owner{ParticipationID: joined[i].ParticipationID}
		var err error
		switch left % 3 {
		case 0:
			_, err = s.claims.AttachFile(s.ctx, by, owner, "schermafbeelding.png", bytes.NewReader(screenshot(left)))
		case 1:
			var pdf []byte
			if pdf, err = invoice(left); err == nil {
				_, err = s.claims.AttachFile(s.ctx, by, owner, "uitnodiging.pdf", bytes.NewReader(pdf))
			}
		default:
			_, err = s.claims.AttachStatement(s.ctx, by, owner, "Ik gebruikte de app elke week voor overleg met mijn collega's, vanaf mijn laptop thuis.")
		}
		if err != nil {
			return fmt.Errorf("evidence of %s: %w", joined[i].Number, err)
		}
	}
	return nil
}
