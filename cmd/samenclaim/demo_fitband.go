package main

import (
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/staff"
)

const (
	fitbandPeople = 2000
	fitbandSilent = 12 // have not said where their money goes
)

// fitband loads the claim whose payouts are at the bank: the whole road up to the statement of yesterday.
func (s *seeder) fitband() error {
	c, err := s.claims.ClaimBySlug(s.ctx, "fitband")
	if err != nil {
		return err
	}
	signups := time.Date(2024, 6, 3, 8, 0, 0, 0, time.UTC)
	letter := time.Date(2024, 12, 2, 10, 0, 0, 0, time.UTC)
	if err := s.at(signups.Add(-time.Hour)).move(&c, claims.Open, "Alle teksten staan klaar."); err != nil {
		return err
	}
	if err := s.opening(c); err != nil {
		return err
	}
	people := demo.Crowd{
		Seed: 2, Count: s.fitbandCount, From: signups, Until: letter.AddDate(0, 0, -2),
		UsedFrom: time.Date(2021, 5, 1, 0, 0, 0, 0, time.UTC), UsedTo: time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC),
	}.People()
	joined, err := s.fitbandJoins(c, people, letter)
	if err != nil {
		return err
	}
	if err := s.fitbandRoad(&c, people, joined, letter); err != nil {
		return err
	}
	return s.payOut(c)
}

// fitbandRoad goes from the letter to the accounts of the participants.
func (s *seeder) fitbandRoad(c *claims.Claim, people []demo.Person, joined []claims.Joined, letter time.Time) error {
	for _, step := range []func() error{
		func() error { return s.fitbandLetter(c, letter) },
		func() error { return s.fitbandSettlement(c) },
		func() error { return s.fitbandDistribution(c) },
		func() error { return s.accounts(people, joined) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("fitband: %w", err)
		}
	}
	return nil
}

func (s *seeder) fitbandJoins(c claims.Claim, people []demo.Person, letter time.Time) ([]claims.Joined, error) {
	for i := range people { // nothing is open any more after so long
		if people[i].Prepayment == payments.PrepaymentOpen || people[i].Prepayment == payments.PrepaymentCreated {
			people[i].Prepayment = payments.PrepaymentExpired
		}
	}
	arrivals, err := s.at(letter.AddDate(0, 0, -1)).arrivals(c, 2, people)
	if err != nil {
		return nil, err
	}
	joined, err := s.claims.ImportSigned(s.ctx, byDemo, c, arrivals)
	if err != nil {
		return nil, err
	}
	return joined, s.prepayments(c, people, joined, letter.Add(-time.Hour))
}

func (s *seeder) fitbandLetter(c *claims.Claim, at time.Time) error {
	lawyer := s.by(staff.Lawyer, false)
	l, err := s.at(at).claims.DraftLetter(s.ctx, lawyer, c.ID, "nl")
	if err != nil {
		return err
	}
	if err := s.move(c, claims.LetterReady, "De brief is nagekeken."); err != nil {
		return err
	}
	if err := s.claims.ProposeLetter(s.ctx, lawyer, c.ID, l.Ordinal); err != nil {
		return err
	}
	if err := s.claims.ApproveLetter(s.ctx, s.by(staff.Board, true), c.ID, l.Ordinal); err != nil {
		return err
	}
	if err := s.at(at.Add(time.Hour)).claims.SendLetter(s.ctx, s.by(staff.Board, false), c.ID, l.Ordinal); err != nil {
		return err
	}
	proof, err := invoice(1)
	if err != nil {
		return err
	}
	err = s.at(at.AddDate(0, 0, 3)).claims.Deliver(s.ctx, s.by(staff.Register, false), c.ID, l.Ordinal, claims.Delivery{
		Channel: "registered_post", Tracking: "3SDEMO0000002016", DeliveredAt: at.AddDate(0, 0, 2), Proof: proof,
	})
	if err != nil {
		return err
	}
	*c, err = s.claims.Claim(s.ctx, c.ID)
	return err
}

func (s *seeder) fitbandSettlement(c *claims.Claim) error {
	if err := s.at(time.Date(2025, 1, 20, 9, 0, 0, 0, time.UTC)).move(c, claims.Negotiation, "Pulsara wil praten."); err != nil {
		return err
	}
	if err := s.at(s.days(95)).move(c, claims.SettlementProposed, "Er ligt een voorstel."); err != nil {
		return err
	}
	err := s.at(s.days(80)).claims.RecordSettlement(s.ctx, s.by(staff.Lawyer, false), c.ID, claims.Settlement{
		Kind: "settlement", Reference: fitbandTerms, PotCents: fitbandPot, AgreedOn: s.days(81), Note: "Vaststellingsovereenkomst, verzonnen voor de demo.",
	})
	if err != nil {
		return err
	}
	if err := s.move(c, claims.Settled, "De overeenkomst is getekend."); err != nil {
		return err
	}
	return s.at(s.days(60)).receive()
}

func (s *seeder) fitbandDistribution(c *claims.Claim) error {
	d, err := s.at(s.days(45)).claims.Calculate(s.ctx, s.by(staff.Accountant, false), c.ID)
	if err != nil {
		return err
	}
	if err := s.at(s.days(44)).claims.ApproveDistribution(s.ctx, s.by(staff.Board, false), d.ID); err != nil {
		return err
	}
	*c, err = s.claims.Claim(s.ctx, c.ID)
	return err
}

// accounts lets nearly everybody say where the money goes.
func (s *seeder) accounts(people []demo.Person, joined []claims.Joined) error {
	s.at(s.days(30))
	const hands = 4
	errs := make([]error, hands)
	var all sync.WaitGroup
	for hand := range hands {
		all.Go(func() {
			for i := hand; i < len(people)-fitbandSilent && errs[hand] == nil; i += hands {
				errs[hand] = s.account(people[i], joined[i])
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) account(p demo.Person, j claims.Joined) error {
	iban, err := participants.ParseIBAN(p.IBAN)
	if err != nil {
		return err
	}
	return s.claims.SetPayee(s.ctx, audit.Participant(j.ParticipantID), j.ParticipationID, iban, p.AccountName)
}

// fitbandPayout releases a run, and writes the statement on which the bank carried it out.
func (s *seeder) fitbandPayout(c claims.Claim) error {
	run, err := s.fitbandRun(c)
	if err != nil {
		return err
	}
	if err := s.at(s.days(9).Add(3*time.Hour)).claims.ReleaseRun(s.ctx, s.by(staff.Accountant, true), run.ID, run.TotalCents); err != nil {
		return err
	}
	return s.db.WithContext(s.ctx).Transaction(func(tx *gorm.DB) error { return s.writeStatement(tx, run) })
}

// fitbandRun prepares and approves a run.
func (s *seeder) fitbandRun(c claims.Claim) (payments.Run, error) {
	run, err := s.at(s.days(9)).claims.PrepareRun(s.ctx, s.by(staff.Accountant, false), c.ID, payday(s.days(9)))
	if err != nil {
		return run, err
	}
	return run, s.at(s.days(9).Add(2*time.Hour)).claims.ApproveRun(s.ctx, s.by(staff.Board, false), run.ID, run.TotalCents)
}
