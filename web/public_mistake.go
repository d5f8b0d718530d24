package web

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
	"samenclaim/web/ui"
)

// mistakeForm is what a reader says is wrong. The words are not shown in an address or a log.
type mistakeForm struct {
	Page  string `form:"page"  say:"mistake.page"  validate:"max=200"`
	Words string `form:"words" say:"mistake.words" validate:"filled,max=2000"`
	Email string `form:"email" say:"join.email"    validate:"max=254"`
	Form  string `form:"form"  say:"errors.field"  validate:"max=64"`
}

// onSite is the form of an address of a page of ours, without its language.
var onSite = regexp.MustCompile(`^/[a-z0-9][a-z0-9/-]{0,198}$|^/$`)

// showMistake asks what is wrong on a page.
func (s *Server) showMistake(c echo.Context) error {
	page, err := one(c.QueryParams(), pageField)
	if err != nil {
		return err
	}
	return s.askMistake(c, http.StatusOK, mistakeForm{Page: page, Form: rand.Text()}, nil)
}

func (s *Server) askMistake(c echo.Context, status int, form mistakeForm, bad ui.Problems) error {
	if !onSite.MatchString(form.Page) {
		form.Page = "/"
	}
	p := ui.MistakePage{View: s.view(c, "mistake.title", bad...), Bad: bad, Page: form.Page, Words: form.Words, Email: form.Email, Form: form.Form}
	p.CorrectionsURL = p.Href(correctionsPath)
	return s.show(c, status, ui.Mistake(p))
}

// reportMistake writes down what a reader says is wrong, and shows until when they wait for an answer.
func (s *Server) reportMistake(c echo.Context) error {
	ctx := c.Request().Context()
	form, err := bind[mistakeForm](c)
	var email participants.Email
	if err == nil && strings.TrimSpace(form.Email) != "" {
		email, err = participants.ParseEmail(form.Email, s.base.Hostname()) // mail to ourselves would go round
	}
	if err == nil {
		err = s.allow(ctx, limitMistake, place(c))
	}
	var ref string
	if err == nil {
		if !onSite.MatchString(form.Page) {
			form.Page = "/"
		}
		if form.Form == "" {
			form.Form = rand.Text()
		}
		ref, err = s.claims.ReportMistake(ctx, form.Form, form.Page, lang(c), form.Words, email)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.askMistake(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, mistakePath+"/"+ref)
}

// mistakeAnswer shows a reader how it stands with what they reported. Only they know the address.
func (s *Server) mistakeAnswer(c echo.Context) error {
	m, err := s.claims.OpenMistake(c.Request().Context(), c.Param("mref"))
	if err != nil {
		return err
	}
	p := ui.MistakeAnswerPage{View: s.view(c, "mistake.yours"), Text: m.Text, Answer: m.Told}
	p.Due, p.PageURL, p.CorrectionsURL = p.Day(m.DueOn), p.Href(m.Path), p.Href(correctionsPath)
	if m.AnsweredAt != nil {
		p.AnsweredOn, p.Corrected = p.Day(*m.AnsweredAt), m.CorrectionNL != nil
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.show(c, http.StatusOK, ui.MistakeAnswer(p))
}

// showCorrections lists what was wrong on the pages and was put right.
func (s *Server) showCorrections(c echo.Context) error {
	all, err := s.claims.Corrections(c.Request().Context())
	if err != nil {
		return err
	}
	p := ui.CorrectionsPage{View: s.view(c, "mistake.corrections")}
	p.ReportURL = p.Href(mistakePath)
	for _, m := range all {
		text := inLanguage(p.Lang, *m.CorrectionNL, *m.CorrectionEN)
		p.Items = append(p.Items, ui.Correction{Day: p.Day(*m.AnsweredAt), Page: m.Path, URL: p.Href(m.Path), Text: text})
	}
	return s.show(c, http.StatusOK, ui.Corrections(p))
}
