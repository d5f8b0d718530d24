package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/jobs"
)

// drains is everything that runs by itself: what the case needs, the mail, and what only the clock asks for.
func drains(s services, mail []jobs.Drain) []jobs.Drain {
	all := append(s.claims.Drains(), mail...)
	return append(all,
		jobs.Drain{Name: "sweep", Every: 10 * time.Minute, Run: func(ctx context.Context) (bool, error) { return sweep(ctx, s.db) }},
		jobs.Drain{Name: "seal-log", Every: time.Minute, Run: func(ctx context.Context) (bool, error) { return audit.SealNext(ctx, s.db) }},
		jobs.Drain{Name: "number-journals", Every: 10 * time.Minute, Timeout: 10 * time.Minute, Run: s.money.NumberJournals},
		jobs.Drain{Name: "check-log", Every: 24 * time.Hour, Timeout: 30 * time.Minute, Run: func(ctx context.Context) (bool, error) { return checkLog(ctx, s.db) }},
		jobs.Drain{Name: "check-payouts", Every: 24 * time.Hour, Timeout: 30 * time.Minute, Run: func(ctx context.Context) (bool, error) { return false, s.claims.CheckRunFiles(ctx) }},
	)
}

// errLogChanged means that the log is not what was sealed; where, `samenclaim verify` tells.
var errLogChanged = errors.New("the log was changed")

// checkLog counts the chain of the log again, every night.
func checkLog(ctx context.Context, db *gorm.DB) (more bool, err error) {
	faults, err := audit.Check(ctx, db)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%w in %d places, the first at %s", errLogChanged, len(faults), faults[0].Subject)
	}
	return false, err
}
