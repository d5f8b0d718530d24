package payments

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is booked is what the table of rules says: event, key, text, and on each side no other accounts.
func TestBookingsFollowTheRules(t *testing.T) {
	t.Parallel()
	f := lived(t)
	rows, err := f.owner.Query(t.Context(), `SELECT j.event, j.key, j.text, array_agg(DISTINCT e.account) FILTER (WHERE e.amount_cents > 0), array_agg(DISTINCT e.account) FILTER (WHERE e.amount_cents < 0)
		FROM journals j JOIN entries e ON e.journal_id = j.id GROUP BY j.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := map[string]bool{}
	for rows.Next() {
		var event, key, text string
		var debit, credit []string
		if err := rows.Scan(&event, &key, &text, &debit, &credit); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(Rules(), func(r Rule) bool {
			is := regexp.MustCompile("^" + strings.ReplaceAll(r.Key, "%d", "[0-9]+") + "$")
			return r.Event == event && r.Text == text && is.MatchString(key) && within(debit, r.Debit) && within(credit, r.Credit)
		}) {
			t.Errorf("no rule books %s (%s, %q): debit %v, credit %v", key, event, text, debit, credit)
		}
		seen[event] = true
	}
	if len(seen) < 9 {
		t.Errorf("only %d kinds of events were booked", len(seen))
	}
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
