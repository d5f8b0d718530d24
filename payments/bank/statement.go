// Package bank reads what a bank says: account statements in the ISO 20022
// format (camt.053) and, as a fallback, MT940. It reads leniently where banks
// differ and strictly where money is, keeps no file in memory, and needs
// neither a database nor a network.
package bank

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

var (
	// ErrUntrusted means a bank file is broken, or could be read in two ways; the text says where and why.
	ErrUntrusted = errors.New("this bank file cannot be trusted")
	// ErrFormat means a file is something else than a bank statement; the text says what was found.
	ErrFormat = errors.New("this is not a bank statement")
)

var errNoStatement = errors.New("there is no statement in it")

// Kind is what a bank file is.
type Kind string

const (
	// KindStatement is a statement of a day or longer (camt.053): the only kind that can be booked, with MT940.
	KindStatement Kind = "camt.053"
	// KindReport is a report during the day (camt.052), for information.
	KindReport Kind = "camt.052"
	// KindAdvice is an advice of single movements (camt.054), which the statement repeats.
	KindAdvice Kind = "camt.054"
	// KindMT940 is a statement in the older format of SWIFT.
	KindMT940 Kind = "MT940"
)

// File is a whole bank file.
type File struct {
	Kind       Kind
	Version    string // as the file names it, such as camt.053.001.08
	MessageID  string
	Statements []Statement
}

// Balance is what stood on the account at a moment.
type Balance struct {
	Type     string // OPBD is opening, CLBD closing, PRCD the closing before
	Amount   Amount
	Currency string
	Date     time.Time
}

// Cents is the balance in cents; zero if it has fractions of a cent, in which
// case the statement cannot be booked.
func (b Balance) Cents() int64 {
	if cents, whole := b.Amount.Cents(); whole {
		return cents
	}
	return 0
}

// Statement is what happened on one account in one period.
type Statement struct {
	Kind          Kind
	ID            string
	Account       string // the number as the bank gives it, with Othr: in front if it is not an IBAN
	AccountIBAN   string
	Currency      string
	From, To      time.Time // the days it is about
	Opening       *Balance
	Closing       *Balance
	ElectronicSeq string
	LegalSeq      string
	Copy          string // COPY, DUPL or CODU if the bank says so: information only
	Entries       []Entry
	EntryCount    int    // all entries, also when they are not kept
	BookedCount   int    // those that move the ledger
	BookedSum     Amount // what those add up to
	Ties          bool   // opening and booked entries make closing
	Warnings      []string
	Obstacles     []string // why it can be looked at, but not booked
}

// Bookable tells whether nothing stands in the way of booking the statement.
func (st *Statement) Bookable() bool { return len(st.Obstacles) == 0 }

// Entry is one line of a statement. What it did to the account is its amount;
// the details only say what that was made of.
type Entry struct {
	Ordinal      int    // 1 for the first of its statement
	Amount       Amount // signed: what came in is positive
	AmountCents  int64  // zero if the amount has fractions of a cent
	Currency     string
	BookedOn     time.Time
	ValueOn      time.Time
	Status       string // BOOK, or PDNG and INFO for what is not booked
	Ref          string // the bank's reference, else the entry's
	EntryRef     string
	Code         string // bank transaction code, such as PMNT/ICDT/RRTN
	OwnCode      string // code of the bank's own
	Reversal     bool   // said by the bank; the sign is in the amount already
	BatchID      string // our batch, if the bank booked it as one sum
	BatchCount   int
	BatchAmount  Amount
	Info         string // the bank's own words
	EndToEndID   string // of the only detail
	CounterName  string
	CounterIBAN  string
	Remittance   string
	Return       bool
	ReturnReason string
	Details      []Detail
}

// Booked tells whether the entry moves the ledger.
func (e *Entry) Booked() bool { return e.Status == "BOOK" }

// Clone is a copy that stays valid after the call that gave the entry.
func (e *Entry) Clone() Entry {
	c := *e
	c.Details = slices.Clone(e.Details)
	return c
}

// Parts are the details, or the whole entry as one if the bank gave none.
func (e *Entry) Parts() []Detail {
	if len(e.Details) > 0 {
		return e.Details
	}
	return []Detail{{
		Amount: e.Amount, AmountCents: e.AmountCents, Known: true, Currency: e.Currency, EndToEndID: e.EndToEndID, Code: e.Code,
		CounterName: e.CounterName, CounterIBAN: e.CounterIBAN, Remittance: e.Remittance, Return: e.Return, ReturnReason: e.ReturnReason,
	}}
}

// Detail is one transfer inside an entry.
type Detail struct {
	Amount       Amount // signed, in the currency of the entry
	AmountCents  int64
	Known        bool   // whether the bank gave the amount of this transfer
	Currency     string // of the amount the bank gave
	EndToEndID   string // empty if the bank says NOTPROVIDED
	TxID         string
	InstrID      string
	BatchID      string // of the order it was part of
	Ref          string
	Code         string
	DebtorName   string
	DebtorIBAN   string
	CreditorName string
	CreditorIBAN string
	CounterName  string // the side that is not us
	CounterIBAN  string
	Remittance   string
	Info         string
	Return       bool
	ReturnReason string // ISO code such as AC04; empty if the bank gave none
	ReturnInfo   string
}

// Options limit what is read; zero values mean the usual limits.
type Options struct {
	MaxBytes int64 // the largest file, 2 GiB if zero
}

// Visitor is told what is read while it is read, so that a file of any size
// fits in little memory. What it is given is valid during the call only; an
// error it returns ends the reading. Any func may be nil.
type Visitor struct {
	Statement func(*Statement) error         // the head is known
	Entry     func(*Statement, *Entry) error // one line
	Close     func(*Statement) error         // all lines were seen: sums and obstacles are known
}

func untrusted(line int, format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrUntrusted, line, fmt.Sprintf(format, args...))
}
