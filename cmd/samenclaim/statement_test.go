package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/payments/bank"
)

func TestInspectTellsWhatIsInABankFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"batch_and_returns_08.camt.xml", "padded_02.camt.xml", "abn.sta", "ing.sta"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("..", "..", "payments", "bank", "testdata", name)
			got := invoke(t, nil, "statement", "inspect", file, "--json").fine(t).out
			golden := filepath.Join("testdata", "inspect", name+".json")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("differs from %s (-want +got):\n%s", golden, diff)
			}
			invoke(t, nil, "statement", "inspect", file).fine(t, "statement ", "opening")
		})
	}
}

// TestInspectAgreesWithAnotherReader compares with a wider set of bank files where it is at hand.
func TestInspectAgreesWithAnotherReader(t *testing.T) {
	t.Parallel()
	data := filepath.Join("..", "..", "..", "shared", "data", "statements")
	b, err := os.ReadFile(filepath.Join(data, "expectations.json"))
	if err != nil {
		t.Log("no wider set here:", err)
		return
	}
	var expected map[string]struct {
		Kind  string
		Stmts []struct {
			ID      string
			Ties    *bool
			Entries int
			Returns []json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &expected); err != nil {
		t.Fatal(err)
	}
	files := 0
	for name, want := range expected {
		if want.Kind != "BkToCstmrStmt" {
			continue
		}
		files++
		f, err := os.Open(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := bank.Inspect(f, bank.Options{})
		_ = f.Close()
		if err != nil || len(got.Statements) != len(want.Stmts) {
			t.Errorf("%s: %d statements, %v, want %d", name, len(got.Statements), err, len(want.Stmts))
			continue
		}
		for i, w := range want.Stmts {
			if g := got.Statements[i]; g.ID != w.ID || g.Entries != w.Entries || len(g.Returns) != len(w.Returns) {
				t.Errorf("%s: statement %d is %q with %d entries and %d returns, want %q, %d, %d", name, i, g.ID, g.Entries, len(g.Returns), w.ID, w.Entries, len(w.Returns))
			}
		}
	}
	t.Logf("%d files compared", files)
}
