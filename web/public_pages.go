package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// front sends a visitor to the pages in Dutch.
func (s *Server) front(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/nl") }

// home lists the claims.
func (s *Server) home(c echo.Context) error {
	return s.show(c, http.StatusOK, ui.Home(ui.HomePage{View: s.view(c, "public.home.title")}))
}
