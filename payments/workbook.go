package payments

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
	"gorm.io/gorm"
)

// ExportXLSX writes the books of a year as a workbook: balances, ledger cards, open items, VAT and invoices.
// Amounts are numbers and days are days; texts are texts, whatever they begin with, so that nothing in it is run.
func (s *Service) ExportXLSX(ctx context.Context, w io.Writer, year int) error {
	book := excelize.NewFile(excelize.Options{TmpDir: ""})
	defer func() { _ = book.Close() }()
	b := workbook{file: book, used: map[string]int{}}
	if err := b.styles(); err != nil {
		return err
	}
	err := s.snapshot(ctx, func(tx *gorm.DB) error {
		for _, sheet := range []func(context.Context, *gorm.DB, int) error{b.balances, b.cards, b.openItems, b.vat, b.invoices} {
			if err := sheet(ctx, tx, year); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// workbook is a workbook that is being written, sheet by sheet.
type workbook struct {
	file              *excelize.File
	used              map[string]int // how many sheets of a name there are
	head, money, date int            // styles
}

func (b *workbook) styles() (err error) {
	amount, day := `#,##0.00;[Red]-#,##0.00`, "yyyy-mm-dd"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{{&b.head, excelize.Style{Font: &excelize.Font{Bold: true}}}, {&b.money, excelize.Style{CustomNumFmt: &amount}}, {&b.date, excelize.Style{CustomNumFmt: &day}}} {
		if *s.id, err = b.file.NewStyle(&s.style); err != nil {
			return fmt.Errorf("write a workbook: %w", err)
		}
	}
	return nil
}

// page is one sheet that is being written, row by row.
type page struct {
	*workbook
	name   string
	header []any
	widths []float64
	out    *excelize.StreamWriter
	row    int
}

// column is a column of a sheet: what it holds, and how wide it is.
type column struct {
	name  string
	width float64
}

func (b *workbook) sheet(name string, columns ...column) (*page, error) {
	p := &page{workbook: b, name: name}
	for _, c := range columns {
		p.header, p.widths = append(p.header, excelize.Cell{StyleID: b.head, Value: c.name}), append(p.widths, c.width)
	}
	return p, p.begin()
}

// begin makes a new sheet; what does not fit in one goes on in the next.
func (p *page) begin() error {
	p.used[p.name]++
	name := p.name
	if n := p.used[p.name]; n > 1 {
		name = fmt.Sprintf("%s %d", p.name, n)
	}
	_, err := p.file.NewSheet(name)
	if err == nil {
		p.out, err = p.file.NewStreamWriter(name)
	}
	for i := 0; err == nil && i < len(p.widths); i++ {
		err = p.out.SetColWidth(i+1, i+1, p.widths[i])
	}
	if err == nil {
		err = p.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	if err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	p.row = 0
	return p.write(p.header)
}

// add writes a row: amounts as numbers with two decimals, days as days.
func (p *page) add(values ...any) error {
	if p.row == excelize.TotalRows {
		if err := p.end(); err != nil {
			return err
		}
		if err := p.begin(); err != nil {
			return err
		}
	}
	cells := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case Cents: // a spreadsheet has no other numbers than these; the cents are exact up to ninety trillion euros
			cells[i] = excelize.Cell{StyleID: p.money, Value: float64(v) / 100}
		case time.Time:
			cells[i] = excelize.Cell{StyleID: p.date, Value: v}
		default:
			cells[i] = v
		}
	}
	return p.write(cells)
}

func (p *page) write(cells []any) error {
	p.row++
	if err := p.out.SetRow(fmt.Sprintf("A%d", p.row), cells); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

func (p *page) end() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// accountKinds are the Dutch words for what an account is.
var accountKinds = map[string]string{"asset": "bezit", "liability": "schuld", "income": "opbrengst", "expense": "kosten"}

func (b *workbook) balances(ctx context.Context, tx *gorm.DB, year int) error {
	all, err := yearBalances(ctx, tx, year)
	if err != nil {
		return err
	}
	p, err := b.sheet("Proefbalans", column{"rekening", 10}, column{"naam", 36}, column{"soort", 12}, column{"derdengeld", 12}, column{"begin", 16}, column{"debet", 16}, column{"credit", 16}, column{"eind", 16})
	if err != nil {
		return err
	}
	for _, a := range all {
		client := "nee"
		if a.ClientMoney {
			client = "ja"
		}
		if err := p.add(a.Account, a.NameNL, accountKinds[a.Kind], client, a.OpeningCents, a.DebitCents, a.CreditCents, a.ClosingCents()); err != nil {
			return err
		}
	}
	return p.end()
}

// cards are the ledger cards, one account after the other, each line with what stood on the account after it.
func (b *workbook) cards(ctx context.Context, tx *gorm.DB, year int) error {
	p, err := b.sheet("Grootboek", column{"rekening", 10}, column{"naam", 36}, column{"datum", 12}, column{"journaal", 12}, column{"omschrijving", 40}, column{"bron", 24}, column{"deelname", 16},
		column{"debet", 16}, column{"credit", 16}, column{"saldo", 16})
	if err != nil {
		return err
	}
	err = rowsOf(tx.WithContext(ctx), `SELECT e.account, a.name_nl, j.booked_on, n.year, n.number, j.text, j.source, coalesce(p.number, ''), greatest(e.amount_cents, 0), greatest(-e.amount_cents, 0),
			(CASE WHEN a.kind IN ('income', 'expense') THEN 0 ELSE coalesce(o.cents, 0) END + sum(e.amount_cents) OVER (PARTITION BY e.account ORDER BY n.number, e.id))::bigint
		FROM `+numbered+` JOIN entries e ON e.journal_id = j.id JOIN accounts a ON a.code = e.account LEFT JOIN participations p ON p.id = e.participation_id
		LEFT JOIN (SELECT e.account, sum(e.amount_cents) AS cents FROM `+numbered+` JOIN entries e ON e.journal_id = j.id WHERE n.year < @year GROUP BY 1) o ON o.account = e.account
		WHERE n.year = @year ORDER BY e.account, n.number, e.id`, map[string]any{"year": year}, func(scan func(...any) error) error {
		var account, name, text, source, about string
		var day time.Time
		var y, n int64
		var debit, credit, balance Cents
		if err := scan(&account, &name, &day, &y, &n, &text, &source, &about, &debit, &credit, &balance); err != nil {
			return err
		}
		return p.add(account, name, day, journalLabel(y, n), text, source, about, debit, credit, balance)
	})
	if err != nil {
		return err
	}
	return p.end()
}

func (b *workbook) openItems(ctx context.Context, tx *gorm.DB, year int) error {
	on := time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)
	if today := bookingDay(tx.NowFunc()); today.Before(on) {
		on = today
	}
	all, err := openItems(ctx, tx, on)
	if err != nil {
		return err
	}
	p, err := b.sheet("Openstaand", column{"op", 12}, column{"rekening", 10}, column{"naam", 36}, column{"deelnemers", 12}, column{"open", 16}, column{"t/m 30 dagen", 16}, column{"31-60 dagen", 16}, column{"61-90 dagen", 16}, column{"ouder", 16})
	if err != nil {
		return err
	}
	for _, i := range all {
		if err := p.add(on, i.Account, i.NameNL, i.Count, i.Cents, i.Upto30, i.Upto60, i.Upto90, i.Older); err != nil {
			return err
		}
	}
	return p.end()
}

func (b *workbook) vat(ctx context.Context, tx *gorm.DB, year int) error {
	all, err := vatSummary(ctx, tx)
	if err != nil {
		return err
	}
	p, err := b.sheet("Btw", column{"jaar", 8}, column{"kwartaal", 10}, column{"tarief", 10}, column{"facturen", 10}, column{"creditnota's", 14}, column{"zonder btw", 16}, column{"btw", 16}, column{"btw in de boeken", 18})
	if err != nil {
		return err
	}
	for _, q := range all {
		if q.Year != year {
			continue
		}
		if err := p.add(q.Year, q.Quarter, Cents(q.RateBP).String()+"%", q.Invoices, q.Credits, q.FeeCents-q.VatCents, q.VatCents, q.BookedCents); err != nil {
			return err
		}
	}
	return p.end()
}

func (b *workbook) invoices(ctx context.Context, tx *gorm.DB, year int) error {
	p, err := b.sheet("Facturen", column{"nummer", 14}, column{"soort", 12}, column{"datum", 12}, column{"deelname", 16}, column{"credit op", 14}, column{"zonder btw", 16}, column{"tarief", 10}, column{"btw", 16}, column{"met btw", 16})
	if err != nil {
		return err
	}
	err = rowsOf(tx.WithContext(ctx), `SELECT i.year, i.number, CASE i.kind WHEN 'credit' THEN 'creditnota' ELSE 'factuur' END, i.dated, t.number, coalesce(o.year, 0), coalesce(o.number, 0),
			CASE i.kind WHEN 'credit' THEN -1 ELSE 1 END * i.fee_cents, CASE i.kind WHEN 'credit' THEN -1 ELSE 1 END * i.vat_cents, i.rate_bp
		FROM invoices i JOIN participations t ON t.id = i.participation_id LEFT JOIN invoices o ON o.id = i.credits WHERE i.year = ? ORDER BY i.number`, year, func(scan func(...any) error) error {
		var i, of Invoice
		var kind, about string
		if err := scan(&i.Year, &i.Number, &kind, &i.Dated, &about, &of.Year, &of.Number, &i.FeeCents, &i.VatCents, &i.RateBP); err != nil {
			return err
		}
		credits := ""
		if of.Number > 0 {
			credits = of.Label()
		}
		return p.add(i.Label(), kind, i.Dated, about, credits, i.FeeCents-i.VatCents, Cents(i.RateBP).String()+"%", i.VatCents, i.FeeCents)
	})
	if err != nil {
		return err
	}
	return p.end()
}
