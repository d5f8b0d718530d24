package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type emailForm struct {
	Email string `form:"email" say:"join.email" validate:"filled,max=254"`
	Doubt string `form:"doubt"`   // "keep" or "change": what somebody said to a suggestion
	Other string `form:"other"`   // the address as suggested
	Trap  string `form:"website"` // nobody sees this field: only a program fills it in
}

type codeForm struct {
	Code string `form:"code" say:"join.code" validate:"filled,max=40"`
}

func (s *Server) showEmail(c echo.Context) error {
	d, err := s.join(c, "e-mail")
	if err != nil {
		return err
	}
	return s.emailPage(c, http.StatusOK, d, emailForm{Email: d.Answers.Email}, nil, "")
}

// saveEmail keeps the address and mails a code to it. A likely slip is asked about, never refused.
func (s *Server) saveEmail(c echo.Context) error {
	d, err := s.join(c, "e-mail")
	if err != nil {
		return err
	}
	form, err := bind[emailForm](c)
	if form.Doubt == "change" && form.Other != "" {
		form.Email, form.Doubt = form.Other, "keep"
	}
	var email participants.Email
	if err == nil {
		email, err = participants.ParseEmail(form.Email, s.base.Hostname()) // mail to ourselves would go round
	}
	if bad := s.mend(c, err); bad != nil {
		return s.emailPage(c, http.StatusUnprocessableEntity, d, form, bad, "")
	}
	if err != nil {
		return err
	}
	if domain := participants.SuggestDomain(email.Shown); domain != "" && form.Doubt != "keep" {
		return s.emailPage(c, http.StatusOK, d, form, nil, email.Shown[:strings.LastIndexByte(email.Shown, '@')+1]+domain)
	}
	if d.proven() && d.Answers.Email == email.Shown {
		d.page = "code"
		return s.onward(c, d)
	}
	d.Answers.Trapped = form.Trap != ""
	if err := s.mailCode(c, d, email); err != nil {
		return err
	}
	return s.to(c, s.returning(c, d.at("code")))
}

// returning keeps the wish to go back to the check of the answers over one more page.
func (s *Server) returning(c echo.Context, path string) string {
	if c.Request().PostForm.Get("terug") == "controle" {
		return path + "?terug=controle"
	}
	return path
}

// mailCode saves the address and asks for the code, within the limits per address and per place.
func (s *Server) mailCode(c echo.Context, d draft, email participants.Email) error {
	ctx := c.Request().Context()
	if err := s.allowCode(c, email.Key); err != nil {
		return err
	}
	if err := s.answer(ctx, d, func(a *participants.Answers) { a.Email, a.Trapped = email.Shown, a.Trapped || d.Answers.Trapped }); err != nil {
		return err
	}
	if err := s.people.AskSignupCode(ctx, d.claim.ID, d.token); err != nil {
		return err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return nil
}

// allowCode counts one more code for an address and a place, or says what it takes to get one.
func (s *Server) allowCode(c echo.Context, emailKey string) error {
	if err := s.pass(c, entry{gateIP, place(c)}, entry{gateMail, emailKey}); err != nil {
		return err
	}
	return s.allow(c.Request().Context(), limitCodeDay, emailKey)
}

func (s *Server) emailPage(c echo.Context, status int, d draft, form emailForm, bad ui.Problems, suggestion string) error {
	n, err := s.note(c, d.claim, "note_email")
	if err != nil {
		return err
	}
	p := ui.JoinEmailPage{JoinPage: s.joinView(c, d, "join.email.title", bad), Email: form.Email, Note: n, Suggestion: suggestion}
	return s.show(c, status, ui.JoinEmail(p))
}

func (s *Server) showCode(c echo.Context) error {
	d, err := s.join(c, "code")
	if err != nil {
		return err
	}
	if d.proven() {
		return s.to(c, d.at("naam"))
	}
	return s.codePage(c, http.StatusOK, d, nil)
}

// saveCode takes the code from the mail: the address is proven.
func (s *Server) saveCode(c echo.Context) error {
	d, err := s.join(c, "code")
	if err != nil {
		return err
	}
	if d.proven() {
		return s.onward(c, d)
	}
	form, err := bind[codeForm](c)
	if err == nil {
		err = s.proveCode(c, d, form.Code)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.codePage(c, http.StatusUnprocessableEntity, d, bad)
	}
	if err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) proveCode(c echo.Context, d draft, code string) error {
	ctx, key := c.Request().Context(), strings.ToLower(d.Answers.Email)
	err := s.allow(ctx, limitCodeTries, key)
	if err == nil {
		_, err = s.people.ProveSignup(ctx, d.claim.ID, d.token, digits(code))
	}
	return s.tooOften(c, key, err)
}

// tooOften says at the field when the next code can be had, if that is not at once.
func (s *Server) tooOften(c echo.Context, emailKey string, err error) error {
	var until *limited
	if errors.Is(err, participants.ErrCodeTries) {
		if wait := s.spent(c.Request().Context(), limitCodeMail, emailKey); wait != nil {
			err = wait
		}
	}
	if errors.As(err, &until) {
		return wrong("code", "errors.code_often", "When", ui.View{Lang: lang(c)}.Moment(until.Until))
	}
	return err
}

// digits are the digits in what somebody typed or pasted.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// newCode mails another code.
func (s *Server) newCode(c echo.Context) error {
	d, err := s.join(c, "code")
	if err != nil {
		return err
	}
	email, err := participants.ParseEmail(d.Answers.Email)
	if err != nil || d.proven() {
		return errors.Join(detour{d.at("e-mail")}, err)
	}
	if err := s.mailCode(c, d, email); err != nil {
		return err
	}
	return s.to(c, s.returning(c, d.at("code")))
}

func (s *Server) codePage(c echo.Context, status int, d draft, bad ui.Problems) error {
	p := ui.JoinCodePage{JoinPage: s.joinView(c, d, "join.code.title", bad), Email: d.Answers.Email}
	p.AgainURL, p.OtherURL = p.Href(d.at("code/opnieuw")), p.Href(d.at("e-mail"))
	return s.show(c, status, ui.JoinCode(p))
}
