package payments

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"testing"
	"time"

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
	f := manyAwards(b)
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
	undo := errors.New("undo")
	for b.Loop() {
		b.StopTimer()
		bare := xmllint(b, content)
		b.StartTimer()
		began := time.Now()
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
		if !errors.Is(err, undo) {
			b.Fatal(err)
		}
		b.ReportMetric(many, "lines")
		if bare > 0 {
			b.ReportMetric(float64(time.Since(began))/float64(bare), "x-xmllint-stream")
		}
	}
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
