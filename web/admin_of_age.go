package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// ofAge lists who came of age in a claim and has not confirmed; names are on the pages it leads to, where a look is logged.
func (s *Server) ofAge(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	waiting, err := s.claims.OfAge(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	v := s.view(c, "case.of_age.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("case.of_age.none"),
		Columns: []ui.Column{{Label: v.T("case.of_age.number")}, {Label: v.T("case.of_age.month")}, {Label: v.T("case.of_age.mailed")}, {Label: v.T("case.of_age.limit")}},
	}
	for _, w := range waiting {
		mailed := ui.Tagged("warn", v.T("case.of_age.not_mailed"))
		if w.MailedAt != nil {
			mailed = ui.Text(v.Moment(*w.MailedAt))
		}
		number := ui.LinkTo(w.Number, v.Href("/beheer/"+claim.Slug+"/deelname/"+w.Number+"/vertegenwoordiging"))
		t.Rows = append(t.Rows, ui.Cells(number, ui.Text(monthOf(v, w.Month)), mailed, ui.Text(v.Day(w.LimitationOn))))
	}
	return s.show(c, http.StatusOK, ui.OfAge(ui.OfAgePage{View: v, Table: t}))
}
