package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// taking is a takeover on its way: what a mailed link opens, and what this browser filled in.
type taking struct {
	draft
	over claims.Takeover
	link string
}

const takeoverCookie = "__Host-overname"

func (t taking) home() string             { return "/mijn/overname/" + t.link }
func (t taking) place(page string) string { return t.home() + "/" + page }

// taking finds the takeover behind the link and the draft of this browser.
// Whoever skips a page is sent to the first one that is open.
func (s *Server) taking(c echo.Context, page string) (taking, error) {
	ctx, t := c.Request().Context(), taking{link: c.Param("token")}
	var err error
	if t.over, err = s.claims.TakeoverBehind(ctx, t.link); err != nil {
		return t, err
	}
	if t.claim, err = s.claims.Claim(ctx, t.over.ClaimID); err != nil {
		return t, err
	}
	if t.over.Signed && page != "klaar" {
		return t, detour{t.place("klaar")}
	}
	if cookie, err := c.Cookie(takeoverCookie); err == nil {
		t.token = cookie.Value
		t.Signup, err = s.people.Signup(ctx, t.claim.ID, t.token)
		if err != nil && !errors.Is(err, participants.ErrNotFound) {
			return t, err
		}
	}
	return t, t.misplaced(page)
}

// misplaced says where a takeover belongs, if not on this page.
func (t taking) misplaced(page string) error {
	a := t.Answers
	for _, s := range []struct {
		page string
		open bool
	}{
		{"", a.Takeover != t.over.ID || a.Email == ""}, {"code", !t.proven()}, {"naam", a.LastName == ""}, {"adres", a.Address.City == ""},
	} {
		switch {
		case page == "klaar", s.page == page:
			return nil
		case s.open && s.page == "":
			return detour{t.home()}
		case s.open:
			return detour{t.place(s.page)}
		}
	}
	return nil
}

// takeoverView is what every page of a takeover has.
func (s *Server) takeoverView(c echo.Context, titleKey, back string, bad ui.Problems) ui.JoinPage {
	p := ui.JoinPage{View: s.view(c, titleKey, bad...), Bad: bad}
	if back != "" {
		p.Back = p.Href(back)
	}
	return p
}

func (s *Server) showTakeover(c echo.Context) error {
	t, err := s.taking(c, "")
	if err != nil {
		return err
	}
	return s.takeoverStart(c, http.StatusOK, t, t.Answers.Email, nil)
}

// startTakeover keeps the address of who takes over, and mails a code to it.
func (s *Server) startTakeover(c echo.Context) error {
	t, err := s.taking(c, "")
	if err != nil {
		return err
	}
	form, err := bind[emailForm](c)
	var email participants.Email
	if err == nil {
		email, err = participants.ParseEmail(form.Email)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverStart(c, http.StatusUnprocessableEntity, t, form.Email, bad)
	}
	if err != nil {
		return err
	}
	if err := s.mailTakeover(c, t, email); err != nil {
		return err
	}
	return s.to(c, t.place("code"))
}

func (s *Server) mailTakeover(c echo.Context, t taking, email participants.Email) error {
	ctx := c.Request().Context()
	if err := s.allowCode(c, email.Key); err != nil {
		return err
	}
	if t.Answers.Takeover != t.over.ID {
		token, _, err := s.people.StartSignup(ctx, t.claim.ID, lang(c))
		if err != nil {
			return err
		}
		t.token = token
		s.setCookie(c, takeoverCookie, token, int(participants.DraftLife/time.Second))
	}
	_, err := s.people.Answer(ctx, t.claim.ID, t.token, func(a *participants.Answers) {
		a.Takeover, a.Email = t.over.ID, email.Shown
		if t.over.Kind == claims.TakeoverAdult {
			a.FirstNames, a.Infix, a.LastName = t.over.Ward.FirstNames, t.over.Ward.Infix, t.over.Ward.LastName
		}
	})
	if err != nil {
		return err
	}
	if err := s.people.AskSignupCode(ctx, t.claim.ID, t.token); err != nil {
		return err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return nil
}

func (s *Server) takeoverStart(c echo.Context, status int, t taking, email string, bad ui.Problems) error {
	p := ui.JoinEmailPage{JoinPage: s.takeoverView(c, "portal.takeover.email_title", "", bad), Email: email}
	p.About = p.T("portal.takeover."+t.over.Kind, "Number", t.over.Number)
	return s.show(c, status, ui.JoinEmail(p))
}

func (s *Server) showTakeoverCode(c echo.Context) error {
	t, err := s.taking(c, "code")
	if err != nil {
		return err
	}
	return s.takeoverCode(c, http.StatusOK, t, nil)
}

// proveTakeover takes the code from the mail: the address is proven.
func (s *Server) proveTakeover(c echo.Context) error {
	t, err := s.taking(c, "code")
	if err != nil {
		return err
	}
	form, err := bind[codeForm](c)
	if err == nil {
		err = s.proveCode(c, t.draft, form.Code)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverCode(c, http.StatusUnprocessableEntity, t, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, t.place("naam"))
}

func (s *Server) takeoverCode(c echo.Context, status int, t taking, bad ui.Problems) error {
	p := ui.JoinCodePage{JoinPage: s.takeoverView(c, "portal.takeover.code_title", t.home(), bad), Email: t.Answers.Email}
	p.AgainURL, p.OtherURL = p.Href(t.home()), p.Href(t.home())
	return s.show(c, status, ui.JoinCode(p))
}
