package web

import (
	"context"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
)

// saveLetter keeps what a lawyer worded.
func (s *Server) saveLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[letterForm](c)
	if err == nil {
		err = s.claims.SaveLetter(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, form.onto(l.Fields))
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, typedLetter{words: &form}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "case.letters.saved")
}

// proposeLetter, withdrawLetter, approveLetter and sendLetter are the road of three people: the lawyer
// proposes, one of the board approves, another sends.
func (s *Server) proposeLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.ProposeLetter, "case.letters.proposed")
}

func (s *Server) withdrawLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.WithdrawProposal, "case.move_dropped")
}

func (s *Server) approveLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.ApproveLetter, "case.letters.approved")
}

func (s *Server) sendLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.SendLetter, "case.letters.sent")
}

func (s *Server) actOnLetter(c echo.Context, do func(context.Context, audit.Actor, int64, int) error, said string) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal)
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, typedLetter{}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, said)
}

func (s *Server) letterDone(c echo.Context, said string) error {
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, "/beheer/"+c.Param("slug")+"/brieven/"+c.Param("ordinal"))
}

// deliverLetter records that the letter arrived, with the proof.
func (s *Server) deliverLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[deliverForm](c)
	if err == nil {
		err = s.deliver(c, claim, l, form)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, typedLetter{deliver: form}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "case.letters.recorded")
}

func (s *Server) deliver(c echo.Context, claim claims.Claim, l claims.Letter, form deliverForm) error {
	at, err := form.moment()
	if err != nil {
		return err
	}
	_, file := uploaded(c, "proof")
	proof, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return s.claims.Deliver(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal,
		claims.Delivery{Channel: form.Channel, Tracking: form.Tracking, DeliveredAt: at, Proof: proof})
}
