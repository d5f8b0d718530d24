package ui

import (
	"time"

	"samenclaim/internal/locale"
)

// Euro prints cents in the page's language.
func (v View) Euro(cents int64) string { return locale.Euro(cents, v.Lang) }

// Number prints a count in the page's language.
func (v View) Number(n int64) string { return locale.Number(n, v.Lang) }

// Percent prints basis points in the page's language.
func (v View) Percent(basisPoints int64) string { return locale.Percent(basisPoints, v.Lang) }

// Day prints a date in the page's language.
func (v View) Day(t time.Time) string { return locale.Day(t, v.Lang) }

// StoredDay prints a day that is kept as text, 2006-01-02; what is no day is nothing.
func (v View) StoredDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return v.Day(at)
}

// Moment prints a date with its time in the page's language.
func (v View) Moment(t time.Time) string { return locale.Moment(t, v.Lang) }

// LastMinute prints the last minute before a closing time, which itself is too late.
func (v View) LastMinute(t time.Time) string { return v.Moment(t.Add(-time.Minute)) }

// ShortMoment prints a date and time for a table in the page's language.
func (v View) ShortMoment(t time.Time) string { return locale.ShortMoment(t, v.Lang) }

// chunks cuts a long code into groups that an eye can follow.
func chunks(s string, size int) []string {
	var out []string
	for len(s) > size {
		out = append(out, s[:size])
		s = s[size:]
	}
	return append(out, s)
}

// machineTime is the form of a time that programs read.
func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
