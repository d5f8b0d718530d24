package claims

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/payments"
)

// Figures are the numbers of one claim for the dashboard.
type Figures struct {
	ByStatus      map[participants.Status]int64
	ByFee         map[FeeOption]int64
	SignupsPerDay []DayCount // the last ninety days, oldest first
	Prepayments   []payments.StatusCount
	Refunds       []payments.StatusCount
	WithEvidence  int64
	Late          int64 // signed, and in no annex yet although one was sent
	Drafts        int64 // sign-ups that were begun and not finished
	MailsWaiting  int64
	MailsUnsure   int64 // nobody knows whether they arrived; a person decides
}

// DayCount is how many there were on one day.
type DayCount struct {
	Day   time.Time
	Count int64
}

const figureDays = 90

// Figures counts for the dashboard.
func (s *Service) Figures(ctx context.Context, claimID int64) (f Figures, err error) {
	db := s.db.WithContext(ctx)
	if f.ByStatus, err = countBy[participants.Status](db, `SELECT status AS value, count(*) FROM participations WHERE claim_id = ? GROUP BY 1`, claimID); err != nil {
		return f, err
	}
	if f.ByFee, err = countBy[FeeOption](db, `SELECT f.option AS value, count(*) FROM fee_options f JOIN participations t ON t.id = f.participation_id
		WHERE t.claim_id = ? AND f.superseded_at IS NULL AND t.status NOT IN ('withdrawn', 'opted_out', 'erased') GROUP BY 1`, claimID); err != nil {
		return f, err
	}
	today := s.db.NowFunc().In(locale.Amsterdam()).Format(time.DateOnly)
	err = db.Raw(`SELECT d::date AS day, count(t.id) FROM generate_series(CAST(@today AS date) - CAST(@days AS int) + 1,
			CAST(@today AS date), interval '1 day') d
		LEFT JOIN participations t ON t.claim_id = @claim AND t.signed_at >= d::timestamp AT TIME ZONE 'Europe/Amsterdam'
			AND t.signed_at < (d + interval '1 day')::timestamp AT TIME ZONE 'Europe/Amsterdam'
		GROUP BY d ORDER BY d`, map[string]any{"today": today, "days": figureDays, "claim": claimID}).Scan(&f.SignupsPerDay).Error
	if err != nil {
		return f, err
	}
	if f.Prepayments, err = payments.Prepayments(ctx, s.db, claimID); err != nil {
		return f, err
	}
	if f.Refunds, err = payments.Refunds(ctx, s.db, claimID); err != nil {
		return f, err
	}
	return f, countRest(db, &f, claimID)
}

func countBy[K ~string](db *gorm.DB, sql string, args ...any) (map[K]int64, error) {
	var rows []struct {
		Value string
		Count int64
	}
	err := db.Raw(sql, args...).Scan(&rows).Error
	counts := make(map[K]int64, len(rows))
	for _, r := range rows {
		counts[K(r.Value)] = r.Count
	}
	return counts, err
}

func countRest(db *gorm.DB, f *Figures, claimID int64) error {
	return db.Raw(`SELECT
		(SELECT count(DISTINCT e.participation_id) FROM evidence e JOIN participations t ON t.id = e.participation_id WHERE t.claim_id = @claim AND e.retracted_at IS NULL),
		(SELECT count(*) FROM participations t JOIN claims c ON c.id = t.claim_id WHERE c.id = @claim AND c.cutoff_at IS NOT NULL AND t.status = 'active' AND t.letter_id IS NULL),
		(SELECT count(*) FROM signups WHERE claim_id = @claim AND status <> 'signed'),
		(SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')),
		(SELECT count(*) FROM outbox WHERE status = 'unknown')`, map[string]any{"claim": claimID}).
		Row().Scan(&f.WithEvidence, &f.Late, &f.Drafts, &f.MailsWaiting, &f.MailsUnsure)
}
