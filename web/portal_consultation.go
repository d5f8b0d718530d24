package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

type voteForm struct {
	Choice string `form:"choice" say:"consult.choice" validate:"oneof=for against none"`
}

// myConsultation shows the proposal, and what the person said about it.
func (s *Server) myConsultation(c echo.Context) error {
	return s.showMyConsultation(c, http.StatusOK, nil)
}

func (s *Server) showMyConsultation(c echo.Context, status int, bad ui.Problems) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	asked, vote, err := s.claims.ConsultationOf(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	if asked == nil {
		return claims.ErrNotFound
	}
	v := s.portalView(c, o, "consult.portal.title", bad...)
	p := ui.PortalConsultationPage{
		View: v, Bad: bad, Heading: asked.Title(v.Lang), Body: asked.Body(v.Lang), Until: v.Moment(asked.ClosesAt), Action: v.Href(o.path(consultationPage)),
		Open: asked.OpenAt(s.now()) && claims.MayVote(o.part), Over: !asked.OpenAt(s.now()), AccountURL: v.Href("/"+o.claim.Slug+accountPath) + "#raadplegingen",
	}
	if vote != nil && vote.Choice != nil {
		p.Choice, p.Voted = *vote.Choice, v.T("consult.portal.voted", "Choice", v.T("consult.choice."+*vote.Choice), "When", v.Moment(vote.CastAt))
		p.ReceiptURL = v.Href(o.path(consultationPage + "/stembewijs.json"))
		p.Counted, p.Uncounted = vote.Position != nil, asked.Status == claims.ConsultationClosed && vote.Position == nil
	}
	for _, choice := range claims.Choices {
		p.Choices = append(p.Choices, ui.Option{Value: choice, Label: v.T("consult.choice." + choice)})
	}
	return s.show(c, status, ui.PortalConsultation(p))
}

// castVote keeps what the person says.
func (s *Server) castVote(c echo.Context) error {
	received := s.now()
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err := bind[voteForm](c)
	if err == nil {
		err = s.claims.CastVote(c.Request().Context(), o.by(), o.part, form.Choice, received)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showMyConsultation(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "consult.portal.thanks"))
	return s.to(c, o.path(consultationPage))
}

// voteReceipt is the proof of the vote, for its owner.
func (s *Server) voteReceipt(c echo.Context) error {
	return s.paper(c, "stembewijs", "application/json", s.claims.VoteReceipt)
}
