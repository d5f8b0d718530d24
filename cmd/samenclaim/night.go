package main

import (
	"context"
	"errors"
	"log/slog"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/payments"
)

// errDifferences means that rows contradict each other; the log names the rules.
var errDifferences = errors.New("the recount found differences: run samenclaim verify")

// The hours of the night in which everything is recounted, in Amsterdam.
const nightBegins, nightEnds = 2, 5

// night recounts the whole database once a night, and writes down that it did.
func night(ctx context.Context, db *gorm.DB, log *slog.Logger) (more bool, err error) {
	now := db.NowFunc().In(locale.Amsterdam())
	if now.Hour() < nightBegins || now.Hour() >= nightEnds {
		return false, nil
	}
	var done bool
	err = db.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM audit_events WHERE subject = 'books:all' AND action = 'books.recounted' AND at > ?::timestamptz - interval '12 hours')`, now).Scan(&done).Error
	if err != nil || done {
		return false, err
	}
	found, err := payments.Verify(ctx, db)
	if err != nil {
		return false, err
	}
	for _, d := range found {
		log.Error("a recount differs", "rule", d.Rule)
	}
	err = db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, audit.System("night"), "books.recounted", "books:all", map[string]int{"differences": len(found)})
	})
	if err == nil && len(found) > 0 {
		err = errDifferences
	}
	return false, err
}
