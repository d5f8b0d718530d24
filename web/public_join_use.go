package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
	"samenclaim/web/ui"
)

type periodForm struct {
	FromMonth string `form:"from-month"`
	FromYear  string `form:"from-year"`
	ToMonth   string `form:"to-month"`
	ToYear    string `form:"to-year"`
	UsedFor   string `form:"used_for" say:"join.period.used_for" validate:"oneof=private work school care"`
	Account   string `form:"account_email"`
}

type evidenceForm struct {
	Evidence string `form:"evidence" say:"join.evidence" validate:"oneof=now later no"`
}

// firstYear is the earliest year that can have been meant.
const firstYear = 1990

// month reads a month and a year; both empty is not known.
func month(field, m, y string, now time.Time) (string, problems) {
	m, y = strings.TrimSpace(m), strings.TrimSpace(y)
	if m == "" && y == "" {
		return "", nil
	}
	month, err1 := strconv.Atoi(m)
	year, err2 := strconv.Atoi(y)
	if err1 != nil || err2 != nil || month < 1 || month > 12 || year < firstYear || year > 9999 {
		return "", wrong(field, "join.period.month")
	}
	at := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	if at.After(now) {
		return "", wrong(field, "join.period.future")
	}
	return at.Format("2006-01"), nil
}

// clean is the use of the service as we keep it, and what is wrong with it.
func (f periodForm) clean(now time.Time, shape error) (from, to, account string, err error) {
	var bad problems
	if shape != nil && !errors.As(shape, &bad) {
		return "", "", "", shape
	}
	from, p1 := month("from", f.FromMonth, f.FromYear, now)
	to, p2 := month("to", f.ToMonth, f.ToYear, now)
	bad = append(append(p1, p2...), bad...)
	if from != "" && to != "" && to < from {
		bad = append(bad, problem{Field: "to", Key: "join.period.order"})
	}
	if strings.TrimSpace(f.Account) != "" {
		email, err := participants.ParseEmail(f.Account)
		if account = email.Shown; err != nil {
			bad = append(bad, problem{Field: "account_email", Key: "errors.email"})
		}
	}
	if len(bad) > 0 {
		return "", "", "", bad
	}
	return from, to, account, nil
}

func (s *Server) showPeriod(c echo.Context) error {
	d, err := s.join(c, "periode")
	if err != nil {
		return err
	}
	form := periodForm{UsedFor: d.Answers.UsedFor, Account: d.Answers.AccountEmail}
	form.FromYear, form.FromMonth, _ = strings.Cut(d.Answers.UsedFrom, "-")
	form.ToYear, form.ToMonth, _ = strings.Cut(d.Answers.UsedTo, "-")
	return s.periodPage(c, http.StatusOK, d, form, nil)
}

// savePeriod keeps when and for what somebody used the service.
func (s *Server) savePeriod(c echo.Context) error {
	d, err := s.join(c, "periode")
	if err != nil {
		return err
	}
	form, err := bind[periodForm](c)
	from, to, account, err := form.clean(s.now(), err)
	if bad := s.mend(c, err); bad != nil {
		return s.periodPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	err = s.answer(c.Request().Context(), d, func(a *participants.Answers) {
		a.UsedFrom, a.UsedTo, a.UsedFor, a.AccountEmail = from, to, form.UsedFor, account
	})
	if err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) periodPage(c echo.Context, status int, d draft, form periodForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "note_usage")
	if err != nil {
		return err
	}
	p := ui.JoinPeriodPage{
		JoinPage: s.joinView(c, d, "join.period.title", bad), FromMonth: form.FromMonth, FromYear: form.FromYear, ToMonth: form.ToMonth, ToYear: form.ToYear,
		UsedFor: form.UsedFor, Account: form.Account, Note: n,
	}
	return s.show(c, status, ui.JoinPeriod(p))
}

func (s *Server) showEvidence(c echo.Context) error {
	d, err := s.join(c, "bewijs")
	if err != nil {
		return err
	}
	return s.evidencePage(c, http.StatusOK, d, evidenceForm{d.Answers.Evidence}, nil)
}

// saveEvidence keeps whether somebody sends evidence now, later or not.
func (s *Server) saveEvidence(c echo.Context) error {
	d, err := s.join(c, "bewijs")
	if err != nil {
		return err
	}
	form, err := bind[evidenceForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.evidencePage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.Evidence = form.Evidence }); err != nil {
		return err
	}
	if form.Evidence == "now" {
		return s.to(c, s.returning(c, d.at("bewijs-sturen")))
	}
	return s.onward(c, d)
}

func (s *Server) evidencePage(c echo.Context, status int, d draft, form evidenceForm, bad ui.Problems) error {
	p := ui.JoinChoicePage{JoinPage: s.joinView(c, d, "join.evidence.title", bad), Name: "evidence", Value: form.Evidence}
	p.Hint = p.T("join.evidence.hint")
	for _, v := range []string{"now", "later", "no"} {
		p.Options = append(p.Options, ui.Option{Value: v, Label: p.T("join.evidence." + v)})
	}
	return s.show(c, status, ui.JoinChoice(p))
}
