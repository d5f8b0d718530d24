package bank

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wider is a folder with files of real banks, which are not ours to give away; the tests
// that use them are a second check and say so when the files are not at hand.
var wider = os.Getenv("BANK_FILES")

type expected struct {
	Version    string
	Statements int
	Stmts      []struct {
		ID, Ref20, Account string
		Opening, Closing   any
		Entries            int
		EntriesBooked      int    `json:"entries_booked"`
		BookedNet          string `json:"booked_net"`
		Net                string
		Ties               *bool
		Returns            []struct {
			EndToEndID string `json:"end_to_end_id"`
			Amount     string
			Reason     string
		}
		EndToEndIDs []*string `json:"end_to_end_ids"`
		Batches     []struct {
			Entry    int
			PmtInfID string `json:"pmt_inf_id"`
			NbOfTxs  string `json:"nb_of_txs"`
		}
	}
}

func TestFilesOfRealBanks(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(wider, "expectations.json"))
	if err != nil {
		t.Log("the files of real banks are not at hand")
		return
	}
	var all map[string]expected
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		if strings.HasPrefix(name, "pain/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(filepath.Join(wider, name))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := ReadAll(f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, want, got)
		})
	}
}

func compare(t *testing.T, want expected, got File) {
	t.Helper()
	if len(got.Statements) != want.Statements || len(want.Stmts) != want.Statements {
		t.Fatalf("%d statements, want %d", len(got.Statements), want.Statements)
	}
	if want.Version != "" && got.Version != want.Version {
		t.Errorf("version %q, want %q", got.Version, want.Version)
	}
	for i, w := range want.Stmts {
		g := got.Statements[i]
		account := strings.TrimSuffix(strings.TrimSpace(w.Account), "EUR")
		if g.ID != w.ID+w.Ref20 || g.Account != account {
			t.Errorf("statement %d: %q of %q, want %q of %q", i, g.ID, g.Account, w.ID+w.Ref20, account)
		}
		if o, c := balanceText(g.Opening), balanceText(g.Closing); o != amountText(t, w.Opening) || c != amountText(t, w.Closing) {
			t.Errorf("statement %d: from %s to %s, want %v to %v", i, o, c, w.Opening, w.Closing)
		}
		if net := amountText(t, w.BookedNet+w.Net); g.BookedSum.String() != net {
			t.Errorf("statement %d: entries make %s, want %s", i, g.BookedSum, net)
		}
		if len(g.Entries) != w.Entries || got.Kind != KindMT940 && g.BookedCount != w.EntriesBooked {
			t.Errorf("statement %d: %d entries, %d booked, want %d, %d", i, len(g.Entries), g.BookedCount, w.Entries, w.EntriesBooked)
		}
		if w.Ties != nil && g.Ties != *w.Ties {
			t.Errorf("statement %d: ties %v, want %v", i, g.Ties, *w.Ties)
		}
		if got.Kind != KindMT940 {
			compareDetails(t, want, i, g)
		}
		t.Logf("statement %d: obstacles %q, warnings %q", i, g.Obstacles, g.Warnings)
	}
}

func compareDetails(t *testing.T, want expected, i int, g Statement) {
	t.Helper()
	w := want.Stmts[i]
	var ids, wantIDs, returns, wantReturns []string
	batches := map[int][2]string{}
	for _, e := range g.Entries {
		for _, d := range e.Details {
			ids = append(ids, d.EndToEndID)
		}
		for _, d := range e.Parts() {
			if d.Return {
				returns = append(returns, strings.Join([]string{d.ReturnReason, d.EndToEndID, strings.TrimPrefix(d.Amount.String(), "-")}, " "))
			}
		}
		batches[e.Ordinal] = [2]string{e.BatchID, Amount(e.BatchCount * unit).String()}
	}
	for _, id := range w.EndToEndIDs {
		if id == nil || *id == "NOTPROVIDED" {
			wantIDs = append(wantIDs, "")
		} else {
			wantIDs = append(wantIDs, *id)
		}
	}
	for _, r := range w.Returns {
		wantReturns = append(wantReturns, strings.Join([]string{r.Reason, r.EndToEndID, amountText(t, r.Amount)}, " "))
	}
	if diff := cmp.Diff(wantIDs, ids); diff != "" {
		t.Errorf("statement %d: end-to-end identifiers differ (-want +got):\n%s", i, diff)
	}
	if diff := cmp.Diff(wantReturns, returns); diff != "" {
		t.Errorf("statement %d: returns differ (-want +got):\n%s", i, diff)
	}
	for _, b := range w.Batches {
		if got := batches[b.Entry]; got != [2]string{b.PmtInfID, amountText(t, b.NbOfTxs)} {
			t.Errorf("statement %d: batch of entry %d is %v, want %q of %s", i, b.Entry, got, b.PmtInfID, b.NbOfTxs)
		}
	}
}

func balanceText(b *Balance) string {
	if b == nil {
		return ""
	}
	return b.Amount.String()
}

// amountText brings an amount of the expectations into our form.
func amountText(t *testing.T, v any) string {
	t.Helper()
	if list, ok := v.([]any); ok { // tag, currency, amount, date
		v = list[2]
	}
	text, ok := v.(string)
	if !ok || text == "" {
		return ""
	}
	digits, minus := strings.CutPrefix(text, "-")
	a, err := parseAmount(digits, '.')
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if minus {
		a = -a
	}
	return a.String()
}
