package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

var (
	// errHost means that the request names another site than ours.
	errHost = echo.NewHTTPError(http.StatusMisdirectedRequest, "another host")
	// errCrossSite means that another site sent this request.
	errCrossSite = errors.New("sent by another site")
)

// arrive names the request, notes it in the log without saying who or what, and catches panics.
func (s *Server) arrive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		v, began := seen(c), s.now()
		v.requestID, v.received = rand.Text()[:10], began
		defer func() {
			if r := recover(); r != nil {
				s.log.ErrorContext(c.Request().Context(), "panic", "request", v.requestID, "route", c.Path(), "kind", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
				c.Error(errors.New("panic"))
				err = nil
			}
		}()
		if err = next(c); err != nil {
			c.Error(err)
		}
		s.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", slog.String("request", v.requestID), slog.String("method", method(c)),
			slog.String("route", c.Path()), slog.Int("status", c.Response().Status), slog.Duration("took", s.now().Sub(began)))
		return nil
	}
}

// method is the method if it is one we know: what strangers send does not go into the log.
func method(c echo.Context) string {
	switch m := c.Request().Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return m
	}
	return "other"
}

// rightHost refuses requests for other sites, and those that another site sent.
func (s *Server) rightHost(next echo.HandlerFunc) echo.HandlerFunc {
	cross := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if c.Path() == "/healthz" || strings.HasPrefix(c.Path(), "/webhooks/") || strings.HasPrefix(c.Path(), "/demo/") {
			return next(c)
		}
		if !sameHost(c.Request().Host, s.base.Host) {
			return errHost
		}
		if cross.Check(c.Request()) != nil {
			return errCrossSite
		}
		return next(c)
	}
}

// steers tells whether a text has signs that no address of ours has.
func steers(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
}

func sameHost(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	host, port, err := net.SplitHostPort(a)
	return err == nil && (port == "443" || port == "80") && strings.EqualFold(host, b)
}

// speak reads the language off the address. An address with signs that steer names nothing of ours.
func (s *Server) speak(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, query := seen(c), c.Request().URL.Query()
		if steers(c.Request().URL.Path) {
			return echo.ErrNotFound
		}
		for _, values := range query {
			if slices.ContainsFunc(values, steers) {
				return echo.ErrBadRequest
			}
		}
		first, rest, _ := strings.Cut(strings.TrimPrefix(c.Request().URL.Path, "/"), "/")
		if first == "nl" || first == "en" {
			v.lang, v.path = first, "/"+rest
		} else if c.Param("lang") != "" {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

// realAddress tells how to find a visitor's address: proxies that are not ours are not believed.
func (s *Server) realAddress() echo.IPExtractor {
	if len(s.cfg.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range s.cfg.TrustedProxies {
		_, network, err := net.ParseCIDR(p.String())
		if err == nil {
			trust = append(trust, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
