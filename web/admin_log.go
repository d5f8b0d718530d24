package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// logPage is how many lines of the log stand on one page.
const logPage = 50

// showLog shows who did what, newest first. It is read only, and never shorter than what happened.
func (s *Server) showLog(c echo.Context) error {
	before, err := strconv.ParseInt(c.QueryParam("voor"), 10, 64)
	if c.QueryParam("voor") != "" && (err != nil || before < 1) {
		return staff.ErrNotFound
	}
	lines, err := s.staff.Log(c.Request().Context(), before, logPage+1)
	if err != nil {
		return err
	}
	p := ui.LogPage{View: s.view(c, "nav.log")}
	if len(lines) > logPage {
		lines = lines[:logPage]
		p.OlderURL = p.Href("/beheer/logboek") + "?voor=" + strconv.FormatInt(lines[logPage-1].ID, 10)
	}
	if before > 0 {
		p.NewestURL = p.Href("/beheer/logboek")
	}
	for _, l := range lines {
		who := l.Actor
		if l.Name != "" {
			who = l.Name
		}
		detail := string(l.Detail)
		if detail == "{}" {
			detail = ""
		}
		p.Lines = append(p.Lines, ui.LogRow{At: p.ShortMoment(l.At), Who: who, Action: l.Action, Subject: l.Subject, Detail: detail})
	}
	return s.show(c, http.StatusOK, ui.Log(p))
}
