package letter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the same day on every machine, also where no time zones are installed
)

// Lang is the language a paper is written in.
type Lang string

// The languages papers are written in.
const (
	Dutch   Lang = "nl"
	English Lang = "en"
)

// Words is one sentence in both languages.
type Words struct{ NL, EN string }

// In gives the sentence in the language asked for, Dutch when in doubt.
func (w Words) In(lang Lang) string {
	if lang == English {
		return w.EN
	}
	return w.NL
}

var (
	monthsNL = strings.Fields("januari februari maart april mei juni juli augustus september oktober november december")
	home     = mustLocation("Europe/Amsterdam")
)

func mustLocation(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("letter: " + err.Error()) // the zones are inside the program
	}
	return loc
}

// dayIn writes a calendar day in the Netherlands: "29 mei 2020", "29 May 2020".
func dayIn(t time.Time, lang Lang) string {
	if t.IsZero() {
		return "…"
	}
	t = t.In(home)
	if lang == English {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d %s %d", t.Day(), monthsNL[t.Month()-1], t.Year())
}

// momentIn writes a day and a time in the Netherlands, to the second.
func momentIn(t time.Time, lang Lang) string {
	if t.IsZero() {
		return "…"
	}
	clock := t.In(home).Format("15:04:05")
	if lang == English {
		return dayIn(t, lang) + ", " + clock + " (Dutch time)"
	}
	return dayIn(t, lang) + ", " + clock + " uur (Nederlandse tijd)"
}

// isoDay writes a calendar day in the Netherlands as 2020-05-29.
func isoDay(t time.Time) string { return t.In(home).Format(time.DateOnly) }

// isoMoment writes a moment to the second in universal time.
func isoMoment(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// euroIn writes an amount in cents: "€ 1.234,50", "€ 1,234.50"; the space
// doesn't break.
func euroIn(cents int64, lang Lang) string {
	thousand, comma := ".", ","
	if lang == English {
		thousand, comma = ",", "."
	}
	sign := ""
	if cents < 0 {
		sign, cents = "− ", -cents
	}
	return fmt.Sprintf("%s€\u00a0%s%s%02d", sign, grouped(cents/100, thousand), comma, cents%100)
}

// countIn writes a whole number with its thousands apart: "10.308", "10,308".
func countIn(n int64, lang Lang) string {
	if lang == English {
		return grouped(n, ",")
	}
	return grouped(n, ".")
}

func grouped(n int64, by string) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + by + digits[i:]
	}
	return digits
}

// inGroups parts a long code in groups of size with a space, for the eye.
func inGroups(code string, size int) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%size == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLine makes a text fit for one line: control signs go, spaces fold into one.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r <= 0x9f) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return strings.Join(strings.Fields(clean), " ")
}
