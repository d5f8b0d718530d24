package jobs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/migrations/pgtest"
)

func TestOpenDBTellsTheTimeAndTranslatesErrors(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	clock := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	db, err := OpenDB(d.Pool, func() time.Time { return clock })
	if err != nil {
		t.Fatalf("OpenDB: %v", err)
	}
	if got := db.NowFunc(); !got.Equal(clock) {
		t.Errorf("NowFunc() = %s, want %s", got, clock)
	}
	insert := `INSERT INTO outbox (key, recipient, lang, template, policy, next_try_at, created_at) VALUES ('k', 'a@b.example', 'nl', 'code', 'hold', now(), now())`
	if err := db.Exec(insert).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Exec(insert).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("the same key twice = %v, want %v", err, gorm.ErrDuplicatedKey)
	}
	real, err := OpenDB(d.Pool, nil)
	if err != nil || time.Since(real.NowFunc()) > time.Minute {
		t.Errorf("without a clock: %v, %v, want the real time", real.NowFunc(), err)
	}
}

// TestOpenDBSaysNothing is not parallel: it looks at the output of the process.
func TestOpenDBSaysNothing(t *testing.T) {
	d := pgtest.New(t)
	db, err := OpenDB(d.Pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	_ = db.Exec(`SELECT 'ZZMARKER' / 0`).Error
	_ = db.Exec(`SELECT pg_sleep(0.25), ?::text`, "ZZMARKER").Error // slow
	os.Stdout, os.Stderr = stdout, stderr
	var out bytes.Buffer
	_ = w.Close()
	if _, err := io.Copy(&out, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "ZZMARKER") || out.Len() > 0 {
		t.Errorf("the database wrote %q", out.String())
	}
}
