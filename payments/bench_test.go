package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"gorm.io/gorm"
)

const many = 100_000

// sizes are how many of something a benchmark takes: each step must take ten
// times as long as the one before. SAMENCLAIM_BENCH_MILLION=1 adds a million.
func sizes() []int {
	if os.Getenv("SAMENCLAIM_BENCH_MILLION") != "" {
		return []int{10_000, many, 1_000_000}
	}
	return []int{10_000, many}
}

// worldOf is a world in which so many people have an award.
func worldOf(b *testing.B, n int) *fixture {
	b.Helper()
	f := build(b, n, 10_000)
	gross := make([]Cents, n)
	for i := range gross {
		gross[i] = 25_000
	}
	id := awardWith(b, f.owner, gross)
	if err := f.DB.Transaction(func(tx *gorm.DB) error { _, err := PostDistribution(b.Context(), tx, id); return err }); err != nil {
		b.Fatal(err)
	}
	return f
}

// rawRun is the same rows of a run by bulk statements alone, rolled back: the measure for the real thing.
const rawRun = `
	INSERT INTO payout_runs (claim_id, status, item_count, total_cents, items_sha256, execute_on, prepared_by, prepared_at)
	SELECT 1, 'prepared', count(*), sum(payout_cents), sha256('x'), '2026-11-04', 'staff:1', now() FROM awards;
	INSERT INTO payouts (run_id, award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents, status)
	SELECT (SELECT max(id) FROM payout_runs), a.id, a.participation_id, y.id, a.id % 10 + 1, a.number || '-1', a.payout_cents, 'planned'
	FROM awards a JOIN payee_accounts y ON y.participation_id = a.participation_id;
	UPDATE payouts SET status = 'sent';
	INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES ('raw', 'x', 'x', 'x', now(), now());
	INSERT INTO entries (journal_id, account, amount_cents, participation_id) SELECT (SELECT max(id) FROM journals), '2110', amount_cents, participation_id FROM payouts;
	INSERT INTO entries (journal_id, account, amount_cents) SELECT (SELECT max(id) FROM journals), '2200', -sum(amount_cents) FROM payouts`

// raw measures statements that are rolled back.
func raw(b *testing.B, f *fixture, sql string) time.Duration {
	b.Helper()
	tx, err := f.owner.Begin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	_, err = tx.Exec(b.Context(), sql)
	took := time.Since(began)
	if err := errors.Join(err, tx.Rollback(b.Context())); err != nil {
		b.Fatal(err)
	}
	return took
}

// BenchmarkPayoutRun prepares, approves and releases a run of 100,000 payouts with its ten files for the bank.
func BenchmarkPayoutRun(b *testing.B) {
	f := worldOf(b, many)
	for b.Loop() {
		b.StopTimer()
		bare := raw(b, f, rawRun)
		b.StartTimer()
		began := time.Now()
		run := benchRun(b, f)
		b.ReportMetric(float64(time.Since(began))/float64(bare), "x-bulk-statements")
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

// BenchmarkBookStatement books a camt.053 of many transfers, one line each, of
// a released run. Against libxml2's streaming reader of the same file: taking it
// in (read, check, keep), importing it (read, check, store, match), all of it.
func BenchmarkBookStatement(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("%d lines", n), func(b *testing.B) {
			f := worldOf(b, n)
			run := benchRun(b, f)
			content := statementOf(run)
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				b.StopTimer()
				bare := xmllint(b, content)
				b.StartTimer()
				var took []lap
				peak := peakHeap(func() { took = bookInSteps(b, f, content, n) })
				b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
				var all time.Duration
				for _, step := range took {
					b.ReportMetric(step.took.Seconds(), "s-"+step.name)
					all += step.took
				}
				if bare > 0 {
					imported := took[1].took + took[2].took + took[3].took
					b.ReportMetric(took[0].took.Seconds()/bare.Seconds(), "x-xmllint-upload")
					b.ReportMetric(imported.Seconds()/bare.Seconds(), "x-xmllint-import")
					b.ReportMetric(all.Seconds()/bare.Seconds(), "x-xmllint-all")
				}
				b.ReportMetric(float64(n)/all.Seconds(), "lines/s")
			}
		})
	}
}

// peakHeap is how far the heap grows, at its largest, while something is done.
func peakHeap(do func()) uint64 {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	size := func() uint64 { metrics.Read(heap); return heap[0].Value.Uint64() }
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is garbage goes at once, so that what is needed shows
	runtime.GC()
	base := size()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-tick.C:
				most = max(most, size())
			case <-done:
				tick.Stop()
				peak <- most
				return
			}
		}
	}()
	do()
	close(done)
	if most := <-peak; most > base {
		return most - base
	}
	return 0
}

// statementOf is a statement as banks send it, with names, accounts and texts, of all transfers of a run.
func statementOf(run Run) []byte {
	entries := make([]entry, run.ItemCount)
	for i := range entries {
		entries[i] = entry{cents: -20_000, endID: fmt.Sprintf("PR-%04X-%04X-1", (i+1)/65536, (i+1)%65536), text: fmt.Sprintf("Uitkering PR-%04X-%04X", (i+1)/65536, (i+1)%65536), wordy: true}
	}
	return camt(ourIBAN, 1, run.TotalCents, 0, entries)
}

// lap is a part of the work and what it took.
type lap struct {
	name string
	took time.Duration
}

// bookInSteps uploads and books a file, and takes it back.
func bookInSteps(b *testing.B, f *fixture, content []byte, n int) (took []lap) {
	b.Helper()
	began := time.Now()
	next := func(name string) { took, began = append(took, lap{name, time.Since(began)}), time.Now() }
	ref, err := f.s.Upload(b.Context(), maker, "x.xml", bytes.NewReader(content))
	if err != nil {
		b.Fatal(err)
	}
	next("upload")
	undo := errors.New("undo")
	err = f.DB.Transaction(func(tx *gorm.DB) error {
		file, sheets, err := f.s.openImport(b.Context(), tx, ref)
		if err = errors.Join(err, oneAtATime(b.Context(), tx)); err != nil {
			return err
		}
		id, err := insertStatement(b.Context(), tx, file.ID, sheets[0])
		if err != nil {
			return err
		}
		w := booking{tx: tx, by: maker, now: tx.NowFunc(), why: reasons}
		for _, s := range []struct {
			name string
			do   func(context.Context) error
		}{
			{"read", func(ctx context.Context) error { return f.s.stage(ctx, tx, file, sheets, map[int]int64{0: id}) }},
			{"match", func(ctx context.Context) error { return match(ctx, tx) }},
			{"store", w.writeLines}, {"facts", w.facts}, {"payouts", w.payouts}, {"journals", w.post}, {"invoices", w.invoice}, {"matches", w.tie}, {"tell", w.tell}, {"runs", w.finishRuns},
			{"constraints", func(context.Context) error { return tx.Exec(`SET CONSTRAINTS ALL IMMEDIATE`).Error }},
		} {
			if err := s.do(b.Context()); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			next(s.name)
		}
		if w.out.Matched != n || len(w.out.Runs) != 1 {
			return fmt.Errorf("matched %d, runs %v", w.out.Matched, w.out.Runs) //nolint:err113 // ends the benchmark
		}
		return undo
	})
	if !errors.Is(err, undo) {
		b.Fatal(err)
	}
	if _, err := f.owner.Exec(b.Context(), `VACUUM payouts`); err != nil {
		b.Fatal(err)
	}
	return took
}

// xmllint measures libxml2's streaming reader on the same file; zero when it is not installed.
func xmllint(b *testing.B, content []byte) time.Duration {
	b.Helper()
	path, err := exec.LookPath("xmllint")
	if err != nil {
		return 0
	}
	cmd := exec.CommandContext(b.Context(), path, "--stream", "--noout", "--huge", "-")
	cmd.Stdin = bytes.NewReader(content)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Logf("xmllint: %v %s", err, out)
		return 0
	}
	return time.Since(began)
}
