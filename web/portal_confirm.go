package web

import (
	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/web/ui"
)

// confirmForm is the part of a form that asks for a fresh code from the mail.
type confirmForm struct {
	Do   string `form:"do"` // "code": mail me one
	Code string `form:"code"`
}

// confirmed takes the code of a form. sent: none was typed yet, but one is on
// its way, and the page is to be shown again with what was filled in.
func (s *Server) confirmed(c echo.Context, o ownCase, f confirmForm) (sent bool, err error) {
	if f.Do == "code" {
		if err := s.allowCode(c, o.person.EmailKey); err != nil {
			return false, err
		}
		err := s.people.AskConfirm(c.Request().Context(), o.person.ID, seen(c).login.ref)
		s.wake(mailer.DrainName) // somebody waits for it
		return err == nil, err
	}
	code := digits(f.Code)
	if len(code) != 6 {
		return false, wrong("code", "portal.code.digits")
	}
	return false, s.people.Confirm(c.Request().Context(), o.person.ID, seen(c).login.ref, code)
}

// confirmPart is what the page shows of it.
func confirmPart(f confirmForm, bad ui.Problems, sent bool) ui.ConfirmPart {
	return ui.ConfirmPart{Sent: sent || f.Code != "" || bad.For("code") != "", New: sent, Error: bad.For("code")}
}
