// Package sepa writes the payment file that a bank carries out: an ISO 20022
// customer credit transfer (pain.001) in the shape SEPA asks for. The same
// input always gives the same bytes.
package sepa

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"

	"samenclaim/participants"
)

// Version is the edition of the message that a bank accepts.
type Version string

const (
	// V09 is the edition of 2019, which the SEPA rulebooks use.
	V09 Version = "pain.001.001.09"
	// V03 is the edition of 2009, for a bank that does not take the new one yet.
	V03 Version = "pain.001.001.03"
)

// MaxTransfers is the largest number of transfers in one file.
const MaxTransfers = 1_000_000

// maxCents is the SEPA limit for one transfer: 999,999,999.99 euros.
const maxCents = 99_999_999_999

var (
	// ErrIdentifier means an identifier has signs that get lost on the way through the banks.
	ErrIdentifier = errors.New("identifier not allowed in a payment file")
	// ErrName means a name is empty, or has not one letter that a SEPA bank can read.
	ErrName = errors.New("name not usable in a payment file")
	// ErrAccount means an account number is wrong or outside SEPA.
	ErrAccount = errors.New("account not usable in a payment file")
	// ErrAmount means an amount is outside what SEPA carries.
	ErrAmount = errors.New("amount not allowed in a payment file")
	// ErrRemittance means the text for the payee is too long, or the reference is none.
	ErrRemittance = errors.New("text for the payee is longer than 140 characters, or stands beside a reference")
	// ErrDate means the banks do not pay on the day asked for.
	ErrDate = errors.New("execution date not possible")
	// ErrTotals means the transfers are not what the file says they are.
	ErrTotals = errors.New("transfers do not match the stated count and total")
	// ErrTwice means two transfers carry the same end-to-end identifier.
	ErrTwice = errors.New("end-to-end identifier used twice")
)

// File is one payment file with one batch, debited as one sum.
type File struct {
	Version       Version // empty means V09
	MessageID     string  // never used for another file
	BatchID       string  // comes back on the statement; empty means the message's identifier
	CreatedAt     time.Time
	DebtorName    string
	DebtorIBAN    string
	DebtorBIC     string // may stay empty
	ExecutionDate time.Time
	Count         int
	TotalCents    int64
	Transfers     iter.Seq2[Transfer, error] // an error stops the writing
}

// Transfer is the payment to one person.
type Transfer struct {
	EndToEndID  string // our key: comes back when the transfer is returned
	Name        string
	IBAN        string
	AmountCents int64
	Remittance  string // what the payee reads; may stay empty
	Reference   string // a structured reference instead of Remittance
}

// CreditorReference makes a structured reference of an identifier by ISO 11649,
// which banks show and send back unchanged: RF, two check digits, and the
// letters and digits of the identifier.
func CreditorReference(id string) string {
	bare := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(id))
	rest := 0
	for _, r := range bare + "RF00" {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return fmt.Sprintf("RF%02d%s", 98-rest, bare)
}

var reference = regexp.MustCompile(`^RF[0-9]{2}[A-Z0-9]{1,21}$`)

// Transfers gives the transfers of a list one by one.
func Transfers(list []Transfer) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		for _, t := range list {
			if !yield(t, nil) {
				return
			}
		}
	}
}

var bic = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// identifier tells whether every bank on the way keeps s as it is: capitals,
// digits, and hyphens inside, at most 35.
func identifier(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (c != '-' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return s != "" && len(s) <= 35
}

// check refuses a file that a bank would refuse, before a byte is written;
// what it returns is the file as it will be written.
func (f File) check() (File, error) {
	if f.Version == "" {
		f.Version = V09
	}
	if f.BatchID == "" {
		f.BatchID = f.MessageID
	}
	for _, id := range []string{f.MessageID, f.BatchID} {
		if !identifier(id) {
			return f, fmt.Errorf("%w: %q", ErrIdentifier, id)
		}
	}
	if f.Version != V09 && f.Version != V03 {
		return f, fmt.Errorf("%w: version %q", ErrIdentifier, f.Version)
	}
	if f.DebtorBIC != "" && !bic.MatchString(f.DebtorBIC) {
		return f, fmt.Errorf("%w: BIC of the payer", ErrAccount)
	}
	var err error
	if f.DebtorName, err = name(f.DebtorName); err != nil {
		return f, fmt.Errorf("payer: %w", err)
	}
	if f.DebtorIBAN, err = account(f.DebtorIBAN); err != nil {
		return f, fmt.Errorf("payer: %w", err)
	}
	if f.Count < 1 || f.Count > MaxTransfers || f.TotalCents < 1 {
		return f, fmt.Errorf("%w: %d transfers of %d cents in all", ErrTotals, f.Count, f.TotalCents)
	}
	return f, f.checkDate()
}

func (f File) checkDate() error {
	day, made := f.ExecutionDate.Format(time.DateOnly), f.CreatedAt.Format(time.DateOnly)
	switch {
	case f.CreatedAt.IsZero() || day < made:
		return fmt.Errorf("%w: %s lies before the day of the file, %s", ErrDate, day, made)
	case !IsTargetDay(f.ExecutionDate):
		return fmt.Errorf("%w: banks do not settle on %s", ErrDate, day)
	case f.ExecutionDate.After(f.CreatedAt.AddDate(0, 0, 364)):
		return fmt.Errorf("%w: %s is more than 364 days ahead", ErrDate, day)
	}
	return nil
}

// check refuses a transfer a bank would refuse or could lose; errors name the
// transfer by its identifier, never the person.
func (t Transfer) check() (Transfer, error) {
	if !identifier(t.EndToEndID) || t.EndToEndID == "NOTPROVIDED" {
		return t, fmt.Errorf("%w: %q", ErrIdentifier, t.EndToEndID)
	}
	if t.AmountCents < 1 || t.AmountCents > maxCents {
		return t, fmt.Errorf("%s: %w: %d cents", t.EndToEndID, ErrAmount, t.AmountCents)
	}
	var err error
	if t.Name, err = name(t.Name); err != nil {
		return t, fmt.Errorf("%s: %w", t.EndToEndID, err)
	}
	if t.IBAN, err = account(t.IBAN); err != nil {
		return t, fmt.Errorf("%s: %w", t.EndToEndID, err)
	}
	if t.Reference != "" && (t.Remittance != "" || !reference.MatchString(t.Reference)) {
		return t, fmt.Errorf("%s: %w", t.EndToEndID, ErrRemittance)
	}
	if t.Remittance = Transliterate(t.Remittance); len(t.Remittance) > 140 {
		return t, fmt.Errorf("%s: %w", t.EndToEndID, ErrRemittance)
	}
	return t, nil
}

// name is at most 70 characters in SEPA, although the schema would take 140.
func name(s string) (string, error) {
	s = Transliterate(s)
	if len(s) > 70 {
		s = strings.TrimSpace(s[:70])
	}
	readable := strings.ContainsFunc(s, func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	})
	if !readable {
		return "", ErrName
	}
	return s, nil
}

func account(s string) (string, error) {
	iban, err := participants.ParseIBAN(s)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrAccount, err)
	}
	if !iban.SEPA() {
		return "", fmt.Errorf("%w: the country is outside SEPA", ErrAccount)
	}
	return string(iban), nil
}
