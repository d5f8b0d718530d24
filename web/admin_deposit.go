package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// askOpening asks to open the sealed annex; another member approves it.
func (s *Server) askOpening(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[openingForm](c)
	if err == nil {
		err = s.claims.AskOpening(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, typedLetter{opening: form}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "deposit.asked")
}

func (s *Server) approveOpening(c echo.Context) error {
	return s.actOnLetter(c, s.claims.ApproveOpening, "deposit.approved")
}

func (s *Server) dropOpening(c echo.Context) error {
	return s.actOnLetter(c, s.claims.DropOpening, "deposit.dropped")
}

// takeNamed sends the sealed annex with names, once.
func (s *Server) takeNamed(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	name, content, err := s.claims.TakeNamed(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal)
	if err != nil {
		return err
	}
	return s.sendFile(c, name, "application/octet-stream", content)
}
