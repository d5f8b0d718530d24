package payments

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"samenclaim/internal/table"

	"bytes"

	"gorm.io/gorm"
)

func TestRunsEightAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.s.cfg.FilePart = 2
	f.received(30_000)
	f.award(10_000, 10_000, 10_000)
	ends := f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := f.s.Prepare(f.Context(), tx, maker, 1, debtor, payday, payees(f.Context(), tx))
			return err
		})
	})
	if ends[nil] != 1 || ends[ErrNothingToPay]+ends[ErrPayeeTwice] != 7 {
		t.Fatalf("preparing ended %v, want once", ends)
	}
	run, err := RunByID(t.Context(), f.DB, one[int64](f, `SELECT id FROM payout_runs`))
	if err != nil {
		t.Fatal(err)
	}
	for name, step := range map[string]func(context.Context, *gorm.DB) error{
		"1 approving": func(ctx context.Context, tx *gorm.DB) error {
			_, err := f.s.Approve(ctx, tx, checker, run.ID, run.TotalCents)
			return err
		},
	} {
		if ends := f.eight(func() error { return f.try(func(tx *gorm.DB) error { return step(f.Context(), tx) }) }); ends[nil] != 1 || ends[ErrWrongState] != 7 {
			t.Errorf("%s ended %v, want once", name, ends)
		}
	}
	ends = f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := f.s.Release(f.Context(), tx, checker, run.ID, run.TotalCents)
			return err
		})
	})
	if ends[nil] != 1 || ends[ErrWrongState] != 7 {
		t.Errorf("releasing ended %v, want once", ends)
	}
	if n := one[int](f, `SELECT count(*) FROM audit_events WHERE action = 'run.released'`); n != 1 {
		t.Errorf("%d releases in the log, want 1", n)
	}
	f.balances(map[string]Cents{"2200": -15_000, "2110": 0})
}

func TestApproveAndCancelAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(20_000)
	f.award(10_000, 10_000)
	for range 5 {
		run := f.prepared()
		var n int
		var mu sync.Mutex
		ends := f.eight(func() error {
			mu.Lock()
			n++
			cancel := n%2 == 0
			mu.Unlock()
			return f.try(func(tx *gorm.DB) error {
				if cancel {
					_, _, err := f.s.Cancel(f.Context(), tx, maker, run.ID)
					return err
				}
				_, err := f.s.Approve(f.Context(), tx, checker, run.ID, run.TotalCents)
				return err
			})
		})
		if ends[nil] < 1 || ends[nil] > 2 {
			t.Errorf("ended %v", ends)
		}
		if r, _ := RunByID(t.Context(), f.DB, run.ID); r.Status == RunApproved {
			f.tx(func(tx *gorm.DB) error { _, _, err := f.s.Cancel(t.Context(), tx, maker, run.ID); return err })
		}
	}
}

// The control: with a guard that reads, checks and then writes, one run is released many times.
func TestWithoutTheGuardARunIsReleasedTwice(t *testing.T) {
	t.Parallel()
	f := build(t, 2, 0)
	f.T = t
	f.award(10_000, 10_000)
	run := f.prepared()
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Approve(t.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
	if _, err := f.owner.Exec(t.Context(), `ALTER TABLE journals DROP CONSTRAINT journals_key_key; DROP TRIGGER payout_run_frozen ON payout_runs`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Add(8)
	off := func(ctx context.Context, tx *gorm.DB, run, next Run) error {
		now, err := RunByID(ctx, tx, run.ID)
		if err != nil || now.Status != RunApproved {
			return fmt.Errorf("not approved: %w", err)
		}
		all.Done()
		all.Wait() // everybody has looked before anybody writes
		if _, err := table.Of[Run](tx).Where("id = ?", run.ID).Updates(ctx, next); err != nil {
			return err
		}
		return tx.WithContext(ctx).Exec(`UPDATE payouts SET status = 'sent' WHERE run_id = ?`, run.ID).Error
	}
	ends := f.eight(func() error {
		return f.try(func(tx *gorm.DB) error {
			_, err := f.s.release(f.Context(), tx, checker, run.ID, run.TotalCents, off)
			return err
		})
	})
	if ends[nil] < 2 || f.balance("2200") != -Cents(ends[nil])*run.TotalCents {
		t.Errorf("without its guard the run was released %d times, in transit %s: this test does not see what the guard is for", ends[nil], f.balance("2200"))
	}
	if found, err := Verify(t.Context(), f.DB); err != nil || len(found) == 0 {
		t.Errorf("verify does not see it: %v, %v", found, err)
	}
}

func TestStatementEightAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.settlement(30_000)
	f.award(10_000, 10_000, 10_000)
	run := f.released()
	content := f.camt(entry{cents: 30_000, text: "SCH-1"}, f.file(run, 1), f.back(2, 5_000, "AC01"), entry{cents: 7, text: "rente"})
	refs := map[string]bool{}
	var mu sync.Mutex
	ends := f.eight(func() error {
		ref, err := f.s.Upload(f.Context(), maker, "x", bytes.NewReader(content))
		mu.Lock()
		defer mu.Unlock()
		refs[ref] = true
		return err
	})
	if ends[nil] != 8 || len(refs) != 1 {
		t.Fatalf("uploading ended %v with %d files, want one", ends, len(refs))
	}
	for ref := range refs {
		ends = f.eight(func() error {
			return f.try(func(tx *gorm.DB) error { _, err := f.s.Book(f.Context(), tx, maker, ref); return err })
		})
	}
	if ends[nil] != 1 || ends[ErrAlreadyBooked] != 7 {
		t.Errorf("booking ended %v, want once", ends)
	}
	f.balances(map[string]Cents{"1000": 20_000, "2110": -5_000, "2200": 0})
	open := one[int64](f, `SELECT id FROM statement_lines WHERE matched_at IS NULL`)
	ends = f.eight(func() error {
		return f.try(func(tx *gorm.DB) error { _, err := f.s.Match(f.Context(), tx, maker, open, "unknown", 0); return err })
	})
	if ends[nil] != 1 || ends[ErrAlreadyBooked] != 7 {
		t.Errorf("matching ended %v, want once", ends)
	}
	f.balances(map[string]Cents{"2900": -7})
}

func TestDistributionEightAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(10_000)
	id := awardWith(t, f.owner, []Cents{7_000, 3_000})
	ends := f.eight(func() error {
		return f.try(func(tx *gorm.DB) error { _, err := PostDistribution(f.Context(), tx, id); return err })
	})
	if ends[nil] != 1 {
		t.Errorf("posting ended %v, want once", ends)
	}
	ends = f.eight(func() error {
		return f.try(func(tx *gorm.DB) error { _, err := PostZeroAwards(f.Context(), tx, id); return err })
	})
	if ends[nil] != 8 {
		t.Errorf("earning ended %v, want it done once and asked eight times", ends)
	}
	f.balances(map[string]Cents{"2120": -5_000, "8000": -2_479, "2500": -521})
}
