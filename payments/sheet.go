package payments

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"samenclaim/payments/bank"
)

// largestFile is the largest bank file that is taken.
const largestFile = 256 << 20

// sheet is one statement of a bank file, with its lines as we book them.
type sheet struct {
	bank.Statement
	opened, closed   time.Time
	opening, closing Cents
	lines            []Line
	known            bool // the very same statement is booked already
	follows          bool // it opens with what the last one closed with
	ours             bool
}

// readSheets reads a bank file; the statements come in the order of their days.
func readSheets(content []byte) ([]sheet, error) {
	file, err := bank.ReadAll(bytes.NewReader(content), bank.Options{MaxBytes: largestFile})
	if err != nil {
		return nil, untrusted(err)
	}
	sheets := make([]sheet, len(file.Statements))
	for i, st := range file.Statements {
		sheets[i] = newSheet(st)
	}
	slices.SortStableFunc(sheets, func(a, b sheet) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), a.closed.Compare(b.closed), a.opened.Compare(b.opened))
	})
	return sheets, nil
}

// untrusted puts the reader's trouble in the words of this package, reason and all.
func untrusted(err error) error {
	text := err.Error()
	for _, said := range []error{bank.ErrUntrusted, bank.ErrFormat} {
		text = strings.TrimPrefix(text, said.Error())
	}
	return fmt.Errorf("%w%w", ErrUntrusted, errors.New(text))
}

func newSheet(st bank.Statement) sheet {
	s := sheet{Statement: st, opened: st.From, closed: st.To}
	if st.Opening != nil {
		s.opening = Cents(st.Opening.Cents())
	}
	if st.Closing != nil {
		s.closing = Cents(st.Closing.Cents())
	}
	for i := range st.Entries {
		if e := &st.Entries[i]; e.Booked() {
			s.lines = append(s.lines, linesOf(e)...)
		}
	}
	for i := range s.lines {
		l := &s.lines[i]
		l.Ordinal = i + 1
		if s.opened.IsZero() || l.BookedOn.Before(s.opened) {
			s.opened = l.BookedOn
		}
		if l.BookedOn.After(s.closed) {
			s.closed = l.BookedOn
		}
	}
	if s.closed.Before(s.opened) {
		s.closed = s.opened
	}
	return s
}

// linesOf makes one line of an entry, or one of each transfer in it when the
// bank gave them all and they add up: then each can be found on its own.
func linesOf(e *bank.Entry) []Line {
	whole := Line{
		BookedOn: e.BookedOn, AmountCents: Cents(e.AmountCents), EndToEndID: e.EndToEndID, BatchID: strings.TrimSpace(e.BatchID), Reference: e.Ref,
		IsReturn: e.Return, ReturnReason: e.ReturnReason, Counterparty: e.CounterName, Account: e.CounterIBAN, Remittance: e.Remittance,
	}
	if len(e.Details) < 2 {
		if len(e.Details) == 1 && whole.BatchID == "" {
			whole.BatchID = strings.TrimSpace(e.Details[0].BatchID)
		}
		return []Line{whole}
	}
	var sum int64
	parts := make([]Line, 0, len(e.Details))
	for _, d := range e.Details {
		if !d.Known || d.AmountCents == 0 {
			return []Line{whole}
		}
		sum += d.AmountCents
		parts = append(parts, Line{
			BookedOn: e.BookedOn, AmountCents: Cents(d.AmountCents), EndToEndID: d.EndToEndID, BatchID: strings.TrimSpace(d.BatchID), Reference: cmp.Or(d.Ref, e.Ref),
			IsReturn: d.Return, ReturnReason: d.ReturnReason, Counterparty: d.CounterName, Account: d.CounterIBAN, Remittance: d.Remittance,
		})
	}
	if sum != e.AmountCents {
		return []Line{whole}
	}
	return parts
}
