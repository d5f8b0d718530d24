package payments

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"samenclaim/payments/bank"
)

// sheet is what one statement of a bank file says, without its lines.
type sheet struct {
	At                   int // its place in the file
	BankID, Sequence     string
	Account, AccountIBAN string
	Currency             string
	Opened, Closed       time.Time
	Opening, Closing     Cents
	Lines                int
	Ties                 bool
	Warnings, Obstacles  []string

	known   bool // the very same statement is booked already
	follows bool // it opens with what the last one closed with
	ours    bool
}

// fresh tells whether the lines of the sheet are ours to book.
func (s sheet) fresh() bool { return s.ours && !s.known }

// readSheets reads a bank file and shows each booked line as it comes by, with
// the place of its statement; the statements come in the order of their days.
func readSheets(r io.Reader, each func(at int, l Line) error) ([]sheet, error) {
	var all []sheet
	var now sheet
	_, err := bank.Read(r, bank.Options{MaxBytes: largestFile}, bank.Visitor{
		Entry: func(_ *bank.Statement, e *bank.Entry) error {
			if !e.Booked() {
				return nil
			}
			for _, l := range linesOf(e) {
				now.count(&l)
				if err := each(now.At, l); err != nil {
					return &ownError{err}
				}
			}
			return nil
		},
		Close: func(st *bank.Statement) error {
			all = append(all, now.close(st))
			now = sheet{At: len(all)}
			return nil
		},
	})
	if err != nil {
		return nil, untrusted(err)
	}
	slices.SortStableFunc(all, func(a, b sheet) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), a.Closed.Compare(b.Closed), a.Opened.Compare(b.Opened))
	})
	return all, nil
}

// survey reads what a bank file says, without its lines.
func survey(r io.Reader) ([]sheet, error) {
	return readSheets(r, func(int, Line) error { return nil })
}

// ownError is trouble of ours while a file is read, not of the file.
type ownError struct{ error }

// untrusted puts the reader's trouble in the words of this package, reason and all.
func untrusted(err error) error {
	if own := (*ownError)(nil); errors.As(err, &own) {
		return own.error
	}
	text := err.Error()
	for _, said := range []error{bank.ErrUntrusted, bank.ErrFormat} {
		text = strings.TrimPrefix(text, said.Error())
	}
	return fmt.Errorf("%w%w", ErrUntrusted, errors.New(text))
}

// count numbers a line and takes it into account.
func (s *sheet) count(l *Line) {
	s.Lines++
	l.Ordinal = s.Lines
	if s.Opened.IsZero() || l.BookedOn.Before(s.Opened) {
		s.Opened = l.BookedOn
	}
	if l.BookedOn.After(s.Closed) {
		s.Closed = l.BookedOn
	}
}

// close completes a sheet with what is known at its end.
func (s sheet) close(st *bank.Statement) sheet {
	s.BankID, s.Sequence, s.Account, s.AccountIBAN, s.Currency = st.ID, st.ElectronicSeq, st.Account, st.AccountIBAN, st.Currency
	s.Ties, s.Warnings, s.Obstacles = st.Ties, st.Warnings, st.Obstacles
	if st.Opening != nil {
		s.Opening = Cents(st.Opening.Cents())
	}
	if st.Closing != nil {
		s.Closing = Cents(st.Closing.Cents())
	}
	if !st.From.IsZero() && (s.Opened.IsZero() || st.From.Before(s.Opened)) {
		s.Opened = st.From
	}
	if st.To.After(s.Closed) {
		s.Closed = st.To
	}
	if s.Closed.Before(s.Opened) {
		s.Closed = s.Opened
	}
	return s
}

// bookable tells why a file cannot be booked as it is.
func bookable(sheets []sheet) error {
	ours := false
	for _, st := range sheets {
		if !st.ours {
			continue
		}
		ours = true
		if len(st.Obstacles) > 0 {
			return fmt.Errorf("%w: %w", ErrUntrusted, errors.New(strings.Join(st.Obstacles, "; ")))
		}
		if !st.known && !st.follows {
			return ErrGap
		}
	}
	if !ours {
		return fmt.Errorf("%w: it is about another account than the foundation's", ErrUntrusted)
	}
	return nil
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
