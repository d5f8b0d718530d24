package payments

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"gorm.io/gorm"
)

var ourCompany = Company{"Stichting Proef", "12345678", "NL123456789B01", "Straat 1", "1000AA", "Stad", ourIBAN}

// trialOf is what stands on each account that was used, by the trial balance.
func trialOf(t *testing.T, f *fixture) map[string]string {
	t.Helper()
	all, err := f.s.TrialBalance(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, b := range all {
		if b.NetCents() != 0 {
			out[b.Account] = Cents(b.NetCents()).String()
		}
	}
	return out
}

// Every file says of every account what the trial balance says.
func TestAuditFileIsTheBooks(t *testing.T) {
	t.Parallel()
	f := lived(t)
	want := trialOf(t, f)
	for _, version := range []string{"3.2", "4.0"} {
		var b bytes.Buffer
		if err := f.s.ExportXAF(t.Context(), &b, version, 2026, ourCompany); err != nil {
			t.Fatal(err)
		}
		if version == "3.2" {
			cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", filepath.Join("auditfile", "testdata", "XmlAuditfileFinancieel3.2.xsd"), "-")
			cmd.Stdin = bytes.NewReader(b.Bytes())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("xmllint: %v\n%s", err, out)
			}
		}
		var file struct {
			Transactions []struct {
				Nr    string `xml:"nr"`
				Lines []struct {
					Account string `xml:"accID"`
					Amount  string `xml:"amnt"`
					Side    string `xml:"amntTp"`
				} `xml:"trLine"`
			} `xml:"company>transactions>journal>transaction"`
		}
		if err := xml.Unmarshal(b.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		cents := map[string]Cents{}
		for _, tr := range file.Transactions {
			for _, l := range tr.Lines {
				c, err := ParseCents(l.Amount)
				if err != nil {
					t.Fatal(err)
				}
				if l.Side == "C" {
					c = -c
				}
				cents[l.Account] += c
			}
		}
		got := map[string]string{}
		for account, c := range cents {
			if c != 0 {
				got[account] = c.String()
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s and trial balance (-trial +file):\n%s", version, diff)
		}
		if n := one[int](f, `SELECT count(*) FROM journals`); len(file.Transactions) != n {
			t.Errorf("%s: %d transactions, want %d", version, len(file.Transactions), n)
		}
	}
	if err := f.s.ExportXAF(t.Context(), &bytes.Buffer{}, "3.2", 2020, ourCompany); !errors.Is(err, ErrNoYear) {
		t.Errorf("a year without bookings: %v", err)
	}
}

// What stood there at the end of a year opens the next; income and costs begin at nothing.
func TestAYearOpensWithWhatTheLastOneLeft(t *testing.T) {
	t.Parallel()
	f := build(t, 1, 0)
	f.T = t
	for i, day := range []time.Time{time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if err := f.posting(fmt.Sprint(i), day); err != nil {
			t.Fatal(err)
		}
	}
	f.exec(`UPDATE entries SET account = '1000' WHERE account = '4900'`)
	if _, err := f.s.NumberJournals(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := yearBalances(t.Context(), f.DB, 2026)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, b := range all {
		if b.OpeningCents != 0 || b.ClosingCents() != 0 {
			got[b.Account] = fmt.Sprint(b.OpeningCents, " ", b.ClosingCents())
		}
	}
	if diff := cmp.Diff(map[string]string{"0500": "-0.01 -0.01", "1000": "0.01 0.02", "8000": "0.00 -0.01"}, got); diff != "" {
		t.Errorf("opening and closing (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	if err := f.s.ExportXAF(t.Context(), &b, "3.2", 2026, ourCompany); err != nil || !strings.Contains(b.String(), "<accID>0500</accID>\n    <amnt>0.01</amnt>\n    <amntTp>C</amntTp>") {
		t.Errorf("audit file: %v\n%s", err, b.String())
	}
	if got, err := years(t.Context(), f.DB); err != nil || fmt.Sprint(got) != "[2026 2025]" {
		t.Errorf("years = %v, %v", got, err)
	}
}

func TestWorkbookIsTheBooks(t *testing.T) {
	t.Parallel()
	f := lived(t)
	f.exec(`UPDATE journals SET text = '=HYPERLINK("http://example.org","klik")' WHERE id = 1; UPDATE book_closes SET status = 'withdrawn', closed_by = NULL, closed_at = NULL, sha256 = NULL, journals = NULL, withdrawn_by = 'staff:1'`)
	var b bytes.Buffer
	if err := f.s.ExportXLSX(t.Context(), &b, 2026); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Proefbalans", "Grootboek", "Openstaand", "Btw", "Facturen"}, book.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	rows := func(sheet string) [][]string {
		all, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return all[1:]
	}
	got, last := map[string]string{}, map[string]string{}
	for _, r := range rows("Proefbalans") {
		if cents := numberOf(t, r[7]); cents != 0 {
			got[r[0]] = cents.String()
		}
	}
	want := trialOf(t, f)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("workbook and trial balance (-trial +workbook):\n%s", diff)
	}
	for i, r := range rows("Grootboek") {
		last[r[0]] = numberOf(t, r[9]).String()
		at := strconv.Itoa(i + 2)
		if kind, _ := book.GetCellType("Grootboek", "E"+at); kind != excelize.CellTypeInlineString {
			t.Errorf("the text in row %s is of type %v", at, kind)
		}
		if kind, _ := book.GetCellType("Grootboek", "H"+at); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("the amount in row %s is of type %v", at, kind)
		}
		if formula, err := book.GetCellFormula("Grootboek", "E"+at); err != nil || formula != "" {
			t.Errorf("row %s holds the formula %q, %v", at, formula, err)
		}
	}
	for account, cents := range want {
		if last[account] != cents {
			t.Errorf("the card of %s ends with %s, want %s", account, last[account], cents)
		}
	}
	if n := len(rows("Facturen")); n != one[int](f, `SELECT count(*) FROM invoices`) {
		t.Errorf("%d invoices", n)
	}
	f.exec(`UPDATE journals SET text = 'Vooruitbetaling ontvangen' WHERE id = 1`)
}

// numberOf reads a raw number of a spreadsheet as cents.
func numberOf(t *testing.T, raw string) Cents {
	t.Helper()
	sign := Cents(1)
	if rest, neg := strings.CutPrefix(raw, "-"); neg {
		raw, sign = rest, -1
	}
	whole, cents, _ := strings.Cut(raw, ".")
	c, err := ParseCents(whole + "," + (cents + "00")[:2])
	if err != nil || len(cents) > 2 {
		t.Fatalf("%q is no amount: %v", raw, err)
	}
	return sign * c
}

func TestALongSheetGoesOn(t *testing.T) {
	t.Parallel()
	b := workbook{file: excelize.NewFile(), used: map[string]int{}}
	p, err := b.sheet("Lang", column{"n", 5})
	if err != nil {
		t.Fatal(err)
	}
	p.row = excelize.TotalRows
	if err := p.add("over"); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	if v, err := b.file.GetCellValue("Lang 2", "A2"); err != nil || v != "over" {
		t.Errorf("the next sheet begins with %q, %v", v, err)
	}
}

func TestLedgerCards(t *testing.T) {
	t.Parallel()
	f := lived(t)
	var all []CardLine
	for before := int64(0); ; {
		some, err := f.s.Card(t.Context(), "1000", before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		all, before = append(all, some...), some[len(some)-1].EntryID
	}
	balance := Cents(0)
	for i := len(all) - 1; i >= 0; i-- {
		if balance += all[i].AmountCents; all[i].BalanceCents != balance || all[i].Label() == "" {
			t.Errorf("line %d: balance %s, want %s; number %q", all[i].EntryID, all[i].BalanceCents, balance, all[i].Label())
		}
	}
	if balance != f.balance("1000") || len(all) < 5 {
		t.Errorf("%d lines make %s, want %s", len(all), balance, f.balance("1000"))
	}
}

func TestOpenItemsByAge(t *testing.T) {
	t.Parallel()
	f := build(t, 2, 0)
	f.T = t
	line := func(key string, days int, who int64, cents int64) {
		f.tx(func(tx *gorm.DB) error {
			return postAged(f.Context(), tx, key, november.AddDate(0, 0, -days), who, cents)
		})
	}
	line("a", 100, 1, -50)
	line("b", 70, 1, -30)
	line("c", 40, 1, 60) // settles the first, and ten of the second
	line("d", 10, 1, -5)
	line("e", 95, 2, -7)
	items, err := openItems(t.Context(), f.DB, november)
	if err != nil {
		t.Fatal(err)
	}
	want := []OpenItem{{"2110", "Uit te betalen aan deelnemers", "Owed to participants", 2, -32, -5, 0, -20, -7}}
	if diff := cmp.Diff(want, items); diff != "" {
		t.Errorf("open items (-want +got):\n%s", diff)
	}
	if early, err := openItems(t.Context(), f.DB, november.AddDate(0, 0, -99)); err != nil || len(early) != 1 || early[0].Cents != -50 {
		t.Errorf("a hundred days before: %+v, %v", early, err)
	}
}

func postAged(ctx context.Context, tx *gorm.DB, key string, day time.Time, who, cents int64) error {
	return tx.WithContext(ctx).Exec(`WITH j AS (INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES (?, 'test', 'test:1', 'proef', ?, now()) RETURNING id)
		INSERT INTO entries (journal_id, account, amount_cents, participation_id) SELECT id, v.account, v.cents, v.who FROM j, (VALUES ('2110', ?::bigint, ?::bigint), ('4900', ?::bigint, NULL)) v(account, cents, who)`,
		key, day, cents, who, -cents).Error
}

func TestVATByQuarterTiesToTheBooks(t *testing.T) {
	t.Parallel()
	f := lived(t)
	all, err := vatSummary(t.Context(), f.DB)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	q := all[0]
	if q.Year != 2026 || q.Quarter != 4 || q.RateBP != 2100 || q.Invoices != 3 || q.Credits != 1 || q.VatCents != q.BookedCents || q.VatCents != 2*868 || q.FeeCents != 10_000 {
		t.Errorf("quarter = %+v", q)
	}
}

func TestClientMoneyIsWatchedByDay(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.settlement(20_000)
	f.received(20_000)
	if m, err := clientMoney(t.Context(), f.DB); err != nil || m.HeldCents != 20_000 || m.OwedCents != 20_000 || m.ShortDays != 0 {
		t.Errorf("client money = %+v, %v", m, err)
	}
	f.bank(entry{cents: -150})
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Match(t.Context(), tx, maker, one[int64](f, `SELECT id FROM statement_lines WHERE amount_cents = -150`), "costs", 0)
		return err
	})
	if m, err := clientMoney(t.Context(), f.DB); err != nil || m.HeldCents != 19_850 || m.ShortDays != 1 || m.FirstShort == nil || m.FirstShort.Day() != 3 {
		t.Errorf("after costs were taken from the money of others: %+v, %v", m, err)
	}
}
