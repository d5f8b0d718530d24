package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

type leaveForm struct {
	Sure string `form:"sure" say:"portal.leave.sure" validate:"filled"`
}

// leavePage explains what stopping means; for who has stopped, it says when.
func (s *Server) leavePage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.leave.title")
	p := ui.PortalLeavePage{
		View: v, Possible: o.mayLeave(), Next: v.Href(o.path("/stoppen/bevestigen")), Back: v.Href(o.path("")),
		Number: o.part.Number, PaymentsURL: v.Href(o.path("/betalen")), Reason: v.T("portal.leave.not_now_over"),
	}
	for _, key := range []string{"portal.leave.means_1", "portal.leave.means_2", "portal.leave.means_3", "portal.leave.means_4"} {
		p.Points = append(p.Points, v.T(key))
	}
	if o.part.LetterID != nil {
		p.Points[3] = v.T("portal.leave.means_letter")
	}
	if o.money() {
		p.Reason = v.T("portal.leave.not_now_money")
	}
	if o.part.Status == participants.Withdrawn && o.part.EndedAt != nil {
		p.LeftAt = *o.part.EndedAt
		if p.Refund, err = s.comingBack(c, o); err != nil {
			return err
		}
	}
	return s.show(c, http.StatusOK, ui.PortalLeave(p))
}

func (o ownCase) mayLeave() bool { return participants.CanMove(o.part.Status, participants.Withdrawn) }

// comingBack is what goes back because somebody stopped, in cents.
func (s *Server) comingBack(c echo.Context, o ownCase) (cents int64, err error) {
	_, refunds, _, err := s.claims.MoneyOf(c.Request().Context(), o.part)
	for _, r := range refunds {
		if r.Reason == "withdrawn" && r.Status != payments.RefundCanceled {
			cents += int64(r.AmountCents)
		}
	}
	return cents, err
}

// leaveConfirmPage asks for the last word.
func (s *Server) leaveConfirmPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if !o.mayLeave() {
		return s.to(c, o.path("/stoppen"))
	}
	return s.showLeaveConfirm(c, o, http.StatusOK, nil)
}

// leave ends the participation. Asked twice, it ends once.
func (s *Server) leave(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	_, err = bind[leaveForm](c)
	if err == nil {
		err = s.claims.Leave(c.Request().Context(), o.by(), o.part)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLeaveConfirm(c, o, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, o.path("/stoppen"))
}

func (s *Server) showLeaveConfirm(c echo.Context, o ownCase, status int, bad ui.Problems) error {
	v := s.portalView(c, o, "portal.leave.confirm_title", bad...)
	return s.show(c, status, ui.PortalLeaveConfirm(ui.PortalLeaveConfirmPage{
		View: v, Bad: bad, Action: v.Href(o.path("/stoppen/bevestigen")), Back: v.Href(o.path("/stoppen")), Number: o.part.Number,
	}))
}
