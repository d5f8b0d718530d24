package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// lines are all commands, as somebody types them.
var lines = []string{
	"", "demo", "serve", "migrate", "health", "keys new", "content import", "staff add", "staff list", "staff disable",
	"bounces import", "statement inspect", "statement import", "ledger balance", "ledger export", "ledger vat", "register export", "verify",
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, line := range lines {
		name := strings.ReplaceAll(strings.TrimSpace("samenclaim "+line), " ", "-")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, nil, append(strings.Fields(line), "--help")...).fine(t, "Usage: samenclaim").out
			golden := filepath.Join("testdata", "help", name+".txt")
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
				t.Errorf("help differs from %s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

func TestWithoutACommandThereIsHelp(t *testing.T) {
	t.Parallel()
	invoke(t, nil).fine(t, "Usage: samenclaim <command>")
}
