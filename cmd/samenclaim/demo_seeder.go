package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pquerna/otp/totp"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/payments/mollie/mollietest"
	"samenclaim/web/staff"
)

// demoLogin is how to get into the demo's back office. A real foundation's
// passwords and second steps are known to nobody but their owners.
type demoLogin struct {
	ID       int64
	Role     staff.Role
	Name     string
	Email    string
	Password string
	Secret   string
}

// code is what the authenticator app would show.
func (l demoLogin) code(now time.Time) string {
	code, err := totp.GenerateCode(l.Secret, now)
	if err != nil {
		return "------"
	}
	return code
}

// mollieUnder is where the simulated Mollie is mounted.
const mollieUnder = "/demo/mollie/"

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

// at lets everything that follows happen at a moment.
func (s *seeder) at(t time.Time) *seeder {
	s.clock.set(t)
	return s
}

// days is so many days ago, at ten in the morning or so.
func (s *seeder) days(ago int) time.Time {
	return s.today.AddDate(0, 0, -ago).Truncate(24 * time.Hour).Add(9 * time.Hour)
}

// by is who acts in a role; second is the other one of the roles that are there twice.
func (s *seeder) by(role staff.Role, second bool) audit.Actor {
	var found audit.Actor
	for _, l := range s.logins {
		if l.Role != role {
			continue
		}
		if found = audit.Staff(l.ID); !second {
			break
		}
	}
	return found
}

// move brings a claim to its next state, with as many people as that takes.
func (s *seeder) move(c *claims.Claim, to claims.Status, reason string) error {
	p := claims.Proposal{To: to, Reason: reason}
	var err error
	if to == claims.Settled {
		if p.Document, err = invoice(3); err != nil {
			return err
		}
	}
	err = s.claims.ProposeMove(s.ctx, s.by(staff.Lawyer, false), []string{"lawyer"}, c.ID, p)
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

// unsure leaves three mails of which nobody knows whether they arrived, as after a power cut: staff decide about them.
func (s *seeder) unsure() error {
	return s.db.WithContext(s.ctx).Exec(`UPDATE outbox SET status = 'unknown', attempts = 1, last_error = 'interrupted while sending'
		WHERE id IN (SELECT id FROM outbox WHERE status = 'queued' AND template = 'letter_sent' AND created_at < ? ORDER BY id DESC LIMIT 3)`, s.today).Error
}

// publish has the lawyer write news and a colleague approve it.
func (s *seeder) publish(c claims.Claim, d claims.DraftNews) error {
	by := s.by(staff.Lawyer, false)
	d.Groups = claims.Groups
	ref, err := s.claims.WriteNews(s.ctx, by, c.ID, d)
	if err != nil {
		return err
	}
	if err := s.claims.ProposeNews(s.ctx, by, c.ID, ref, 1); err != nil {
		return err
	}
	return s.claims.ApproveNews(s.ctx, s.by(staff.Register, false), c.ID, ref, 1)
}
