package web

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// limitDownloads is how often somebody may have everything packed: it is much work.
var limitDownloads = limit{"downloads", 3 * time.Minute, 10}

// takeExport sends the copy that was made, once. Headers go out when it is open: if it is not there any more, a page says so.
func (s *Server) takeExport(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	file, err := s.claims.TakeExport(c.Request().Context(), o.person.ID, c.Param("xref"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	fileHeaders(c, "mijn-gegevens-"+o.part.Number+".zip", "application/zip")
	_, err = io.Copy(c.Response(), file)
	return err
}

// lateHeaders is a file on its way to the browser; nothing is sent before there is something in it.
type lateHeaders struct {
	c               echo.Context
	name, mediaType string
	begun           bool
}

func (w *lateHeaders) Write(p []byte) (int, error) {
	if !w.begun {
		w.begun = true
		fileHeaders(w.c, w.name, w.mediaType)
		w.c.Response().WriteHeader(http.StatusOK)
	}
	return w.c.Response().Write(p)
}
