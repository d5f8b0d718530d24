package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// mandatePage shows what was signed, made of the same record as the PDF.
func (s *Server) mandatePage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	doc, err := s.claims.SignedPage(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.paper.title")
	return s.show(c, http.StatusOK, ui.PortalPaper(ui.PortalPaperPage{
		View: v, Heading: v.T("portal.paper.title"), Lead: v.T("portal.paper.lead"), PDFLabel: v.T("portal.documents.mandate_pdf"), DocLang: string(doc.Lang), Blocks: paper(doc), PDF: v.Href(o.path("/documenten/volmacht.pdf")), Back: v.Href(o.path("/documenten")),
	}))
}
