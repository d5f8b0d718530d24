package payments

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"
)

// lived is a world in which everything has happened once.
func lived(t *testing.T) *fixture {
	t.Helper()
	f := setup(t, 6)
	f.s.cfg.FilePart = 2
	for i := range int64(3) {
		f.paid(i + 1)
	}
	f.require(f.byPerson(3), "switched")
	f.drain()
	f.settlement(63_000)
	f.bank(entry{cents: 63_000, text: "SCH-1"})
	f.award(20_000, 20_000, 10_000, 10_000, 3_000)
	run := f.released()
	f.bank(f.file(run, 1), f.back(2, 19_990, "AC04"), entry{cents: 9, text: "?"}, entry{cents: -3})
	f.bank(entry{cents: -5_000, endID: "PR-0000-0003-1"})
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Match(t.Context(), tx, maker, one[int64](f, `SELECT id FROM statement_lines WHERE amount_cents = -3`), "costs", 0)
		return err
	})
	f.settle()
	f.fetch()
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Match(t.Context(), tx, maker, one[int64](f, `SELECT id FROM statement_lines WHERE amount_cents = 9`), "unknown", 0)
		return err
	})
	f.closed(time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC))
	return f
}

// closed closes the books up to a day that is over by then.
func (f *fixture) closed(until time.Time) Close {
	f.Helper()
	f.day = until.YearDay() - time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC).YearDay() // the bank tells that nothing happened any more
	f.bank()
	f.Watch.Set(until.AddDate(0, 0, 5).Add(12 * time.Hour))
	c, err := f.s.ProposeClose(f.Context(), maker, until)
	if err == nil {
		err = f.s.CloseBooks(f.Context(), checker, c.ID)
	}
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// wounds holds one damage for each recount.
var wounds = []struct{ rule, sql string }{
	{"prepayment: due from Mollie", `UPDATE entries SET amount_cents = 4999 WHERE account = '1100' AND participation_id = 1`},
	{"prepayment: owed to who paid", `UPDATE entries SET participation_id = 2 WHERE account = '2000' AND participation_id = 1`},
	{"refund: taken off the prepayment", `UPDATE refunds SET status = 'failed'`},
	{"refund: still to be paid back", `UPDATE refunds SET amount_cents = 4999`},
	{"refund: paid back through Mollie", `UPDATE refunds SET status = 'refunded', refunded_at = now()`},
	{"mollie settlement: costs", `UPDATE entries SET amount_cents = amount_cents + 1 WHERE account = '4100' AND journal_id = (SELECT id FROM journals WHERE event = 'mollie.costs')`},
	{"mollie settlement: parts", `UPDATE mollie_settlement_items SET amount_cents = amount_cents + 1`},
	{"distribution: sum of the awards", `DELETE FROM awards WHERE participation_id = 5`},
	{"distribution: number of awards", `UPDATE distributions SET count = count + 1`},
	{"distribution: taken from the pot", `DELETE FROM journals WHERE event = 'distribution.approved'`},
	{"distribution: prepayments used", `UPDATE prepayments SET used_cents = used_cents - 1 WHERE used_cents > 0`},
	{"run: number of payouts", `DELETE FROM payouts WHERE id = 4`},
	{"run: total", `UPDATE payouts SET amount_cents = amount_cents + 1 WHERE id = 4`},
	{"run: put on its way", `UPDATE journals SET key = 'x' WHERE event = 'run.released'`},
	{"file: total", `UPDATE payout_files SET total_cents = total_cents + 1 WHERE part = 2`},
	{"file: number of payouts", `UPDATE payout_files SET count = count + 1 WHERE part = 2`},
	{"statement: closing balance", `UPDATE statement_lines SET amount_cents = amount_cents + 1 WHERE id = 1`},
	{"line: matched for its amount", `UPDATE statement_lines SET matched_at = NULL WHERE id = 1`},
	{"line: booked on the bank account", `UPDATE entries SET account = '2900' WHERE account = '1000' AND journal_id = (SELECT journal_id FROM line_matches WHERE kind = 'settlement')`},
	{"participation: prepaid", `UPDATE entries SET participation_id = 6 WHERE account = '2000' AND participation_id = 1 AND amount_cents < 0`},
	{"participation: still to be paid out", `UPDATE entries SET participation_id = 6 WHERE account = '2110' AND participation_id = 4 AND amount_cents < 0`},
	{"participation: fee not yet earned", `UPDATE entries SET participation_id = 6 WHERE account = '2120' AND participation_id = 4`},
	{"invoice: fee of a payout", `DELETE FROM invoices WHERE payout_id = 1 AND kind = 'invoice'`},
	{"invoice: fee with nothing to pay out", `UPDATE invoices SET payout_id = NULL WHERE payout_id = 1`},
	{"invoice: VAT", `UPDATE invoices SET rate_bp = 900, vat_cents = vat_in(fee_cents, 900) WHERE payout_id = 1`},
	{"invoice: day", `UPDATE invoices SET dated = dated + 1 WHERE payout_id = 1`},
	{"credit note: fee of a payout that came back", `UPDATE invoices SET fee_cents = fee_cents + 1 WHERE kind = 'credit'`},
	{"credit note: VAT", `UPDATE invoices SET rate_bp = 900, vat_cents = vat_in(fee_cents, 900) WHERE kind = 'credit'`},
	{"invoice: last number of a year", `UPDATE invoices SET number = number + 1 WHERE number = (SELECT max(number) FROM invoices)`},
	{"journal: last number of a year", `DELETE FROM journal_numbers WHERE number = 3`},
	{"close: number of journals", `DELETE FROM journals WHERE id = 2`},
	{"close: hash over what was booked", `UPDATE entries SET participation_id = 2 WHERE id = 2`},
	{"account balance", `UPDATE entries SET account = '4900' WHERE account = '4100'`},
}

func TestVerifySeesEachWound(t *testing.T) {
	t.Parallel()
	f := lived(t)
	undo := errors.New("undo")
	for _, w := range wounds {
		at := slices.IndexFunc(recounts, func(r recount) bool { return r.rule == w.rule })
		if at < 0 {
			t.Errorf("there is no recount %q", w.rule)
			continue
		}
		err := f.OwnerDB(t).Transaction(func(tx *gorm.DB) error {
			if found, err := recounted(tx, recounts[at]); err != nil || len(found) != 0 {
				t.Errorf("%s: before the wound %v, %v", w.rule, found, err)
			}
			if err := tx.Exec(`SET LOCAL session_replication_role = replica`).Error; err != nil {
				return err
			}
			if err := tx.Exec(w.sql).Error; err != nil {
				return err
			}
			if found, err := recounted(tx, recounts[at]); err != nil || len(found) == 0 {
				t.Errorf("%s does not see %q: %v", w.rule, w.sql, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Errorf("%s: %v", w.rule, err)
		}
	}
	for _, r := range recounts {
		if !slices.ContainsFunc(wounds, func(w struct{ rule, sql string }) bool { return w.rule == r.rule }) {
			t.Errorf("nobody tries whether %q sees anything", r.rule)
		}
	}
}

func TestEachAccountIsRecounted(t *testing.T) {
	t.Parallel()
	f := lived(t)
	at := slices.IndexFunc(recounts, func(r recount) bool { return r.rule == "account balance" })
	for _, account := range []string{"0500", "1000", "1100", "2000", "2050", "2100", "2110", "2120", "2200", "2500", "2900", "4100", "4900", "8000"} {
		undo := errors.New("undo")
		_ = f.OwnerDB(t).Transaction(func(tx *gorm.DB) error {
			if err := tx.Exec(`SET LOCAL session_replication_role = replica; INSERT INTO entries (journal_id, account, amount_cents) VALUES (1, '` + account + `', 1)`).Error; err != nil {
				t.Error(err)
			}
			found, err := recounted(tx, recounts[at])
			if err != nil || len(found) != 1 || found[0].Subject != "account:"+account {
				t.Errorf("a cent too much on %s: %v, %v", account, found, err)
			}
			return undo
		})
	}
}

func TestVerifyNamesTheDifference(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	f.paid(1)
	if found, err := Verify(t.Context(), f.DB); err != nil || len(found) != 0 {
		t.Fatalf("all is well, and verify says %v, %v", found, err)
	}
	f.exec(`UPDATE prepayments SET amount_cents = 5001`)
	found, err := Verify(t.Context(), f.DB)
	want := Difference{Rule: "prepayment: due from Mollie", Subject: "prepayment:1", Want: "50.01", Got: "50.00"}
	if err != nil || !slices.Contains(found, want) {
		t.Errorf("verify = %v, %v; want among them %v", found, err, want)
	}
	broken, err := Invariants(t.Context(), f.DB)
	if err != nil || len(broken) != 1 || broken[0].Rule != "l05_booked_is_what_was_paid" || broken[0].Count != 1 || broken[0].Sample != `[{"id": 1}]` || broken[0].Why == "" {
		t.Errorf("invariants = %+v, %v", broken, err)
	}
}
