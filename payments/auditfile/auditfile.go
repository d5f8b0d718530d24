// Package auditfile writes the books of one year as an XML Auditfile Financieel, the form in which accountants and
// the Belastingdienst take them over. It writes while it reads, so that any number of lines fits in memory.
//
// Version 3.2 is held against the schema of the Belastingdienst by the tests. Version 4.0 is written by what is
// published about it; its schema could not be had, so of what is optional only that is written of which the place
// is known.
package auditfile

import (
	"errors"
	"iter"
	"time"
)

// Version is an edition of the audit file.
type Version string

// The editions.
const (
	V32 Version = "3.2"
	V40 Version = "4.0"
)

// ErrFile means that a file cannot be written as it is described: totals that differ from the lines, or a line
// about something that is not in the file.
var ErrFile = errors.New("this audit file would be wrong")

// namespaces are the names by which readers know an edition.
var namespaces = map[Version]string{
	V32: "http://www.auditfiles.nl/XAF/3.2",
	V40: "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0",
}

// File is the books of one year.
type File struct {
	Year                      int
	CreatedOn                 time.Time
	Software, SoftwareVersion string
	Company                   Company
	Relations                 iter.Seq2[string, error] // participation numbers: who they are is not in the file
	Accounts                  []Account
	VATCodes                  []VATCode
	Opening                   []Opening
	Journals                  []Journal // in the order in which their lines come
	Totals                    Totals
	Lines                     iter.Seq2[Line, error] // by journal, and in it by transaction
}

// Company is whose books they are.
type Company struct{ Name, RegisterNumber, TaxNumber, Street, Postcode, City string }

// Account is one account of the chart.
type Account struct {
	Code, Name string
	Balance    bool // of the balance sheet; else of profit and loss
}

// VATCode is one rate of VAT.
type VATCode struct{ ID, Name, ToPay string }

// Opening is what stood on an account when the year began; debit is positive.
type Opening struct {
	Account string
	Cents   int64
}

// Journal is a book in which transactions stand together.
type Journal struct {
	ID, Name string
	Type     string // B: bank, M: memorial
	Account  string // of a bank
	IBAN     string
}

// Totals is what all lines of the year add up to.
type Totals struct{ Lines, DebitCents, CreditCents int64 }

func (t *Totals) add(cents int64) {
	t.Lines++
	if cents > 0 {
		t.DebitCents += cents
	} else {
		t.CreditCents -= cents
	}
}

// Line is one line of a transaction, with what is the same for all of its lines.
type Line struct {
	Journal, Transaction string // "2026-12"
	Day                  time.Time
	Text, Source         string

	Number   int64 // in the transaction
	Account  string
	Cents    int64 // debit is positive
	Relation string
	Invoice  string
	VAT      *VAT
}

// VAT is the tax that goes with the turnover on a line.
type VAT struct {
	ID     string
	RateBP int64
	Cents  int64 // credit is negative, as on the line
}
