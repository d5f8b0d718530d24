package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

var (
	// ErrOutageTime means that nobody can have been kept from signing then: the end is not after the beginning, or has not come yet.
	ErrOutageTime = errors.New("an outage ends after it began, and has ended")
	// ErrOutageLong means that an outage of more than a month is rather a slip of the pen.
	ErrOutageLong = errors.New("an outage does not last longer than a month")
)

const (
	// servedGap is how long the program may be silent before it counts as an outage: beats come twice a minute.
	servedGap = 2 * time.Minute
	// longestOutage is how long an outage that staff enter can have lasted.
	longestOutage = 31 * 24 * time.Hour
	// beforeOutage is how long before an outage somebody worked on a draft who may have been kept from signing.
	beforeOutage = time.Hour
	// admittedFor is how long who was kept from signing can still sign as if in time.
	admittedFor = 7 * 24 * time.Hour
	lockServing = 7102 // class of the advisory lock between runs of the program that begin
)

// Serving writes down that this run of the program can take signatures now,
// and returns the row of the run; 0 begins one. Who begins after a silence of
// everybody finds that nobody could sign meanwhile, and records it.
func (s *Service) Serving(ctx context.Context, run int64) (int64, error) {
	now := s.db.NowFunc()
	done := s.db.WithContext(ctx).Exec(`UPDATE served SET last_at = greatest(last_at, ?) WHERE id = ? AND last_at >= ?`, now, run, now.Add(-servedGap))
	if done.Error != nil || done.RowsAffected == 1 {
		return run, done.Error
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		db := tx.WithContext(ctx)
		if err := db.Exec(`SELECT pg_advisory_xact_lock(?, 0)`, lockServing).Error; err != nil {
			return err
		}
		var last *time.Time
		if err := db.Raw(`SELECT max(last_at) FROM served`).Row().Scan(&last); err != nil {
			return err
		}
		if err := db.Raw(`INSERT INTO served (began_at, last_at) VALUES (?, ?) RETURNING id`, now, now).Row().Scan(&run); err != nil {
			return err
		}
		if last == nil || now.Sub(*last) <= servedGap {
			return nil
		}
		by := audit.System("health")
		return count(ctx, tx, by, Outage{BeganAt: *last, EndedAt: now, Source: OutageHealth, Reason: "the program did not serve", RecordedBy: by, RecordedAt: now, CountedAt: &now})
	})
	return run, err
}

// RecordOutage writes down, for a reason, that nobody could sign for a time. It counts once a second person has seen it.
func (s *Service) RecordOutage(ctx context.Context, by audit.Actor, began, ended time.Time, reason string) error {
	reason, err := wordsOf(reason)
	switch {
	case err != nil:
		return err
	case reason == "":
		return ErrReason
	case !began.Before(ended) || ended.After(s.db.NowFunc()):
		return ErrOutageTime
	case ended.Sub(began) > longestOutage:
		return ErrOutageLong
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		o := Outage{BeganAt: began, EndedAt: ended, Source: OutageStaff, Reason: reason, RecordedBy: by, RecordedAt: tx.NowFunc()}
		if err := table.Of[Outage](tx).Create(ctx, &o); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "outage.recorded", outageSubject(o.ID), map[string]int64{"minutes": o.Minutes()})
	})
}

// ApproveOutage has an outage count that somebody else entered: deadlines move, and drafts wait to be let in.
func (s *Service) ApproveOutage(ctx context.Context, by audit.Actor, id int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		o, err := waitingOutage(ctx, tx, id)
		if err != nil {
			return err
		}
		if o.RecordedBy == by {
			return ErrSamePerson
		}
		now := tx.NowFunc()
		if _, err := table.Of[Outage](tx).Where("id = ?", id).Updates(ctx, Outage{ApprovedBy: &by, CountedAt: &now}); err != nil {
			return err
		}
		return outageCounts(ctx, tx, by, o)
	})
}

// DropOutage takes back an outage that does not count yet.
func (s *Service) DropOutage(ctx context.Context, by audit.Actor, id int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if _, err := waitingOutage(ctx, tx, id); err != nil {
			return err
		}
		now := tx.NowFunc()
		if _, err := table.Of[Outage](tx).Where("id = ?", id).Updates(ctx, Outage{DroppedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "outage.dropped", outageSubject(id), nil)
	})
}

// waitingOutage keeps others off an outage that waits for its second person.
func waitingOutage(ctx context.Context, tx *gorm.DB, id int64) (Outage, error) {
	o, err := take(ctx, table.Of[Outage](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", id))
	if err == nil && (o.CountedAt != nil || o.DroppedAt != nil) {
		return o, ErrWrongState
	}
	return o, err
}

// count writes down an outage that counts at once.
func count(ctx context.Context, tx *gorm.DB, by audit.Actor, o Outage) error {
	if err := table.Of[Outage](tx).Create(ctx, &o); err != nil {
		return fmt.Errorf("record an outage: %w", err)
	}
	return outageCounts(ctx, tx, by, o)
}

// outageCounts does what follows from an outage: deadlines move, and the drafts of those who may have been kept from signing are marked.
func outageCounts(ctx context.Context, tx *gorm.DB, by audit.Actor, o Outage) error {
	all, err := table.Of[Claim](tx, clause.Locking{Strength: "NO KEY UPDATE"}).
		Where("closes_planned_at IS NOT NULL AND opened_at IS NOT NULL AND status NOT IN ('closed', 'archived')").Order("id").Find(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := moveDeadline(ctx, tx, c); err != nil {
			return err
		}
	}
	drafts, err := participants.HeldUp(ctx, tx, o.ID, o.BeganAt.Add(-beforeOutage), o.EndedAt)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "outage.counted", outageSubject(o.ID), map[string]int64{"minutes": o.Minutes(), "drafts": drafts})
}

// outagesShown is how many outages the register shows.
const outagesShown = 200

// Outages lists when nobody could sign, the latest first, also what does not count yet.
func (s *Service) Outages(ctx context.Context) ([]Outage, error) {
	return table.Of[Outage](s.db).Where("dropped_at IS NULL").Order("began_at DESC, id DESC").Limit(outagesShown).Find(ctx)
}

// HeldDrafts are the drafts of one claim that an outage may have kept from being signed.
type HeldDrafts struct {
	OutageID int64
	ClaimID  int64
	Waiting  int64 // nobody has let them in yet
	Admitted int64 // count as in time
	Signed   int64
}

// HeldDrafts counts the drafts that outages held up, by outage and claim.
func (s *Service) HeldDrafts(ctx context.Context) (held []HeldDrafts, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT outage_id, claim_id, count(*) FILTER (WHERE status <> 'signed' AND admitted_by IS NULL) AS waiting,
		count(*) FILTER (WHERE status <> 'signed' AND admitted_by IS NOT NULL) AS admitted, count(*) FILTER (WHERE status = 'signed') AS signed
		FROM signups WHERE outage_id IS NOT NULL GROUP BY outage_id, claim_id ORDER BY outage_id DESC, claim_id`).Scan(&held).Error
	return held, err
}

// AdmitDrafts lets those in whom an outage kept from signing a claim: for a week they sign as if in time. Who proved an
// address gets a mail. It returns how many there were.
func (s *Service) AdmitDrafts(ctx context.Context, by audit.Actor, outageID, claimID int64) (n int64, err error) {
	c, err := s.Claim(ctx, claimID)
	if err != nil {
		return 0, err
	}
	if !c.TakesSignups() {
		return 0, ErrWrongState
	}
	for more := true; more; {
		err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
			until := tx.NowFunc().Add(admittedFor)
			let, err := participants.Admit(ctx, tx, s.vault, outageID, claimID, string(by), until)
			if err != nil {
				return err
			}
			more = len(let) > 0
			n += int64(len(let))
			if !more {
				return nil
			}
			if err := tellAdmitted(ctx, tx, c, until, let); err != nil {
				return err
			}
			return audit.Record(ctx, tx, by, "outage.admitted", outageSubject(outageID), map[string]int64{"claim": claimID, "drafts": int64(len(let))})
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func outageSubject(id int64) string { return fmt.Sprintf("outage:%d", id) }
