package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/payments/mollie/mollietest"
)

// newSeeder puts the domain on the clock of the demo.
func newSeeder(ctx context.Context, pool *pgxpool.Pool, t tools, folder demoFolder) (*seeder, error) {
	s := &seeder{ctx: ctx, clock: &demoClock{}, today: time.Now().UTC().Truncate(time.Minute), folder: folder, base: t.baseURL}
	s.zoomCount, s.fitbandCount, s.payOut = zoomPeople, fitbandPeople, s.fitbandPayout
	s.clock.set(s.today)
	t.now, t.wake = s.clock.now, nil
	var err error
	s.services, err = newServices(pool, t)
	return s, err
}

// load fills an empty database with everything the demo shows.
func (s *seeder) load(tell func(step string, took time.Duration)) (demoState, error) {
	all, err := readContent(demo.Files)
	if err != nil {
		return demoState{}, err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"staff", s.at(s.days(150)).team},
		{"foundation and claims", func() error {
			return importContent(s.ctx, s.at(time.Date(2024, 6, 1, 8, 0, 0, 0, time.UTC)).services, byDemo, all)
		}},
		{"claim fitband", s.fitband},
		{"claim zoom", s.zoom},
		{"mails nobody is sure of", s.unsure},
		{"mails of the past", s.mailed},
		{"what came of age today", s.comeOfAge},
		{"simulated Mollie", s.seedMollie},
	} {
		began := time.Now()
		if err := step.do(); err != nil {
			return demoState{}, fmt.Errorf("load the demo: %s: %w", step.name, err)
		}
		tell(step.name, time.Since(began))
	}
	people, err := s.claimants()
	return demoState{Base: s.base, Logins: s.logins, Claimants: people}, err
}

// seedMollie tells the simulated Mollie of the payments in the data.
func (s *seeder) seedMollie() error {
	sim, err := mollietest.New(mollietest.Options{BaseURL: s.base + mollieUnder, Store: mollietest.FileStore(s.folder.mollie())})
	if err != nil {
		return err
	}
	defer sim.Close()
	return sim.Seed(s.paid)
}

// claimants picks people whose case shows something.
func (s *seeder) claimants() ([]demoClaimant, error) {
	var found []demoClaimant
	for _, pick := range []struct{ what, slug, where string }{
		{"prepay", "zoom", `f.option = 'flat' AND NOT EXISTS (SELECT FROM prepayments y WHERE y.participation_id = t.id)`},
		{"prepaid", "zoom", `EXISTS (SELECT FROM prepayments y WHERE y.participation_id = t.id AND y.status = 'paid') AND f.option = 'flat'`},
		{"evidence", "zoom", `EXISTS (SELECT FROM evidence e WHERE e.participation_id = t.id)`},
		{"payout", "fitband", `t.status = 'in_run'`},
		{"account", "fitband", `t.status = 'payee_pending'`},
		{"message", "zoom", `EXISTS (SELECT FROM conversations v JOIN messages m ON m.conversation_id = v.id AND m.sender = 'staff' WHERE v.participation_id = t.id
			AND NOT EXISTS (SELECT FROM message_marks k WHERE k.conversation_id = v.id AND k.kind = 'read_by_participant'))`},
		{"guardian", "zoom", `EXISTS (SELECT FROM represented r WHERE r.participation_id = t.id AND r.of_age_at IS NULL)`},
		{"of_age", "zoom", `EXISTS (SELECT FROM represented r WHERE r.participation_id = t.id AND r.of_age_at IS NOT NULL)`},
	} {
		var one demoClaimant
		err := s.db.WithContext(s.ctx).Raw(`SELECT p.email, t.number, c.slug, ? AS what FROM participations t JOIN participants p ON p.id = t.participant_id
			JOIN claims c ON c.id = t.claim_id JOIN fee_options f ON f.participation_id = t.id AND f.superseded_at IS NULL
			WHERE c.slug = ? AND p.lang = 'nl' AND t.status NOT IN ('withdrawn', 'erased', 'estate') AND (`+pick.where+`) ORDER BY t.id LIMIT 1`, pick.what, pick.slug).Scan(&one).Error
		if err != nil {
			return nil, err
		}
		if one.Email == "" {
			return nil, errors.Join(claims.ErrNotFound, fmt.Errorf("nobody to show for %q", pick.what))
		}
		found = append(found, one)
	}
	return found, nil
}
