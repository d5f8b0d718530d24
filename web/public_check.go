package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims/letter"
	"samenclaim/web/ui"
)

const (
	// checkPath is where everybody reads how to check a receipt; the address stands on printed ones.
	checkPath = "/controleren"
	// checkFile is the page with which they do it, on their own machine.
	checkFile = checkPath + "/controlepagina.html"
)

// showReceiptCheck tells how to check a receipt without us.
func (s *Server) showReceiptCheck(c echo.Context) error {
	p := ui.CheckPage{View: s.view(c, "check.title")}
	sum := sha256.Sum256(letter.OfflinePage)
	p.FileURL, p.SHA256 = p.Href(checkFile), hex.EncodeToString(sum[:])
	return s.show(c, http.StatusOK, ui.Check(p))
}

// takeReceiptCheck gives the page that checks, as a file to save: it works from disk, and here it could do nothing.
func (s *Server) takeReceiptCheck(c echo.Context) error {
	return s.sendFile(c, "controlepagina.html", "text/html; charset=utf-8", letter.OfflinePage)
}
