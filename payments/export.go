package payments

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// bookLine is one line of the books as it is written to a file.
type bookLine struct {
	journal       int64
	key, event    string
	source, text  string
	day           time.Time
	account, name string
	kind          string
	cents         int64
	participation sql.NullInt64
	first         bool // of its journal
}

// eachLine reads the books in order, line by line, so that any number fits in memory.
func (s *Service) eachLine(ctx context.Context, write func(bookLine) error) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Raw(`SELECT j.id, j.key, j.event, j.source, j.text, j.booked_on, e.account, a.name_nl, a.kind, e.amount_cents, e.participation_id
			FROM journals j JOIN entries e ON e.journal_id = j.id JOIN accounts a ON a.code = e.account ORDER BY j.booked_on, j.id, e.id`).Rows()
		if err != nil {
			return fmt.Errorf("read the books: %w", err)
		}
		defer func() { _ = rows.Close() }()
		var last int64
		for rows.Next() {
			var l bookLine
			if err := rows.Scan(&l.journal, &l.key, &l.event, &l.source, &l.text, &l.day, &l.account, &l.name, &l.kind, &l.cents, &l.participation); err != nil {
				return fmt.Errorf("read the books: %w", err)
			}
			l.first = l.journal != last
			last = l.journal
			if err := write(l); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// ExportCSV writes every line of the books as a table; amounts are plain decimals, debit and credit apart.
func (s *Service) ExportCSV(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"journal", "datum", "sleutel", "gebeurtenis", "bron", "omschrijving", "rekening", "naam", "debet", "credit", "deelname"}); err != nil {
		return err
	}
	err := s.eachLine(ctx, func(l bookLine) error {
		debit, credit, about := "", "", ""
		if l.cents > 0 {
			debit = Cents(l.cents).String()
		} else {
			credit = Cents(-l.cents).String()
		}
		if l.participation.Valid {
			about = strconv.FormatInt(l.participation.Int64, 10)
		}
		return out.Write([]string{strconv.FormatInt(l.journal, 10), l.day.Format(time.DateOnly), l.key, l.event, l.source, l.text, l.account, l.name, debit, credit, about})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// hledgerKinds are the words by which hledger knows what kind an account is.
var hledgerKinds = map[string]string{"asset": "Assets", "liability": "Liabilities", "income": "Revenues", "expense": "Expenses"}

// ExportHledger writes the books as a journal that hledger reads.
func (s *Service) ExportHledger(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	if err := s.hledgerAccounts(ctx, out); err != nil {
		return err
	}
	err := s.eachLine(ctx, func(l bookLine) error {
		if l.first {
			if _, err := fmt.Fprintf(out, "\n%s (%s) %s\n", l.day.Format(time.DateOnly), plain(l.key), plain(l.text)); err != nil {
				return err
			}
		}
		about := ""
		if l.participation.Valid {
			about = "  ; deelname:" + strconv.FormatInt(l.participation.Int64, 10)
		}
		_, err := fmt.Fprintf(out, "    %s  EUR %s%s\n", hledgerAccount(l.kind, l.account, l.name), Cents(l.cents), about)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// hledgerAccounts declares the accounts, so that hledger can be strict about them.
func (s *Service) hledgerAccounts(ctx context.Context, w io.Writer) error {
	all, err := s.TrialBalance(ctx, time.Time{})
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
