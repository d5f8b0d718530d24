package web

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/ui"
)

const booksPath = "/beheer/boeken"

// journalsAtOnce is how many journals a page of the books shows.
const journalsAtOnce = 20

// books shows the trial balance until a day, and the journals, newest first.
func (s *Server) books(c echo.Context) error {
	day, month, year := asked(c, "tot-day"), asked(c, "tot-month"), asked(c, "tot-year")
	until, err := typedDay("tot", day, month, year)
	bad := s.mend(c, err)
	v, status := s.view(c, "money.books.title", bad...), http.StatusOK
	if bad != nil {
		status = http.StatusUnprocessableEntity
	}
	page := ui.BooksPage{View: v, Bad: bad, Search: v.Href(booksPath), None: v.T("money.books.none"), Exports: []ui.Link{
		{Label: v.T("money.books.csv"), URL: v.Href(booksPath + "/journaal.csv")}, {Label: v.T("money.books.hledger"), URL: v.Href(booksPath + "/journaal.hledger")},
	}}
	page.Until = ui.DateProps{Name: "tot", Legend: v.T("money.books.until"), Hint: v.T("money.books.until_hint"), Day: day, Month: month, Year: year, Error: bad.For("tot"), Optional: true}
	balances, err := s.money.TrialBalance(c.Request().Context(), until)
	if err != nil {
		return err
	}
	page.Balance = trialBalance(v, balances, until)
	page.Reports = bookReports(v)
	if page.Years, err = s.bookYears(c, v); err != nil {
		return err
	}
	page.XAFNote = v.T("money.books.xaf_note")
	if err := s.fillJournals(c, &page); err != nil {
		return err
	}
	return s.show(c, status, ui.Books(page))
}

// bookReports lead from the books to what can be asked of them.
func bookReports(v ui.View) (links []ui.ActionLink) {
	for _, r := range []struct{ key, path string }{{"open", "/openstaand"}, {"vat", "/btw"}, {"invoices", "/facturen"}, {"rules", "/regels"}, {"close", "/afsluiten"}} {
		links = append(links, ui.ActionLink{Title: v.T("money." + r.key + ".title"), Text: v.T("money." + r.key + ".card"), Label: v.T("money.books.open_report"), URL: v.Href(booksPath + r.path)})
	}
	return links
}

// bookYears are the files of each year.
func (s *Server) bookYears(c echo.Context, v ui.View) (ui.TableProps, error) {
	t := ui.TableProps{Caption: v.T("money.books.files"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.books.year")}, {Label: "XLSX"}, {Label: "XAF 4.0"}, {Label: "XAF 3.2"},
	}}
	years, err := s.money.Years(c.Request().Context())
	for _, year := range years {
		text := strconv.Itoa(year)
		at := v.Href(booksPath + "/jaar/" + text)
		t.Rows = append(t.Rows, ui.Cells(ui.Text(text), ui.LinkTo(v.T("money.books.xlsx", "Year", text), at+"/werkboek.xlsx"),
			ui.LinkTo(v.T("money.books.xaf40", "Year", text), at+"/auditfile-4.0.xaf"), ui.LinkTo(v.T("money.books.xaf32", "Year", text), at+"/auditfile-3.2.xaf")))
	}
	return t, err
}

// asked is what the address asks for.
func asked(c echo.Context, name string) string { return printable(c.QueryParam(name)) }

// trialBalance is every account with its turnover; both sides add up to the same.
func trialBalance(v ui.View, balances []payments.Balance, until time.Time) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.books.balance_now"), Stack: true, Columns: []ui.Column{
		{Label: v.T("money.books.account")}, {Label: v.T("money.books.kind")}, {Label: v.T("money.books.debit"), Num: true},
		{Label: v.T("money.books.credit"), Num: true}, {Label: v.T("money.books.saldo"), Num: true},
	}}
	if !until.IsZero() {
		table.Caption = v.T("money.books.balance_until", "Day", v.Day(until))
	}
	var debit, credit int64
	for _, b := range balances {
		debit, credit = debit+b.DebitCents, credit+b.CreditCents
		table.Rows = append(table.Rows, ui.Cells(
			ui.LinkTo(b.Account+" "+inLanguage(v.Lang, b.NameNL, b.NameEN), v.Href(booksPath+"/rekening/"+b.Account)), ui.Text(v.T("money.books.kind_"+b.Kind)),
			ui.Num(v.Euro(b.DebitCents)), ui.Num(v.Euro(b.CreditCents)), ui.Num(v.Euro(b.NetCents())),
		))
	}
	table.Foot = []ui.Cell{ui.Text(v.T("common.total")), ui.Text(""), ui.Num(v.Euro(debit)), ui.Num(v.Euro(credit)), ui.Num(v.Euro(debit - credit))}
	return table
}

func inLanguage(lang, nl, en string) string {
	if lang == "en" {
		return en
	}
	return nl
}

// fillJournals shows a page of journals: those before the number in the address.
func (s *Server) fillJournals(c echo.Context, page *ui.BooksPage) error {
	before, err := beforeOf(c)
	if err != nil {
		return err
	}
	v := page.View
	all, err := s.money.Journals(c.Request().Context(), before, journalsAtOnce+1)
	if err != nil {
		return err
	}
	if len(all) > journalsAtOnce {
		all = all[:journalsAtOnce]
		page.Pager.NextURL = v.Href(booksPath) + "?voor=" + strconv.FormatInt(all[journalsAtOnce-1].ID, 10)
	}
	if before > 0 {
		page.FirstURL = v.Href(booksPath)
	}
	for _, j := range all {
		page.Journals = append(page.Journals, journalOf(v, j))
	}
	if len(all) > 0 {
		page.Pager.Text = v.T("money.books.range", "From", v.Number(all[0].ID), "To", v.Number(all[len(all)-1].ID))
	}
	return nil
}

// beforeOf is where a page of a list that is read backwards begins; zero is the newest.
func beforeOf(c echo.Context) (int64, error) {
	text := c.QueryParam("voor")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, echo.ErrNotFound
	}
	return n, nil
}

func journalOf(v ui.View, j payments.BookedJournal) ui.BookJournal {
	out := ui.BookJournal{
		Title: v.T("money.books.journal", "Number", v.Number(j.ID), "Day", v.Day(j.BookedOn), "Text", eventWords(v, j)),
		About: v.T("money.books.about", "Key", j.Key, "When", v.ShortMoment(j.CreatedAt)),
	}
	for _, l := range j.Lines {
		line := ui.BookLine{Account: l.Account + " " + inLanguage(v.Lang, l.NameNL, l.NameEN)}
		if l.Count > 1 {
			line.Note = v.T("money.books.lines", int(l.Count), "Count", v.Number(l.Count))
		}
		if l.AmountCents > 0 {
			line.Debit = v.Euro(int64(l.AmountCents))
		} else {
			line.Credit = v.Euro(-int64(l.AmountCents))
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// eventWords says what a journal is about: as it was booked in Dutch, by its event in English.
func eventWords(v ui.View, j payments.BookedJournal) string {
	if v.Lang == "en" {
		if text := v.T("money.event." + strings.ReplaceAll(j.Event, ".", "_")); !strings.HasPrefix(text, "⟦") {
			return text
		}
	}
	return j.Text
}

// exportCSV sends the books as a table.
func (s *Server) exportCSV(c echo.Context) error {
	return s.export(c, "journaal.csv", "text/csv; charset=utf-8", s.money.ExportCSV)
}

// exportHledger sends the books as a journal for hledger.
func (s *Server) exportHledger(c echo.Context) error {
	return s.export(c, "journaal.hledger", "text/plain; charset=utf-8", s.money.ExportHledger)
}

// export sends a file while it is written. When that fails half-way the
// connection is cut, so that nobody takes half the books for all of them.
func (s *Server) export(c echo.Context, name, mediaType string, write func(context.Context, io.Writer) error) error {
	longWork(c)
	fileHeaders(c, name, mediaType)
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	err := write(c.Request().Context(), c.Response())
	if err != nil && !c.Response().Committed {
		c.Response().Header().Del("Content-Disposition")
		return err
	}
	if err != nil {
		s.log.ErrorContext(c.Request().Context(), "an export was cut off", "request", seen(c).requestID, "err", err)
		if conn, _, err := http.NewResponseController(c.Response()).Hijack(); err == nil {
			return conn.Close()
		}
	}
	return nil
}
