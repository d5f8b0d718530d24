package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// errLetterGoesOn means that a letter is still being frozen.
var errLetterGoesOn = errors.New("the letter is being frozen")

// letterProgress tells how far the freezing of a letter is. Who looks again sees more.
func (s *Server) letterProgress(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	far, err := s.claims.LetterProgress(c.Request().Context(), l.ID)
	if err != nil {
		return err
	}
	v := s.view(c, "case.letters.freezing")
	base := v.Href("/beheer/" + claim.Slug + "/brieven/" + strconv.Itoa(l.Ordinal))
	p := ui.LetterProgressPage{View: v, Heading: letterName(v, l), Back: base, Again: base + letterProgressPage, State: progressState(l, far, goesOn(far))}
	if far != nil && p.State == "going" {
		p.Step, p.Done, p.Total = v.T("case.letters.step."+far.Step), far.Done, far.Total
		p.Since = v.T("case.letters.since", "At", v.Moment(far.StartedAt), "By", s.actorName(c, far.StartedBy), "Reported", v.Moment(far.ReportedAt))
	}
	return s.show(c, http.StatusOK, ui.LetterProgress(p))
}

// progressState is what can be said of a letter: the letter itself says whether it is sent, progress only how far it is.
func progressState(l claims.Letter, far *claims.LetterProgress, going bool) string {
	switch {
	case l.SentAt != nil:
		return "sent"
	case going:
		return "going"
	case far == nil:
		return "none"
	case far.Step == claims.StepDone:
		return "ending" // told before the transaction was seen
	}
	return "failed"
}
