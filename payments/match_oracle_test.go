package payments

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gorm.io/gorm"
)

// oracle says what lines are, one line after the other, in a few plain steps:
// what the query that does it for all lines at once must say as well.
type oracle struct {
	payouts map[string]*oraclePayout
	files   map[string]*oracleFile
	needed  Cents // of the one settlement there is
}

type oraclePayout struct {
	status string
	cents  Cents
	file   string
}

type oracleFile struct {
	sent, count int
	cents       Cents
	matched     bool
}

// verdicts gives for each line its kind, or why it stays open.
func (o *oracle) verdicts(entries []entry) []string {
	said := make([]string, len(entries))
	for i, e := range entries {
		if e.cents < 0 {
			said[i] = o.out(e)
		}
	}
	for i, e := range entries {
		if e.cents >= 0 {
			said[i] = o.in(e)
		}
	}
	return said
}

func (o *oracle) out(e entry) string {
	if p := o.payouts[e.endID]; p != nil {
		switch {
		case p.status == PayoutBooked || p.status == PayoutReturned:
			return WhyBookedBefore
		case p.status != PayoutSent:
			return WhyNotSent
		case p.cents != -e.cents:
			return WhyAmount
		}
		p.status = PayoutBooked
		o.files[p.file].sent--
		return matchPayout
	}
	f := o.files[e.batch]
	switch {
	case f == nil:
		return WhyUnknown
	case f.matched:
		return WhyBookedBefore
	case f.cents != -e.cents:
		return WhyAmount
	case f.sent == 0:
		return WhyNotSent
	case f.sent != f.count:
		return WhyFilePartly
	}
	f.matched, f.sent = true, 0
	for _, p := range o.payouts {
		if p.file == e.batch {
			p.status = PayoutBooked
		}
	}
	return matchPayoutFile
}

func (o *oracle) in(e entry) string {
	if p := o.payouts[e.endID]; p != nil {
		switch {
		case p.status == PayoutReturned:
			return WhyReturnedTwice
		case p.status != PayoutBooked:
			return WhyNotBooked
		case e.cents > p.cents, e.cents == 0, e.returned == "" && e.cents != p.cents:
			return WhyAmount
		}
		p.status = PayoutReturned
		return matchReturn
	}
	switch {
	case e.text != "SCH-1":
		return WhyUnknown
	case e.cents != o.needed || e.cents == 0:
		return WhyAmount
	}
	o.needed = 0
	return matchSettlement
}

// Statements of chance, of few payouts so that their lines get in each other's way: the query for all lines
// at once says of each what the plain steps say, the preview expects it, and the books follow it.
func TestAllLinesAtOnceAreAsOneByOne(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			f := setup(t, 6)
			f.s.cfg.FilePart = 2
			f.award(10_000, 10_000, 10_000, 20_000, 20_000, 20_000)
			run := f.released()
			chance := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
			for range 3 {
				f.asTheOracle(run, chance)
			}
		})
	}
}

// asTheOracle books a statement of chance and compares.
func (f *fixture) asTheOracle(run Run, chance *rand.Rand) {
	f.Helper()
	o := f.oracle(run)
	entries := f.anyEntries(run, chance)
	want := o.verdicts(entries)
	ref := f.upload(f.camt(entries...))
	if got := f.verdicts(ref); !slices.Equal(got, want) {
		f.Errorf("verdicts\n%q, want\n%q of %+v", got, want, entries)
	}
	p, err := f.s.Preview(f.Context(), ref)
	if err != nil {
		f.Fatal(err)
	}
	expected := map[string]int{}
	for _, e := range p.Statements[0].Expected {
		expected[e.Kind] = e.Lines
	}
	f.tx(func(tx *gorm.DB) error { _, err := f.s.Book(f.Context(), tx, maker, ref); return err })
	var lines []Line
	err = f.DB.WithContext(f.Context()).Raw(`SELECT l.*, coalesce(m.kind, '') AS reference FROM statement_lines l LEFT JOIN line_matches m ON m.line_id = l.id
		WHERE l.statement_id = (SELECT max(id) FROM statements) ORDER BY l.ordinal`).Scan(&lines).Error
	if err != nil || len(lines) != len(entries) {
		f.Fatalf("%d lines of %d: %v", len(lines), len(entries), err)
	}
	for i, l := range lines {
		kind := want[i]
		if !slices.Contains([]string{matchPayout, matchPayoutFile, matchReturn, matchSettlement}, kind) {
			kind = ""
		}
		if l.Reference != kind {
			f.Errorf("line %d, %+v, is %q, want %q", i+1, entries[i], l.Reference, want[i])
		}
		expected[kind]--
	}
	for kind, n := range expected {
		if n != 0 {
			f.Errorf("the preview expects %d more lines of kind %q", n, kind)
		}
	}
}

// verdicts asks the query what it says of each line of a file.
func (f *fixture) verdicts(ref string) (said []string) {
	f.Helper()
	f.tx(func(tx *gorm.DB) error {
		file, sheets, err := f.s.openImport(f.Context(), tx, ref)
		if err != nil {
			return err
		}
		if err := f.s.stage(f.Context(), tx, file, sheets, nil); err != nil {
			return err
		}
		return tx.Raw(`SELECT kind || why FROM (` + fmt.Sprintf(finds, `SELECT n, amount_cents, end_to_end_id, batch_id, is_return, named FROM stage`) + `) x ORDER BY n`).Scan(&said).Error
	})
	return said
}

// oracle is what the database holds now.
func (f *fixture) oracle(run Run) *oracle {
	f.Helper()
	o := &oracle{payouts: map[string]*oraclePayout{}, files: map[string]*oracleFile{}}
	files, err := RunFiles(f.Context(), f.DB, run.ID)
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range files {
		matched := one[bool](f, `SELECT EXISTS (SELECT FROM line_matches WHERE run_id = $1 AND part = $2)`, run.ID, x.Part)
		o.files[x.MessageID] = &oracleFile{count: int(x.Count), cents: x.TotalCents, matched: matched}
	}
	var all []Payout
	if err := f.DB.WithContext(f.Context()).Raw(`SELECT * FROM payouts`).Scan(&all).Error; err != nil {
		f.Fatal(err)
	}
	for _, p := range all {
		file := files[p.Part-1].MessageID
		o.payouts[p.EndToEndID] = &oraclePayout{status: p.Status, cents: p.AmountCents, file: file}
		if p.Status == PayoutSent {
			o.files[file].sent++
		}
	}
	o.needed = one[Cents](f, `SELECT pot_cents - (SELECT coalesce(sum(amount_cents), 0)::bigint FROM line_matches WHERE settlement_id = s.id) FROM settlements s`)
	return o
}

// anyEntries are some lines that may be anything.
func (f *fixture) anyEntries(run Run, chance *rand.Rand) []entry {
	f.Helper()
	var entries []entry
	for range 4 + chance.IntN(8) {
		n := 1 + chance.IntN(6)
		cents := one[Cents](f, `SELECT amount_cents FROM payouts WHERE id = $1`, n)
		key := one[string](f, `SELECT end_to_end_id FROM payouts WHERE id = $1`, n)
		off := []Cents{0, 0, 0, 1, -1}[chance.IntN(5)]
		switch chance.IntN(6) {
		case 0, 1:
			entries = append(entries, entry{cents: -cents + off, endID: key})
		case 2, 3:
			e := entry{cents: cents + off, endID: key}
			if chance.IntN(2) == 0 {
				e.returned = "AC04"
			}
			entries = append(entries, e)
		case 4:
			e := f.file(run, 1+chance.IntN(3))
			e.cents += off
			entries = append(entries, e)
		default:
			entries = append(entries, entry{cents: []Cents{90_000, 5, 0}[chance.IntN(3)], text: []string{"SCH-1", "iets"}[chance.IntN(2)]})
		}
	}
	return entries
}
