package table_test

import (
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/jobs"
	"samenclaim/internal/table"
	"samenclaim/migrations/pgtest"
)

// rateLimit is a row of the plainest table there is.
type rateLimit struct {
	Key string `gorm:"primaryKey"`
	Tat time.Time
}

func TestAQuestionCanBeAskedAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, err := jobs.OpenDB(pgtest.New(t).Pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	early, late := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []rateLimit{{"a", early}, {"b", early}, {"c", late}} {
		if err := table.Of[rateLimit](db).Create(ctx, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Of[rateLimit](db, clause.OnConflict{DoNothing: true}).Create(ctx, &rateLimit{"a", late}); err != nil {
		t.Errorf("a conflict that does nothing = %v", err)
	}
	if err := table.Of[rateLimit](db).Create(ctx, &rateLimit{"a", late}); !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("the same key twice = %v, want %v", err, gorm.ErrDuplicatedKey)
	}

	q := table.Of[rateLimit](db).Where("tat < ?", late).Where("key <> ?", "z").Order("key DESC").Limit(1)
	for range 2 {
		rows, err := q.Find(ctx)
		if err != nil || len(rows) != 1 || rows[0].Key != "b" {
			t.Fatalf("Find = %v, %v, want b", rows, err)
		}
		if row, err := q.Take(ctx); err != nil || row.Key != "b" {
			t.Fatalf("Take = %v, %v, want b", row, err)
		}
	}

	before := table.Of[rateLimit](db).Where("tat < ?", late)
	if n, err := before.Count(ctx, "*"); n != 2 || err != nil {
		t.Errorf("Count = %d, %v, want 2", n, err)
	}
	if n, err := before.Updates(ctx, rateLimit{Tat: late}); n != 2 || err != nil {
		t.Errorf("Updates = %d, %v, want 2", n, err)
	}
	if n, err := before.Updates(ctx, rateLimit{Tat: late}); n != 0 || err != nil {
		t.Errorf("Updates of rows that are no longer so = %d, %v, want 0", n, err)
	}
	if _, err := before.Take(ctx); !errors.Is(err, gorm.ErrRecordNotFound) {
		t.Errorf("Take of nothing = %v, want %v", err, gorm.ErrRecordNotFound)
	}
	row, err := table.Of[rateLimit](db).Omit("tat").Where("key = ?", "a").Take(ctx)
	if err != nil || row.Key != "a" || !row.Tat.IsZero() {
		t.Errorf("without tat = %v, %v", row, err)
	}
	rows, err := table.Of[rateLimit](db).Raw(`SELECT key FROM rate_limits WHERE key = ?`, "c").Find(ctx)
	if err != nil || len(rows) != 1 || rows[0].Key != "c" {
		t.Errorf("Raw = %v, %v", rows, err)
	}
	if _, err := table.Of[rateLimit](db).Updates(ctx, rateLimit{Tat: early}); !errors.Is(err, gorm.ErrMissingWhereClause) {
		t.Errorf("a change of all rows = %v, want %v", err, gorm.ErrMissingWhereClause)
	}
}
