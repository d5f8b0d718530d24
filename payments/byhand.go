package payments

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Match says by hand what an open line is. The target is the number of the payout, of the run whose file has
// that total, or of the settlement; for mollie it is that of its settlement, or none; costs and unknown have none.
func (s *Service) Match(ctx context.Context, tx *gorm.DB, by audit.Actor, lineID int64, kind string, targetID int64) (Booked, error) {
	if err := oneAtATime(ctx, tx); err != nil {
		return Booked{}, err
	}
	line, err := table.Of[Line](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", lineID).Take(ctx)
	if err != nil {
		return Booked{}, wrap(err, "bank line")
	}
	if line.MatchedAt != nil {
		return Booked{}, ErrAlreadyBooked
	}
	if err := makeStage(ctx, tx); err != nil {
		return Booked{}, err
	}
	f := finding{kind: kind}
	if err := target(ctx, tx, line.AmountCents, &f, targetID); err != nil {
		return Booked{}, err
	}
	if err := stageOpen(ctx, tx, "id = ?", line.ID); err != nil {
		return Booked{}, err
	}
	err = tx.WithContext(ctx).Exec(`INSERT INTO findings SELECT n, ?, ?::bigint, ?::bigint, ?::int, ?::bigint, ?::bigint FROM stage`, f.kind, f.payoutID, f.runID, f.part, f.settlementID, f.mollieID).Error
	if err != nil {
		return Booked{}, fmt.Errorf("match line: %w", err)
	}
	b := booking{tx: tx, by: by, now: tx.NowFunc(), why: "'met de hand'"}
	out, err := b.run(ctx, openLines)
	if err != nil {
		return Booked{}, err
	}
	out.Lines = 1
	return out, audit.Record(ctx, tx, by, "line.matched", fmt.Sprintf("statement_line:%d", line.ID), map[string]any{"kind": kind, "target": targetID})
}

// stageOpen puts open lines of earlier statements on the stage.
func stageOpen(ctx context.Context, tx *gorm.DB, condition string, args ...any) error {
	err := tx.WithContext(ctx).Exec(`INSERT INTO stage SELECT id, id, 0, statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, reference, return_reason, is_return, 0, NULL, ''
		FROM statement_lines WHERE matched_at IS NULL AND `+condition, args...).Error
	if err != nil {
		return fmt.Errorf("stage lines: %w", err)
	}
	return nil
}

// finding is what somebody says that a line is.
type finding struct {
	kind                  string
	payoutID, runID, part *int64
	settlementID          *int64
	mollieID              *int64
}

// target reads what a line of this amount is said to be, and refuses what it cannot be.
func target(ctx context.Context, tx *gorm.DB, cents Cents, f *finding, id int64) error {
	switch f.kind {
	case matchPayout, matchReturn:
		return targetPayout(ctx, tx, cents, f, id)
	case matchPayoutFile:
		return targetFile(ctx, tx, cents, f, id)
	case matchSettlement:
		var known int64
		if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM settlements WHERE id = ?`, id).Scan(&known).Error; err != nil || known == 0 {
			return errors.Join(err, missing(known))
		}
		f.settlementID = &id
		return fits(cents > 0)
	case matchMollie:
		return targetMollie(ctx, tx, cents, f, id)
	case matchUnknown:
		return fits(cents != 0)
	case matchCosts:
		return fits(cents < 0)
	}
	return ErrNoMatch
}

// targetMollie takes the settlement that the line brings: it has the same amount, and came once.
func targetMollie(ctx context.Context, tx *gorm.DB, cents Cents, f *finding, id int64) error {
	if id == 0 {
		return fits(cents != 0)
	}
	var fitting []int64
	err := tx.WithContext(ctx).Raw(`SELECT id FROM mollie_settlements s WHERE id = ? AND amount_cents = ?
		AND NOT EXISTS (SELECT FROM line_matches m WHERE m.mollie_settlement_id = s.id)`, id, cents).Scan(&fitting).Error
	if err != nil {
		return fmt.Errorf("mollie settlement %d: %w", id, err)
	}
	if len(fitting) == 0 {
		return ErrNoMatch
	}
	f.mollieID = &fitting[0]
	return nil
}

func targetPayout(ctx context.Context, tx *gorm.DB, cents Cents, f *finding, id int64) error {
	p, err := table.Of[Payout](tx).Where("id = ?", id).Take(ctx)
	if err != nil {
		return wrap(err, "payout")
	}
	f.payoutID, f.runID = &p.ID, &p.RunID
	out := f.kind == matchPayout && p.Status == PayoutSent && cents == -p.AmountCents
	back := f.kind == matchReturn && p.Status == PayoutBooked && cents > 0 && cents <= p.AmountCents
	return fits(out || back)
}

// targetFile finds the first file of a run that has this total and is whole on its way.
func targetFile(ctx context.Context, tx *gorm.DB, cents Cents, f *finding, runID int64) error {
	var parts []int64
	err := tx.WithContext(ctx).Raw(`SELECT f.part FROM payout_files f, LATERAL (SELECT count(*), coalesce(sum(amount_cents), 0)::bigint AS cents FROM payouts p
			WHERE p.run_id = f.run_id AND p.part = f.part AND p.status = 'rejected') x
		WHERE f.run_id = ? AND f.total_cents - x.cents = ?
		AND f.count - x.count = (SELECT count(*) FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part AND p.status = 'sent')
		AND NOT EXISTS (SELECT FROM line_matches m WHERE m.kind = 'payout_file' AND m.run_id = f.run_id AND m.part = f.part) ORDER BY f.part LIMIT 1`, runID, -cents).Scan(&parts).Error
	if err != nil {
		return fmt.Errorf("files of run %d: %w", runID, err)
	}
	if len(parts) == 0 {
		return ErrNoMatch
	}
	f.runID, f.part = &runID, &parts[0]
	return nil
}

func missing(id int64) error {
	if id == 0 {
		return ErrNotFound
	}
	return nil
}

func fits(ok bool) error {
	if !ok {
		return ErrNoMatch
	}
	return nil
}

// MatchOpen looks again at the lines that are open and books those that fit by now, such as money that came
// in before its settlement was written down.
func (s *Service) MatchOpen(ctx context.Context, tx *gorm.DB, by audit.Actor) (Booked, error) {
	if err := oneAtATime(ctx, tx); err != nil {
		return Booked{}, err
	}
	if err := makeStage(ctx, tx); err != nil {
		return Booked{}, err
	}
	if err := stageOpen(ctx, tx, "true"); err != nil {
		return Booked{}, err
	}
	if err := s.nameOpen(ctx, tx); err != nil {
		return Booked{}, err
	}
	if err := match(ctx, tx); err != nil {
		return Booked{}, err
	}
	out, err := book(ctx, tx, by, openLines)
	if err != nil || out.Matched == 0 {
		return out, err
	}
	return out, audit.Record(ctx, tx, by, "lines.matched", "statement_lines", map[string]int{"matched": out.Matched})
}

// nameOpen reads which settlements the lines on the stage name, some lines at a time.
func (s *Service) nameOpen(ctx context.Context, tx *gorm.DB) error {
	references, err := expectedMoney(ctx, tx)
	if err != nil {
		return err
	}
	for last := int64(0); ; {
		some, err := s.readOpen(ctx, tx, last)
		if err != nil || len(some) == 0 {
			return err
		}
		var lines, named []int64
		var from []string
		for _, l := range some {
			if id, ref := settlementNamed(references, l), mollieReference(l); id != 0 || ref != "" {
				lines, named, from = append(lines, l.ID), append(named, id), append(from, ref)
			}
		}
		_, err = tx.Statement.ConnPool.ExecContext(ctx, `UPDATE stage s SET named = x.named, mollie_reference = x.ref FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS x (id, named, ref) WHERE s.line_id = x.id`, lines, named, from)
		if err != nil {
			return fmt.Errorf("name lines: %w", err)
		}
		last = some[len(some)-1].ID
	}
}
