package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

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

// signOffLetter is a second lawyer agreeing that only the root of the annex goes out.
func (s *Server) signOffLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[signOffForm](c)
	if err == nil {
		m := s.member(c)
		err = s.claims.SignOffLetter(c.Request().Context(), m.Actor(), m.Name, claim.ID, l.Ordinal, form.Words)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, typedLetter{signOff: form}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "case.letters.signed_off")
}

// letterNames sends the annex with names of a letter that it goes with. The log keeps who took it.
func (s *Server) letterNames(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	name, content, err := s.claims.LetterNames(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, c.Param("kind"))
	if err != nil {
		return err
	}
	return s.sendFile(c, name, "application/octet-stream", content)
}

// sendPatience is how long the one who sends waits for the answer; a letter to many takes longer, and has a page that tells how far it is.
const sendPatience = 2 * time.Second

func (s *Server) sendLetter(c echo.Context) error {
	return s.actOnLetter(c, s.sendInTime, "case.letters.sent")
}

// sendInTime sends a letter, also when nobody waits for it any more: then it leads to the page of its progress.
func (s *Server) sendInTime(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	ended := make(chan error, 1)
	go func() { ended <- s.claims.SendLetter(context.WithoutCancel(ctx), by, claimID, ordinal) }()
	select {
	case err := <-ended:
		return err
	case <-time.After(sendPatience):
	}
	go func() {
		if err := <-ended; err != nil {
			s.log.Error("a letter was not sent", "claim", claimID, "ordinal", ordinal, "error", err)
		}
	}()
	return errLetterGoesOn
}

// renewFacts takes the facts over into a draft as they are now.
func (s *Server) renewFacts(c echo.Context) error {
	return s.actOnLetter(c, s.claims.RenewFacts, "case.letters.saved")
}

func (s *Server) actOnLetter(c echo.Context, do func(context.Context, audit.Actor, int64, int) error, said string) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal)
	if errors.Is(err, errLetterGoesOn) {
		return s.to(c, "/beheer/"+claim.Slug+"/brieven/"+strconv.Itoa(l.Ordinal)+letterProgressPage)
	}
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
