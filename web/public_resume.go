package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type resumeForm struct {
	Email string `form:"email" say:"join.email" validate:"filled,max=254"`
}

// openClaim finds the claim in the address; one that takes nobody has no pages to go on with.
func (s *Server) openClaim(c echo.Context) (claims.Claim, error) {
	claim, err := s.claim(c)
	if err == nil && !claim.TakesSignups() { // who comes too late may have been let in: the sign-up itself says so
		err = detour{draft{claim: claim}.home()}
	}
	return claim, err
}

// showResume asks for the address of a sign-up that was begun elsewhere.
func (s *Server) showResume(c echo.Context) error {
	claim, err := s.openClaim(c)
	if err != nil {
		return err
	}
	return s.resumePage(c, http.StatusOK, claim, resumeForm{}, nil)
}

// askResume mails a code. Whether a sign-up waits for it cannot be seen from here.
func (s *Server) askResume(c echo.Context) error {
	claim, err := s.openClaim(c)
	if err != nil {
		return err
	}
	form, err := bind[resumeForm](c)
	if err == nil {
		err = s.mailResume(c, claim, form.Email)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.resumePage(c, http.StatusUnprocessableEntity, claim, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, draft{claim: claim}.at("verder/code"))
}

func (s *Server) mailResume(c echo.Context, claim claims.Claim, address string) error {
	email, err := participants.ParseEmail(address)
	if err != nil {
		return err
	}
	if err := s.allowCode(c, email.Key); err != nil {
		return err
	}
	if err := s.people.AskResume(c.Request().Context(), claim.ID, address, lang(c), s.browser(c)); err != nil {
		return err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return nil
}

func (s *Server) resumePage(c echo.Context, status int, claim claims.Claim, form resumeForm, bad ui.Problems) error {
	p := ui.ResumePage{View: s.view(c, "join.resume.title", bad...), Bad: bad, Email: form.Email}
	p.Back = p.Href(draft{claim: claim}.home())
	return s.show(c, status, ui.Resume(p))
}

// showResumeCode asks for the code from the mail.
func (s *Server) showResumeCode(c echo.Context) error {
	claim, err := s.openClaim(c)
	if err != nil {
		return err
	}
	return s.resumeCodePage(c, http.StatusOK, claim, nil)
}

// resume takes the code: the sign-up goes on in this browser.
func (s *Server) resume(c echo.Context) error {
	claim, err := s.openClaim(c)
	if err != nil {
		return err
	}
	form, err := bind[codeForm](c)
	var token string
	var su participants.Signup
	if err == nil {
		if err = s.allow(c.Request().Context(), limitResume, place(c)); err == nil {
			token, su, err = s.people.Resume(c.Request().Context(), claim.ID, s.browser(c), digits(form.Code))
		}
	}
	if bad := s.mend(c, err); bad != nil {
		return s.resumeCodePage(c, http.StatusUnprocessableEntity, claim, bad)
	}
	if err != nil {
		return err
	}
	return s.carryOn(c, claim, token, su)
}

// carryOn gives this browser a draft and shows its first open page.
func (s *Server) carryOn(c echo.Context, claim claims.Claim, token string, su participants.Signup) error {
	s.setCookie(c, draftCookie(claim), token, int(su.ExpiresAt.Sub(s.now())/time.Second))
	d := draft{claim: claim, Signup: su, token: token}
	return s.to(c, d.at(resumeAt(d)))
}

func (s *Server) resumeCodePage(c echo.Context, status int, claim claims.Claim, bad ui.Problems) error {
	d := draft{claim: claim}
	p := ui.ResumeCodePage{View: s.view(c, "join.code.title", bad...), Bad: bad}
	p.Back, p.StartURL = p.Href(d.at("verder")), p.Href(d.home())
	return s.show(c, status, ui.ResumeCode(p))
}

// secrets are what this browser keeps of us, by which it is known as the one that asked for a code.
func (s *Server) secrets(c echo.Context) []string {
	all := []string{s.browser(c)}
	for _, cookie := range c.Cookies() {
		if strings.HasPrefix(cookie.Name, draftCookiePrefix) {
			all = append(all, cookie.Value)
		}
	}
	return all
}
