package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

const mistakesDesk = "/beheer/fouten"

// mistakeAnswerForm is what staff answer a reader, and what everybody may read about it.
type mistakeAnswerForm struct {
	Answer       string `form:"answer"        say:"mistake.desk.answer" validate:"filled,max=2000"`
	Wrong        string `form:"wrong"         say:"mistake.desk.wrong"  validate:"oneof=yes no"`
	CorrectionNL string `form:"correction_nl" say:"mistake.desk.told"   validate:"required_if=Wrong yes,max=2000"`
	CorrectionEN string `form:"correction_en" say:"mistake.desk.told"   validate:"required_if=Wrong yes,max=2000"`
}

// mistakesList lists what readers reported, by the last day for an answer.
func (s *Server) mistakesList(c echo.Context) error {
	all, err := s.claims.Mistakes(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "mistake.desk.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("mistake.desk.none"),
		Columns: []ui.Column{{Label: v.T("mistake.desk.page")}, {Label: v.T("mistake.desk.on")}, {Label: v.T("mistake.desk.due")}, {Label: v.T("mistake.desk.status")}},
	}
	for _, m := range all {
		state := ui.Tagged("info", v.T("mistake.state.open"))
		switch {
		case m.Overdue(s.now()):
			state = ui.Tagged("bad", v.T("mistake.state.late"))
		case m.CorrectionNL != nil:
			state = ui.Tagged("good", v.T("mistake.state.corrected"))
		case m.AnsweredAt != nil:
			state = ui.Tagged("good", v.T("mistake.state.answered"))
		}
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(m.Path, v.Href(mistakesDesk+"/"+m.Ref)), ui.Text(v.Day(m.SeenAt)), ui.Text(v.Day(m.DueOn)), state))
	}
	return s.show(c, http.StatusOK, ui.MistakesList(ui.MistakesListPage{View: v, Table: t}))
}

// oneMistake shows what a reader wrote.
func (s *Server) oneMistake(c echo.Context) error {
	return s.readMistake(c, http.StatusOK, mistakeAnswerForm{}, nil)
}

func (s *Server) readMistake(c echo.Context, status int, form mistakeAnswerForm, bad ui.Problems) error {
	m, err := s.claims.OpenMistake(c.Request().Context(), c.Param("mref"))
	if err != nil {
		return err
	}
	p := ui.MistakeDeskPage{View: s.view(c, "mistake.desk.one", bad...), Bad: bad, Text: m.Text, Told: m.Told, Address: m.Address,
		Answer: form.Answer, Wrong: form.Wrong, CorrectionNL: form.CorrectionNL, CorrectionEN: form.CorrectionEN}
	p.Back, p.PageURL, p.Page = p.Href(mistakesDesk), "/"+m.Lang+m.Path, m.Path
	p.Facts = []ui.Definition{{Label: p.T("mistake.desk.on"), Value: p.Moment(m.SeenAt)}, {Label: p.T("mistake.desk.due"), Value: p.Day(m.DueOn)}}
	if m.AnsweredAt == nil {
		p.AnswerURL = p.Href(mistakesDesk + "/" + m.Ref)
	} else {
		p.Facts = append(p.Facts, ui.Definition{Label: p.T("mistake.desk.answered"), Value: p.Moment(*m.AnsweredAt)})
	}
	if m.CorrectionNL != nil {
		p.PublicNL, p.PublicEN = *m.CorrectionNL, *m.CorrectionEN
	}
	return s.show(c, status, ui.MistakeDesk(p))
}

// answerMistake answers a reader, and tells everybody what was wrong.
func (s *Server) answerMistake(c echo.Context) error {
	form, err := bind[mistakeAnswerForm](c)
	if err == nil {
		nl, en := form.CorrectionNL, form.CorrectionEN
		if form.Wrong == "no" {
			nl, en = "", "" // what was typed before the choice
		}
		err = s.claims.AnswerMistake(c.Request().Context(), s.member(c).Actor(), c.Param("mref"), form.Answer, nl, en)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.readMistake(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mistake.desk.done"))
	return s.to(c, mistakesDesk)
}
