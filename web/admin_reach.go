package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

const reachDesk = "/beheer/onbereikbaar"

// reachForm is how somebody was reached.
type reachForm struct {
	Note string `form:"note" say:"reach.note" validate:"filled,max=2000"`
}

// unreached lists whom our mail does not reach.
func (s *Server) unreached(c echo.Context) error {
	all, err := s.claims.Unreached(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "reach.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("reach.none"),
		Columns: []ui.Column{{Label: v.T("case.column.number")}, {Label: v.T("reach.since")}, {Label: v.T("reach.why")}, {Label: v.T("reach.status")}},
	}
	for _, u := range all {
		state := ui.Tagged("warn", v.T("reach.open"))
		if u.DoneAt != nil {
			state = ui.Tagged("good", v.T("reach.done"))
		}
		number := ui.LinkTo(u.Number, v.Href(reachDesk+"/"+u.Ref))
		number.Whole = true
		t.Rows = append(t.Rows, ui.Cells(number, ui.Text(v.ShortMoment(u.OpenedAt)), ui.Text(v.T("reach.code", "Code", u.Code)), state))
	}
	return s.show(c, http.StatusOK, ui.ReachList(ui.ReachListPage{View: v, Table: t}))
}

// oneUnreached shows somebody whom our mail does not reach, by number; who it is, stands on their own page.
func (s *Server) oneUnreached(c echo.Context) error {
	return s.showUnreached(c, http.StatusOK, reachForm{}, nil)
}

func (s *Server) showUnreached(c echo.Context, status int, form reachForm, bad ui.Problems) error {
	u, err := s.claims.OneUnreached(c.Request().Context(), c.Param("tref"))
	if err != nil {
		return err
	}
	v := s.view(c, "reach.one", bad...)
	p := ui.ReachPage{View: v, Bad: bad, Back: v.Href(reachDesk), PersonURL: v.Href("/beheer/" + u.Slug + "/deelname/" + u.Number), Number: u.Number, Note: form.Note, Told: u.Text,
		Facts: []ui.Definition{{Label: v.T("reach.since"), Value: v.Moment(u.OpenedAt)}, {Label: v.T("reach.why"), Value: v.T("reach.code", "Code", u.Code)},
			{Label: v.T("reach.soft"), Value: v.Number(u.Soft)}}}
	if u.DoneAt == nil {
		p.Action = v.Href(reachDesk + "/" + u.Ref)
	} else {
		p.Facts = append(p.Facts, ui.Definition{Label: v.T("reach.done"), Value: v.Moment(*u.DoneAt) + ", " + s.actorName(c, *u.DoneBy)})
	}
	return s.show(c, status, ui.Reach(p))
}

// reached notes how somebody was reached.
func (s *Server) reached(c echo.Context) error {
	form, err := bind[reachForm](c)
	if err == nil {
		err = s.claims.Reached(c.Request().Context(), s.member(c).Actor(), c.Param("tref"), form.Note)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showUnreached(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "reach.noted"))
	return s.to(c, reachDesk)
}
