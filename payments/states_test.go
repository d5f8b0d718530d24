package payments

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheStatesInTheDocumentation(t *testing.T) {
	t.Parallel()
	const path = "../docs/states-payments.md"
	got := "# States of money\n\nMade by a test from the tables in `payments/states.go`.\n\n" + Diagrams()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // documentation is for everybody
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the documentation is behind (-doc +code); run the test with -update:\n%s", diff)
	}
}

// Every step the program allows, and no other state, is allowed by the schema.
func TestTheSchemaKnowsTheStates(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	for table, steps := range map[string][]step{"prepayments": prepaymentSteps, "refunds": refundSteps, "payout_runs": runSteps, "payouts": payoutSteps} {
		known := one[string](f, `SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`, table)
		for _, s := range steps {
			for _, state := range []string{s.From, s.To} {
				if !strings.Contains(known, "'"+state+"'") {
					t.Errorf("%s: the schema does not know %q", table, state)
				}
			}
		}
	}
}
