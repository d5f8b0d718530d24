package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

const reportsDesk = "/beheer/meldingen"

type linkReportForm struct {
	Number string `form:"number" say:"report.desk.number" validate:"filled,max=40"`
}

type closeReportForm struct {
	Outcome string `form:"outcome" say:"report.desk.outcome" validate:"oneof=recorded unknown mistake"`
}

// reportsList lists what was reported about participants; names stand on the pages it leads to, where a look is logged.
func (s *Server) reportsList(c echo.Context) error {
	reports, err := s.people.Reports(c.Request().Context())
	if err != nil {
		return err
	}
	v := s.view(c, "report.desk.title")
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("report.desk.none"),
		Columns: []ui.Column{{Label: v.T("report.desk.what")}, {Label: v.T("report.desk.on")}, {Label: v.T("report.desk.state")}},
	}
	for _, r := range reports {
		state := ui.Tagged("warn", v.T("report.desk.open"))
		switch {
		case r.Outcome != nil:
			state = ui.Tagged("good", v.T("report.desk.outcome."+*r.Outcome))
		case r.ParticipationID != nil:
			state = ui.Tagged("info", v.T("report.desk.linked"))
		}
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(v.T("report.kind."+r.Kind), v.Href(reportsDesk+"/"+r.Ref)), ui.Text(v.Moment(*r.ProvenAt)), state))
	}
	return s.show(c, http.StatusOK, ui.ReportsList(ui.ReportsListPage{View: v, Table: t}))
}

// oneReport shows what was reported. The look is logged.
func (s *Server) oneReport(c echo.Context) error {
	return s.reportDeskPage(c, http.StatusOK, "", nil)
}

// linkReport says whom a report is about, and leads to where it is recorded.
func (s *Server) linkReport(c echo.Context) error {
	form, err := bind[linkReportForm](c)
	var number participants.Number
	if err == nil {
		if number, err = participants.ParseNumber(form.Number); err != nil {
			err = wrong("number", "report.number.wrong")
		}
	}
	var p participants.Participation
	if err == nil {
		p, err = s.people.LinkReport(c.Request().Context(), s.member(c).Actor(), c.Param("mref"), number)
	}
	if errors.Is(err, participants.ErrNotFound) {
		err = wrong("number", "report.desk.number.nobody")
	}
	if bad := s.mend(c, err); bad != nil {
		return s.reportDeskPage(c, http.StatusUnprocessableEntity, form.Number, bad)
	}
	if err != nil {
		return err
	}
	claim, err := s.claims.Claim(c.Request().Context(), p.ClaimID)
	if err != nil {
		return err
	}
	return s.to(c, recordPath(claim, p, c.Param("mref")))
}

// recordPath is where what a report says is recorded, with its words filled in.
func recordPath(claim claims.Claim, p participants.Participation, ref string) string {
	return "/beheer/" + claim.Slug + "/deelname/" + p.Number + "/vertegenwoordiging?melding=" + ref
}

// closeReport ends a report.
func (s *Server) closeReport(c echo.Context) error {
	form, err := bind[closeReportForm](c)
	if err == nil {
		err = s.people.CloseReport(c.Request().Context(), s.member(c).Actor(), c.Param("mref"), form.Outcome)
	}
	if errors.Is(err, participants.ErrWhom) {
		err = wrong("outcome", "report.desk.link_first")
	}
	if bad := s.mend(c, err); bad != nil {
		return s.reportDeskPage(c, http.StatusUnprocessableEntity, "", bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "report.desk.closed"))
	return s.to(c, reportsDesk)
}

func (s *Server) reportDeskPage(c echo.Context, status int, number string, bad ui.Problems) error {
	ctx := c.Request().Context()
	r, said, err := s.people.OpenReport(ctx, s.member(c).Actor(), c.Param("mref"))
	if err != nil {
		return err
	}
	v := s.view(c, "report.desk.one", bad...)
	base := reportsDesk + "/" + r.Ref
	p := ui.ReportDeskPage{View: v, Bad: bad, Back: v.Href(reportsDesk), Kind: v.T("report.kind." + r.Kind), Facts: saidFacts(v, r, said), Number: number, Trap: said.Trap}
	if p.Number == "" {
		p.Number = said.Number
	}
	if r.Status == participants.ReportOpen {
		p.LinkURL, p.CloseURL = v.Href(base+"/koppelen"), v.Href(base+"/sluiten")
		for _, o := range []string{participants.ReportRecorded, participants.ReportUnknown, participants.ReportMistake} {
			p.Outcomes = append(p.Outcomes, ui.Option{Value: o, Label: v.T("report.desk.outcome." + o)})
		}
	}
	if r.ParticipationID != nil {
		part, claim, err := s.claims.CaseOf(ctx, *r.ParticipationID)
		if err != nil {
			return err
		}
		p.Facts = append(p.Facts, ui.Definition{Label: v.T("report.desk.number"), Value: part.Number + ", " + claim.Name(v.Lang)})
		if r.Status == participants.ReportOpen {
			p.RecordURL = v.Href(recordPath(claim, part, r.Ref))
		}
	}
	return s.show(c, status, ui.ReportDesk(p))
}

// saidFacts are what a report says, as far as it says it.
func saidFacts(v ui.View, r participants.Report, said participants.Said) (facts []ui.Definition) {
	for _, f := range []struct{ key, value string }{
		{"report.name", said.Name}, {"report.number", said.Number}, {"report.born", v.StoredDay(said.Born)}, {"report.address", said.Address}, {"report.died", v.StoredDay(said.DiedOn)},
		{"report.desk.by", said.By}, {"report.desk.email", said.Email}, {"report.desk.relation", relationIn(v, said.Relation)}, {"report.desk.on", v.Moment(*r.ProvenAt)},
	} {
		if f.value != "" {
			facts = append(facts, ui.Definition{Label: v.T(f.key), Value: f.value})
		}
	}
	return facts
}

func relationIn(v ui.View, relation string) string {
	if relation == "" {
		return ""
	}
	return v.T("report.relation." + relation)
}
