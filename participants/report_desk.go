package participants

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Reports lists the reports of which the address was proven: what waits first, then the latest.
func (s *Service) Reports(ctx context.Context) ([]Report, error) {
	return table.Of[Report](s.db).Where("status <> ?", ReportUnproven).Order("status <> 'open', CASE WHEN status = 'open' THEN proven_at END, closed_at DESC").
		Limit(reportsShown).Find(ctx)
}

// OpenReport opens a report for a member of staff; the look stands in the log before.
func (s *Service) OpenReport(ctx context.Context, by audit.Actor, ref string) (r Report, said Said, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if r, err = take(ctx, table.Of[Report](tx).Where("ref = ? AND status <> ?", ref, ReportUnproven)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "report.viewed", reportSubject(r.ID), nil)
	})
	if err != nil {
		return r, said, err
	}
	said, err = s.Said(r)
	return r, said, err
}

// LinkReport says whom an open report is about: the participation with a number,
// in whatever claim. Another number takes the place of the one before.
func (s *Service) LinkReport(ctx context.Context, by audit.Actor, ref string, number Number) (p Participation, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := lockReport(ctx, tx, ref)
		if err != nil {
			return err
		}
		if p, err = take(ctx, table.Of[Participation](tx).Where("number = ?", number.String())); err != nil {
			return err
		}
		if r.ParticipationID != nil && *r.ParticipationID == p.ID {
			return nil
		}
		now := tx.NowFunc()
		if _, err := table.Of[Report](tx).Where("id = ?", r.ID).Updates(ctx, Report{ParticipationID: &p.ID, LinkedBy: &by, LinkedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "report.linked", reportSubject(r.ID), map[string]any{"participation": p.ID})
	})
	return p, err
}

// CloseReport ends an open report: it was recorded, it is about nobody who takes
// part, or it was a mistake. What was recorded is linked to its participation first.
func (s *Service) CloseReport(ctx context.Context, by audit.Actor, ref, outcome string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := lockReport(ctx, tx, ref)
		if err != nil {
			return err
		}
		if outcome == ReportRecorded && r.ParticipationID == nil {
			return ErrWhom
		}
		now := tx.NowFunc()
		if _, err := table.Of[Report](tx).Where("id = ?", r.ID).Updates(ctx, Report{Status: ReportClosed, Outcome: &outcome, ClosedBy: &by, ClosedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "report.closed", reportSubject(r.ID), map[string]string{"outcome": outcome})
	})
}

func lockReport(ctx context.Context, tx *gorm.DB, ref string) (Report, error) {
	r, err := take(ctx, table.Of[Report](tx, clause.Locking{Strength: "UPDATE"}).Where("ref = ?", ref))
	if err == nil && r.Status != ReportOpen {
		err = ErrWrongState
	}
	return r, err
}

// ReportAbout is what an open report says about a participation it was linked to, for who records it there.
func (s *Service) ReportAbout(ctx context.Context, p Participation, ref string) (Said, error) {
	r, err := take(ctx, table.Of[Report](s.db).Where("ref = ? AND participation_id = ? AND status = ?", ref, p.ID, ReportOpen))
	if err != nil {
		return Said{}, err
	}
	return s.Said(r)
}
