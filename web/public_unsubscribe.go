package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// showUnsubscribe asks for one press: mail programs and scanners open links by
// themselves, so opening one changes nothing.
func (s *Server) showUnsubscribe(c echo.Context) error {
	on, err := s.people.Subscription(c.Request().Context(), c.Param("token"))
	if errors.Is(err, participants.ErrNotFound) {
		return claims.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.unsubscribePage(c, on)
}

// unsubscribe ends a subscription, for a person on our page and for the mail
// program of a reader that does it by itself (RFC 8058). The address alone is
// enough: it is chance, and all it can do is stop our newsletter.
func (s *Server) unsubscribe(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, formBytes)
	err := s.people.Unsubscribe(c.Request().Context(), c.Param("token"))
	if errors.Is(err, participants.ErrNotFound) {
		return claims.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.unsubscribePage(c, false)
}

func (s *Server) unsubscribePage(c echo.Context, on bool) error {
	title := "public.unsubscribe.title"
	if !on {
		title = "public.unsubscribe.done"
	}
	v := s.view(c, title)
	return s.show(c, http.StatusOK, ui.Unsubscribe(ui.UnsubscribePage{View: v, On: on, Action: v.Href(mailer.UnsubscribePath + c.Param("token"))}))
}
