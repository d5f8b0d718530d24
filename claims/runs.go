package claims

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/sepa"
)

// RunPreview says who would be in a payout run now, and who would not, and why.
type RunPreview struct {
	Payable    int64
	TotalCents payments.Cents
	NotYet     []NotYet
}

// NotYet is a group of people who cannot be paid now.
type NotYet struct {
	Why   string // key of the words: no_account, waiting, in_run, estate, represented, held
	Count int64
}

// payableNow are the people whose money can go: entitled by an approved
// distribution, with an account that has waited long enough.
const payableNow = `FROM participations t
	JOIN awards a ON a.participation_id = t.id
	JOIN distributions d ON d.id = a.distribution_id AND d.status = 'approved'
	JOIN payee_accounts p ON p.participation_id = t.id AND p.superseded_at IS NULL
	WHERE t.claim_id = ? AND t.status = 'payable' AND p.usable_from <= ? AND NOT EXISTS ` + heldBack + ` AND NOT EXISTS ` + onHold

// heldBack are the people for whom nobody may receive money now: who came of age
// and has not confirmed, and whose representative may not, or may no longer.
const heldBack = `(SELECT FROM represented r WHERE r.participation_id = t.id AND r.ended_at IS NULL
	AND (r.of_age_at IS NOT NULL OR r.scope = 'no_money' OR r.until_on < CAST(? AS date)))`

// onHold are the people whose payouts were stopped.
const onHold = `(SELECT FROM payout_holds h WHERE h.participation_id = t.id AND h.lifted_at IS NULL)`

// RunPreview counts who would be in a payout run now.
func (s *Service) RunPreview(ctx context.Context, claimID int64) (RunPreview, error) {
	var p RunPreview
	db, now := s.db.WithContext(ctx), s.db.NowFunc()
	row := db.Raw(`SELECT count(*), coalesce(sum(a.payout_cents), 0) `+payableNow, claimID, now, now).Row()
	if err := row.Scan(&p.Payable, &p.TotalCents); err != nil {
		return p, err
	}
	err := db.Raw(`SELECT why, count(*) AS count FROM (
			SELECT CASE WHEN t.status = 'payee_pending' THEN 'no_account' WHEN t.status = 'in_run' THEN 'in_run'
				WHEN t.status = 'estate' THEN 'estate' WHEN t.status = 'payable' AND EXISTS `+heldBack+` THEN 'represented'
				WHEN t.status = 'payable' AND EXISTS `+onHold+` THEN 'held' ELSE 'waiting' END AS why
			FROM participations t LEFT JOIN payee_accounts p ON p.participation_id = t.id AND p.superseded_at IS NULL
			WHERE t.claim_id = ? AND (t.status IN ('payee_pending', 'in_run', 'estate') OR t.status = 'payable' AND (p.usable_from > ? OR EXISTS `+heldBack+` OR EXISTS `+onHold+`))
		) x GROUP BY why ORDER BY why`, now, claimID, now, now).Scan(&p.NotYet).Error
	return p, err
}

// PrepareRun puts everybody who can be paid now in a payout run, with the
// files for the bank. Nothing leaves before two others have looked at it.
func (s *Service) PrepareRun(ctx context.Context, by audit.Actor, claimID int64, execute time.Time) (payments.Run, error) {
	var run payments.Run
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if c.Status != Distributing {
			return ErrWrongState
		}
		if err := s.comeOfAge(ctx, tx, "t.claim_id = ?", c.ID); err != nil {
			return err
		}
		f, err := take(ctx, table.Of[Foundation](tx).Where("true"))
		if err != nil {
			return err
		}
		run, err = s.money.Prepare(ctx, tx, by, c.ID, debtor(f), execute, s.payees(ctx, tx, c.ID, ""))
		if err != nil {
			return err
		}
		return inRun(ctx, tx, run.ID, participants.Payable, participants.InRun)
	})
	return run, err
}

// debtor is the account that payouts are made from.
func debtor(f Foundation) payments.Debtor {
	return payments.Debtor{Name: f.LegalName, IBAN: f.IBAN, BIC: f.BIC}
}

// TakeOut cancels a run that was not released and prepares one with the rest: without those to whom no money
// may go by now, and without these, by number. Nobody else comes in, no account or amount changes, and it is
// approved anew by somebody else. If the day of payment has passed, it is the next one.
func (s *Service) TakeOut(ctx context.Context, by audit.Actor, runID int64, numbers []string) (payments.Run, error) {
	var run payments.Run
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		old, _, err := s.money.Cancel(ctx, tx, by, runID)
		if err != nil {
			return err
		}
		if err := inRun(ctx, tx, old.ID, participants.InRun, participants.Payable); err != nil {
			return err
		}
		f, err := take(ctx, table.Of[Foundation](tx).Where("true"))
		if err != nil {
			return err
		}
		left := s.payees(ctx, tx, old.ClaimID, ` AND EXISTS (SELECT FROM payouts o WHERE o.run_id = ? AND o.award_id = a.id AND o.payee_account_id = p.id) AND NOT t.number = ANY(string_to_array(?, ' '))`,
			old.ID, strings.Join(numbers, " "))
		day := old.ExecuteOn
		if today := locale.Today(tx.NowFunc()); day.Before(today) {
			day = sepa.NextTargetDay(today.AddDate(0, 0, 1))
		}
		run, err = s.money.Replace(ctx, tx, by, old, debtor(f), day, left)
		if err != nil {
			return err
		}
		return inRun(ctx, tx, run.ID, participants.Payable, participants.InRun)
	})
	return run, err
}

// payees reads whom to pay, in order of number, and opens their accounts one by one; a condition keeps some of them.
func (s *Service) payees(ctx context.Context, tx *gorm.DB, claimID int64, and string, args ...any) iter.Seq2[payments.Payee, error] {
	return func(yield func(payments.Payee, error) bool) {
		rows, err := tx.WithContext(ctx).Raw(`SELECT a.id, t.id, p.id, t.number, a.payout_cents, a.fee_cents, t.key_wrapped, p.iban, p.holder, p.usable_from,
			(SELECT concat_ws(' ', o.first_names, o.infix, o.last_name) FROM participants o WHERE o.id = t.participant_id) `+
			payableNow+and+` ORDER BY t.number FOR NO KEY UPDATE OF t, p`, append([]any{claimID, tx.NowFunc(), tx.NowFunc()}, args...)...).Rows()
		if err != nil {
			yield(payments.Payee{}, err)
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			payee, err := s.payee(rows)
			if !yield(payee, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(payments.Payee{}, err)
		}
	}
}

func (s *Service) payee(rows *sql.Rows) (payments.Payee, error) {
	var (
		p                 payments.Payee
		key, iban, holder []byte
		usable            time.Time
	)
	if err := rows.Scan(&p.AwardID, &p.ParticipationID, &p.AccountID, &p.Number, &p.AmountCents, &p.FeeCents, &key, &iban, &holder, &usable, &p.Participant); err != nil {
		return p, err
	}
	account, err := participants.OpenPayee(s.vault, key, p.AccountID, iban, holder, usable)
	p.IBAN, p.Name = string(account.IBAN), account.Holder
	return p, err
}

// inRun moves everybody in a run from one state to the next, or nobody.
func inRun(ctx context.Context, tx *gorm.DB, runID int64, from, to participants.Status) error {
	n, err := participants.MoveAll(ctx, tx, from, to, "id IN (SELECT participation_id FROM payouts WHERE run_id = ?)", runID)
	if err != nil {
		return err
	}
	var want int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM payouts WHERE run_id = ?`, runID).Scan(&want).Error; err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%w: %d of %d people in run %d", ErrStale, n, want, runID)
	}
	return nil
}

// ApproveRun is the second person saying that the run is right.
func (s *Service) ApproveRun(ctx context.Context, by audit.Actor, runID int64, typedTotal payments.Cents) error {
	return s.alarmed(ctx, by, runID, payments.AlarmApprove, s.transaction(ctx, func(tx *gorm.DB) error {
		_, err := s.money.Approve(ctx, tx, by, runID, typedTotal)
		return err
	}))
}

// ReleaseRun lets the files of an approved run go to the bank.
func (s *Service) ReleaseRun(ctx context.Context, by audit.Actor, runID int64, typedTotal payments.Cents) error {
	return s.alarmed(ctx, by, runID, payments.AlarmRelease, s.transaction(ctx, func(tx *gorm.DB) error {
		_, err := s.money.Release(ctx, tx, by, runID, typedTotal)
		return err
	}))
}

// alarmed raises an alarm when a run turned out not to be what was prepared.
func (s *Service) alarmed(ctx context.Context, by audit.Actor, runID int64, during string, err error) error {
	if errors.Is(err, payments.ErrTampered) {
		return errors.Join(err, s.money.Raise(ctx, by, runID, during, err))
	}
	return err
}

// CancelRun drops a run that has not been released; everybody in it can be paid in the next one.
func (s *Service) CancelRun(ctx context.Context, by audit.Actor, runID int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if _, _, err := s.money.Cancel(ctx, tx, by, runID); err != nil {
			return err
		}
		return inRun(ctx, tx, runID, participants.InRun, participants.Payable)
	})
}
