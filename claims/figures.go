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
	WithEvidence  int64
	Late          int64      // signed, and in no annex yet although one was sent
	LateSince     *time.Time // when the first of those signed
	Drafts        int64      // sign-ups that were begun and not finished
	MailsWaiting  int64
	MailsUnsure   int64 // nobody knows whether they arrived; a person decides
	Reports       int64 // of deaths and representation that wait, about whatever claim
	Mistakes      int64 // that readers reported and that wait for an answer, on whatever page
}

// DayCount is how many there were on one day.
type DayCount struct {
	Day   time.Time
	Count int64
}

const figureDays = 90

// Figures counts for the dashboard, all claims at once.
func (s *Service) Figures(ctx context.Context, claimIDs ...int64) (map[int64]*Figures, error) {
	all := make(map[int64]*Figures, len(claimIDs))
	today := locale.Today(s.db.NowFunc())
	for _, id := range claimIDs {
		f := &Figures{ByStatus: map[participants.Status]int64{}, ByFee: map[FeeOption]int64{}, SignupsPerDay: make([]DayCount, figureDays)}
		for n := range f.SignupsPerDay {
			f.SignupsPerDay[n].Day = today.AddDate(0, 0, n+1-figureDays)
		}
		all[id] = f
	}
	if len(all) == 0 {
		return all, nil
	}
	db := s.db.WithContext(ctx)
	for _, count := range []func(*gorm.DB, map[int64]*Figures, []int64) error{countByStatusAndFee, countPerDay, countRest} {
		if err := count(db, all, claimIDs); err != nil {
			return nil, err
		}
	}
	prepaid, err := payments.PrepaymentsOfClaims(ctx, s.db, claimIDs)
	for id, counts := range prepaid {
		all[id].Prepayments = counts
	}
	return all, err
}

// valueCount is how many of a claim have one status, or one fee option.
type valueCount struct {
	ClaimID int64
	Fee     bool
	Value   string
	Count   int64
}

// countByStatusAndFee asks both at once: the start page has a budget of questions.
func countByStatusAndFee(db *gorm.DB, all map[int64]*Figures, ids []int64) error {
	var rows []valueCount
	err := db.Raw(`SELECT claim_id, false AS fee, status AS value, count(*) FROM participations WHERE claim_id IN @claims GROUP BY 1, 3
		UNION ALL SELECT t.claim_id, true, f.option, count(*) FROM fee_options f JOIN participations t ON t.id = f.participation_id
		WHERE t.claim_id IN @claims AND f.superseded_at IS NULL AND t.status NOT IN ('withdrawn', 'opted_out', 'erased') GROUP BY 1, 3`,
		map[string]any{"claims": ids}).Scan(&rows).Error
	for _, r := range rows {
		if r.Fee {
			all[r.ClaimID].ByFee[FeeOption(r.Value)] = r.Count
		} else {
			all[r.ClaimID].ByStatus[participants.Status(r.Value)] = r.Count
		}
	}
	return err
}

func countPerDay(db *gorm.DB, all map[int64]*Figures, ids []int64) error {
	first := all[ids[0]].SignupsPerDay[0].Day.Format(time.DateOnly)
	var rows []struct{ ClaimID, Nth, Count int64 }
	err := db.Raw(`SELECT claim_id, (signed_at AT TIME ZONE 'Europe/Amsterdam')::date - CAST(@first AS date) AS nth, count(*) FROM participations
		WHERE claim_id IN @claims AND signed_at >= CAST(@first AS date)::timestamp AT TIME ZONE 'Europe/Amsterdam' GROUP BY 1, 2`,
		map[string]any{"first": first, "claims": ids}).Scan(&rows).Error
	for _, r := range rows {
		if r.Nth < figureDays { // a clock that is behind
			all[r.ClaimID].SignupsPerDay[r.Nth].Count = r.Count
		}
	}
	return err
}

func countRest(db *gorm.DB, all map[int64]*Figures, ids []int64) error {
	var rows []struct {
		ID, WithEvidence, Late, Drafts, MailsWaiting, MailsUnsure, Reports, Mistakes int64
		LateSince                                                                    *time.Time
	}
	err := db.Raw(`SELECT c.id, late.late, late.late_since,
		(SELECT count(DISTINCT e.participation_id) FROM evidence e JOIN participations t ON t.id = e.participation_id WHERE t.claim_id = c.id AND e.retracted_at IS NULL) AS with_evidence,
		(SELECT count(*) FROM signups WHERE claim_id = c.id AND status <> 'signed') AS drafts,
		(SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')) AS mails_waiting,
		(SELECT count(*) FROM outbox WHERE status = 'unknown') AS mails_unsure,
		(SELECT count(*) FROM reports WHERE status = 'open') AS reports, (SELECT count(*) FROM mistakes WHERE answered_at IS NULL) AS mistakes
		FROM claims c CROSS JOIN LATERAL (SELECT count(*) AS late, min(t.signed_at) AS late_since FROM participations t
			WHERE t.claim_id = c.id AND c.cutoff_at IS NOT NULL AND t.status = 'active' AND t.letter_id IS NULL AND `+latePaid+`) late
		WHERE c.id IN ?`, ids).Scan(&rows).Error
	for _, r := range rows {
		f := all[r.ID]
		f.WithEvidence, f.Late, f.LateSince, f.Drafts, f.MailsWaiting, f.MailsUnsure, f.Reports, f.Mistakes = r.WithEvidence, r.Late, r.LateSince, r.Drafts, r.MailsWaiting, r.MailsUnsure, r.Reports, r.Mistakes
	}
	return err
}

// Waiting tells for every claim what waits for a person, by the name of the task.
func (s *Service) Waiting(ctx context.Context) (map[int64]map[string]bool, error) {
	var rows []struct {
		ClaimID int64
		Task    string
	}
	err := s.db.WithContext(ctx).Raw(`SELECT claim_id, 'move' AS task FROM claim_moves WHERE made_at IS NULL AND dropped_at IS NULL
		UNION SELECT claim_id, CASE status WHEN 'proposed' THEN 'letter' ELSE 'delivery' END FROM letters WHERE status IN ('proposed', 'sent')
		UNION SELECT claim_id, 'distribution' FROM distributions WHERE status = 'calculated'
		UNION SELECT claim_id, CASE status WHEN 'prepared' THEN 'run_approve' ELSE 'run_release' END FROM payout_runs WHERE status IN ('prepared', 'approved')`).Scan(&rows).Error
	waits := map[int64]map[string]bool{}
	for _, r := range rows {
		if waits[r.ClaimID] == nil {
			waits[r.ClaimID] = map[string]bool{}
		}
		waits[r.ClaimID][r.Task] = true
	}
	return waits, err
}
