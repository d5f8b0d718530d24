package web

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// show renders a page. Nothing is sent unless all of it rendered.
func (s *Server) show(c echo.Context, status int, page templ.Component) error {
	var b bytes.Buffer
	if v := seen(c); v.later != "" && status == http.StatusUnprocessableEntity {
		return detour{v.later} // a mistake keeps nobody who wants to go on later
	}
	if err := page.Render(c.Request().Context(), &b); err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
		return c.NoContent(status)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// to sends the browser on to a path of ours, in the language of the page; who goes on later, to where it says how.
func (s *Server) to(c echo.Context, path string) error {
	if v := seen(c); v.later != "" {
		path = v.later
	}
	return c.Redirect(http.StatusSeeOther, "/"+lang(c)+path)
}

// detour means that somebody is better served on another page.
type detour struct{ Path string }

func (detour) Error() string { return "better served elsewhere" }
