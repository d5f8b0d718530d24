package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// dashboard is where staff begin.
func (s *Server) dashboard(c echo.Context) error {
	return s.show(c, http.StatusOK, ui.Dashboard(ui.DashboardPage{View: s.view(c, "nav.dashboard")}))
}

// logOutMember ends the log-in of a member of staff.
func (s *Server) logOutMember(c echo.Context) error {
	if err := s.logOut(c, s.desk); err != nil {
		return err
	}
	return s.to(c, "/beheer/inloggen")
}
