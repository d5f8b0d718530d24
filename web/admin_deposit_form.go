package web

import (
	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// openingForm is why somebody wants the sealed annex with names.
type openingForm struct {
	Reason string `form:"reason" say:"deposit.reason" validate:"filled,max=500"`
}

// deposit is how the sealed annex of a letter stands, for who may know.
func (s *Server) deposit(c echo.Context, l claims.Letter, v ui.View) (*ui.Deposit, error) {
	m := s.member(c)
	if !m.May(staff.LetterNamed) && !m.May(staff.DepositApprove) {
		return nil, nil
	}
	all, err := s.claims.Openings(c.Request().Context(), l.ID)
	if err != nil {
		return nil, err
	}
	d := &ui.Deposit{MayAsk: m.May(staff.LetterNamed)}
	for _, o := range all {
		if o.EndedAt == nil {
			d.Waiting = v.T("deposit.waiting_text", "By", s.actorName(c, o.AskedBy), "At", v.Moment(o.AskedAt), "Reason", o.Reason)
			d.MayAsk, d.MayDrop = false, m.May(staff.LetterNamed)
			d.MayApprove = o.ApprovedBy == nil && o.AskedBy != m.Actor() && m.May(staff.DepositApprove)
			d.MayTake = o.ApprovedBy != nil && o.AskedBy == m.Actor() && m.May(staff.LetterNamed)
			continue
		}
		end := v.T("deposit.end.dropped")
		if o.Taken {
			end = v.T("deposit.end.taken", "By", s.actorName(c, o.AskedBy), "Approver", s.actorName(c, *o.ApprovedBy))
		}
		d.Before = append(d.Before, ui.Definition{Label: v.Moment(*o.EndedAt), Value: o.Reason + ". " + end})
	}
	return d, nil
}
