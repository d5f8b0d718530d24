package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie"
)

var november = time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC)

// posting books one cent on a day.
func (f *fixture) posting(key string, day time.Time) error {
	return f.try(func(tx *gorm.DB) error {
		_, err := ledger.Post(f.Context(), tx, ledger.Journal{Key: key, Event: "test", Source: "test:1", Text: "proef", BookedOn: day,
			Lines: []ledger.Line{{Account: "4900", AmountCents: 1}, {Account: "8000", AmountCents: -1}}})
		return err
	})
}

func (f *fixture) propose(until time.Time) (c Close, err error) {
	return f.s.ProposeClose(f.Context(), maker, until)
}

func TestAPeriodIsClosedByTwo(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.bank(entry{cents: 700, text: "?"})
	for name, day := range map[string]time.Time{"a month that is not over": november, "the middle of a month": time.Date(2026, 10, 15, 0, 0, 0, 0, time.UTC)} {
		if _, err := f.propose(day); !errors.Is(err, ErrCloseDay) {
			t.Errorf("%s: %v, want %v", name, err, ErrCloseDay)
		}
	}
	f.Watch.Set(november.AddDate(0, 0, 10))
	if _, err := f.propose(november); !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "lines") {
		t.Errorf("with an open line: %v", err)
	}
	f.tx(func(tx *gorm.DB) error { _, err := f.s.Match(t.Context(), tx, maker, 1, "unknown", 0); return err })
	if _, err := f.propose(november); !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "statements") {
		t.Errorf("before the bank told of the last day: %v", err)
	}
	f.day = 30
	f.bank()
	c, err := f.propose(november)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.propose(november); !errors.Is(err, ErrCloseProposed) {
		t.Errorf("proposed twice: %v", err)
	}
	if err := f.posting("still open", november); err != nil { // a proposal closes nothing
		t.Fatal(err)
	}
	f.exec(`DELETE FROM entries WHERE journal_id = (SELECT id FROM journals WHERE key = 'still open'); DELETE FROM journals WHERE key = 'still open'`)
	done := func(by string) error {
		return f.s.CloseBooks(t.Context(), actor(by), c.ID)
	}
	if err := done(string(maker)); !errors.Is(err, ErrSamePerson) {
		t.Errorf("one person closes: %v", err)
	}
	if err := done(string(checker)); err != nil {
		t.Fatal(err)
	}
	if err := done("staff:3"); !errors.Is(err, ErrWrongState) {
		t.Errorf("closed twice: %v", err)
	}
	if err := f.posting("late", november); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("a booking in a closed month: %v, want %v", err, ledger.ErrClosed)
	}
	if _, err := f.propose(november); !errors.Is(err, ErrCloseDay) {
		t.Errorf("a month that is closed: %v", err)
	}
	state, err := f.s.Closing(t.Context())
	if err != nil || len(state.Closed) != 1 || *state.Closed[0].Journals != 1 || len(state.Closed[0].Hash()) != 64 || !state.Next.IsZero() {
		t.Errorf("closing = %+v, %v", state, err)
	}
}

func TestAProposalIsTakenBack(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.Watch.Set(november.AddDate(0, 0, 10))
	c, err := f.propose(november)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.s.WithdrawClose(t.Context(), maker, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.s.CloseBooks(t.Context(), checker, c.ID); !errors.Is(err, ErrWrongState) {
		t.Errorf("closed after it was taken back: %v", err)
	}
	if _, err := f.propose(november); err != nil {
		t.Errorf("proposed again: %v", err)
	}
}

// What the bank did in a month that was closed in the meantime is booked on the first open day.
func TestTheBankComesLate(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.closed(november)
	f.day = 20
	content := f.camt(entry{cents: 500, text: "te laat"})
	f.exec(`UPDATE statements SET closed_on = '2026-11-15', opened_on = '2026-11-15'`) // a bank that corrects itself
	ref := f.upload(content)
	f.tx(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err })
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Match(t.Context(), tx, maker, one[int64](f, `SELECT max(id) FROM statement_lines`), "unknown", 0)
		return err
	})
	if day := one[time.Time](f, `SELECT booked_on FROM journals WHERE event = 'line.unknown'`); !day.Equal(november.AddDate(0, 0, 1)) {
		t.Errorf("booked on %s, want the first of December", day.Format(time.DateOnly))
	}
}

// Mollie tells of a payment of a month that was closed in the meantime.
func TestMollieComesLate(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	p := f.start(1)
	f.closed(november)
	f.apply(mollie.Payment{ID: *p.ProviderID, Reference: p.Ref, AmountCents: int64(feeCents), Status: mollie.Paid, PaidAt: november.Add(12 * time.Hour)})
	if day := one[time.Time](f, `SELECT booked_on FROM journals WHERE event = 'prepayment.paid'`); !day.Equal(november.AddDate(0, 0, 1)) {
		t.Errorf("booked on %s, want the first of December", day.Format(time.DateOnly))
	}
}

// closeWhilePosting closes the books between the insert of a booking and its commit.
func (f *fixture) closeWhilePosting() (posted, closed error) {
	f.Helper()
	f.Watch.Set(november.AddDate(0, 0, 10))
	c, err := f.propose(november)
	if err != nil {
		f.Fatal(err)
	}
	inserted, ended := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		posted = f.DB.Transaction(func(tx *gorm.DB) error {
			_, err := ledger.Post(context.Background(), tx, ledger.Journal{Key: "race", Event: "test", Source: "test:1", Text: "proef", BookedOn: november,
				Lines: []ledger.Line{{Account: "4900", AmountCents: 1}, {Account: "8000", AmountCents: -1}}})
			close(inserted)
			<-ended
			return err
		})
	})
	<-inserted
	closed = f.s.CloseBooks(f.Context(), checker, c.ID)
	close(ended)
	wg.Wait()
	return posted, closed
}

func TestClosingWaitsForABooking(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	if posted, closed := f.closeWhilePosting(); posted != nil || !errors.Is(closed, ErrBooksBusy) {
		t.Errorf("posting ended %v, closing %v; want %v", posted, closed, ErrBooksBusy)
	}
	if n := one[int](f, `SELECT count(*) FROM inv.l09_closed_is_closed`); n != 0 {
		t.Error("something was booked on a closed day")
	}
}

// The control: without the lock a booking slips into a month that is being closed, and the recount sees it.
func TestWithoutTheLockABookingSlipsIn(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	if _, err := f.owner.Exec(t.Context(), `CREATE OR REPLACE FUNCTION period_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN IF EXISTS (SELECT FROM added WHERE booked_on <= closed_until()) THEN RAISE EXCEPTION 'closed'; END IF; RETURN NULL; END $$`); err != nil {
		t.Fatal(err)
	}
	if posted, closed := f.closeWhilePosting(); posted != nil || closed != nil {
		t.Fatalf("posting ended %v, closing %v: this test does not see what the lock is for", posted, closed)
	}
	found, err := Verify(t.Context(), f.DB)
	if err != nil || !strings.Contains(fmt.Sprint(found), "close: number of journals") {
		t.Errorf("verify does not see what slipped in: %v, %v", found, err)
	}
}

func TestTheSchemaKeepsClosesAndNumbers(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	f.settlement(20_000)
	f.received(20_000)
	f.award(20_000)
	f.closed(november)
	for name, sql := range map[string]string{
		"a booking on a closed day": `INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES ('x', 'x', 'x', 'x', '2026-11-30', now());
			INSERT INTO entries (journal_id, account, amount_cents) SELECT id, a, c FROM journals, (VALUES ('4900', 1), ('8000', -1)) v(a, c) WHERE key = 'x'`,
		"a close opened again":   `UPDATE book_closes SET status = 'proposed', closed_by = NULL, closed_at = NULL, sha256 = NULL, journals = NULL`,
		"a close deleted":        `DELETE FROM book_closes`,
		"a close before a close": `INSERT INTO book_closes (until_on, status, proposed_by, proposed_at) VALUES ('2026-10-31', 'proposed', 'staff:1', now())`,
		"a number that leaves a hole": `INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES ('y', 'x', 'x', 'x', '2027-01-05', now());
			INSERT INTO entries (journal_id, account, amount_cents) SELECT id, a, c FROM journals, (VALUES ('4900', 1), ('8000', -1)) v(a, c) WHERE key = 'y';
			INSERT INTO journal_numbers SELECT 2027, 2, id FROM journals WHERE key = 'y'`,
		"an invoice that leaves a hole": `INSERT INTO invoices (year, number, kind, award_id, participation_id, journal_id, dated, fee_cents, vat_cents, rate_bp) VALUES (2026, 2, 'invoice', 1, 1, 1, '2026-12-01', 121, 21, 2100)`,
	} {
		err := f.OwnerDB(t).Transaction(func(tx *gorm.DB) error { return tx.Exec(sql).Error })
		if err == nil {
			t.Errorf("%s was accepted", name)
		} else if strings.HasSuffix(name, "that leaves a hole") && !strings.Contains(err.Error(), "hole") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Journals get their numbers in the order of their days' years, without a hole, also where bookings were taken back.
func TestJournalsAreNumberedWithoutAHole(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	undo := errors.New("undo")
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			_ = f.DB.Transaction(func(tx *gorm.DB) error {
				_, err := ledger.Post(context.Background(), tx, ledger.Journal{Key: fmt.Sprint("k", i), Event: "test", Source: "test:1", Text: "proef", BookedOn: november.AddDate(i%2, 0, 0),
					Lines: []ledger.Line{{Account: "4900", AmountCents: 1}, {Account: "4100", AmountCents: -1}}})
				if err == nil && i%3 == 0 {
					return undo
				}
				return err
			})
		})
		if i%8 == 0 {
			wg.Go(func() { _, _ = f.s.NumberJournals(context.Background()) })
		}
	}
	wg.Wait()
	if _, err := f.s.NumberJournals(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2026, 2027} {
		n, last := one[int](f, `SELECT count(*) FROM journal_numbers WHERE year = $1`, year), one[int](f, `SELECT max(number) FROM journal_numbers WHERE year = $1`, year)
		if n != 8 || last != 8 {
			t.Errorf("%d journals of %d, the last is number %d; want 8", n, year, last)
		}
	}
	f.exec(`DELETE FROM journal_numbers; DELETE FROM entries; DELETE FROM journals`)
}
