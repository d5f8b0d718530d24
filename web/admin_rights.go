package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/participants/privacy"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

const rightsDesk = "/beheer/rechten"

// answerForm is what the privacy officer answers.
type answerForm struct {
	Granted string `form:"granted" say:"rights.desk.granted" validate:"oneof=yes no"`
	Answer  string `form:"answer" say:"rights.words" validate:"max=2000"`
}

type extendForm struct {
	Reason string `form:"reason" say:"rights.desk.reason" validate:"filled,max=2000"`
}

// rightsList lists every request about rights by the last day for its answer.
func (s *Server) rightsList(c echo.Context) error {
	lines, err := s.claims.Rights(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "rights.desk.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("rights.desk.none"),
		Columns: []ui.Column{{Label: v.T("rights.what")}, {Label: v.T("rights.desk.number")}, {Label: v.T("rights.on")}, {Label: v.T("rights.due")}, {Label: v.T("rights.status")}},
	}
	for _, l := range lines {
		what := ui.Text(v.T("rights." + l.Kind + ".name"))
		if l.Ref != "" {
			what = ui.LinkTo(what.Text, v.Href(rightsDesk+"/"+l.Ref))
		}
		kind := map[string]string{privacy.Open: "info", privacy.Granted: "good", privacy.Refused: "warn", "done": "good"}[l.Status]
		state := ui.Tagged(kind, v.T("rights.state."+l.Status))
		switch {
		case l.Overdue(s.now()):
			state = ui.Tagged("bad", v.T("rights.state.late"))
		case l.Longer && l.DoneAt == nil:
			state = ui.Tagged("info", v.T("rights.state.longer"))
		}
		t.Rows = append(t.Rows, ui.Cells(what, ui.Text(l.Number), ui.Text(v.Day(l.AskedAt)), ui.Text(v.Day(l.DueOn)), state))
	}
	return s.show(c, http.StatusOK, ui.RightsList(ui.RightsListPage{View: v, Table: t}))
}

// oneRight shows a request to who answers it. The look is logged, and the person can see it.
func (s *Server) oneRight(c echo.Context) error {
	return s.showRight(c, http.StatusOK, answerForm{}, extendForm{}, nil)
}

// answerRight grants or refuses a request.
func (s *Server) answerRight(c echo.Context) error {
	form, err := bind[answerForm](c)
	if err == nil {
		err = s.claims.AnswerRight(c.Request().Context(), s.member(c).Actor(), c.Param("rref"), form.Granted == "yes", form.Answer)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRight(c, http.StatusUnprocessableEntity, form, extendForm{}, bad)
	}
	return s.rightDone(c, err, "rights.desk.answered")
}

// extendRight takes more time for an answer.
func (s *Server) extendRight(c echo.Context) error {
	form, err := bind[extendForm](c)
	if err == nil {
		err = s.claims.ExtendRight(c.Request().Context(), s.member(c).Actor(), c.Param("rref"), form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRight(c, http.StatusUnprocessableEntity, answerForm{}, form, bad)
	}
	return s.rightDone(c, err, "rights.desk.extended")
}

// liftRight ends what was granted, a week after the person was told.
func (s *Server) liftRight(c echo.Context) error {
	err := s.claims.LiftRight(c.Request().Context(), s.member(c).Actor(), c.Param("rref"))
	return s.rightDone(c, err, "rights.desk.lifted")
}

func (s *Server) rightDone(c echo.Context, err error, said string) error {
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, rightsDesk)
}

func (s *Server) showRight(c echo.Context, status int, answer answerForm, extend extendForm, bad ui.Problems) error {
	r, part, claim, err := s.claims.OpenRight(c.Request().Context(), s.member(c).Actor(), c.Param("rref"))
	if err != nil {
		return err
	}
	v := s.view(c, "rights.desk.one", bad...)
	base := rightsDesk + "/" + r.Ref
	p := ui.RightsRequestPage{
		View: v, Bad: bad, Back: v.Href(rightsDesk), Facts: s.rightFacts(v, r), Text: r.Text, Longer: r.Extended, Response: r.Responded,
		Granted: answer.Granted, Answer: answer.Answer, Reason: extend.Reason,
	}
	p.Kind, p.Status = s.rightStatus(v, r.Request)
	who := ui.Definition{Label: v.T("rights.desk.number"), Value: part.Number + ", " + claim.Name(v.Lang)}
	p.Facts = append([]ui.Definition{who}, p.Facts...)
	if s.member(c).May(staff.PersonRead) {
		p.PersonURL = v.Href("/beheer/" + claim.Slug + "/deelname/" + part.Number)
	}
	if r.Status == privacy.Open {
		p.AnswerURL = v.Href(base + "/antwoord")
	}
	if r.MayExtend(s.now()) {
		p.ExtendURL = v.Href(base + "/verlengen")
	}
	if r.Status == privacy.Granted && r.EndedAt == nil && r.Ground != privacy.Mailing {
		p.LiftURL = v.Href(base + "/einde")
	}
	return s.show(c, status, ui.RightsRequest(p))
}

// rightsBoard is what waits for the privacy officer.
func (s *Server) rightsBoard(c echo.Context, v ui.View) (*ui.RightsBoard, error) {
	if !s.member(c).May(staff.RightsAnswer) {
		return nil, nil //nolint:nilnil // most members have nothing to do with it
	}
	w, err := s.claims.RightsWaiting(c.Request().Context())
	if err != nil {
		return nil, err
	}
	b := &ui.RightsBoard{Open: v.Number(w.Open), Late: w.Late, URL: v.Href(rightsDesk)}
	if w.Next != nil {
		b.Next = v.Day(*w.Next)
	}
	return b, nil
}
