package auditfile

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"
)

// writer writes one file; the first trouble ends it.
type writer struct {
	version Version
	file    File
	xml     *xml.Encoder
	out     *bufio.Writer
	err     error
	known   map[string]bool // what lines may name
	found   Totals
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) text(s string) {
	if _, err := w.out.WriteString(s); err != nil {
		w.fail(err)
	}
}

func (w *writer) token(t xml.Token) {
	if w.err == nil {
		w.try(w.xml.EncodeToken(t))
	}
}

func (w *writer) try(err error) {
	if err != nil {
		w.fail(fmt.Errorf("write the audit file: %w", err))
	}
}

func (w *writer) open(e xml.StartElement)     { w.token(e) }
func (w *writer) begin(name string)           { w.open(xml.StartElement{Name: xml.Name{Local: name}}) }
func (w *writer) close(name string)           { w.token(xml.EndElement{Name: xml.Name{Local: name}}) }
func (w *writer) put(name, value string)      { w.begin(name); w.token(xml.CharData(value)); w.close(name) }
func (w *writer) amount(name string, c int64) { w.put(name, decimal(c)) }

// some writes an element unless there is nothing to say.
func (w *writer) some(name, value string, most int) {
	if value != "" {
		w.put(name, cut(value, most))
	}
}

// sided writes an amount with the side it stands on.
func (w *writer) sided(name string, cents int64) {
	side := "D"
	if cents < 0 {
		side, cents = "C", -cents
	}
	w.amount(name, cents)
	w.put(name+"Tp", side)
}

func (w *writer) totals(t Totals) {
	w.put("linesCount", strconv.FormatInt(t.Lines, 10))
	w.amount("totalDebit", t.DebitCents)
	w.amount("totalCredit", t.CreditCents)
}

// names refuses a line about something that the file does not hold.
func (w *writer) names(kind, id string) {
	if !w.known[kind+" "+id] {
		w.fail(fmt.Errorf("%w: %s %s is not in it", ErrFile, kind, id))
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// decimal writes cents as euros with two decimals.
func decimal(cents int64) string {
	sign, n := "", uint64(cents) //nolint:gosec // the sign is kept apart
	if cents < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// cut keeps the first signs of a text.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
