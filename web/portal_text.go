package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// textURL is where one version of a text can be read.
func (s *Server) textURL(v ui.View, o ownCase, textID int64) string {
	return v.Href(o.path("/tekst/" + strconv.FormatInt(textID, 10)))
}

// shownTexts are the kinds of texts that people sign or agree to.
var shownTexts = []string{"mandate", "agreement", "consent", "privacy"}

// textThen shows a text as it was when somebody read it.
func (s *Server) textThen(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("text"), 10, 64)
	if err != nil {
		return claims.ErrNotFound
	}
	text, err := s.claims.Text(c.Request().Context(), o.claim.ID, id)
	if err != nil {
		return err
	}
	if !slices.Contains(shownTexts, text.Kind) {
		return claims.ErrNotFound
	}
	v := s.portalView(c, o, "portal.text.title")
	back := o.path("/documenten")
	if text.Kind == "consent" {
		back = o.path("/toestemmingen")
	}
	return s.show(c, http.StatusOK, ui.PortalTextThen(ui.PortalTextPage{View: v, Text: textOf(v, text), Source: text.Source, Back: v.Href(back)}))
}
