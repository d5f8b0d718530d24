package locale

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestEuro(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		cents    int64
		nl, en   string
		nlNumber string
	}{
		{"nothing", 0, "€ 0,00", "€ 0.00", "0"},
		{"one cent", 1, "€ 0,01", "€ 0.01", "1"},
		{"the flat fee", 5000, "€ 50,00", "€ 50.00", "5.000"},
		{"thousands", 123456, "€ 1.234,56", "€ 1,234.56", "123.456"},
		{"millions", 515400000, "€ 5.154.000,00", "€ 5,154,000.00", "515.400.000"},
		{"money that goes out", -5000, "−€ 50,00", "−€ 50.00", "−5.000"},
		{"the largest debt that fits", math.MinInt64, "−€ 92.233.720.368.547.758,08", "−€ 92,233,720,368,547,758.08", "−9.223.372.036.854.775.808"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for lang, want := range map[string]string{"nl": tt.nl, "en": tt.en} {
				want = strings.ReplaceAll(want, " ", nbsp)
				if got := Euro(tt.cents, lang); got != want {
					t.Errorf("Euro(%d, %s) = %q, want %q", tt.cents, lang, got, want)
				}
			}
			if got := Number(tt.cents, "nl"); got != tt.nlNumber {
				t.Errorf("Number(%d) = %q, want %q", tt.cents, got, tt.nlNumber)
			}
		})
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for points, want := range map[int64]string{2000: "20%", 2100: "21%", 1250: "12,5%", 1: "0,01%", 0: "0%", -250: "−2,5%", 10000: "100%"} {
		if got := Percent(points, "nl"); got != want {
			t.Errorf("Percent(%d) = %q, want %q", points, got, want)
		}
	}
	if got := Percent(1250, "en"); got != "12.5%" {
		t.Errorf("Percent(1250, en) = %q, want 12.5%%", got)
	}
}

func TestTodayIsTheDateHere(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-05-01T21:59:59Z": "2026-05-01T00:00:00Z",
		"2026-05-01T22:00:00Z": "2026-05-02T00:00:00Z", // midnight in summer
		"2026-12-31T22:59:59Z": "2026-12-31T00:00:00Z",
		"2026-12-31T23:00:00Z": "2027-01-01T00:00:00Z", // and in winter
	} {
		now, err := time.Parse(time.RFC3339, at)
		if got := Today(now).Format(time.RFC3339); got != want || err != nil {
			t.Errorf("Today(%s) = %s, want %s", at, got, want)
		}
	}
}

func TestMonth(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{"nl": "december 2026", "en": "December 2026"} {
		if got := Month(day, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := Month(time.Time{}, "nl"); got != "" {
		t.Errorf("no day: %q", got)
	}
}

func TestTimesAreDutch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                   string
		when                   time.Time
		day, moment, inEnglish string
		short                  string
	}{
		{"winter", time.Date(2026, 12, 1, 22, 59, 0, 0, time.UTC), "1 december 2026", "1 december 2026 om 23.59 uur", "1 December 2026 at 23:59", "01-12-2026 23:59"},
		{"summer", time.Date(2026, 7, 31, 22, 5, 0, 0, time.UTC), "1 augustus 2026", "1 augustus 2026 om 00.05 uur", "1 August 2026 at 00:05", "01-08-2026 00:05"},
		{"no time", time.Time{}, "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct{ what, got, want string }{
				{"Day", Day(tt.when, "nl"), tt.day},
				{"Moment", strings.ReplaceAll(Moment(tt.when, "nl"), nbsp, " "), tt.moment},
				{"ShortMoment", ShortMoment(tt.when, "nl"), tt.short},
				{"Moment in English", Moment(tt.when, "en"), tt.inEnglish},
			} {
				if c.got != c.want {
					t.Errorf("%s = %q, want %q", c.what, c.got, c.want)
				}
			}
		})
	}
}
