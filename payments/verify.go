package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Difference is where the books, or another record, are not what the raw rows say.
type Difference struct{ Rule, Subject, Want, Got string }

// Broken is a rule of the database that rows break.
type Broken struct {
	Rule   string
	Why    string // what the rule says, in words
	Count  int64
	Sample string // the first few rows, without personal data
}

// Verify recounts everything from the raw rows with queries of its own, which share nothing with the code
// that books, and names each difference; every rule of the database is asked as well.
func Verify(ctx context.Context, db *gorm.DB) ([]Difference, error) {
	var found []Difference
	err := db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		// One snapshot, so that what is booked meanwhile is no difference.
		if err := tx.Exec(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`).Error; err != nil {
			return err
		}
		if err := patient(ctx, tx); err != nil {
			return err
		}
		for _, r := range recounts {
			some, err := recounted(tx, r)
			if err != nil {
				return fmt.Errorf("recount %s: %w", r.rule, err)
			}
			found = append(found, some...)
		}
		broken, err := invariants(tx)
		for _, b := range broken {
			found = append(found, Difference{Rule: "inv." + b.Rule, Subject: b.Sample, Want: "0", Got: fmt.Sprint(b.Count)})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return found, nil
}

// recounted asks one recount; it gives a row for each difference.
func recounted(tx *gorm.DB, r recount) ([]Difference, error) {
	var rows []struct {
		Subject   string
		Want, Got int64
	}
	if err := tx.Raw(`SELECT subject, coalesce(want, 0) AS want, coalesce(got, 0) AS got FROM (` + r.sql + `) x
		WHERE coalesce(want, 0) <> coalesce(got, 0) ORDER BY subject LIMIT 1000`).Scan(&rows).Error; err != nil {
		return nil, err
	}
	found := make([]Difference, len(rows))
	for i, row := range rows {
		found[i] = Difference{Rule: r.rule, Subject: row.Subject, Want: Cents(row.Want).String(), Got: Cents(row.Got).String()}
		if r.count {
			found[i].Want, found[i].Got = fmt.Sprint(row.Want), fmt.Sprint(row.Got)
		}
	}
	return found, nil
}

// Invariants asks every rule of the database whether rows break it.
func Invariants(ctx context.Context, db *gorm.DB) ([]Broken, error) {
	var broken []Broken
	err := db.WithContext(ctx).Transaction(func(tx *gorm.DB) (err error) {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		broken, err = invariants(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("invariants: %w", err)
	}
	return broken, nil
}

func invariants(tx *gorm.DB) ([]Broken, error) {
	if err := tx.Exec(`SELECT set_config('samenclaim.now', ?, true)`, tx.NowFunc().Format(time.RFC3339Nano)).Error; err != nil {
		return nil, err
	}
	var broken []Broken
	err := tx.Raw(`SELECT name AS rule, why, bad AS count, sample::text FROM inv.run() WHERE bad > 0 ORDER BY name`).Scan(&broken).Error
	return broken, err
}

// VerifyFiles opens every file of every run and counts its hash again.
func (s *Service) VerifyFiles(ctx context.Context) ([]Difference, error) {
	var files []RunFileInfo
	if err := s.db.WithContext(ctx).Raw(`SELECT run_id, part, sha256 FROM payout_files ORDER BY run_id, part`).Scan(&files).Error; err != nil {
		return nil, fmt.Errorf("verify files: %w", err)
	}
	var found []Difference
	for _, f := range files {
		_, _, _, err := s.openFile(ctx, s.db, f.RunID, f.Part)
		if errors.Is(err, ErrTampered) {
			found = append(found, Difference{Rule: "payout file", Subject: fileSubject(f.RunID, f.Part), Want: fmt.Sprintf("%x", f.SHA256), Got: "other bytes"})
		} else if err != nil {
			return nil, fmt.Errorf("verify files: %w", err)
		}
	}
	return found, nil
}
