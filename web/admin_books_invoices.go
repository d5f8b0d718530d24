package web

import (
	"net/http"
	"regexp"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims/letter"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// invoices shows the invoices and credit notes, newest first.
func (s *Server) invoices(c echo.Context) error {
	before, err := beforeOf(c)
	if err != nil {
		return err
	}
	all, err := s.money.Invoices(c.Request().Context(), before, cardLinesAtOnce+1)
	if err != nil {
		return err
	}
	v := s.view(c, "money.invoices.title")
	p := ui.BookReportPage{View: v, Lead: v.T("money.invoices.lead"), Back: v.Href(booksPath)}
	if len(all) > cardLinesAtOnce {
		all = all[:cardLinesAtOnce]
		p.Pager.NextURL = v.Href(booksPath+"/facturen") + "?voor=" + strconv.FormatInt(all[cardLinesAtOnce-1].ID, 10)
	}
	if before > 0 {
		p.FirstURL = v.Href(booksPath + "/facturen")
	}
	t := ui.TableProps{Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("money.invoices.none"), Columns: []ui.Column{
		{Label: v.T("money.invoices.number")}, {Label: v.T("money.invoices.day")}, {Label: v.T("money.card.about")},
		{Label: v.T("money.vat.ex"), Num: true}, {Label: v.T("money.vat.vat"), Num: true}, {Label: v.T("common.total"), Num: true},
	}}
	for _, i := range all {
		number := ui.Cell{Text: i.Label(), URL: v.Href(booksPath + "/facturen/" + i.Label())}
		sign := int64(1)
		if i.Kind == payments.InvoiceCredit {
			number.Sub, sign = v.T("money.invoices.credit", "Number", i.CreditedLabel()), -1
		}
		t.Rows = append(t.Rows, ui.Cells(number, ui.Text(v.Day(i.Dated)), ui.Text(i.About), ui.Num(v.Euro(sign*int64(i.FeeCents-i.VatCents))), ui.Num(v.Euro(sign*int64(i.VatCents))), ui.Num(v.Euro(sign*int64(i.FeeCents)))))
	}
	p.Sections = []ui.BookReport{{Title: v.T("money.invoices.list"), Table: t}}
	return s.show(c, http.StatusOK, ui.BookReportShown(p))
}

var invoiceLabel = regexp.MustCompile(`^(2[0-9]{3})-([0-9]{6,12})$`)

// invoiceIn reads the number of an invoice in the address, as it stands on the paper and in no other way.
func invoiceIn(c echo.Context) (year int, number int64, err error) {
	m := invoiceLabel.FindStringSubmatch(c.Param("invoice"))
	if m == nil {
		return 0, 0, echo.ErrNotFound
	}
	year, err1 := strconv.Atoi(m[1])
	number, err2 := strconv.ParseInt(m[2], 10, 64)
	if err1 != nil || err2 != nil || (payments.Invoice{Year: year, Number: number}).Label() != c.Param("invoice") {
		return 0, 0, echo.ErrNotFound
	}
	return year, number, nil
}

// invoiceCopy shows an invoice as the books have it: by number, without a name.
func (s *Server) invoiceCopy(c echo.Context) error {
	doc, err := s.copyOf(c)
	if err != nil {
		return err
	}
	v := s.view(c, "money.invoices.title")
	v.Title = v.T("money.invoices.copy_title", "Title", doc.Title)
	here := booksPath + "/facturen/" + c.Param("invoice")
	return s.show(c, http.StatusOK, ui.BookPaper(ui.BookPaperPage{View: v, DocLang: string(doc.Lang), Blocks: paper(doc), PDF: v.Href(here + "/factuur.pdf"), Back: v.Href(booksPath + "/facturen")}))
}

// invoiceCopyPDF is the same on paper.
func (s *Server) invoiceCopyPDF(c echo.Context) error {
	doc, err := s.copyOf(c)
	if err != nil {
		return err
	}
	return s.sendPaper(c, doc)
}

func (s *Server) copyOf(c echo.Context) (letter.Document, error) {
	year, number, err := invoiceIn(c)
	if err != nil {
		return letter.Document{}, err
	}
	return s.claims.InvoiceCopy(c.Request().Context(), year, number, lang(c))
}

func (s *Server) sendPaper(c echo.Context, doc letter.Document) error {
	pdf, err := letter.PDF(doc)
	if err != nil {
		return err
	}
	return s.sendFile(c, "factuur-"+c.Param("invoice")+".pdf", "application/pdf", pdf)
}
