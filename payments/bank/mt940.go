package bank

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
)

// mt940 is what is known while a file in the format of SWIFT is read.
type mt940 struct {
	visit  Visitor
	file   File
	st     *Statement
	checks checks
	opened bool
	entry  *Entry // the one whose description may still come
	seen   int
}

func readMT940(r io.Reader, maxBytes int64, v Visitor) (File, error) {
	m := &mt940{visit: v, file: File{Kind: KindMT940, Version: string(KindMT940)}}
	err := blocks(r, maxBytes, func(b block) error {
		err := m.block(b)
		var foreign *visitorError
		switch {
		case errors.As(err, &foreign):
			return foreign.error
		case err != nil:
			return untrusted(b.line, ":%s: %v", b.tag, err)
		}
		return nil
	})
	if err == nil && m.seen == 0 {
		err = untrusted(1, "%v", errNoStatement)
	}
	return m.file, err
}

func (m *mt940) block(b block) error {
	if b.tag == "20" || b.tag == "" {
		if err := m.end(); err != nil {
			return err
		}
	}
	if b.tag == "20" {
		m.seen++
		m.st = &Statement{Kind: KindMT940, ID: strings.TrimSpace(b.lines[0])}
		m.checks, m.opened = checks{}, false
		return nil
	}
	if m.st == nil {
		return nil
	}
	if b.tag != "86" {
		if err := m.flush(); err != nil {
			return err
		}
	}
	switch b.tag {
	case "25":
		return m.account(b.lines[0])
	case "28", "28C":
		m.st.ElectronicSeq = strings.TrimSpace(b.lines[0])
	case "60F", "60M":
		return m.balance(b, &m.st.Opening, "OPBD")
	case "62F", "62M":
		return m.balance(b, &m.st.Closing, "CLBD")
	case "61":
		return m.line(b.lines)
	case "86":
		if m.entry != nil {
			m.entry.describe(b.lines)
		}
	}
	return nil
}

func (m *mt940) account(text string) error {
	if m.st.Account != "" {
		return errDoubled
	}
	text = strings.TrimSpace(text)
	if bare, ok := strings.CutSuffix(text, "EUR"); ok {
		text = strings.TrimSpace(bare)
	}
	m.st.Account = text
	if ibanForm.MatchString(text) {
		m.st.AccountIBAN = text
	}
	return nil
}

var balanceForm = regexp.MustCompile(`^([CD])([0-9]{6})([A-Z]{3})([0-9]+(?:,[0-9]*)?) *$`)

func (m *mt940) balance(b block, to **Balance, kind string) error {
	if *to != nil {
		return errDoubled
	}
	p := balanceForm.FindStringSubmatch(b.lines[0])
	if p == nil {
		return errors.New("not a balance")
	}
	amount, err := parseAmount(p[4], ',')
	if err != nil {
		return err
	}
	if p[1] == "D" {
		amount = -amount
	}
	day, ok := shortDay(p[2])
	if !ok {
		m.checks.obstacle("a date is none")
	}
	*to = &Balance{Type: kind, Amount: amount, Currency: p[3], Date: day}
	if strings.HasSuffix(b.tag, "M") {
		m.checks.warn("it is one page of a longer statement")
	}
	return nil
}

// lineForm is value date, booking date, direction, letter of the currency,
// amount, type, and the references.
var lineForm = regexp.MustCompile(`^([0-9]{6})([0-9]{4})?(R?[CD])([A-Z])?([0-9]{1,18}(?:,[0-9]*)?)([A-Z][A-Z0-9 ]{0,3})?(.*)$`)

var errNotALine = errors.New("not a line of a statement")

func (m *mt940) line(lines []string) error {
	p := lineForm.FindStringSubmatch(lines[0])
	if p == nil {
		return errNotALine
	}
	amount, err := parseAmount(p[5], ',')
	if err != nil {
		return err
	}
	if p[3] == "D" || p[3] == "RC" { // what takes a credit back is a debit
		amount = -amount
	}
	if err := m.open(); err != nil {
		return err
	}
	e := &Entry{Amount: amount, Currency: m.st.Currency, Status: "BOOK", OwnCode: strings.TrimSpace(p[6]), Reversal: len(p[3]) == 2}
	m.dates(e, p[1], p[2])
	own, theirs, _ := strings.Cut(strings.TrimSpace(p[7]), "//")
	e.Ref = strings.TrimSpace(theirs)
	if own = strings.TrimSpace(own); own != "NONREF" && own != "EREF" {
		e.EntryRef = own
	}
	e.Ref = first(e.Ref, e.EntryRef)
	for _, more := range lines[1:] {
		if more = strings.TrimSpace(more); ibanForm.MatchString(more) { // Rabobank gives the other account here
			e.CounterIBAN = more
		}
	}
	e.Return = e.OwnCode == "NRTI"
	m.entry = e
	return nil
}

func (m *mt940) dates(e *Entry, value, booked string) {
	day, ok := shortDay(value)
	if ok {
		e.ValueOn = day
	} else {
		m.checks.warn("a value date does not exist")
	}
	if booked == "" {
		e.BookedOn = e.ValueOn
		return
	}
	near := e.ValueOn
	if m.st.Opening != nil && near.IsZero() {
		near = m.st.Opening.Date
	}
	if e.BookedOn, ok = nearest(booked, near); !ok {
		m.checks.obstacle("a date is none")
	}
}

// nearest completes a booking date, which has no year: around New Year it may
// lie in another than the value date.
func nearest(monthDay string, near time.Time) (time.Time, bool) {
	var best time.Time
	for year := near.Year() - 1; year <= near.Year()+1; year++ {
		day, err := time.Parse("20060102", time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")+monthDay)
		if err == nil && (best.IsZero() || day.Sub(near).Abs() < best.Sub(near).Abs()) {
			best = day
		}
	}
	return best, !best.IsZero() && !near.IsZero()
}

func shortDay(text string) (time.Time, bool) {
	day, err := time.Parse("20060102", "20"+text)
	return day, err == nil
}

func (m *mt940) open() error {
	if m.opened {
		return nil
	}
	m.opened = true
	m.st.head()
	if m.visit.Statement == nil {
		return nil
	}
	return visitor(m.visit.Statement(m.st))
}

// flush hands over the entry whose description is complete.
func (m *mt940) flush() error {
	e := m.entry
	if m.entry = nil; e == nil {
		return nil
	}
	if err := m.checks.entry(m.st, e); err != nil {
		return err
	}
	if m.visit.Entry == nil {
		return nil
	}
	return visitor(m.visit.Entry(m.st, e))
}

func (m *mt940) end() error {
	if m.st == nil {
		return nil
	}
	if err := m.flush(); err != nil {
		return err
	}
	if err := m.open(); err != nil {
		return err
	}
	m.st.head()
	m.checks.finish(m.st)
	st := m.st
	m.st = nil
	if m.visit.Close == nil {
		return nil
	}
	return visitor(m.visit.Close(st))
}
