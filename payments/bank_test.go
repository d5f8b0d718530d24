package payments

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// settlement writes down that money of this amount is expected under this reference.
func (f *fixture) settlement(pot Cents) {
	f.Helper()
	f.exec(fmt.Sprintf(`INSERT INTO settlements (claim_id, kind, reference, pot_cents, agreed_on, recorded_by, recorded_at) VALUES (1, 'settlement', 'SCH-1', %d, '2026-06-01', 'staff:1', '2026-06-01')`, pot))
}

func TestSettlementIsKnownByReferenceAndAmount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		entry entry
		why   string // empty: it is booked
	}{
		{"reference and amount", entry{cents: 30_000, text: "Inzake: sch-1. Met dank"}, ""},
		{"reference as end-to-end id", entry{cents: 30_000, endID: "SCH-1"}, ""},
		{"another amount", entry{cents: 29_999, text: "SCH-1"}, WhyAmount},
		{"reference inside a longer one", entry{cents: 30_000, text: "SCH-12"}, WhyUnknown},
		{"no reference", entry{cents: 30_000, text: "geld"}, WhyUnknown},
		{"it goes out", entry{cents: -30_000, text: "SCH-1"}, WhyUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			f.settlement(30_000)
			got := f.bank(tt.entry)
			if (got.Matched == 1) != (tt.why == "") {
				t.Errorf("booked = %+v", got)
			}
			r, err := f.s.Reconciliation(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if tt.why == "" {
				f.balances(map[string]Cents{"1000": 30_000, "2100": -30_000})
				if c, err := ReceivedForClaim(t.Context(), f.DB, 1); err != nil || c != 30_000 || len(r.OpenLines) != 0 || r.DifferenceCents != 0 {
					t.Errorf("received %s, %v; reconciliation %+v", c, err, r)
				}
				return
			}
			if len(r.OpenLines) != 1 || r.OpenLines[0].Why != tt.why || r.DifferenceCents != tt.entry.cents || r.UnexplainedCents != 0 {
				t.Errorf("reconciliation = %+v, want one open line because of %s", r, tt.why)
			}
		})
	}
}

func TestSettlementThatComesTwiceOrForTwo(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.settlement(30_000)
	got := f.bank(entry{cents: 30_000, text: "SCH-1"}, entry{cents: 30_000, text: "SCH-1"})
	if got.Matched != 1 {
		t.Errorf("matched %d, want the first only", got.Matched)
	}
	f.exec(`INSERT INTO claims OVERRIDING SYSTEM VALUE SELECT (json_populate_record(c, '{"id": 2, "slug": "ander", "number_prefix": "AN"}')).* FROM claims c;
		INSERT INTO settlements (claim_id, kind, reference, pot_cents, agreed_on, recorded_by, recorded_at) VALUES (2, 'settlement', 'SCH-2', 500, '2026-06-01', 'staff:1', '2026-06-01')`)
	f.bank(entry{cents: 500, text: "SCH-1 en SCH-2"})
	r, err := f.s.Reconciliation(t.Context())
	if err != nil || len(r.OpenLines) != 2 || r.OpenLines[0].Why != WhyAmount || r.OpenLines[1].Why != WhySeveral {
		t.Errorf("open lines = %+v, %v; want one that came twice and one that names two", r.OpenLines, err)
	}
}

func TestPayoutsOnTheStatement(t *testing.T) {
	t.Parallel()
	e2e := func(n int) string { return fmt.Sprintf("PR-0000-%04d-1", n) }
	tests := []struct {
		name    string
		entries func(f *fixture, run Run) []entry
		matched int
		why     []string // of the lines that stay open
	}{
		{"one by one", func(*fixture, Run) []entry {
			return []entry{{cents: -5_000, endID: e2e(1)}, {cents: -5_000, endID: e2e(2)}, {cents: -5_000, endID: e2e(3)}}
		}, 3, nil},
		{"as one batch", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1)} }, 1, nil},
		{"as one batch with its transfers", func(f *fixture, r Run) []entry {
			e := f.file(r, 1)
			e.parts = []entry{{cents: -5_000, endID: e2e(1)}, {cents: -5_000, endID: e2e(2)}, {cents: -5_000, endID: e2e(3)}}
			return []entry{e}
		}, 3, nil},
		{"another amount", func(*fixture, Run) []entry { return []entry{{cents: -5_001, endID: e2e(1)}} }, 0, []string{WhyAmount}},
		{"the same transfer twice", func(*fixture, Run) []entry {
			return []entry{{cents: -5_000, endID: e2e(1)}, {cents: -5_000, endID: e2e(1)}}
		}, 1, []string{WhyBookedBefore}},
		{"a batch of another total", func(f *fixture, r Run) []entry { e := f.file(r, 1); e.cents++; return []entry{e} }, 0, []string{WhyAmount}},
		{"the same batch twice", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1), f.file(r, 1)} }, 1, []string{WhyBookedBefore}},
		{"one by one, then the batch", func(f *fixture, r Run) []entry { return []entry{{cents: -5_000, endID: e2e(1)}, f.file(r, 1)} }, 1, []string{WhyFilePartly}},
		{"the batch, then one by one", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1), {cents: -5_000, endID: e2e(1)}} }, 1, []string{WhyBookedBefore}},
		{"nothing of ours", func(*fixture, Run) []entry { return []entry{{cents: -5_000, endID: "SOMETHING"}, {cents: -15_000}} }, 0, []string{WhyUnknown, WhyUnknown}},
		{"not booked by the bank yet", func(*fixture, Run) []entry { return []entry{{cents: -5_000, endID: e2e(1), status: "PDNG"}} }, 0, nil},
		{"returned in the same file, before it went out", func(f *fixture, r Run) []entry {
			return []entry{f.back(1, 5_000, "AC04"), f.file(r, 1)}
		}, 2, nil},
		{"returned, but never seen going out", func(f *fixture, _ Run) []entry { return []entry{f.back(1, 5_000, "AC04")} }, 0, []string{WhyNotBooked}},
		{"returned twice", func(f *fixture, r Run) []entry {
			return []entry{f.file(r, 1), f.back(1, 5_000, "AC04"), f.back(1, 5_000, "AC04")}
		}, 2, []string{WhyReturnedTwice}},
		{"more came back than went out", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1), f.back(1, 5_001, "AC04")} }, 1, []string{WhyAmount}},
		{"a return the bank does not call one", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1), {cents: 5_000, endID: e2e(1)}} }, 2, nil},
		{"something else with our key and less", func(f *fixture, r Run) []entry { return []entry{f.file(r, 1), {cents: 4_000, endID: e2e(1)}} }, 1, []string{WhyAmount}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 3)
			f.award(10_000, 10_000, 10_000)
			run := f.released()
			ref := f.upload(f.camt(tt.entries(f, run)...))
			before := one[int](f, `SELECT count(*) FROM journals`)
			p, err := f.s.Preview(t.Context(), ref)
			if err != nil || !p.Bookable || one[int](f, `SELECT count(*) FROM journals`) != before || one[int](f, `SELECT count(*) FROM statements`) != 0 {
				t.Fatalf("preview = %+v, %v; want it bookable and nothing booked", p, err)
			}
			expect := 0
			for _, e := range p.Statements[0].Expected {
				if e.Kind != "" {
					expect += e.Lines
				}
			}
			var got Booked
			f.tx(func(tx *gorm.DB) (err error) { got, err = f.s.Book(t.Context(), tx, maker, ref); return err })
			if got.Matched != tt.matched || expect != tt.matched {
				t.Errorf("matched %d, expected in the preview %d, want %d", got.Matched, expect, tt.matched)
			}
			r, err := f.s.Reconciliation(t.Context())
			if err != nil || r.UnexplainedCents != 0 {
				t.Fatalf("reconciliation = %+v, %v", r, err)
			}
			var why []string
			for _, l := range r.OpenLines {
				why = append(why, l.Why)
			}
			if !slices.Equal(why, tt.why) {
				t.Errorf("open because of %q, want %q", why, tt.why)
			}
		})
	}
}

func TestLessComesBackThanWasSent(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.award(10_000)
	run := f.released()
	f.bank(f.file(run, 1))
	got := f.bank(f.back(1, 4_990, "FOCR"))
	if len(got.Returned) != 1 || got.Returned[0].AmountCents != 4_990 || got.Returned[0].SentCents != 5_000 || got.Returned[0].Reason != "FOCR" {
		t.Errorf("returned = %+v, want 49.90 of 50.00", got.Returned)
	}
	f.balances(map[string]Cents{"2110": -5_000, "4100": 10, "8000": 0, "2500": 0, "2120": -5_000})
	if again := f.released(); again.TotalCents != 5_000 {
		t.Errorf("paid again %s, want the whole award", again.TotalCents)
	}
}

func TestStatementsThatAreNotBooked(t *testing.T) {
	t.Parallel()
	good := []entry{{cents: 100, text: "x"}}
	tests := []struct {
		name    string
		content func() []byte
		upload  error
		book    error
	}{
		{"it does not tie", func() []byte { return camt(ourIBAN, 1, 0, 99, good) }, nil, ErrUntrusted},
		{"another account", func() []byte { return camt("NL39RABO0300065264", 1, 0, 100, good) }, nil, ErrUntrusted},
		{"a statement before it is missing", func() []byte { return camt(ourIBAN, 2, 5_000, 5_100, good) }, nil, ErrGap},
		{"not a bank file", func() []byte { return []byte("hello") }, ErrUntrusted, nil},
		{"nothing", func() []byte { return nil }, ErrFileSize, nil},
		{"cut short", func() []byte { return camt(ourIBAN, 1, 0, 100, good)[:700] }, ErrUntrusted, nil},
		{"an advice, not a statement", func() []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll(camt(ourIBAN, 1, 0, 100, good), []byte("camt.053"), []byte("camt.054")), []byte("BkToCstmrStmt"), []byte("BkToCstmrDbtCdtNtfctn")), []byte("Stmt>"), []byte("Ntfctn>"))
		}, nil, ErrUntrusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			f.bank(entry{cents: 1_000, text: "first"}) // day 1, closes with 10.00
			ref, err := f.s.Upload(t.Context(), maker, "x.xml", bytes.NewReader(tt.content()))
			if !errors.Is(err, tt.upload) {
				t.Fatalf("upload = %v, want %v", err, tt.upload)
			}
			if tt.upload != nil {
				if errors.Is(tt.upload, ErrUntrusted) && len(err.Error()) < len(ErrUntrusted.Error())+5 {
					t.Errorf("%q does not say why", err)
				}
				return
			}
			p, err := f.s.Preview(t.Context(), ref)
			if err != nil || p.Bookable {
				t.Errorf("preview = %+v, %v; want it shown and not bookable", p, err)
			}
			err = f.try(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err })
			if !errors.Is(err, tt.book) {
				t.Errorf("book = %v, want %v", err, tt.book)
			}
			if n := one[int](f, `SELECT count(*) FROM statement_lines`); n != 1 {
				t.Errorf("%d lines, want the one there was", n)
			}
		})
	}
}

func TestTheSameStatementAgain(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.settlement(30_000)
	first := f.camt(entry{cents: 30_000, text: "SCH-1"})
	ref := f.upload(first)
	if again := f.upload(first); again != ref {
		t.Errorf("uploaded again = %s, want %s", again, ref)
	}
	f.tx(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err })
	if err := f.try(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err }); !errors.Is(err, ErrAlreadyBooked) {
		t.Errorf("booked again = %v, want ErrAlreadyBooked", err)
	}
	other := bytes.Replace(first, []byte("<MsgId>M1</MsgId>"), []byte("<MsgId>DOWNLOADED-AGAIN</MsgId>"), 1)
	ref = f.upload(other)
	p, err := f.s.Preview(t.Context(), ref)
	if err != nil || !p.Statements[0].Known || len(p.Statements[0].Expected) != 0 {
		t.Errorf("preview = %+v, %v; want a known statement", p, err)
	}
	var got Booked
	f.tx(func(tx *gorm.DB) (err error) { got, err = f.s.Book(t.Context(), tx, maker, ref); return err })
	if got.Lines != 1 || got.New != 0 || got.Matched != 0 {
		t.Errorf("booked = %+v, want nothing new", got)
	}
	f.balances(map[string]Cents{"1000": 30_000})
	if err := f.s.Drop(t.Context(), maker, ref); !errors.Is(err, ErrWrongState) {
		t.Errorf("dropping what is booked = %v, want ErrWrongState", err)
	}
	third := f.upload(f.camt(entry{cents: 5, text: "rente"}))
	if err := f.s.Drop(t.Context(), maker, third); err != nil {
		t.Error(err)
	}
	if _, err := f.s.Preview(t.Context(), third); !errors.Is(err, ErrNotFound) {
		t.Errorf("preview of a dropped file = %v, want ErrNotFound", err)
	}
	all, err := Imports(t.Context(), f.DB, 10)
	if err != nil || len(all) != 3 || all[0].DroppedAt == nil || all[2].BookedAt == nil {
		t.Errorf("files = %+v, %v", all, err)
	}
}

func TestMatchByHand(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.settlement(20_000)
	f.award(10_000, 10_000)
	run := f.released()
	f.bank(entry{cents: 15_000}, entry{cents: 5_000}, entry{cents: -5_000}, entry{cents: -12}, entry{cents: 700}, entry{cents: 300}, entry{cents: -5_000}, entry{cents: 4_999})
	line := func(ordinal int) int64 {
		return one[int64](f, `SELECT id FROM statement_lines WHERE ordinal = $1`, ordinal)
	}
	match := func(ordinal int, kind string, target int64) (got Booked, err error) {
		err = f.try(func(tx *gorm.DB) (err error) {
			got, err = f.s.Match(t.Context(), tx, checker, line(ordinal), kind, target)
			return err
		})
		return got, err
	}
	refused := []struct {
		name   string
		line   int
		kind   string
		target int64
		want   error
	}{
		{"a debit is no settlement", 3, "settlement", 1, ErrNoMatch},
		{"a payout of another amount", 4, "payout", 1, ErrNoMatch},
		{"a payout that is not there", 3, "payout", 99, ErrNotFound},
		{"a return of what is not booked", 8, "return", 1, ErrNoMatch},
		{"a file of another total", 3, "payout_file", run.ID, ErrNoMatch},
		{"a credit is no cost", 5, "costs", 0, ErrNoMatch},
		{"a kind nobody knows", 5, "gift", 0, ErrNoMatch},
	}
	for _, tt := range refused {
		if _, err := match(tt.line, tt.kind, tt.target); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for _, step := range []struct {
		line   int
		kind   string
		target int64
	}{{1, "settlement", 1}, {2, "settlement", 1}, {3, "payout", 1}, {4, "costs", 0}, {5, "unknown", 0}, {6, "mollie", 0}, {7, "payout", 2}, {8, "return", 2}} {
		if got, err := match(step.line, step.kind, step.target); err != nil || got.Matched != 1 {
			t.Errorf("line %d as %s: %+v, %v", step.line, step.kind, got, err)
		}
	}
	if _, err := match(1, "unknown", 0); !errors.Is(err, ErrAlreadyBooked) {
		t.Errorf("the same line again = %v, want ErrAlreadyBooked", err)
	}
	f.balances(map[string]Cents{"1000": 15_987, "2100": 0, "4100": 13, "2900": -700, "1100": -300, "2110": -5_000, "2200": 0})
	if r, err := f.s.Reconciliation(t.Context()); err != nil || r.DifferenceCents != 0 {
		t.Errorf("reconciliation = %+v, %v", r, err)
	}
}

func TestWhatStaffSeeOfALineIsSealed(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.bank(entry{cents: 100, text: "GEHEIM-WOORD"})
	r, err := f.s.Reconciliation(t.Context())
	if err != nil || len(r.OpenLines) != 1 || !strings.Contains(r.OpenLines[0].Remittance, "GEHEIM-WOORD") {
		t.Errorf("open lines = %+v, %v; want the text readable", r.OpenLines, err)
	}
	for _, table := range []string{"statement_lines", "statement_imports", "statements", "journals", "audit_events"} {
		if n := one[int](f, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%GEHEIM%' OR x::text LIKE '%47454845494d%'`); n != 0 {
			t.Errorf("%s holds the payer's text in the open", table)
		}
	}
}

func TestReconciliationOfNothing(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	r, err := f.s.Reconciliation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Reconciliation{OpenLines: []Line{}}, r); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f.last = 12_345 // the account was there before these books
	f.bank(entry{cents: 5, text: "rente"})
	r, err = f.s.Reconciliation(t.Context())
	if err != nil || r.BankCents != 12_350 || r.OpeningCents != 12_345 || r.OpenLinesCents != 5 || r.UnexplainedCents != 0 {
		t.Errorf("reconciliation = %+v, %v", r, err)
	}
}
