package payments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/auditfile"
)

// Company is the foundation as it stands in its books.
type Company struct{ Name, RegisterNumber, VATNumber, Street, Postcode, City, IBAN string }

// ErrNoYear means that nothing was booked in a year.
var ErrNoYear = errors.New("nothing was booked in this year")

// ofBank tells by its event whether a journal stands in the book of the bank.
const ofBank = `(j.event LIKE 'line.%' OR j.event IN ('payouts.booked', 'payout.returned'))`

// ExportXAF writes the books of a year as an audit file of the edition asked for. People stand in it by their numbers.
func (s *Service) ExportXAF(ctx context.Context, w io.Writer, version string, year int, of Company) error {
	return s.snapshot(ctx, func(tx *gorm.DB) error {
		f, err := auditFile(ctx, tx, year, of)
		if err != nil {
			return err
		}
		f.CreatedOn = bookingDay(s.db.NowFunc())
		return auditfile.Write(w, auditfile.Version(version), f)
	})
}

func auditFile(ctx context.Context, tx *gorm.DB, year int, of Company) (auditfile.File, error) {
	tax := of.VATNumber
	if tax == "" {
		tax = of.RegisterNumber
	}
	f := auditfile.File{
		Year: year, Software: "Samenclaim", SoftwareVersion: "1",
		Company:  auditfile.Company{Name: of.Name, RegisterNumber: of.RegisterNumber, TaxNumber: tax, Street: of.Street, Postcode: of.Postcode, City: of.City},
		Journals: []auditfile.Journal{{ID: "BNK", Name: "Bank", Type: "B", Account: accBank, IBAN: of.IBAN}, {ID: "MEM", Name: "Memoriaal", Type: "M"}},
	}
	balances, err := yearBalances(ctx, tx, year)
	if err != nil {
		return f, err
	}
	for _, b := range balances {
		f.Accounts = append(f.Accounts, auditfile.Account{Code: b.Account, Name: b.NameNL, Balance: b.Kind == "asset" || b.Kind == "liability"})
		if b.OpeningCents != 0 {
			f.Opening = append(f.Opening, auditfile.Opening{Account: b.Account, Cents: int64(b.OpeningCents)})
		}
		f.Totals.DebitCents += int64(b.DebitCents)
		f.Totals.CreditCents += int64(b.CreditCents)
	}
	var rates []int64
	db := tx.WithContext(ctx)
	err = errors.Join(
		db.Raw(`SELECT count(*) FROM `+numbered+` JOIN entries e ON e.journal_id = j.id WHERE n.year = ?`, year).Scan(&f.Totals.Lines).Error,
		db.Raw(`SELECT DISTINCT rate_bp FROM invoices WHERE year = ? ORDER BY 1`, year).Scan(&rates).Error)
	if err != nil {
		return f, fmt.Errorf("audit file: %w", err)
	}
	if f.Totals.Lines == 0 {
		return f, ErrNoYear
	}
	for _, bp := range rates {
		f.VATCodes = append(f.VATCodes, auditfile.VATCode{ID: vatID(bp), Name: "Btw " + strings.Replace(Cents(bp).String(), ".", ",", 1) + "%", ToPay: accVAT})
	}
	f.Relations, f.Lines = relationsOf(db, year), linesOfYear(db, year)
	return f, nil
}

func vatID(bp int64) string { return fmt.Sprintf("V%d", bp) }

// errStop ends reading when nobody wants more.
var errStop = errors.New("no more is wanted")

// streamed turns rows that are read one by one into a sequence.
func streamed[T any](read func(yield func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := read(func(x T) error {
			if !yield(x, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			var none T
			yield(none, err)
		}
	}
}

func relationsOf(tx *gorm.DB, year int) iter.Seq2[string, error] {
	return streamed(func(yield func(string) error) error {
		return rowsOf(tx, `SELECT p.number FROM participations p WHERE p.id IN (SELECT e.participation_id FROM `+numbered+` JOIN entries e ON e.journal_id = j.id WHERE n.year = ?) ORDER BY p.number COLLATE "C"`, year,
			func(scan func(...any) error) error {
				var number string
				if err := scan(&number); err != nil {
					return err
				}
				return yield(number)
			})
	})
}

func linesOfYear(tx *gorm.DB, year int) iter.Seq2[auditfile.Line, error] {
	return streamed(func(yield func(auditfile.Line) error) error {
		return rowsOf(tx, `SELECT CASE WHEN `+ofBank+` THEN 'BNK' ELSE 'MEM' END, n.year, n.number, j.booked_on, j.text, j.source, row_number() OVER (PARTITION BY j.id ORDER BY e.id), e.account, e.amount_cents,
				coalesce(p.number, ''), coalesce(i.year, 0), coalesce(i.number, 0), CASE WHEN e.account = '`+accFees+`' THEN coalesce(i.rate_bp, -1) ELSE -1 END, coalesce(CASE i.kind WHEN 'invoice' THEN -i.vat_cents ELSE i.vat_cents END, 0)
			FROM `+numbered+` JOIN entries e ON e.journal_id = j.id LEFT JOIN participations p ON p.id = e.participation_id
			LEFT JOIN invoices i ON e.account IN ('`+accFees+`', '`+accVAT+`', '`+accUnearned+`') AND i.journal_id = j.id AND i.participation_id = e.participation_id
			WHERE n.year = ? ORDER BY 1, n.number, e.id`, year, func(scan func(...any) error) error {
			l, err := lineOfYear(scan)
			if err != nil {
				return err
			}
			return yield(l)
		})
	})
}

func lineOfYear(scan func(...any) error) (l auditfile.Line, err error) {
	var year, number, invoiceYear, invoiceNumber, rate, vat int64
	var day time.Time
	if err := scan(&l.Journal, &year, &number, &day, &l.Text, &l.Source, &l.Number, &l.Account, &l.Cents, &l.Relation, &invoiceYear, &invoiceNumber, &rate, &vat); err != nil {
		return l, fmt.Errorf("audit file: %w", err)
	}
	l.Transaction, l.Day = journalLabel(year, number), day
	if invoiceNumber > 0 {
		l.Invoice = Invoice{Year: int(invoiceYear), Number: invoiceNumber}.Label()
	}
	if rate >= 0 {
		l.VAT = &auditfile.VAT{ID: vatID(rate), RateBP: rate, Cents: vat}
	}
	return l, nil
}
