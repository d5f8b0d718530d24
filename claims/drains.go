package claims

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/mailer"
	"samenclaim/payments"
)

const (
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
		{Name: "chargebacks", Every: time.Hour, Run: s.drainChargebacks},
		{Name: "mollie-settlements", Every: time.Hour, Timeout: 10 * time.Minute, Run: s.drainSettlements},
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
		{Name: docketDrain, Every: 24 * time.Hour, Run: s.drainDocket},
		{Name: limitationDrain, Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainLimitation},
		{Name: "heartbeat", Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainHeartbeat},
		{Name: "public-accounts", Every: accountKept, Timeout: 10 * time.Minute, Run: s.drainPublicAccounts},
		{Name: "old-mistakes", Every: 24 * time.Hour, Run: s.drainMistakes},
		{Name: "orphan-files", Every: 24 * time.Hour, Timeout: 10 * time.Minute, Run: s.drainOrphans},
		{Name: "stamps", Every: 10 * time.Minute, Timeout: 10 * time.Minute, Run: s.drainStamps},
		{Name: "invariants", Every: 24 * time.Hour, Timeout: 30 * time.Minute, Run: s.checkInvariants},
	}
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

// drainChargebacks asks about payments that were charged back, or given back again, without a word to us.
func (s *Service) drainChargebacks(ctx context.Context) (more bool, err error) {
	unheard, err := s.money.UnheardChargebacks(ctx)
	if err != nil {
		return false, err
	}
	return false, s.askAbout(ctx, unheard)
}

// drainSettlements reads what Mollie paid out; without an access token there is nothing to read.
func (s *Service) drainSettlements(ctx context.Context) (more bool, err error) {
	if !s.money.ReadsSettlements() {
		return false, nil
	}
	_, err = s.FetchSettlements(ctx)
	return false, err
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
