package claims

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments"
)

// RunChecks is what stands between a payout run and its release, and what the bank said about it.
type RunChecks struct {
	NamesNeeded bool                   // nothing goes before the bank has compared the names
	Names       []payments.StatusCount // payouts by what the bank says about the name; "" is nothing yet
	ToDecide    []payments.NameCheck
	Held        []payments.HeldPayee
	Reports     []payments.RunReport
	Rejected    []payments.ReturnedPayout
	Alarms      []payments.Alarm
	List        *payments.SanctionsList // the newest; nil while there is none
	ReplacedBy  int64                   // the run that was made of what was left; zero is none
}

// Compared is how many payees the bank has said something about.
func (r RunChecks) Compared() (n int64) {
	for _, c := range r.Names {
		if c.Status != "" {
			n += c.Count
		}
	}
	return n
}

// Checks reads what stands between a payout run and its release.
func (s *Service) Checks(ctx context.Context, run payments.Run) (r RunChecks, err error) {
	r.NamesNeeded = s.money.ChecksNames()
	read := func(do func() error) {
		if err == nil {
			err = do()
		}
	}
	read(func() (err error) { r.Names, err = payments.NameCounts(ctx, s.db, run.ID); return err })
	read(func() (err error) { r.ToDecide, err = s.money.NamesToDecide(ctx, run.ID); return err })
	read(func() (err error) { r.Held, err = payments.HeldInRun(ctx, s.db, run.ID); return err })
	read(func() (err error) { r.Reports, err = payments.Reports(ctx, s.db, run.ID); return err })
	read(func() (err error) { r.Rejected, err = payments.RejectedPayouts(ctx, s.db, run.ID); return err })
	read(func() (err error) { r.Alarms, err = payments.AlarmsOf(ctx, s.db, run.ID); return err })
	read(func() (err error) { r.List, err = payments.CurrentList(ctx, s.db); return err })
	read(func() error {
		return s.db.WithContext(ctx).Raw(`SELECT coalesce(max(id), 0) FROM payout_runs WHERE replaces = ?`, run.ID).Scan(&r.ReplacedBy).Error
	})
	return r, err
}

// AcceptName is a person saying that a name that is nearly the bank's is that of the payee.
func (s *Service) AcceptName(ctx context.Context, by audit.Actor, runID, checkID int64, reason string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error { return s.money.AcceptName(ctx, tx, by, runID, checkID, reason) })
}

// EndAlarm says what an alarm about a run turned out to be.
func (s *Service) EndAlarm(ctx context.Context, by audit.Actor, runID, alarmID int64, reason string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error { return payments.EndAlarm(ctx, tx, by, runID, alarmID, reason) })
}

// MoneyAlarms gives the alarms that nobody has looked into.
func (s *Service) MoneyAlarms(ctx context.Context) ([]payments.Alarm, error) {
	return payments.Alarms(ctx, s.db)
}

// CheckRunFiles counts the files and payouts of every run again, and raises an alarm for each that is not what was prepared.
func (s *Service) CheckRunFiles(ctx context.Context) error {
	found, err := s.money.TamperedRuns(ctx)
	for id, what := range found {
		err = errors.Join(err, s.money.Raise(ctx, audit.System("verify"), id, payments.AlarmNight, what))
	}
	return err
}

// Sanctions are the hits that wait for somebody, the last ones that do not, and the versions of the list.
func (s *Service) Sanctions(ctx context.Context) (hits []payments.Hit, lists []payments.SanctionsList, err error) {
	if hits, err = payments.Hits(ctx, s.db); err != nil {
		return nil, nil, err
	}
	lists, err = payments.SanctionsLists(ctx, s.db)
	return hits, lists, err
}

// ProposeHit is the first of two people saying who a hit on the sanctions list is about.
func (s *Service) ProposeHit(ctx context.Context, by audit.Actor, hitID int64, what, reason string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error { return payments.ProposeHit(ctx, tx, by, hitID, what, reason) })
}

// DecideHit is another person agreeing with what was proposed about a hit, or sending it back.
func (s *Service) DecideHit(ctx context.Context, by audit.Actor, hitID int64, agree bool) error {
	return s.transaction(ctx, func(tx *gorm.DB) error { return payments.DecideHit(ctx, tx, by, hitID, agree) })
}
