package claims_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"samenclaim/claims"
)

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestRuns(t *testing.T) {
	t.Parallel()
	letter := func(on string) claims.Act { return claims.Act{Kind: claims.ByLetter, On: day(on), Ordinal: 1} }
	writ := func(on string) claims.Act { return claims.Act{Kind: claims.ByWrit, On: day(on)} }
	tests := []struct {
		name        string
		known       string
		acts        []claims.Act
		until, byOn string
	}{
		{"nothing interrupts it", "2020-04-01", nil, "2025-04-01", ""},
		{"a letter on an ordinary day", "2020-04-01", []claims.Act{letter("2023-06-10")}, "2028-06-10", "2023-06-10"},
		{"a letter on the last day", "2020-04-01", []claims.Act{letter("2025-04-01")}, "2030-04-01", "2025-04-01"},
		{"a letter the day after the last day is too late", "2020-04-01", []claims.Act{letter("2025-04-02")}, "2025-04-01", ""},
		{"a letter and then a writ", "2020-04-01", []claims.Act{letter("2023-06-10"), writ("2027-01-05")}, "2032-01-05", "2027-01-05"},
		{"they count by their day, however they are given", "2020-04-01", []claims.Act{writ("2027-01-05"), letter("2023-06-10")}, "2032-01-05", "2027-01-05"},
		{"a writ that only the letter keeps in time", "2020-04-01", []claims.Act{writ("2028-06-10"), letter("2023-06-10")}, "2033-06-10", "2028-06-10"},
		{"a writ after the term of the letter is too late", "2020-04-01", []claims.Act{letter("2023-06-10"), writ("2028-06-11")}, "2028-06-10", "2023-06-10"},
		{"a letter from before they knew does not shorten the first term", "2022-12-27", []claims.Act{letter("2020-05-01")}, "2027-12-27", ""},
		{"on a leap day: the term begins on 1 March", "2020-04-01", []claims.Act{letter("2024-02-29")}, "2029-02-28", "2024-02-29"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := claims.Runs(claims.FirstTerm(day(tt.known), day("2020-03-01")), tt.acts)
			by := ""
			if got.By != nil {
				by = got.By.On.Format(time.DateOnly)
			}
			if got.Until.Format(time.DateOnly) != tt.until || by != tt.byOn {
				t.Errorf("preserved until %s by %q, want %s by %q", got.Until.Format(time.DateOnly), by, tt.until, tt.byOn)
			}
		})
	}
}

func TestTheFirstTermHasALongStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ known, event, want string }{
		{"2022-12-27", "2020-03-01", "2027-12-27"},
		{"2035-03-01", "2020-03-01", "2040-03-01"},
		{"2035-03-02", "2020-03-01", "2040-03-01"}, // twenty years after it happened
		{"2039-01-01", "2020-03-01", "2040-03-01"},
	} {
		if got := claims.FirstTerm(day(tt.known), day(tt.event)).Format(time.DateOnly); got != tt.want {
			t.Errorf("FirstTerm(%s, %s) = %s, want %s", tt.known, tt.event, got, tt.want)
		}
	}
}

// TestNoTermIsTooLong tries the rule on acts of all kinds and days.
func TestNoTermIsTooLong(t *testing.T) {
	t.Parallel()
	start := day("2016-01-01")
	days := func(rt *rapid.T, label string) time.Time {
		return start.AddDate(0, 0, rapid.IntRange(0, 10000).Draw(rt, label))
	}
	rapid.Check(t, func(rt *rapid.T) {
		event := days(rt, "event")
		first := claims.FirstTerm(event.AddDate(0, 0, rapid.IntRange(0, 8000).Draw(rt, "known after")), event)
		acts := make([]claims.Act, rapid.IntRange(0, 6).Draw(rt, "acts"))
		for i := range acts {
			acts[i] = claims.Act{Kind: rapid.SampledFrom([]claims.ActKind{claims.ByLetter, claims.ByWrit, claims.ByAcknowledgement}).Draw(rt, "kind"), On: days(rt, "on"), Ordinal: i + 1}
		}
		got := claims.Runs(first, acts)
		switch {
		case got.By == nil && !got.Until.Equal(first):
			rt.Fatalf("moved to %s by nothing", got.Until)
		case got.By != nil && (got.Until.After(got.By.On.AddDate(5, 0, 1)) || !got.Until.After(got.By.On.AddDate(5, 0, -2))):
			rt.Fatalf("an act of %s keeps it until %s", got.By.On, got.Until)
		case got.Until.Before(first):
			rt.Fatalf("an act shortened the term from %s to %s", first, got.Until)
		}
		shuffled := rapid.Permutation(acts).Draw(rt, "other order")
		if again := claims.Runs(first, shuffled); !again.Until.Equal(got.Until) {
			rt.Fatalf("in another order it ends on %s, not %s", again.Until, got.Until)
		}
		// What came first counts alone: day by day no term is carried over its end.
		end := first
		for _, a := range slices.SortedFunc(slices.Values(acts), func(a, b claims.Act) int { return a.On.Compare(b.On) }) {
			if a.On.After(end) && got.By != nil && !got.By.On.Before(a.On) {
				rt.Fatalf("%s carries a term that ended on %s", got.By.On, end)
			}
			if !a.On.After(end) && a.On.AddDate(0, 0, 1).AddDate(5, 0, -1).After(end) {
				end = a.On.AddDate(0, 0, 1).AddDate(5, 0, -1)
			}
		}
		if one := days(rt, "one more"); len(acts) > 0 {
			if more := claims.Runs(first, append(slices.Clone(acts), claims.Act{Kind: claims.ByWrit, On: one})); more.Until.Before(got.Until) {
				rt.Fatalf("one more act took it back from %s to %s", got.Until, more.Until)
			}
		}
	})
}
