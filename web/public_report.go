package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// reportRelations are who reports, seen from whom it is about.
var reportRelations = []string{"partner", "child", "family", "executor", "representative", "other"}

// reportForm is what somebody reports about a participant. One answer fits all: nothing of it is looked up here.
type reportForm struct {
	Kind      string `form:"kind" say:"report.kind" validate:"oneof=death representative"`
	Name      string `form:"name" say:"report.name" validate:"filled,max=200"`
	Number    string `form:"number" say:"report.number" validate:"max=40"`
	BornDay   string `form:"born-day"`
	BornMonth string `form:"born-month"`
	BornYear  string `form:"born-year"`
	Address   string `form:"address" say:"report.address" validate:"max=200"`
	DiedDay   string `form:"died-day"`
	DiedMonth string `form:"died-month"`
	DiedYear  string `form:"died-year"`
	By        string `form:"by" say:"report.by" validate:"filled,max=200"`
	Email     string `form:"email" say:"join.email" validate:"filled,max=254"`
	Relation  string `form:"relation" say:"report.relation" validate:"oneof=partner child family executor representative other"`
	Trap      string `form:"website"` // nobody sees this field
}

// said is the report as we keep it, and all that is wrong with it.
func (f reportForm) said(own string) (participants.Said, participants.Email, error) {
	said := participants.Said{Name: oneLine(f.Name), Address: oneLine(f.Address), By: oneLine(f.By), Relation: f.Relation, Trap: f.Trap != ""}
	var bad problems
	note := func(field, key string) { bad = append(bad, problem{Field: field, Key: key}) }
	if strings.TrimSpace(f.Number) != "" {
		n, err := participants.ParseNumber(f.Number)
		if err != nil {
			note("number", "report.number.wrong")
		}
		said.Number = n.String()
	}
	for _, d := range []struct {
		field, day, month, year string
		to                      *string
	}{{"born", f.BornDay, f.BornMonth, f.BornYear, &said.Born}, {"died", f.DiedDay, f.DiedMonth, f.DiedYear, &said.DiedOn}} {
		switch day, err := typedDay(d.field, d.day, d.month, d.year); {
		case err != nil:
			note(d.field, "report.day")
		case !day.IsZero():
			*d.to = day.Format(participants.DateForm)
		}
	}
	email, err := participants.ParseEmail(f.Email, own)
	if err != nil {
		note("email", "errors.email")
	}
	if said.Email = email.Shown; len(bad) > 0 {
		return said, email, bad
	}
	return said, email, nil
}

// oneLine is what was typed, without blanks around it and line breaks in it.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// showReport asks whom it is about and who reports.
func (s *Server) showReport(c echo.Context) error {
	return s.reportPage(c, http.StatusOK, reportForm{}, nil)
}

// report keeps what was typed and mails a code. Whether somebody takes part cannot be seen from here.
func (s *Server) report(c echo.Context) error {
	form, err := bind[reportForm](c)
	if err == nil {
		err = s.keepReport(c, form)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.reportPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, reportPath+"/code")
}

func (s *Server) keepReport(c echo.Context, form reportForm) error {
	said, email, err := form.said(s.base.Hostname())
	if err != nil {
		return err
	}
	if err := participants.CheckSaid(said, form.Kind, s.now()); err != nil {
		return err
	}
	if err := s.allowCode(c, email.Key); err != nil {
		return err
	}
	if err := s.people.AskReport(c.Request().Context(), s.browser(c), lang(c), form.Kind, said); err != nil {
		return err
	}
	s.wake(mailer.DrainName) // somebody waits for it
	return nil
}

func (s *Server) reportPage(c echo.Context, status int, form reportForm, bad ui.Problems) error {
	v := s.view(c, "report.title", bad...)
	p := ui.ReportPage{
		View: v, Bad: bad, Back: v.Href("/"), Kind: form.Kind, Name: form.Name, Number: form.Number, Address: form.Address, By: form.By, Email: form.Email, Relation: form.Relation,
		Born: ui.DateProps{Name: "born", Day: form.BornDay, Month: form.BornMonth, Year: form.BornYear}, Died: ui.DateProps{Name: "died", Day: form.DiedDay, Month: form.DiedMonth, Year: form.DiedYear},
	}
	for _, r := range reportRelations {
		p.Relations = append(p.Relations, ui.Option{Value: r, Label: v.T("report.relation." + r)})
	}
	return s.show(c, status, ui.Report(p))
}

// showReportCode asks for the code from the mail.
func (s *Server) showReportCode(c echo.Context) error {
	waits, err := s.people.ReportWaits(c.Request().Context(), s.browser(c))
	if err != nil {
		return err
	}
	if !waits {
		return detour{reportPath}
	}
	return s.reportCodePage(c, http.StatusOK, nil)
}

// proveReport takes the code: staff get the report.
func (s *Server) proveReport(c echo.Context) error {
	form, err := bind[codeForm](c)
	if err == nil {
		if err = s.allow(c.Request().Context(), limitResume, place(c)); err == nil {
			err = s.people.ProveReport(c.Request().Context(), s.browser(c), digits(form.Code))
		}
	}
	if errors.Is(err, participants.ErrCodeExpired) { // sent twice: it is there already
		if waits, e := s.people.ReportWaits(c.Request().Context(), s.browser(c)); e == nil && !waits {
			return s.to(c, reportPath+"/klaar")
		}
	}
	if bad := s.mend(c, err); bad != nil {
		return s.reportCodePage(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, reportPath+"/klaar")
}

func (s *Server) reportCodePage(c echo.Context, status int, bad ui.Problems) error {
	v := s.view(c, "report.code", bad...)
	return s.show(c, status, ui.ReportCode(ui.ReportCodePage{View: v, Bad: bad, Back: v.Href(reportPath)}))
}

// showReported says what happens next; it knows nothing of what was reported.
func (s *Server) showReported(c echo.Context) error {
	return s.show(c, http.StatusOK, ui.Reported(ui.ReportedPage{View: s.view(c, "report.done")}))
}
