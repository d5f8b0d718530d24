package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// newEmailForm is the address that somebody wants to have from now on.
type newEmailForm struct {
	Email string `form:"email" say:"mine.email" validate:"filled,max=254"`
	Step  string `form:"step"` // "new": the code is the one that went to the new address
}

// emailStep is how far a change of address has come.
type emailStep int

const (
	emailAsked  emailStep = iota // nothing has happened yet
	emailOld                     // a code is on its way to the old address
	emailNew                     // the old address confirmed, a code is on its way to the new one
	emailIsDone                  // the account has the new address
)

// newEmailPage asks for another e-mail address.
func (s *Server) newEmailPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.showNewEmail(c, o, http.StatusOK, newEmailForm{}, confirmForm{}, emailAsked, nil)
}

// changeEmail takes a code from the old address and then one from the new one.
func (s *Server) changeEmail(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err1 := bind[newEmailForm](c)
	last, err2 := bind[confirmForm](c)
	step, err := emailAsked, errors.Join(err1, err2)
	if form.Step == "new" {
		step = emailNew
	}
	if err == nil {
		step, err = s.stepEmail(c, o, form, last, step)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showNewEmail(c, o, http.StatusUnprocessableEntity, form, last, step, bad)
	}
	switch {
	case err != nil:
		return err
	case step != emailIsDone:
		return s.showNewEmail(c, o, http.StatusOK, form, last, step, nil)
	}
	if err := s.logInPerson(c, o.person.ID); err != nil { // every log-in has ended; who read both mails goes on here
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mine.email.done"))
	return s.to(c, o.path("/gegevens"))
}

// stepEmail brings a change of address one step further.
func (s *Server) stepEmail(c echo.Context, o ownCase, form newEmailForm, last confirmForm, step emailStep) (emailStep, error) {
	ctx, login := c.Request().Context(), seen(c).login.ref
	to, err := participants.ParseEmail(form.Email, s.base.Hostname()) // mail to ourselves would go round
	switch {
	case err != nil:
		return emailAsked, err
	case to.Key == o.person.EmailKey:
		return emailAsked, wrong("email", "mine.email.same")
	case step == emailNew:
		code := digits(last.Code)
		if len(code) != 6 {
			return step, wrong("code", "portal.code.digits")
		}
		if err := s.people.ChangeEmail(ctx, o.person.ID, login, to, code); err != nil {
			return step, err
		}
		s.wake(mailer.DrainName)
		return emailIsDone, nil
	}
	if last.Do == "code" {
		if err := s.allow(ctx, limitNewEmail, string(o.by())); err != nil {
			return step, err
		}
	}
	if sent, err := s.confirmed(c, o, last); sent || err != nil {
		return emailOld, err
	}
	if err := s.people.AskNewEmail(ctx, o.person.ID, login, to); err != nil {
		return step, err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return emailNew, nil
}

func (s *Server) showNewEmail(c echo.Context, o ownCase, status int, form newEmailForm, last confirmForm, step emailStep, bad ui.Problems) error {
	v := s.portalView(c, o, "mine.email.title", bad...)
	return s.show(c, status, ui.PortalEmail(ui.PortalEmailPage{
		View: v, Bad: bad, Action: v.Href(o.path("/gegevens/e-mailadres")), Back: v.Href(o.path("/gegevens")), Now: o.person.Email, Email: form.Email,
		New: step == emailNew, Confirm: confirmPart(last, bad, step == emailOld && bad == nil),
	}))
}

// keepEmail stops what staff were asked for: the address stays.
func (s *Server) keepEmail(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.people.KeepEmail(c.Request().Context(), o.by(), o.person.ID); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mine.email.kept"))
	return s.to(c, o.path("/gegevens"))
}

// showProveEmail is where the link to a new address leads. Looking changes nothing.
func (s *Server) showProveEmail(c echo.Context) error {
	r, err := s.people.EmailBehind(c.Request().Context(), c.Param("token"))
	return s.showEmailLink(c, r, r.ProvenAt != nil, err)
}

// proveEmail takes the link: whoever has it reads the new address.
func (s *Server) proveEmail(c echo.Context) error {
	r, err := s.people.ProveEmail(c.Request().Context(), c.Param("token"))
	return s.showEmailLink(c, r, true, err)
}

func (s *Server) showEmailLink(c echo.Context, r participants.EmailRequest, proven bool, err error) error {
	key := "mine.email.link"
	switch {
	case errors.Is(err, participants.ErrNotFound):
		key = "mine.email.gone"
	case err != nil:
		return err
	case proven:
		key = "mine.email.proven"
	}
	v := s.view(c, key+"_title")
	return s.show(c, http.StatusOK, ui.MailLink(ui.MailLinkPage{View: v, Text: v.T(key+"_text", "When", v.Moment(r.UsableFrom)), Works: err == nil && !proven, Button: v.T("join.link.confirm")}))
}
