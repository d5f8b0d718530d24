package payments

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The golden journal is what the accountant reads: every kind of booking once.
func TestExports(t *testing.T) {
	t.Parallel()
	f := lived(t)
	var table, journal bytes.Buffer
	if err := f.s.ExportCSV(t.Context(), &table); err != nil {
		t.Fatal(err)
	}
	if err := f.s.ExportHledger(t.Context(), &journal); err != nil {
		t.Fatal(err)
	}
	golden(t, "books.csv", table.Bytes())
	golden(t, "books.journal", journal.Bytes())

	trial, err := f.s.TrialBalance(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var debit, credit int64
	want := map[string]string{}
	for _, b := range trial {
		debit, credit = debit+b.DebitCents, credit+b.CreditCents
		if b.NetCents() != 0 {
			want[b.Account] = Cents(b.NetCents()).String()
		}
	}
	if debit != credit || debit == 0 {
		t.Errorf("trial balance: debit %d, credit %d", debit, credit)
	}
	if early, err := f.s.TrialBalance(t.Context(), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || early[0].DebitCents != 0 {
		t.Errorf("before the first booking: %+v, %v", early[0], err)
	}
	if diff := cmp.Diff(want, sums(t, table.Bytes())); diff != "" {
		t.Errorf("CSV and trial balance (-trial +csv):\n%s", diff)
	}
	if _, err := exec.LookPath("hledger"); err != nil {
		t.Log("hledger is not installed: its own balance is not compared")
		return
	}
	if diff := cmp.Diff(want, hledger(t, journal.Bytes())); diff != "" {
		t.Errorf("hledger and trial balance (-trial +hledger):\n%s", diff)
	}
}

// sums adds up a CSV by account.
func sums(t *testing.T, table []byte) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cents := map[string]Cents{}
	for _, row := range rows[1:] {
		for col, sign := range map[int]Cents{8: 1, 9: -1} {
			if row[col] != "" {
				c, err := ParseCents(row[col])
				if err != nil {
					t.Fatal(err)
				}
				cents[row[6]] += sign * c
			}
		}
	}
	out := map[string]string{}
	for account, c := range cents {
		if c != 0 {
			out[account] = c.String()
		}
	}
	return out
}

// hledger lets the real program add the journal up, as strictly as it can.
func hledger(t *testing.T, journal []byte) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "books.journal")
	if err := os.WriteFile(path, journal, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "hledger", append([]string{"-f", path}, args...)...) //nolint:gosec // our own arguments
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("hledger %v: %v\n%s", args, err, out)
		}
		return out
	}
	run("check", "--strict")
	rows, err := csv.NewReader(bytes.NewReader(run("balance", "--flat", "-N", "-O", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, row := range rows[1:] {
		_, account, _ := strings.Cut(row[0], ":")
		got[account[:4]] = strings.TrimPrefix(row[1], "EUR ")
		if rest, neg := strings.CutPrefix(row[1], "EUR -"); neg {
			got[account[:4]] = "-" + rest
		}
	}
	return got
}

func TestHledgerTextIsHarmless(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"gewoon": "gewoon", "a;b": "a b", "regel\nvolgende": "regel volgende", "twee  spaties": "twee spaties", "(code)|x": "code x",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJournalsByPage(t *testing.T) {
	t.Parallel()
	f := lived(t)
	first, err := f.s.Journals(t.Context(), 0, 3)
	if err != nil || len(first) != 3 || first[0].ID <= first[2].ID {
		t.Fatalf("first page = %+v, %v", first, err)
	}
	next, err := f.s.Journals(t.Context(), first[2].ID, 100)
	if err != nil || len(next) == 0 || next[0].ID >= first[2].ID {
		t.Fatalf("next page = %d journals, %v", len(next), err)
	}
	for _, j := range append(first, next...) {
		var sum Cents
		for _, l := range j.Lines {
			sum += l.AmountCents
		}
		if sum != 0 || len(j.Lines) < 2 || j.Lines[0].NameNL == "" {
			t.Errorf("journal %s: %+v", j.Key, j.Lines)
		}
	}
	if last, err := f.s.Journals(t.Context(), next[len(next)-1].ID, 10); err != nil || len(last) != 0 {
		t.Errorf("after the last = %v, %v", last, err)
	}
}
