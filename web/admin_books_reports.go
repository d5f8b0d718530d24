package web

import (
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"

	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/internal/locale"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// cardLinesAtOnce is how many lines a page of a ledger card, or of the invoices, shows.
const cardLinesAtOnce = 50

// exportXLSX sends the books of a year as a workbook.
func (s *Server) exportXLSX(c echo.Context) error {
	return s.exportYear(c, "werkboek-%.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(ctx context.Context, w io.Writer, year int) error {
		return s.money.ExportXLSX(ctx, w, year)
	})
}

// exportXAF32 sends the books of a year as an audit file of the edition of before 2027.
func (s *Server) exportXAF32(c echo.Context) error { return s.exportXAF(c, "3.2") }

// exportXAF40 sends the books of a year as an audit file.
func (s *Server) exportXAF40(c echo.Context) error { return s.exportXAF(c, "4.0") }

func (s *Server) exportXAF(c echo.Context, version string) error {
	f, err := s.claims.Foundation(c.Request().Context())
	if err != nil {
		return err
	}
	return s.exportYear(c, "auditfile-%-"+version+".xaf", "application/xml", func(ctx context.Context, w io.Writer, year int) error {
		return s.money.ExportXAF(ctx, w, version, year, f.Company())
	})
}

// exportYear sends a file about the year in the address.
func (s *Server) exportYear(c echo.Context, name, mediaType string, write func(ctx context.Context, w io.Writer, year int) error) error {
	year, err := numberIn(c, "year")
	if err != nil || year < 2000 || year > 2999 {
		return echo.ErrNotFound
	}
	return s.export(c, strings.ReplaceAll(name, "%", strconv.FormatInt(year, 10)), mediaType, func(ctx context.Context, w io.Writer) error { return write(ctx, w, int(year)) })
}

var accountCode = regexp.MustCompile(`^[0-9]{4}$`)

// ledgerCard shows the lines of one account, newest first, each with what stood there after it.
func (s *Server) ledgerCard(c echo.Context) error {
	code, ctx := c.Param("account"), c.Request().Context()
	if !accountCode.MatchString(code) {
		return echo.ErrNotFound
	}
	before, err := beforeOf(c)
	if err != nil {
		return err
	}
	account, err := s.money.Account(ctx, code)
	if err != nil {
		return err
	}
	lines, err := s.money.Card(ctx, code, before, cardLinesAtOnce+1)
	if err != nil {
		return err
	}
	v := s.view(c, "money.card.title")
	v.Title = account.Code + " " + inLanguage(v.Lang, account.NameNL, account.NameEN)
	p := ui.BookReportPage{View: v, Lead: v.T("money.card.lead"), Back: v.Href(booksPath)}
	here := v.Href(booksPath + "/rekening/" + code)
	if len(lines) > cardLinesAtOnce {
		lines = lines[:cardLinesAtOnce]
		p.Pager.NextURL = here + "?voor=" + strconv.FormatInt(lines[cardLinesAtOnce-1].EntryID, 10)
	}
	if before > 0 {
		p.FirstURL = here
	}
	p.Sections = []ui.BookReport{{Title: v.T("money.card.lines"), Table: cardTable(v, lines)}}
	return s.show(c, http.StatusOK, ui.BookReportShown(p))
}

func cardTable(v ui.View, lines []payments.CardLine) ui.TableProps {
	t := ui.TableProps{Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("money.card.none"), Columns: []ui.Column{
		{Label: v.T("money.card.day")}, {Label: v.T("money.card.what")}, {Label: v.T("money.card.about")},
		{Label: v.T("money.books.debit"), Num: true}, {Label: v.T("money.books.credit"), Num: true}, {Label: v.T("money.books.saldo"), Num: true},
	}}
	for _, l := range lines {
		debit, credit := "", ""
		if l.AmountCents > 0 {
			debit = v.Euro(int64(l.AmountCents))
		} else {
			credit = v.Euro(-int64(l.AmountCents))
		}
		number := l.Label()
		if number == "" {
			number = v.T("money.card.no_number")
		}
		t.Rows = append(t.Rows, ui.Cells(ui.Cell{Text: v.Day(l.BookedOn), Sub: number}, ui.Cell{Text: eventWords(v, payments.BookedJournal{Event: l.Event, Text: l.Text}), Sub: l.Source}, ui.Text(l.About),
			ui.Num(debit), ui.Num(credit), ui.Num(v.Euro(int64(l.BalanceCents)))))
	}
	return t
}

// openItems shows what is still open, by how long, and whether the money of others is all there.
func (s *Server) openItems(c echo.Context) error {
	ctx := c.Request().Context()
	items, err := s.money.OpenItems(ctx, locale.Today(s.now()))
	if err != nil {
		return err
	}
	client, err := s.money.ClientMoney(ctx)
	if err != nil {
		return err
	}
	v := s.view(c, "money.open.title")
	p := ui.BookReportPage{View: v, Lead: v.T("money.open.lead"), Back: v.Href(booksPath)}
	if client.FirstShort != nil {
		p.Warning = v.T("money.open.short", int(client.ShortDays), "Days", v.Number(client.ShortDays), "Day", v.Day(*client.FirstShort))
	}
	p.Sections = []ui.BookReport{
		{Title: v.T("money.open.client"), Text: v.T("money.open.client_text"), Facts: []ui.Definition{
			{Label: v.T("money.open.held"), Value: v.Euro(int64(client.HeldCents))}, {Label: v.T("money.open.owed"), Value: v.Euro(int64(client.OwedCents))},
			{Label: v.T("money.open.own"), Value: v.Euro(int64(client.HeldCents - client.OwedCents))},
		}},
		{Title: v.T("money.open.items"), Text: v.T("money.open.items_text"), Table: openTable(v, items)},
	}
	return s.show(c, http.StatusOK, ui.BookReportShown(p))
}

func openTable(v ui.View, items []payments.OpenItem) ui.TableProps {
	t := ui.TableProps{Caption: v.T("money.open.items"), HideCaption: true, Stack: true, Empty: v.T("money.open.none"), Columns: []ui.Column{
		{Label: v.T("money.books.account")}, {Label: v.T("money.open.people"), Num: true}, {Label: v.T("money.open.upto30"), Num: true}, {Label: v.T("money.open.upto60"), Num: true},
		{Label: v.T("money.open.upto90"), Num: true}, {Label: v.T("money.open.older"), Num: true}, {Label: v.T("common.total"), Num: true},
	}}
	for _, i := range items {
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(i.Account+" "+inLanguage(v.Lang, i.NameNL, i.NameEN), v.Href(booksPath+"/rekening/"+i.Account)), ui.Num(v.Number(i.Count)), ui.Num(v.Euro(int64(i.Upto30))),
			ui.Num(v.Euro(int64(i.Upto60))), ui.Num(v.Euro(int64(i.Upto90))), ui.Num(v.Euro(int64(i.Older))), ui.Num(v.Euro(int64(i.Cents)))))
	}
	return t
}

// vatSummary shows the VAT of each quarter, from the invoices, beside what the books say.
func (s *Server) vatSummary(c echo.Context) error {
	all, err := s.money.VAT(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "money.vat.title")
	p := ui.BookReportPage{View: v, Lead: v.T("money.vat.lead"), Back: v.Href(booksPath)}
	t := ui.TableProps{Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("money.vat.none"), Columns: []ui.Column{
		{Label: v.T("money.vat.quarter")}, {Label: v.T("money.vat.rate"), Num: true}, {Label: v.T("money.vat.invoices"), Num: true}, {Label: v.T("money.vat.credits"), Num: true},
		{Label: v.T("money.vat.ex"), Num: true}, {Label: v.T("money.vat.vat"), Num: true}, {Label: v.T("money.vat.booked"), Num: true},
	}}
	for _, q := range all {
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("money.vat.quarter_of", "Quarter", strconv.Itoa(q.Quarter), "Year", strconv.Itoa(q.Year))), ui.Num(v.Percent(q.RateBP)), ui.Num(v.Number(q.Invoices)), ui.Num(v.Number(q.Credits)),
			ui.Num(v.Euro(int64(q.FeeCents-q.VatCents))), ui.Num(v.Euro(int64(q.VatCents))), ui.Num(v.Euro(int64(q.BookedCents)))))
	}
	p.Sections = []ui.BookReport{{Title: v.T("money.vat.quarters"), Text: v.T("money.vat.text"), Table: t}}
	return s.show(c, http.StatusOK, ui.BookReportShown(p))
}

// bookRules shows every rule by which something is booked.
func (s *Server) bookRules(c echo.Context) error {
	v := s.view(c, "money.rules.title")
	t := ui.TableProps{Caption: v.Title, HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.rules.event")}, {Label: v.T("money.books.debit")}, {Label: v.T("money.books.credit")}, {Label: v.T("money.rules.key")},
	}}
	for _, r := range payments.Rules() {
		key := ui.Text(strings.ReplaceAll(r.Key, "%d", "N"))
		key.Mono = true
		t.Rows = append(t.Rows, ui.Cells(ui.Cell{Text: eventWords(v, payments.BookedJournal{Event: r.Event, Text: r.Text}), Sub: r.Event}, ui.Text(strings.Join(r.Debit, ", ")), ui.Text(strings.Join(r.Credit, ", ")), key))
	}
	p := ui.BookReportPage{View: v, Lead: v.T("money.rules.lead"), Back: v.Href(booksPath), Sections: []ui.BookReport{{Title: v.T("money.rules.table"), Text: v.T("money.rules.text"), Table: t}}}
	return s.show(c, http.StatusOK, ui.BookReportShown(p))
}
