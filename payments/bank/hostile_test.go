package bank

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"samenclaim/internal/files/hostiletest"
)

// What becomes of each file that broke other programs, once it is said to be a bank
// statement: words of the refusal, or else the lines and what keeps it from being booked.
// What is not named here is no bank statement at all.
var hostileStatements = map[string]struct {
	refused  string
	lines    int
	obstacle string
}{
	"camt_ok.xml":             {lines: 1},
	"camt_balance_wrong.xml":  {lines: 1, obstacle: "does not tie"},
	"camt_usd.xml":            {lines: 1, obstacle: "another currency"},
	"camt_three_decimals.xml": {lines: 1, obstacle: "fractions of a cent"},
	"camt_negative.xml":       {refused: "amount"},
	"camt_exponent.xml":       {refused: "amount"},
	"camt_amt_twice.xml":      {refused: "twice"},
	"camt_after_root.xml":     {refused: "outside"},
	"camt_wrong_ns.xml":       {refused: "namespace"},
	"camt_doctype_file.xml":   {refused: "document type"},
	"camt_billion_laughs.xml": {refused: "document type"},
	"camt_deep.xml":           {refused: "deep"},
	"camt_latin1.xml":         {},
	"camt_utf16.xml":          {},
	"camt_pending.xml":        {lines: 1},
	"camt_100000.xml":         {lines: 100_000},
}

func TestHostileStatements(t *testing.T) {
	t.Parallel()
	files := hostiletest.Files()
	if len(files) != 38 {
		t.Fatalf("%d files, want 38", len(files))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var lines, booked int
		var obstacles []string
		_, err := Read(bytes.NewReader(files[name]), Options{}, Visitor{
			Entry: func(_ *Statement, e *Entry) error {
				lines++
				if e.Booked() {
					booked++
				}
				return nil
			},
			Close: func(st *Statement) error { obstacles = append(obstacles, st.Obstacles...); return nil },
		})
		tt, named := hostileStatements[name]
		switch {
		case !named:
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUntrusted) {
				t.Errorf("%s = %v, want it refused", name, err)
			}
		case tt.refused != "":
			if err == nil || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("%s = %v, want %q", name, err, tt.refused)
			}
		case name == "camt_pending.xml" && booked != 0:
			t.Errorf("%s: what only waits is booked", name)
		case err != nil || lines != tt.lines || !strings.Contains(strings.Join(obstacles, "; "), tt.obstacle):
			t.Errorf("%s: %d lines, %q, %v, want %d and %q", name, lines, obstacles, err, tt.lines, tt.obstacle)
		}
	}
}
