package web

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
)

// nextCookie is where somebody wanted to go who has to log in first, such as from a mail.
const nextCookie = "__Host-verder"

const nextLife = 15 * 60 // seconds

// nextForm is what it may hold: a page of a case of one's own. Whose it is, is asked there.
var nextForm = regexp.MustCompile(`^/mijn/([A-Z2-7]{26})(/[a-z0-9./-]{1,80})?$`)

// keepNext remembers the page that somebody asked for before the log-in.
func (s *Server) keepNext(c echo.Context) {
	if path := seen(c).path; c.Request().Method == http.MethodGet && nextForm.MatchString(path) {
		s.setCookie(c, nextCookie, path, nextLife)
	}
}

// afterLogin shows that page once, if it is in a case of who logged in, or else their cases.
func (s *Server) afterLogin(c echo.Context, participantID int64) error {
	cookie, err := c.Cookie(nextCookie)
	if err != nil {
		return s.to(c, "/mijn")
	}
	s.setCookie(c, nextCookie, "", -1)
	if m := nextForm.FindStringSubmatch(cookie.Value); m != nil {
		switch _, err := s.people.Participation(c.Request().Context(), participantID, m[1]); {
		case err == nil:
			return s.to(c, cookie.Value)
		case !errors.Is(err, participants.ErrNotFound):
			return err
		}
	}
	return s.to(c, "/mijn")
}
