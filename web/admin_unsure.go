package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/mailer"
	"samenclaim/web/ui"
)

const unsureDesk = "/beheer/onzekere-mails"

// unsureForm is how many mails somebody decided about.
type unsureForm struct {
	Count string `form:"count" say:"unsure.count" validate:"filled,max=12"`
}

// unsureMails lists the mails of which nobody knows whether they arrived.
func (s *Server) unsureMails(c echo.Context) error {
	all, err := s.claims.UnsureMails(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "unsure.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("unsure.none"),
		Columns: []ui.Column{{Label: v.T("case.column.mail")}, {Label: v.T("unsure.since")}, {Label: v.T("unsure.how_many"), Num: true}},
	}
	for _, u := range all {
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(unsureName(v, u), v.Href(unsurePath(u))), ui.Text(v.ShortMoment(u.Since)), ui.Num(v.Number(u.Count))))
	}
	return s.show(c, http.StatusOK, ui.UnsureList(ui.UnsureListPage{View: v, Table: t}))
}

func unsurePath(u mailer.Unsure) string {
	return unsureDesk + "/" + u.Template + "/" + strconv.FormatInt(u.MailingID, 10)
}

func unsureName(v ui.View, u mailer.Unsure) string {
	if u.MailingID == 0 {
		return v.T("case.mail." + u.Template)
	}
	return v.T("unsure.mailing", "Mail", v.T("case.mail."+u.Template), "ID", u.MailingID)
}

// unsureAt finds the mails in the address.
func (s *Server) unsureAt(c echo.Context) (mailer.Unsure, error) {
	all, err := s.claims.UnsureMails(c.Request().Context())
	if err != nil {
		return mailer.Unsure{}, err
	}
	for _, u := range all {
		if u.Template == c.Param("template") && strconv.FormatInt(u.MailingID, 10) == c.Param("mailing") {
			return u, nil
		}
	}
	return mailer.Unsure{}, claims.ErrNotFound
}

// oneUnsure asks whether these mails have to go out once more.
func (s *Server) oneUnsure(c echo.Context) error { return s.askUnsure(c, http.StatusOK, nil) }

func (s *Server) askUnsure(c echo.Context, status int, bad ui.Problems) error {
	u, err := s.unsureAt(c)
	if err != nil {
		return err
	}
	v := s.view(c, "unsure.one", bad...)
	return s.show(c, status, ui.UnsureAsk(ui.UnsurePage{
		View: v, Bad: bad, Name: unsureName(v, u), Count: strconv.FormatInt(u.Count, 10), Many: v.Number(u.Count), Since: v.Moment(u.Since), Action: v.Href(unsurePath(u)), Back: v.Href(unsureDesk),
	}))
}

// resendUnsure sends them once more.
func (s *Server) resendUnsure(c echo.Context) error {
	u, err := s.unsureAt(c)
	if err != nil {
		return err
	}
	form, err := bind[unsureForm](c)
	if err == nil {
		if u.Count, err = strconv.ParseInt(form.Count, 10, 64); err != nil {
			err = mailer.ErrUnsureMoved
		}
	}
	if err == nil {
		err = s.claims.ResendUnsure(c.Request().Context(), s.member(c).Actor(), u)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.askUnsure(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "unsure.done"))
	return s.to(c, unsureDesk)
}
