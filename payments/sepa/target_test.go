package sepa

import (
	"testing"
	"time"
)

func TestNextTargetDay(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, want string }{
		{"an ordinary day is itself", "2026-03-09", "2026-03-09"},
		{"Saturday becomes Monday", "2026-03-07", "2026-03-09"},
		{"Sunday becomes Monday", "2026-03-08", "2026-03-09"},
		{"New Year", "2027-01-01", "2027-01-04"},
		{"Good Friday to after Easter Monday", "2026-04-03", "2026-04-07"},
		{"Easter Monday", "2027-03-29", "2027-03-30"},
		{"Labour Day", "2026-05-01", "2026-05-04"},
		{"King's Day is an ordinary day for banks", "2026-04-27", "2026-04-27"},
		{"Christmas to after the weekend", "2026-12-25", "2026-12-28"},
		{"Boxing Day", "2025-12-26", "2025-12-29"},
		{"an early Easter", "2035-03-23", "2035-03-27"},
		{"a late Easter", "2038-04-23", "2038-04-27"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, err := time.Parse(time.DateOnly, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			if got := NextTargetDay(from.Add(15 * time.Hour)).Format(time.DateOnly); got != tt.want {
				t.Errorf("NextTargetDay(%s) = %s, want %s", tt.from, got, tt.want)
			}
		})
	}
}
