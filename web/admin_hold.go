package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

type liftForm struct {
	Reason string `form:"reason" say:"mine.holds.reason" validate:"oneof=called written checked mistake"`
}

// liftHold lets money go to a participation again, for a reason that is logged.
func (s *Server) liftHold(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.ErrNotFound
	}
	form, err := bind[liftForm](c)
	if err == nil {
		err = s.claims.LiftHold(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("number"), id, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showParticipant(c, http.StatusUnprocessableEntity, "payout", false, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, "/beheer/"+claim.Slug+"/deelname/"+c.Param("number"))
}
