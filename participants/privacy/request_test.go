package privacy

import (
	"testing"
	"time"
)

func TestAMonthLaterIsTheSameDayOrTheLastOne(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from   string
		months int
		want   string
	}{
		{"2026-11-02T09:00:00Z", 1, "2026-12-02"},
		{"2027-01-31T09:00:00Z", 1, "2027-02-28"},
		{"2028-01-31T09:00:00Z", 1, "2028-02-29"},
		{"2026-11-30T09:00:00Z", 3, "2027-02-28"},
		{"2026-12-31T09:00:00Z", 1, "2027-01-31"},
		{"2026-12-31T23:30:00Z", 1, "2027-02-01"}, // in Amsterdam it is the next day
	}
	for _, tt := range tests {
		from, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := After(from, tt.months).Format(time.DateOnly); got != tt.want {
			t.Errorf("%d months after %s is %s, want %s", tt.months, tt.from, got, tt.want)
		}
	}
}
