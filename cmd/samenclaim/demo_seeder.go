package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/payments/mollie/mollietest"
	"samenclaim/web/staff"
)

// seeder loads the demo's data with the functions of the program, on a clock of its own.
type seeder struct {
	services
	ctx    context.Context //nolint:containedctx // it lives as long as one call
	clock  *demoClock
	today  time.Time // the moment at which the demo begins
	folder demoFolder
	base   string
	logins []demoLogin

	zoomCount, fitbandCount int                      // participations
	payOut                  func(claims.Claim) error // the end of the second claim's road so far
	paid                    []mollietest.SeedPayment // what the simulated Mollie has to know
}

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

// at lets everything that follows happen at a moment.
func (s *seeder) at(t time.Time) *seeder {
	s.clock.set(t)
	return s
}

// days is so many days ago, at ten in the morning or so.
func (s *seeder) days(ago int) time.Time {
	return s.today.AddDate(0, 0, -ago).Truncate(24 * time.Hour).Add(9 * time.Hour)
}

// move brings a claim to its next state, with as many people as that takes.
func (s *seeder) move(c *claims.Claim, to claims.Status, reason string) error {
	err := s.claims.ProposeMove(s.ctx, s.by(staff.Lawyer, false), []string{"lawyer"}, c.ID, to, reason)
	if err != nil {
		return fmt.Errorf("claim %s to %s: %w", c.Slug, to, err)
	}
	if *c, err = s.claims.Claim(s.ctx, c.ID); err != nil || c.Status == to {
		return err
	}
	if err := s.claims.ApproveMove(s.ctx, s.by(staff.Board, false), c.ID); err != nil {
		return fmt.Errorf("claim %s to %s: %w", c.Slug, to, err)
	}
	*c, err = s.claims.Claim(s.ctx, c.ID)
	return err
}

// byDemo is who acts when the demo is loaded.
var byDemo = audit.System("demo")

// mailed calls the mails of the past sent: nobody has to read thousands of old ones. Those of today go out.
func (s *seeder) mailed() error {
	return s.db.WithContext(s.ctx).Exec(`UPDATE outbox SET status = 'sent', sent_at = created_at, attempts = 1, data = '{}',
		message_id = 'demo-' || id || '@samenclaim.example' WHERE status = 'queued' AND created_at < ?`, s.today).Error
}
