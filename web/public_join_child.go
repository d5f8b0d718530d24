package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type relationForm struct {
	Relation string `form:"relation" say:"join.relation" validate:"oneof=parent guardian none"`
}

type childForm struct {
	First string `form:"first_names"`
	Infix string `form:"infix"`
	Last  string `form:"last_name"`
	Day   string `form:"born-day"`
	Month string `form:"born-month"`
	Year  string `form:"born-year"`
	Email string `form:"child_email"`
}

func (s *Server) showRelation(c echo.Context) error {
	d, err := s.join(c, "relatie")
	if err != nil {
		return err
	}
	return s.relationPage(c, http.StatusOK, d, relationForm{d.Answers.Ward.Capacity}, nil)
}

// saveRelation keeps in which capacity somebody signs up a child. Who is a child
// is asked to let a parent or guardian do it.
func (s *Server) saveRelation(c echo.Context) error {
	d, err := s.join(c, "relatie")
	if err != nil {
		return err
	}
	form, err := bind[relationForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.relationPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	switch {
	case err != nil:
		return err
	case form.Relation == "none":
		return s.cannot(c, d, "jonger")
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.Ward.Capacity = form.Relation }); err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) relationPage(c echo.Context, status int, d draft, form relationForm, bad ui.Problems) error {
	p := ui.JoinChoicePage{JoinPage: s.joinView(c, d, "join.relation.title", bad), Name: "relation", Value: form.Relation}
	p.Hint = p.T("join.relation.hint")
	for _, v := range []string{participants.Parent, participants.Guardian} {
		p.Options = append(p.Options, ui.Option{Value: v, Label: p.T("join.relation." + v), Hint: p.T("join.relation." + v + "_hint")})
	}
	p.Options = append(p.Options, ui.Option{Value: "none", Label: p.T("join.relation.none")})
	return s.show(c, status, ui.JoinChoice(p))
}

func (s *Server) showChild(c echo.Context) error {
	d, err := s.join(c, "kind")
	if err != nil {
		return err
	}
	w := d.Answers.Ward
	form := childForm{First: w.FirstNames, Infix: w.Infix, Last: w.LastName, Email: w.Email}
	if born := w.Birthday(); !born.IsZero() {
		form.Day, form.Month, form.Year = born.Format("2"), born.Format("1"), born.Format("2006")
	}
	return s.childPage(c, http.StatusOK, d, form, nil)
}

// saveChild keeps who the child is.
func (s *Server) saveChild(c echo.Context) error {
	d, err := s.join(c, "kind")
	if err != nil {
		return err
	}
	form, err := bind[childForm](c)
	var w participants.Ward
	if err == nil {
		w, err = form.clean(s.now())
	}
	if bad := s.mend(c, err); bad != nil {
		return s.childPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	err = s.answer(c.Request().Context(), d, func(a *participants.Answers) {
		w.Capacity = a.Ward.Capacity
		a.Ward = w
	})
	if err != nil {
		return err
	}
	return s.onward(c, d)
}

// clean is the child as we keep it, and all that is wrong.
func (f childForm) clean(now time.Time) (participants.Ward, error) {
	name, err := nameForm{f.First, f.Infix, f.Last}.clean()
	var bad problems
	if errors.As(err, &bad) {
		for i := range bad {
			bad[i].Key = strings.Replace(bad[i].Key, "join.name.", "join.child.", 1)
		}
	} else if err != nil {
		return participants.Ward{}, err
	}
	w := participants.Ward{FirstNames: name.First, Infix: name.Infix, LastName: name.Last}
	born, odd := bornOn(f.Day, f.Month, f.Year, now)
	w.Born = born.Format(participants.DateForm)
	bad = append(bad, odd...)
	if strings.TrimSpace(f.Email) != "" {
		email, err := participants.ParseEmail(f.Email)
		if err != nil {
			bad = append(bad, problem{Field: "child_email", Key: "errors.email"})
		}
		w.Email = email.Shown
	}
	if len(bad) > 0 {
		return w, bad
	}
	return w, nil
}

// bornOn reads the birth date of a child: day, month and a year of four digits, of somebody who is not of age.
func bornOn(day, month, year string, now time.Time) (time.Time, problems) {
	day, month, year = strings.TrimSpace(day), strings.TrimSpace(month), strings.TrimSpace(year)
	if day == "" && month == "" && year == "" {
		return time.Time{}, wrong("born", "join.child.born.empty")
	}
	born, ok := dateOf(day, month, year)
	if !ok {
		return time.Time{}, wrong("born", "join.child.born.form")
	}
	switch err := participants.CheckBorn(born, locale.Today(now)); {
	case errors.Is(err, participants.ErrOfAge):
		return born, wrong("born", "join.child.born.of_age")
	case err != nil:
		return born, wrong("born", "join.child.born.real")
	}
	return born, nil
}

// dateOf is the date that three inputs name, if there is such a day.
func dateOf(day, month, year string) (time.Time, bool) {
	d, err1 := strconv.Atoi(day)
	m, err2 := strconv.Atoi(month)
	y, err3 := strconv.Atoi(year)
	if err := errors.Join(err1, err2, err3); err != nil || len(year) != 4 || y < 1000 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d && int(t.Month()) == m && t.Year() == y
}

func (s *Server) childPage(c echo.Context, status int, d draft, form childForm, bad ui.Problems) error {
	p := ui.JoinChildPage{
		JoinPage: s.joinView(c, d, "join.child.title", bad), First: form.First, Infix: form.Infix, Last: form.Last,
		Day: form.Day, Month: form.Month, Year: form.Year, Email: form.Email,
	}
	return s.show(c, status, ui.JoinChild(p))
}

// wardOf is for whom a draft is, if a guardian fills it in.
func wardOf(d draft) *participants.Ward {
	if !d.Answers.ForChild() {
		return nil
	}
	return &d.Answers.Ward
}
