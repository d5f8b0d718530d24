package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// limitDownloads is how often somebody may have everything packed: it is much work.
var limitDownloads = limit{"downloads", 3 * time.Minute, 10}

// downloadMine sends everything that is held about somebody as one file. The
// page is left as it was if it cannot be made: headers go out with the first byte.
func (s *Server) downloadMine(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.allow(c.Request().Context(), limitDownloads, string(o.by())); err != nil {
		return err
	}
	w := &lateHeaders{c: c, name: "mijn-gegevens-" + o.part.Number + ".zip", mediaType: "application/zip"}
	return s.claims.Export(c.Request().Context(), o.person.ID, w)
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
