package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// policy is what a page may load and where it may send forms: our own site, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; frame-src 'none'; require-trusted-types-for 'script'"

// headers go with every answer.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	secure := s.base.Scheme == "https"
	return func(c echo.Context) error {
		h := c.Response().Header()
		csp := policy
		if secure {
			csp += "; upgrade-insecure-requests"
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		h.Set("Content-Security-Policy", csp)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("X-Request-Id", seen(c).requestID)
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// fileHeaders go with a file that somebody sent us: it can do nothing but be saved.
func fileHeaders(c echo.Context, name, mediaType string) {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", `attachment; filename="`+plainName(name)+`"`)
	h.Set("Cache-Control", "no-store")
}

// plainName is a file name that every system takes.
func plainName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	if clean = strings.TrimLeft(clean, "."); clean == "" {
		return "bestand"
	}
	return clean[:min(len(clean), 100)]
}

// sendFile sends bytes as a file to save.
func (s *Server) sendFile(c echo.Context, name, mediaType string, content []byte) error {
	fileHeaders(c, name, mediaType)
	return c.Blob(http.StatusOK, mediaType, content)
}
