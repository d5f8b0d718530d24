package claims

import (
	"testing"
	"time"

	"samenclaim/internal/locale"
)

func TestWhenTheEndIsAnnounced(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		t.Helper()
		m, err := time.ParseInLocation("2006-01-02 15:04", text, locale.Amsterdam())
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	winter, spring := at("2027-02-01 00:00"), at("2027-03-28 12:00") // the clock goes forward that night
	for _, tt := range []struct {
		closes time.Time
		now    string
		want   int
	}{
		{winter, "2027-01-17 23:59", 0}, {winter, "2027-01-18 00:00", 14}, {winter, "2027-01-28 23:59", 14}, {winter, "2027-01-29 00:00", 3},
		{winter, "2027-01-30 23:59", 3}, {winter, "2027-01-31 00:00", 1}, {winter, "2027-01-31 23:59", 1}, {winter, "2027-02-01 00:00", 0},
		{spring, "2027-03-27 11:59", 3}, {spring, "2027-03-27 12:00", 1}, {spring, "2027-03-28 11:59", 1}, {spring, "2027-03-28 12:00", 0},
	} {
		if got := closingIn(at(tt.now).UTC(), tt.closes.UTC()); got != tt.want {
			t.Errorf("on %s, signing until %s: %d days are announced, want %d", tt.now, tt.closes, got, tt.want)
		}
	}
}
