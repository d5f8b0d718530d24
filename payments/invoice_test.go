package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

func (f *fixture) invoices(participation int64) []Invoice {
	f.Helper()
	all, err := InvoicesOf(f.Context(), f.DB, participation)
	if err != nil {
		f.Fatal(err)
	}
	return all
}

func TestAFeeIsInvoicedWhenItIsEarned(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	f.received(43_000)
	f.award(20_000, 20_000, 3_000)
	run := f.released()
	if n := len(f.invoices(1)); n != 0 {
		t.Errorf("%d invoices before the bank has paid, want none", n)
	}
	f.bank(f.file(run, 1), f.back(2, 15_000, "AC04"))
	first, second := f.invoices(1), f.invoices(2)
	if len(first) != 1 || first[0].Label() != "2026-000001" || first[0].FeeCents != 5_000 || first[0].VatCents != 868 || first[0].RateBP != 2_100 || first[0].Kind != InvoiceFee {
		t.Errorf("invoices of the first = %+v", first)
	}
	if len(second) != 2 || second[0].Kind != InvoiceCredit || *second[0].Credits != second[1].ID || second[0].Label() != "2026-000003" || second[0].FeeCents != 5_000 || second[0].VatCents != 868 {
		t.Errorf("invoices of who got nothing = %+v", second)
	}
	f.balances(map[string]Cents{"8000": -4_132, "2500": -868})

	run = f.released()
	f.bank(f.file(run, 1))
	if again := f.invoices(2); len(again) != 3 || again[0].Kind != InvoiceFee || again[0].Label() != "2026-000004" {
		t.Errorf("invoices after the second transfer = %+v", again)
	}
	zero := f.invoices(3)
	if len(zero) != 1 || zero[0].PayoutID != nil || zero[0].FeeCents != 3_000 || zero[0].VatCents != 521 || zero[0].Label() != "2026-000005" {
		t.Errorf("invoices of whom the fee left nothing = %+v", zero)
	}
	if i, err := InvoiceOf(t.Context(), f.DB, 3, 2026, 5); err != nil || i.ID != zero[0].ID {
		t.Errorf("by number: %+v, %v", i, err)
	}
	if _, err := InvoiceOf(t.Context(), f.DB, 1, 2026, 5); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's invoice: %v", err)
	}
}

func TestVATIsThatOfTheDay(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.received(40_000)
	f.award(20_000, 20_000)
	for day, bp := range map[int]int64{5: 1_900, 6: 2_200} {
		if err := f.s.SetVAT(t.Context(), maker, 1, time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC), bp); err != nil {
			t.Fatal(err)
		}
	}
	run := f.released()
	f.s.cfg.FilePart = 1
	f.bank()
	f.bank(entry{cents: -15_000, endID: "PR-0000-0001-1"}) // on the fourth: the rate of the claim
	f.bank()
	f.bank(entry{cents: -15_000, endID: "PR-0000-0002-1"}, f.back(1, 15_000, "AC04")) // on the sixth
	if one, two := f.invoices(1), f.invoices(2); one[1].VatCents != 868 || one[0].VatCents != 868 || two[0].RateBP != 2_200 || two[0].VatCents != 902 {
		t.Errorf("of run %d: first %+v, second %+v", run.ID, one, two)
	}
	f.balances(map[string]Cents{"2500": -902, "8000": -4_098})
	for name, c := range map[string]struct {
		day int
		bp  int64
	}{"days that were invoiced": {1, 600}, "a day that has a rate": {6, 600}, "no rate": {20, 10_001}} {
		if err := f.s.SetVAT(t.Context(), maker, 1, time.Date(2026, 11, c.day, 0, 0, 0, 0, time.UTC), c.bp); !errors.Is(err, ErrVAT) {
			t.Errorf("%s: %v, want %v", name, err, ErrVAT)
		}
	}
}

// invoiceOne invoices the award of one person, on a journal that is there.
func (f *fixture) invoiceOne(tx *gorm.DB, person int, number func(context.Context, *gorm.DB, int64, string, ...any) error) error {
	return number(context.Background(), tx, 1, `SELECT 1::bigint AS journal_id, 1 AS at, a.id AS award_id, a.participation_id, NULL::bigint AS payout_id, DATE '2026-11-02' AS dated,
		a.fee_cents, a.vat_cents, 2100::bigint AS rate_bp, NULL::bigint AS credits FROM awards a WHERE a.participation_id = ?`, person)
}

func TestInvoicesEightAtOnce(t *testing.T) {
	t.Parallel()
	f := build(t, 8, 0)
	f.T = t
	f.received(160_000)
	f.award(20_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := f.DB.Transaction(func(tx *gorm.DB) error { return f.invoiceOne(tx, i+1, invoiceAll) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, last := one[int](f, `SELECT count(*) FROM invoices`), one[int](f, `SELECT max(number) FROM invoices`); n != 8 || last != 8 {
		t.Errorf("%d invoices, the last is number %d; want 8", n, last)
	}
}

// Two number at the same moment. With the lock the second waits; the control without it takes the number of the
// first, which the schema refuses.
func TestTwoInvoicesAtTheSameMoment(t *testing.T) {
	t.Parallel()
	for name, number := range map[string]func(context.Context, *gorm.DB, int64, string, ...any) error{"with the lock": invoiceAll, "without": insertInvoices} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := build(t, 2, 0)
			f.T = t
			f.received(40_000)
			f.award(20_000, 20_000)
			second := make(chan error, 1)
			f.tx(func(tx *gorm.DB) error {
				if err := f.invoiceOne(tx, 1, number); err != nil {
					return err
				}
				go func() {
					second <- f.DB.Transaction(func(tx *gorm.DB) error { return f.invoiceOne(tx, 2, number) })
				}()
				for one[int](f, `SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`) == 0 {
				}
				return nil
			})
			if err := <-second; (err == nil) != (name == "with the lock") {
				t.Errorf("the second ended with %v", err)
			}
			if n, last := one[int](f, `SELECT count(*) FROM invoices`), one[int](f, `SELECT max(number) FROM invoices`); n != last {
				t.Errorf("%d invoices, the last is number %d", n, last)
			}
		})
	}
}

func TestAWholeRunIsInvoicedInOrder(t *testing.T) {
	t.Parallel()
	const n = 3_000
	f := setup(t, n)
	gross := make([]Cents, n)
	var pot Cents
	for i := range gross {
		gross[i] = Cents(6_000 + i)
		pot += gross[i]
	}
	f.received(pot)
	f.award(gross...)
	run := f.released()
	f.bank(f.file(run, 1))
	if got := one[string](f, `SELECT count(*) || ' ' || max(number) || ' ' || sum(vat_cents) FROM invoices`); got != fmt.Sprintf("%d %d %d", n, n, n*868) {
		t.Errorf("count, last number and VAT = %s", got)
	}
	if wrong := one[int](f, `SELECT count(*) FROM invoices i JOIN invoices k ON k.number = i.number + 1 WHERE k.payout_id < i.payout_id`); wrong != 0 {
		t.Errorf("%d invoices stand before one of a payout before theirs", wrong)
	}
}
