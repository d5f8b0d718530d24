package payments

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
)

// Approve is the second person saying that the run is right; the total is typed to show that it was read.
func (s *Service) Approve(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents) (Run, error) {
	run, err := s.second(ctx, tx, by, runID, typedTotal, RunPrepared)
	if err != nil {
		return run, err
	}
	now := tx.NowFunc()
	if err := moveRun(ctx, tx, run, Run{Status: RunApproved, ApprovedBy: &by, ApprovedAt: &now}); err != nil {
		return run, err
	}
	run.Status, run.ApprovedBy, run.ApprovedAt = RunApproved, &by, &now
	if err := s.checkRun(ctx, tx, run); err != nil {
		return run, err
	}
	return run, audit.Record(ctx, tx, by, "run.approved", run.subject(), nil)
}

// second reads a run for somebody who must be another than the preparer and must know the total.
func (s *Service) second(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents, status string) (Run, error) {
	if !audit.InTransaction(tx) {
		return Run{}, audit.ErrNoTransaction
	}
	if err := patient(ctx, tx); err != nil {
		return Run{}, err
	}
	run, err := RunByID(ctx, tx, runID)
	switch {
	case err != nil:
		return run, err
	case run.PreparedBy == by:
		return run, ErrSamePerson
	case run.Status != status:
		return run, ErrWrongState
	case typedTotal != run.TotalCents:
		return run, ErrTotal
	}
	return run, nil
}

// moveRun writes the new state if the old one still stands and the person may.
func moveRun(ctx context.Context, tx *gorm.DB, run, next Run) error {
	if !can(runSteps, run.Status, next.Status) {
		return ErrWrongState
	}
	n, err := table.Of[Run](tx).Where("id = ? AND status = ?", run.ID, run.Status).Updates(ctx, next)
	if err != nil {
		return fmt.Errorf("run %d: %w", run.ID, err)
	}
	if n == 0 {
		return ErrWrongState
	}
	return nil
}

// Release lets the run go to the bank: from here on its files can be downloaded.
func (s *Service) Release(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents) (Run, error) {
	return s.release(ctx, tx, by, runID, typedTotal, takeRelease)
}

// release does it with the guard it is given. A test gives it one that reads,
// checks and then writes, and sees one run released many times.
func (s *Service) release(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents,
	take func(ctx context.Context, tx *gorm.DB, run, next Run) error,
) (Run, error) {
	run, err := s.second(ctx, tx, by, runID, typedTotal, RunApproved)
	if err != nil {
		return run, err
	}
	now := tx.NowFunc()
	if err := take(ctx, tx, run, Run{Status: RunReleased, ReleasedBy: &by, ReleasedAt: &now}); err != nil {
		return run, err
	}
	if err := s.checkRun(ctx, tx, run); err != nil { // first of all: what was changed is an alarm
		return run, err
	}
	if err := checkPayees(ctx, tx, run, "pa.superseded_at IS NULL AND pa.usable_from <= ?", now); err != nil {
		return run, fmt.Errorf("%w: %w", ErrAccountChanged, err)
	}
	if err := s.checkPeople(ctx, tx, run); err != nil {
		return run, err
	}
	run.Status, run.ReleasedBy, run.ReleasedAt = RunReleased, &by, &now
	payouts, err := sharesOfRun(ctx, tx, run.ID)
	if err != nil {
		return run, err
	}
	if _, err := ledger.Post(ctx, tx, runReleased(run, payouts, bookingDay(now))); err != nil {
		return run, err
	}
	return run, audit.Record(ctx, tx, by, "run.released", run.subject(), map[string]int64{"count": run.ItemCount, "total_cents": int64(run.TotalCents)})
}

// checkPeople refuses a run with somebody in it to whom no money may go, or with more than may go out on its day.
func (s *Service) checkPeople(ctx context.Context, tx *gorm.DB, run Run) error {
	if err := checkHolds(ctx, tx, run); err != nil {
		return err
	}
	if err := checkList(ctx, tx, run); err != nil {
		return err
	}
	if err := s.checkNames(ctx, tx, run); err != nil {
		return err
	}
	left, err := s.leftOfDay(ctx, tx, run.ExecuteOn, run.ID)
	if err == nil && run.TotalCents > left {
		return ErrDayLimit
	}
	return err
}

// takeRelease is the guard: of many who press the button, one finds the run approved.
func takeRelease(ctx context.Context, tx *gorm.DB, run, next Run) error {
	if err := moveRun(ctx, tx, run, next); err != nil {
		return err
	}
	sent := tx.WithContext(ctx).Exec(`UPDATE payouts SET status = 'sent' WHERE run_id = ? AND status = 'planned'`, run.ID)
	if sent.Error != nil {
		return fmt.Errorf("release run %d: %w", run.ID, sent.Error)
	}
	if sent.RowsAffected != run.ItemCount {
		return fmt.Errorf("%w: run %d has other payouts than it had", ErrTampered, run.ID)
	}
	return nil
}

// sharesOfRun reads what the payouts of a run book.
func sharesOfRun(ctx context.Context, tx *gorm.DB, runID int64) ([]share, error) {
	var all []share
	err := tx.WithContext(ctx).Raw(`SELECT p.id AS payout_id, p.participation_id, p.amount_cents, a.fee_cents, a.vat_cents, a.prepaid_cents
		FROM payouts p JOIN awards a ON a.id = p.award_id WHERE p.run_id = ? ORDER BY p.id`, runID).Scan(&all).Error
	return all, wrap(err, "payouts of a run")
}

// Cancel drops a run that has not been released, and tells who was in it.
func (s *Service) Cancel(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64) (Run, []int64, error) {
	if !audit.InTransaction(tx) {
		return Run{}, nil, audit.ErrNoTransaction
	}
	run, err := RunByID(ctx, tx, runID)
	if err != nil {
		return run, nil, err
	}
	if err := moveRun(ctx, tx, run, Run{Status: RunCancelled, CancelledBy: &by}); err != nil {
		return run, nil, err
	}
	run.Status, run.CancelledBy = RunCancelled, &by
	var people []int64
	err = tx.WithContext(ctx).Raw(`UPDATE payouts SET status = 'cancelled' WHERE run_id = ? AND status = 'planned' RETURNING participation_id`, run.ID).Scan(&people).Error
	if err != nil {
		return run, nil, fmt.Errorf("cancel run %d: %w", run.ID, err)
	}
	return run, people, audit.Record(ctx, tx, by, "run.cancelled", run.subject(), nil)
}

// Close ends a run that the bank has carried out.
func (s *Service) Close(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64) (Run, error) {
	if !audit.InTransaction(tx) {
		return Run{}, audit.ErrNoTransaction
	}
	run, err := RunByID(ctx, tx, runID)
	if err != nil {
		return run, err
	}
	now := tx.NowFunc()
	if err := moveRun(ctx, tx, run, Run{Status: RunClosed, ClosedAt: &now}); err != nil {
		return run, err
	}
	run.Status, run.ClosedAt = RunClosed, &now
	return run, audit.Record(ctx, tx, by, "run.closed", run.subject(), nil)
}
