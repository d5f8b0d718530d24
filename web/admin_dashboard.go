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
