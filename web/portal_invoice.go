package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims/letter"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// invoicePage shows one of a person's own invoices, in the words of its PDF.
func (s *Server) invoicePage(c echo.Context) error {
	o, doc, err := s.ownInvoice(c)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.invoices.title")
	v.Title = doc.Title
	return s.show(c, http.StatusOK, ui.PortalPaper(ui.PortalPaperPage{
		View: v, Heading: doc.Title, Lead: v.T("portal.invoices.paper_lead"), PDFLabel: v.T("portal.invoices.pdf"), DocLang: string(doc.Lang), Blocks: paper(doc),
		PDF: v.Href(o.path("/documenten/facturen/" + c.Param("invoice") + "/factuur.pdf")), Back: v.Href(o.path("/documenten")),
	}))
}

// invoicePDF is the same on paper.
func (s *Server) invoicePDF(c echo.Context) error {
	_, doc, err := s.ownInvoice(c)
	if err != nil {
		return err
	}
	return s.sendPaper(c, doc)
}

func (s *Server) ownInvoice(c echo.Context) (ownCase, letter.Document, error) {
	o, err := s.ownCase(c)
	if err != nil {
		return o, letter.Document{}, err
	}
	year, number, err := invoiceIn(c)
	if err != nil {
		return o, letter.Document{}, err
	}
	doc, err := s.claims.InvoicePaper(c.Request().Context(), o.part, year, number, lang(c))
	return o, doc, err
}

// invoiceTable lists the invoices of a participation; empty when there are none.
func invoiceTable(v ui.View, o ownCase, all []payments.Invoice) ui.TableProps {
	t := ui.TableProps{Caption: v.T("portal.invoices.title"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("portal.invoices.number")}, {Label: v.T("portal.invoices.day")}, {Label: v.T("portal.invoices.amount"), Num: true},
	}}
	for _, i := range all {
		what, sign := v.T("portal.invoices.invoice", "Number", i.Label()), int64(1)
		if i.Kind == payments.InvoiceCredit {
			what, sign = v.T("portal.invoices.credit", "Number", i.Label()), -1
		}
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(what, v.Href(o.path("/documenten/facturen/"+i.Label()))), ui.Text(v.Day(i.Dated)), ui.Num(v.Euro(sign*int64(i.FeeCents)))))
	}
	return t
}
