package payments

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/ledger"
)

// bookLine is one line of the books as it is written to a file.
type bookLine struct {
	year, number  int64 // of its journal
	key, event    string
	source, text  string
	day           time.Time
	account, name string
	kind          string
	cents         int64
	about         string // number of the participation
	first         bool   // of its journal
}

// label is the number of the journal as it is written.
func (l bookLine) label() string { return journalLabel(l.year, l.number) }

func journalLabel(year, number int64) string { return fmt.Sprintf("%d-%d", year, number) }

// snapshot numbers the journals and shows the books as they are at one moment: every file and page about them adds up.
func (s *Service) snapshot(ctx context.Context, read func(tx *gorm.DB) error) error {
	if _, err := s.NumberJournals(ctx); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`).Error; err != nil {
			return fmt.Errorf("read the books: %w", err)
		}
		if err := patient(ctx, tx); err != nil {
			return err
		}
		return read(tx)
	})
}

// numbered are the journals that have a number: what was booked in the blink between numbering and reading is left out.
const numbered = `journals j JOIN journal_numbers n ON n.journal_id = j.id`

// eachLine reads the books in order, line by line, so that any number fits in memory.
func eachLine(tx *gorm.DB, write func(bookLine) error) error {
	rows, err := tx.Raw(`SELECT n.year, n.number, j.key, j.event, j.source, j.text, j.booked_on, e.account, a.name_nl, a.kind, e.amount_cents, coalesce(p.number, '')
		FROM ` + numbered + ` JOIN entries e ON e.journal_id = j.id JOIN accounts a ON a.code = e.account LEFT JOIN participations p ON p.id = e.participation_id
		ORDER BY j.booked_on, n.number, e.id`).Rows()
	if err != nil {
		return fmt.Errorf("read the books: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var last string
	for rows.Next() {
		var l bookLine
		if err := rows.Scan(&l.year, &l.number, &l.key, &l.event, &l.source, &l.text, &l.day, &l.account, &l.name, &l.kind, &l.cents, &l.about); err != nil {
			return fmt.Errorf("read the books: %w", err)
		}
		l.first = l.key != last
		last = l.key
		if err := write(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ExportCSV writes every line of the books as a table; amounts are plain decimals, debit and credit apart.
func (s *Service) ExportCSV(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"journal", "datum", "sleutel", "gebeurtenis", "bron", "omschrijving", "rekening", "naam", "debet", "credit", "deelname"}); err != nil {
		return err
	}
	err := s.snapshot(ctx, func(tx *gorm.DB) error { return eachLine(tx, func(l bookLine) error { return out.Write(csvLine(l)) }) })
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func csvLine(l bookLine) []string {
	debit, credit := "", ""
	if l.cents > 0 {
		debit = Cents(l.cents).String()
	} else {
		credit = Cents(-l.cents).String()
	}
	return []string{l.label(), l.day.Format(time.DateOnly), l.key, l.event, l.source, l.text, l.account, l.name, debit, credit, l.about}
}

// hledgerKinds are the words by which hledger knows what kind an account is.
var hledgerKinds = map[string]string{"asset": "Assets", "liability": "Liabilities", "income": "Revenues", "expense": "Expenses"}

// ExportHledger writes the books as a journal that hledger reads.
func (s *Service) ExportHledger(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	err := s.snapshot(ctx, func(tx *gorm.DB) error {
		if err := hledgerAccounts(ctx, tx, out); err != nil {
			return err
		}
		return eachLine(tx, func(l bookLine) error { return hledgerLine(out, l) })
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func hledgerLine(out io.Writer, l bookLine) error {
	if l.first {
		if _, err := fmt.Fprintf(out, "\n%s (%s) %s  ; sleutel:%s\n", l.day.Format(time.DateOnly), l.label(), plain(l.text), plain(l.key)); err != nil {
			return err
		}
	}
	about := ""
	if l.about != "" {
		about = "  ; deelname:" + plain(l.about)
	}
	_, err := fmt.Fprintf(out, "    %s  EUR %s%s\n", hledgerAccount(l.kind, l.account, l.name), Cents(l.cents), about)
	return err
}

// hledgerAccounts declares the accounts, so that hledger can be strict about them.
func hledgerAccounts(ctx context.Context, tx *gorm.DB, w io.Writer) error {
	all, err := ledger.Balances(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, "commodity EUR 1000.00"); err != nil {
		return err
	}
	for _, a := range all {
		if _, err := fmt.Fprintf(w, "account %s\n", hledgerAccount(a.Kind, a.Account, a.NameNL)); err != nil {
			return err
		}
	}
	return nil
}

func hledgerAccount(kind, code, name string) string {
	return hledgerKinds[kind] + ":" + code + " " + plain(name)
}

// plain takes out what hledger reads as a sign of its own: line ends, comments, brackets and double blanks.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', ';', '|', '(', ')':
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
