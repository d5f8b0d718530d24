package claims

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/mailer"
	"samenclaim/payments"
)

const (
	drainBatch = 50
	// sureAfter is how long the news of a payment may take before we ask ourselves.
	sureAfter = 10 * time.Minute
	// orphanAfter is how old a file without a row has to be: younger ones may be on their way to one.
	orphanAfter = 24 * time.Hour
	searchLife  = 24 * time.Hour
)

// Drains is the work in the background that the case needs.
func (s *Service) Drains() []jobs.Drain {
	return []jobs.Drain{
		{Name: "refunds", Every: time.Minute, Run: s.drainRefunds},
		{Name: "unsure-prepayments", Every: sureAfter, Run: s.drainUnsure},
		{Name: scanDrain, Every: time.Minute, Timeout: 10 * time.Minute, Run: s.drainScans},
		{Name: "twins", Every: time.Minute, Run: s.drainTwins},
		{Name: "closing", Every: time.Hour, Run: s.drainClosing},
		{Name: "consultations", Every: time.Minute, Timeout: 10 * time.Minute, Run: s.drainConsultations},
		{Name: "old-signups", Every: time.Hour, Run: s.drainSignups},
		{Name: exportDrain, Every: time.Minute, Timeout: 10 * time.Minute, Run: s.drainExports},
		{Name: "old-searches", Every: time.Hour, Run: s.drainSearches},
		{Name: "erased-mails", Every: time.Hour, Run: func(ctx context.Context) (bool, error) { return false, mailer.ForgetErased(ctx, s.db) }},
		{Name: "new-addresses", Every: time.Hour, Run: s.drainEmails},
		{Name: "of-age", Every: time.Hour, Run: s.drainOfAge},
		{Name: limitationDrain, Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainLimitation},
		{Name: "heartbeat", Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainHeartbeat},
		{Name: "public-accounts", Every: accountKept, Timeout: 10 * time.Minute, Run: s.drainPublicAccounts},
		{Name: "old-mistakes", Every: 24 * time.Hour, Run: s.drainMistakes},
		{Name: "orphan-files", Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainOrphans},
		{Name: "stamps", Every: 10 * time.Minute, Timeout: 10 * time.Minute, Run: s.drainStamps},
		{Name: "invariants", Every: 24 * time.Hour, Timeout: 30 * time.Minute, Run: s.checkInvariants},
	}
}

// drainRefunds sends what has to go back to Mollie, asks about what is under
// way, and tells the person in the transaction that books it.
func (s *Service) drainRefunds(ctx context.Context) (more bool, err error) {
	due, err := s.money.DueRefunds(ctx, drainBatch)
	if err != nil {
		return false, err
	}
	for _, r := range due {
		if e := s.refund(ctx, r); e != nil { // the others must not wait for it
			err = errors.Join(err, fmt.Errorf("refund %d: %w", r.ID, e))
		}
	}
	return err == nil && len(due) == drainBatch, err
}

// refund asks first, outside any transaction, and books then.
func (s *Service) refund(ctx context.Context, r payments.Refund) error {
	answer, ok, err := s.money.AskRefund(ctx, r)
	if err != nil || !ok {
		return err
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		now, changed, err := payments.ApplyRefund(ctx, tx, r.ID, answer)
		if err != nil || !changed {
			return err
		}
		return tellRefund(ctx, tx, now)
	})
}

// tellRefund tells the person that money is on its way back, and that it is there: one mail each.
func tellRefund(ctx context.Context, tx *gorm.DB, r payments.Refund) error {
	var template string
	switch r.Status {
	case payments.RefundQueued, payments.RefundPending, payments.RefundProcessing:
		template = "refund_started"
	case payments.RefundRefunded:
		template = "refund_done"
	default:
		return nil // what failed is looked at by staff, who then know what to say
	}
	var to Addressee
	err := tx.WithContext(ctx).Raw(`SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ? AND p.erased_at IS NULL`, r.ParticipationID).Scan(&to).Error
	if err != nil || to.ParticipantID == 0 {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("%s:%d", template, r.ID), To: to.Email, Lang: to.Lang, Template: template, ParticipantID: to.ParticipantID,
		Data: map[string]string{"Number": to.Number},
	})
}

// drainUnsure asks Mollie about payments of which nothing was heard: a webhook can get lost.
func (s *Service) drainUnsure(ctx context.Context) (more bool, err error) {
	unsure, err := s.money.UnsurePrepayments(ctx, s.db.NowFunc().Add(-sureAfter), drainBatch)
	for _, p := range unsure {
		if e := s.PrepaymentChanged(ctx, *p.ProviderID); e != nil {
			err = errors.Join(err, fmt.Errorf("prepayment %d: %w", p.ID, e))
		}
		if errors.Is(err, payments.ErrProviderDown) {
			break // no use asking on
		}
	}
	return err == nil && len(unsure) == drainBatch, err
}

// drainEmails gives those their new address who lost the old one and waited a week.
func (s *Service) drainEmails(ctx context.Context) (more bool, err error) {
	more, err = s.people.ApplyEmails(ctx, drainBatch)
	s.wake("mail")
	return more, err
}

// drainSignups wipes drafts that nobody came back to, with the files sent with them, and reports that are over.
func (s *Service) drainSignups(ctx context.Context) (more bool, err error) {
	stored, n, err := s.people.WipeSignups(ctx, s.db.NowFunc())
	for _, name := range stored {
		if name != "" {
			err = errors.Join(err, s.files.Remove(name))
		}
	}
	err = errors.Join(err, s.people.WipeReports(ctx, s.db.NowFunc()))
	return err == nil && n > 0, err
}

// drainSearches forgets what the register was asked: it names people.
func (s *Service) drainSearches(ctx context.Context) (more bool, err error) {
	return false, s.db.WithContext(ctx).Exec(`DELETE FROM register_searches WHERE created_at < ?`, s.db.NowFunc().Add(-searchLife)).Error
}

// drainOrphans removes the files that no row knows: those of uploads that broke
// off between file and row, and of evidence whose row is gone.
func (s *Service) drainOrphans(ctx context.Context) (more bool, err error) {
	old := s.db.NowFunc().Add(-orphanAfter)
	if _, err := s.files.Sweep(old); err != nil {
		return false, err
	}
	var batch []string
	sweep := func() error {
		defer func() { batch = batch[:0] }()
		return s.removeOrphans(ctx, batch)
	}
	err = s.files.List(func(f files.File) error {
		if f.StoredAt.After(old) {
			return nil
		}
		if batch = append(batch, f.Name); len(batch) < 1000 {
			return nil
		}
		return sweep()
	})
	return false, errors.Join(err, sweep())
}

func (s *Service) removeOrphans(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var known []string
	if err := s.db.WithContext(ctx).Raw(`SELECT storage_name FROM evidence WHERE storage_name IN ? UNION ALL SELECT storage_name FROM papers WHERE storage_name IN ?
		UNION ALL SELECT storage_name FROM data_exports WHERE storage_name IN ?`, names, names, names).Scan(&known).Error; err != nil {
		return err
	}
	needed := make(map[string]bool, len(known))
	for _, name := range known {
		needed[name] = true
	}
	for _, name := range names {
		if !needed[name] {
			if err := s.files.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// ErrBroken means that rows break rules of the database; which rows, `samenclaim verify` tells.
var ErrBroken = errors.New("rules of the database are broken")

// checkInvariants asks every rule every night. The log gets counts only: rows may name people.
func (s *Service) checkInvariants(ctx context.Context) (more bool, err error) {
	broken, err := payments.Invariants(ctx, s.db)
	if err != nil || len(broken) == 0 {
		return false, err
	}
	rules := make([]string, len(broken))
	for i, b := range broken {
		rules[i] = fmt.Sprintf("%s: %d", b.Rule, b.Count)
	}
	return false, fmt.Errorf("%w: %s", ErrBroken, strings.Join(rules, ", "))
}
