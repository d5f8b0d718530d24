// Package locale prints amounts, numbers, dates and times in Dutch and English,
// the same on pages, in mails and in letters.
package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // we speak Dutch time, also on a machine without time zones
)

// nbsp keeps an amount or a time on one line.
const nbsp = "\u00a0"

var amsterdam = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err) // embedded above: cannot be missing
	}
	return zone
}()

var months = map[string][]string{
	"nl": {
		"januari", "februari", "maart", "april", "mei", "juni", "juli",
		"augustus", "september", "oktober", "november", "december",
	},
	"en": {
		"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December",
	},
}

// Amsterdam is the time zone in which we speak.
func Amsterdam() *time.Location { return amsterdam }

// Today is the date in Amsterdam at a moment, as midnight in UTC: how dates without a time are kept.
func Today(now time.Time) time.Time {
	y, m, d := now.In(amsterdam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// DaysUntil is how many days there are until a date, as Today keeps it; below zero it has gone by.
func DaysUntil(day, now time.Time) int { return int(day.Sub(Today(now)) / (24 * time.Hour)) }

// Euro prints an amount in cents: "€ 1.234,56" in Dutch, "€ 1,234.56" in English.
func Euro(cents int64, lang string) string {
	minus, whole := "", uint64(cents)
	if cents < 0 {
		minus, whole = "−", -whole
	}
	point := ","
	if lang == "en" {
		point = "."
	}
	return fmt.Sprintf("%s€%s%s%s%02d", minus, nbsp, grouped(whole/100, lang), point, whole%100)
}

// Number prints a count with separators: "10.308" in Dutch, "10,308" in English.
func Number(n int64, lang string) string {
	if n < 0 {
		return "−" + grouped(-uint64(n), lang)
	}
	return grouped(uint64(n), lang)
}

// Percent prints basis points: 2000 is "20%", 1250 is "12,5%".
func Percent(basisPoints int64, lang string) string {
	minus, n := "", uint64(basisPoints)
	if basisPoints < 0 {
		minus, n = "−", -n
	}
	whole := grouped(n/100, lang)
	part := strings.TrimRight(fmt.Sprintf("%02d", n%100), "0")
	if part == "" {
		return minus + whole + "%"
	}
	if lang == "en" {
		return minus + whole + "." + part + "%"
	}
	return minus + whole + "," + part + "%"
}

// Day prints a date in words: "1 december 2026"; nothing for no time.
func Day(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(amsterdam)
	return fmt.Sprintf("%d %s %d", t.Day(), monthName(t.Month(), lang), t.Year())
}

// Moment prints a date with its time: "1 december 2026 om 23.59 uur".
func Moment(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	if lang == "en" {
		return Day(t, lang) + " at " + t.In(amsterdam).Format("15:04")
	}
	return Day(t, lang) + " om " + t.In(amsterdam).Format("15.04") + nbsp + "uur"
}

// ShortMoment prints a date and time for a table: "01-12-2026 23:59".
func ShortMoment(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	if lang == "en" {
		return t.In(amsterdam).Format("2 Jan 2006 15:04")
	}
	return t.In(amsterdam).Format("02-01-2006 15:04")
}

// Month prints a month with its year: "december 2026".
func Month(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(amsterdam)
	return monthName(t.Month(), lang) + " " + t.Format("2006")
}

func monthName(m time.Month, lang string) string {
	if names, ok := months[lang]; ok {
		return names[m-1]
	}
	return months["nl"][m-1]
}

// grouped writes a number with a separator before every three digits.
func grouped(n uint64, lang string) string {
	mark := "."
	if lang == "en" {
		mark = ","
	}
	digits := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(digit)
	}
	return b.String()
}
