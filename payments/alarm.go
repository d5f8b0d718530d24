package payments

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// The moments at which something can turn out not to be what was approved.
const (
	AlarmApprove  = "approve"
	AlarmRelease  = "release"
	AlarmDownload = "download"
	AlarmNight    = "night"
)

// Alarm says that a run is not what was prepared or approved. It stands until somebody has looked into it.
type Alarm struct {
	ID        int64
	RunID     int64
	ClaimID   int64  `gorm:"->"`
	During    string // approve, release, download, night
	What      string // without personal data
	RaisedBy  audit.Actor
	RaisedAt  time.Time
	EndedBy   *audit.Actor
	EndedAt   *time.Time
	EndReason *string
}

// TableName is the table of the alarms.
func (Alarm) TableName() string { return "money_alarms" }

// Raise writes an alarm down, in a transaction of its own: the one that found it is undone.
func (s *Service) Raise(ctx context.Context, by audit.Actor, runID int64, during string, found error) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		a := Alarm{RunID: runID, During: during, What: short(found.Error(), 300), RaisedBy: by, RaisedAt: tx.NowFunc()}
		if err := table.Of[Alarm](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &a); err != nil || a.ID == 0 {
			return err // it stands already
		}
		return audit.Record(ctx, tx, by, "run.alarm", Run{ID: runID}.subject(), map[string]any{"alarm": a.ID, "during": during})
	})
	if err != nil {
		return fmt.Errorf("raise an alarm: %w", err)
	}
	return nil
}

// Alarms gives the alarms that nobody has looked into, oldest first.
func Alarms(ctx context.Context, db *gorm.DB) ([]Alarm, error) {
	var all []Alarm
	err := db.WithContext(ctx).Raw(`SELECT a.*, r.claim_id FROM money_alarms a JOIN payout_runs r ON r.id = a.run_id WHERE a.ended_at IS NULL ORDER BY a.id LIMIT 100`).Scan(&all).Error
	return all, wrap(err, "alarms")
}

// EndAlarm says what an alarm turned out to be. It is somebody else than who prepared the run.
func EndAlarm(ctx context.Context, tx *gorm.DB, by audit.Actor, runID, alarmID int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	run, err := RunByID(ctx, tx, runID)
	if err != nil {
		return err
	}
	if run.PreparedBy == by {
		return ErrSamePerson
	}
	now, reason := tx.NowFunc(), short(reason, 500)
	n, err := table.Of[Alarm](tx).Where("id = ? AND run_id = ? AND ended_at IS NULL", alarmID, runID).Updates(ctx, Alarm{EndedBy: &by, EndedAt: &now, EndReason: &reason})
	if err != nil || n == 0 {
		return orWrongState(err, "alarm")
	}
	return audit.Record(ctx, tx, by, "run.alarm_ended", run.subject(), map[string]int64{"alarm": alarmID})
}

// AlarmsOf gives the alarms about a run that nobody has looked into, oldest first.
func AlarmsOf(ctx context.Context, db *gorm.DB, runID int64) ([]Alarm, error) {
	all, err := table.Of[Alarm](db).Where("run_id = ? AND ended_at IS NULL", runID).Order("id").Find(ctx)
	return all, wrap(err, "alarms of a run")
}
