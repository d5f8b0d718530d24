// Package audit records who did what to which record. Rows are only added.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Actor is whoever acts: "staff:7", "participant:42", "system:mollie".
type Actor string

// Staff is a member of staff, by the number of the account.
func Staff(id int64) Actor { return Actor("staff:" + strconv.FormatInt(id, 10)) }

// Participant is a person who acts for themselves.
func Participant(id int64) Actor { return Actor("participant:" + strconv.FormatInt(id, 10)) }

// System is the program itself, on word of something outside or of the clock.
func System(name string) Actor { return Actor("system:" + name) }

// StaffID gives the number of the account, if a member of staff acts.
func (a Actor) StaffID() (int64, bool) {
	rest, ok := strings.CutPrefix(string(a), "staff:")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil && id > 0
}

// Event is one line of the log.
type Event struct {
	ID      int64
	At      time.Time
	Actor   Actor
	Action  string // "participation.signed", "run.released"
	Subject string // "participation:42", "run:3"
	Detail  json.RawMessage
}

// TableName is the table of the log.
func (Event) TableName() string { return "audit_events" }

var (
	// ErrNoTransaction means that something was about to be written outside the transaction of its fact.
	ErrNoTransaction = errors.New("not in a transaction")
	// ErrIncomplete means that a line of the log lacks who, what or which record.
	ErrIncomplete = errors.New("the log needs an actor, an action and a subject")
)

// InTransaction tells whether what is written with tx stands or falls with something else.
func InTransaction(tx *gorm.DB) bool {
	_, ok := tx.Statement.ConnPool.(gorm.TxCommitter)
	return ok
}

// Record adds an event to the log, in the transaction of the change it tells of.
// Detail holds no names, addresses or account numbers: the log is never erased.
func Record(ctx context.Context, tx *gorm.DB, by Actor, action, subject string, detail any) error {
	if !InTransaction(tx) {
		return ErrNoTransaction
	}
	if by == "" || action == "" || subject == "" {
		return ErrIncomplete
	}
	text := json.RawMessage("{}")
	if detail != nil {
		b, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("record %s: %w", action, err)
		}
		text = b
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO audit_events (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)`,
		tx.NowFunc(), string(by), action, subject, string(text))
	if err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}

// History gives the latest events about one record, newest first.
func History(ctx context.Context, db *gorm.DB, subject string, limit int) ([]Event, error) {
	var events []Event
	if err := db.WithContext(ctx).Where("subject = ?", subject).Order("id DESC").Limit(limit).Find(&events).Error; err != nil {
		return nil, fmt.Errorf("history of %s: %w", subject, err)
	}
	return events, nil
}
