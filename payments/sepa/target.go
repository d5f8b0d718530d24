package sepa

import "time"

// NextTargetDay is the first day on or after t on which the banks of the euro area settle payments.
func NextTargetDay(t time.Time) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	for !IsTargetDay(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// IsTargetDay tells whether the banks of the euro area settle payments on this day.
func IsTargetDay(t time.Time) bool {
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	switch _, m, d := t.Date(); {
	case m == time.January && d == 1, m == time.May && d == 1, m == time.December && (d == 25 || d == 26):
		return false
	}
	easter := easterSunday(t.Year())
	return !sameDay(t, easter.AddDate(0, 0, -2)) && !sameDay(t, easter.AddDate(0, 0, 1))
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// easterSunday follows the anonymous Gregorian rule (Meeus, Jones, Butcher).
func easterSunday(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
