package main

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// sweepBatch is how many rows one statement removes.
const sweepBatch = 1000

// leftovers are rows that mean nothing any more, and when that is.
var leftovers = []struct{ table, key, over string }{
	{"sessions", "token", "expiry < @now"},
	{"rate_limits", "key", "tat < @now"},
	{"login_codes", "id", "expires_at < CAST(@now AS timestamptz) - interval '1 day'"},
}

// sweep removes what has run out.
func sweep(ctx context.Context, db *gorm.DB) (more bool, err error) {
	for _, l := range leftovers {
		done := db.WithContext(ctx).Exec(fmt.Sprintf(`DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s WHERE %[3]s LIMIT %[4]d FOR UPDATE SKIP LOCKED)`,
			l.table, l.key, l.over, sweepBatch), map[string]any{"now": db.NowFunc()})
		if done.Error != nil {
			return false, fmt.Errorf("sweep %s: %w", l.table, done.Error)
		}
		more = more || done.RowsAffected == sweepBatch
	}
	return more, nil
}
