package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
	"samenclaim/web/ui"
)

// showLink is where the button in a mail with a code leads. Looking changes
// nothing: mail programs open links before people do. Only the browser that
// asked for the code gets the button that goes on.
func (s *Server) showLink(c echo.Context) error {
	l, err := s.people.Link(c.Request().Context(), c.Param("token"), s.secrets(c)...)
	if err != nil {
		return s.deadLink(c, err)
	}
	v := s.view(c, "join.link.title")
	return s.show(c, http.StatusOK, ui.MailLink(ui.MailLinkPage{View: v, Text: v.T("join.link." + l.Purpose), Works: true, Button: v.T(linkButtons[l.Purpose])}))
}

// linkButtons are the words on the button: what confirms an address says so.
var linkButtons = map[string]string{
	participants.LinkSignup: "join.link.confirm", participants.LinkResume: "common.continue", participants.LinkLogin: "common.login",
}

// followLink does what the link is for, in place of typing the code.
func (s *Server) followLink(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := s.people.Follow(ctx, c.Param("token"), s.secrets(c)...)
	if err != nil {
		return s.deadLink(c, err)
	}
	if f.Purpose == participants.LinkLogin {
		if err := s.logInPerson(c, f.ParticipantID); err != nil {
			return err
		}
		return s.afterLogin(c, f.ParticipantID)
	}
	claim, err := s.claims.Claim(ctx, f.ClaimID)
	if err != nil {
		return err
	}
	return s.carryOn(c, claim, f.Token, f.Signup)
}

// deadLinks are the words for a link that does nothing (any more), by why. The
// first is also for a link that never was.
var deadLinks = []struct {
	err error
	key string
}{
	{participants.ErrLinkElsewhere, "join.link.elsewhere"},
	{participants.ErrLinkUsed, "join.link.used"},
	{participants.ErrCodeExpired, "join.link.expired"},
	{participants.ErrCodeTries, "join.link.expired"},
	{participants.ErrNotFound, "join.link.expired"},
	{participants.ErrWrongState, "join.link.used"},
}

func (s *Server) deadLink(c echo.Context, err error) error {
	for _, d := range deadLinks {
		if errors.Is(err, d.err) {
			v := s.view(c, d.key+".title")
			return s.show(c, http.StatusOK, ui.MailLink(ui.MailLinkPage{View: v, Text: v.T(d.key + ".text")}))
		}
	}
	return err
}
