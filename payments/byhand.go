package payments

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
)

// Match says by hand what an open line is. The target is the number of the payout, of the run whose file has
// that total, or of the settlement; mollie, costs and unknown have none.
func (s *Service) Match(ctx context.Context, tx *gorm.DB, by audit.Actor, lineID int64, kind string, targetID int64) (Booked, error) {
	if err := oneAtATime(ctx, tx); err != nil {
		return Booked{}, err
	}
	line, err := gorm.G[Line](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", lineID).Take(ctx)
	if err != nil {
		return Booked{}, wrap(err, "bank line")
	}
	if line.MatchedAt != nil {
		return Booked{}, ErrAlreadyBooked
	}
	f := finding{line: &line, kind: kind, reason: "met de hand"}
	if err := target(ctx, tx, &f, targetID); err != nil {
		return Booked{}, err
	}
	out, err := book(ctx, tx, by, []finding{f})
	if err != nil {
		return Booked{}, err
	}
	out.Lines = 1
	return out, audit.Record(ctx, tx, by, "line.matched", fmt.Sprintf("statement_line:%d", line.ID), map[string]any{"kind": kind, "target": targetID})
}

// target reads what the line is said to be, and refuses what it cannot be.
func target(ctx context.Context, tx *gorm.DB, f *finding, id int64) error {
	cents := f.line.AmountCents
	switch f.kind {
	case matchPayout, matchReturn:
		var p candidate
		if err := tx.WithContext(ctx).Raw(`SELECT `+payoutColumns+` WHERE p.id = ?`, id).Scan(&p).Error; err != nil || p.PayoutID == 0 {
			return errors.Join(err, missing(p.PayoutID))
		}
		f.payout = &p
		out := f.kind == matchPayout && p.Status == PayoutSent && cents == -p.AmountCents
		back := f.kind == matchReturn && p.Status == PayoutBooked && cents > 0 && cents <= p.AmountCents
		return fits(out || back)
	case matchPayoutFile:
		var all []batch
		if err := tx.WithContext(ctx).Raw(`SELECT `+batchColumns+` WHERE f.run_id = ? AND f.total_cents = ?`, id, -cents).Scan(&all).Error; err != nil {
			return err
		}
		for i := range all {
			if b := &all[i]; !b.Matched && b.Sent == b.Count {
				f.batch = b
				break
			}
		}
		return fits(f.batch != nil)
	case matchSettlement:
		var st settlement
		if err := tx.WithContext(ctx).Raw(`SELECT `+settlementColumns+` WHERE s.id = ?`, id).Scan(&st).Error; err != nil || st.ID == 0 {
			return errors.Join(err, missing(st.ID))
		}
		f.settlement = &st
		return fits(cents > 0)
	case matchMollie, matchUnknown:
		return fits(cents != 0)
	case matchCosts:
		return fits(cents < 0)
	}
	return ErrNoMatch
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
	var lines []Line
	for last := int64(0); ; {
		some, err := s.readOpen(ctx, tx, last)
		if err != nil {
			return Booked{}, err
		}
		if lines = append(lines, some...); len(some) < mostOpenLines {
			break
		}
		last = some[len(some)-1].ID
	}
	w, err := look(ctx, tx, lines)
	if err != nil {
		return Booked{}, err
	}
	out, err := book(ctx, tx, by, plan(lines, w))
	if err != nil || out.Matched == 0 {
		return out, err
	}
	return out, audit.Record(ctx, tx, by, "lines.matched", "statement_lines", map[string]int{"matched": out.Matched})
}
