package payments

import (
	"bytes"
	"fmt"
	"testing"

	"gorm.io/gorm"
)

const many = 100_000

// manyAwards is a world in which 100,000 people have an award.
func manyAwards(b *testing.B) *fixture {
	b.Helper()
	f := build(b, many, 10_000)
	gross := make([]Cents, many)
	for i := range gross {
		gross[i] = 25_000
	}
	id := awardWith(b, f.owner, gross)
	if err := f.DB.Transaction(func(tx *gorm.DB) error { _, err := PostDistribution(b.Context(), tx, id); return err }); err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkPayoutRun prepares, approves and releases a run of 100,000 payouts with its ten files for the bank.
func BenchmarkPayoutRun(b *testing.B) {
	f := manyAwards(b)
	for b.Loop() {
		run := benchRun(b, f)
		b.StopTimer()
		if _, err := f.owner.Exec(b.Context(), `SET session_replication_role = replica; DELETE FROM payout_files; DELETE FROM payouts; DELETE FROM payout_runs;
			DELETE FROM entries WHERE journal_id IN (SELECT id FROM journals WHERE event = 'run.released'); DELETE FROM journals WHERE event = 'run.released'; RESET session_replication_role`); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		b.ReportMetric(float64(run.ItemCount), "payouts")
	}
}

func benchRun(b *testing.B, f *fixture) (run Run) {
	b.Helper()
	for _, step := range []func(tx *gorm.DB) error{
		func(tx *gorm.DB) (err error) {
			run, err = f.s.Prepare(b.Context(), tx, maker, 1, debtor, payday, payees(b.Context(), tx))
			return err
		},
		func(tx *gorm.DB) error {
			_, err := f.s.Approve(b.Context(), tx, checker, run.ID, run.TotalCents)
			return err
		},
		func(tx *gorm.DB) error {
			_, err := f.s.Release(b.Context(), tx, checker, run.ID, run.TotalCents)
			return err
		},
	} {
		if err := f.DB.Transaction(step); err != nil {
			b.Fatal(err)
		}
	}
	return run
}

// BenchmarkBookStatement books a camt.053 of 100,000 transfers, one line each, of a released run.
func BenchmarkBookStatement(b *testing.B) {
	f := manyAwards(b)
	run := benchRun(b, f)
	entries := make([]entry, many)
	for i := range entries {
		entries[i] = entry{cents: -20_000, endID: fmt.Sprintf("PR-%04X-%04X-1", (i+1)/65536, (i+1)%65536)}
	}
	content := camt(ourIBAN, 1, run.TotalCents, 0, entries)
	b.SetBytes(int64(len(content)))
	undo := fmt.Errorf("undo")
	for b.Loop() {
		ref, err := f.s.Upload(b.Context(), maker, "x.xml", bytes.NewReader(content))
		if err != nil {
			b.Fatal(err)
		}
		err = f.DB.Transaction(func(tx *gorm.DB) error {
			out, err := f.s.Book(b.Context(), tx, maker, ref)
			if err != nil || out.Matched != many {
				return fmt.Errorf("matched %d: %w", out.Matched, err)
			}
			return undo
		})
		if err != undo { //nolint:errorlint // our own
			b.Fatal(err)
		}
		b.ReportMetric(many, "lines")
	}
}
