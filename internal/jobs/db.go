package jobs

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// OpenDB opens GORM over the same connections that the jobs use. It logs
// nothing itself: a statement's values may be personal data, and its errors are
// returned to somebody who knows what they were doing. Now is the clock; nil is the real one.
func OpenDB(pool *pgxpool.Pool, now func() time.Time) (*gorm.DB, error) {
	if now == nil {
		now = time.Now
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: stdlib.OpenDBFromPool(pool)}), &gorm.Config{
		NowFunc:                now,
		TranslateError:         true,
		SkipDefaultTransaction: true, // a Service begins its transactions itself
		Logger:                 logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}
