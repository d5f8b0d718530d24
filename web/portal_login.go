package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type loginForm struct {
	Email string `form:"email" say:"portal.login" validate:"filled"`
}

type loginCodeForm struct {
	Code string `form:"code" say:"portal.code" validate:"filled"`
}

// openLogin asks for the address that the code goes to.
func (s *Server) openLogin(c echo.Context) error {
	if seen(c).login.participantID != 0 {
		return s.to(c, "/mijn")
	}
	return s.loginPage(c, http.StatusOK, loginForm{}, nil)
}

// askLogin mails a code. Whether we know the address cannot be seen from here.
func (s *Server) askLogin(c echo.Context) error {
	form, err := bind[loginForm](c)
	if err == nil {
		err = s.mailLogin(c, form.Email)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.loginPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, "/mijn/code")
}

func (s *Server) mailLogin(c echo.Context, address string) error {
	email, err := participants.ParseEmail(address)
	if err != nil {
		return err
	}
	if err := s.allowCode(c, email.Key); err != nil {
		return err
	}
	if err := s.people.AskLogin(c.Request().Context(), address, lang(c), s.browser(c)); err != nil {
		return err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return nil
}

func (s *Server) loginPage(c echo.Context, status int, form loginForm, bad ui.Problems) error {
	v := s.view(c, "portal.login.title", bad...)
	switch {
	case c.QueryParam("verlopen") != "":
		v.Flash = &ui.Flash{Kind: "info", Text: v.T("portal.login.expired")}
	case c.QueryParam("uit") != "":
		v.Flash = &ui.Flash{Kind: "success", Text: v.T("portal.login.left")}
	}
	return s.show(c, status, ui.PortalLogin(ui.PortalLoginPage{View: v, Bad: bad, Email: form.Email}))
}

// openLoginCode asks for the code from the mail.
func (s *Server) openLoginCode(c echo.Context) error {
	if seen(c).login.participantID != 0 {
		return s.to(c, "/mijn")
	}
	return s.loginCodePage(c, http.StatusOK, loginCodeForm{}, nil)
}

// enterLogin lets somebody in who has the code, in the browser that asked for it.
func (s *Server) enterLogin(c echo.Context) error {
	form, err := bind[loginCodeForm](c)
	var id int64
	if err == nil {
		id, err = s.tryLogin(c, form.Code)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.loginCodePage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.logInPerson(c, id); err != nil {
		return err
	}
	return s.afterLogin(c, id)
}

func (s *Server) tryLogin(c echo.Context, typed string) (int64, error) {
	code := digits(typed)
	if len(code) != 6 {
		return 0, wrong("code", "portal.code.digits")
	}
	return s.people.Login(c.Request().Context(), s.browser(c), code)
}

func (s *Server) loginCodePage(c echo.Context, status int, form loginCodeForm, bad ui.Problems) error {
	return s.show(c, status, ui.PortalCode(ui.PortalCodePage{View: s.view(c, "portal.code.title", bad...), Bad: bad, Code: form.Code}))
}

// logOutPerson ends the log-in of a participant.
func (s *Server) logOutPerson(c echo.Context) error {
	if err := s.logOut(c, s.mine); err != nil {
		return err
	}
	return s.to(c, "/mijn/inloggen?uit=ja")
}
