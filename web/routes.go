package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/web/static"
)

// routes is every address of the site and who may use it. What is not here does not exist.
var routes = slices.Concat(publicRoutes, portalRoutes, caseRoutes, moneyRoutes)

// Handler returns the whole site.
func (s *Server) Handler() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = s.realAddress()
	e.Use(s.arrive, s.headers, s.rightHost, s.speak)

	e.GET("/healthz", s.healthy)
	files := echo.WrapHandler(static.Handler())
	e.GET("/static/*", files)
	e.HEAD("/static/*", files)
	if s.cfg.DemoPages != nil {
		e.Any("/demo/*", func(c echo.Context) error {
			c.Response().Header().Del("Content-Security-Policy") // these pages have their own
			s.cfg.DemoPages.ServeHTTP(c.Response(), c.Request())
			return nil
		})
	}
	for _, r := range routes {
		if err := r.check(); err != nil {
			panic(err) // a mistake in the table: the program does not start
		}
		e.Add(r.Method, r.Path, s.guard(r))
		if r.Method == http.MethodGet {
			e.Add(http.MethodHead, r.Path, s.guard(r))
		}
	}
	return e
}

// healthy tells whether pages can be served: the database answers.
func (s *Server) healthy(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.pool.Ping(ctx); err != nil {
		return c.String(http.StatusServiceUnavailable, "no database\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
