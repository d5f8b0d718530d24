package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// emailReasons are how staff know who asks for another address.
var emailReasons = []string{"document", "in_person", "letter"}

type lostEmailForm struct {
	Email  string `form:"email" say:"case.email.new" validate:"filled,max=254"`
	Reason string `form:"reason" say:"case.email.reason" validate:"oneof=document in_person letter"`
}

// lostEmail is where staff ask for another address of somebody who lost the old one.
func (s *Server) lostEmail(c echo.Context) error {
	return s.lostEmailPage(c, http.StatusOK, lostEmailForm{}, nil)
}

// requestEmail asks for it; the old address can stop it for a week.
func (s *Server) requestEmail(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	form, err := bind[lostEmailForm](c)
	var to participants.Email
	if err == nil {
		to, err = participants.ParseEmail(form.Email, s.base.Hostname())
	}
	if err == nil {
		err = s.people.RequestEmail(c.Request().Context(), s.member(c).Actor(), p.ParticipantID, to, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.lostEmailPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	return s.lostEmailDone(c, err, "case.email.asked")
}

// stopEmail stops the request that stands open.
func (s *Server) stopEmail(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err == nil {
		err = s.people.KeepEmail(c.Request().Context(), s.member(c).Actor(), p.ParticipantID)
	}
	return s.lostEmailDone(c, err, "case.email.stopped")
}

func (s *Server) lostEmailDone(c echo.Context, err error, said string) error {
	if err != nil {
		return err
	}
	s.wake(mailer.DrainName)
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, "/beheer/"+c.Param("slug")+"/deelname/"+c.Param("number")+"/e-mailadres")
}

func (s *Server) lostEmailPage(c echo.Context, status int, form lostEmailForm, bad ui.Problems) error {
	claim, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	open, err := s.people.EmailRequestOf(c.Request().Context(), p.ParticipantID)
	if err != nil {
		return err
	}
	v := s.view(c, "case.email.title", bad...)
	page := ui.NewEmailPage{View: v, Bad: bad, Base: "/beheer/" + claim.Slug + "/deelname/" + p.Number + "/e-mailadres", Number: p.Number, Email: form.Email, Reason: form.Reason}
	for _, r := range emailReasons {
		page.Reasons = append(page.Reasons, ui.Option{Value: r, Label: v.T("case.email.reason_" + r)})
	}
	if open != nil {
		key := "case.email.open_waits"
		if open.ProvenAt != nil {
			key = "case.email.open_proven"
		}
		page.Open = v.T(key, "Asked", v.Moment(open.AskedAt), "From", v.Moment(open.UsableFrom))
	}
	return s.show(c, status, ui.NewEmail(page))
}
