package web

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// docketDesk is where the collective action before the court is kept, below a claim.
const docketDesk = "/rol"

// docketForm is a step of the collective action; its document is the file of the form.
type docketForm struct {
	Step         string `form:"step"         say:"docket.step"         validate:"filled,max=20"`
	Day          string `form:"day"          say:"docket.day"          validate:"filled"`
	Until        string `form:"until"        say:"docket.until"        validate:"max=10"`
	Organisation string `form:"organisation" say:"docket.organisation" validate:"max=200"`
	Note         string `form:"note"         say:"docket.note"         validate:"filled,max=500"`
	RequestID    string `form:"request_id"   say:"docket.note"         validate:"filled,max=64"`
}

// entry reads the form.
func (f docketForm) entry() (claims.Entry, error) {
	e := claims.Entry{Step: claims.Step(f.Step), Organisation: f.Organisation, Note: f.Note, RequestID: f.RequestID}
	var err error
	if e.OnDay, err = time.Parse(time.DateOnly, f.Day); err != nil {
		return e, claims.ErrStepDay
	}
	if f.Until != "" {
		until, err := time.Parse(time.DateOnly, f.Until)
		if err != nil {
			return e, claims.ErrStepUntil
		}
		e.Until = &until
	}
	return e, nil
}

// docket shows the collective action of a claim before the court, and the days that follow from it.
func (s *Server) docket(c echo.Context) error {
	return s.showDocket(c, http.StatusOK, docketForm{RequestID: rand.Text()}, nil)
}

// recordStep writes down a step, with its document.
func (s *Server) recordStep(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[docketForm](c)
	if err == nil {
		err = s.saveStep(c, claim, form)
	}
	if bad := s.mend(c, err); bad != nil {
		form.RequestID = cmp.Or(form.RequestID, rand.Text())
		return s.showDocket(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "docket.saved"))
	return s.to(c, "/beheer/"+claim.Slug+docketDesk)
}

func (s *Server) saveStep(c echo.Context, claim claims.Claim, form docketForm) error {
	e, err := form.entry()
	if err != nil {
		return err
	}
	_, file := uploaded(c, "proof")
	if e.Document, err = io.ReadAll(file); err != nil {
		return err
	}
	return s.claims.RecordStep(c.Request().Context(), s.member(c).Actor(), claim.ID, e)
}

func (s *Server) showDocket(c echo.Context, status int, form docketForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	entries, days, err := s.claims.Docket(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	v, base := s.view(c, "docket.title", bad...), "/beheer/"+claim.Slug+docketDesk
	p := ui.DocketPage{
		View: v, Bad: bad, URL: v.Href(base), CopyURL: v.Href(base + "/register.json"), MayRecord: s.member(c).May(staff.DocketRecord) && claim.Status != claims.Draft,
		Day: form.Day, Until: form.Until, Organisation: form.Organisation, Note: form.Note, RequestID: form.RequestID,
		Step: ui.GroupProps{Name: "step", Legend: v.T("docket.step"), Value: form.Step, Error: bad.For("step")},
	}
	for _, step := range claims.DocketSteps {
		p.Step.Options = append(p.Step.Options, ui.Option{Value: string(step), Label: v.T("docket.step." + string(step))})
	}
	p.Days = ui.TableProps{Caption: v.T("docket.days"), HideCaption: true, Stack: true, Empty: v.T("docket.days_none"),
		Columns: []ui.Column{{Label: v.T("docket.due")}, {Label: v.T("docket.what")}, {Label: v.T("docket.law")}, {Label: v.T("docket.state")}}}
	for _, d := range days {
		p.Days.Rows = append(p.Days.Rows, ui.Cells(ui.Text(v.Day(d.DueOn)), ui.Text(v.T("docket.term."+d.Term)), ui.Text(d.Law), docketState(v, d)))
	}
	p.Entries = ui.TableProps{Caption: v.T("docket.entries"), HideCaption: true, Stack: true, Empty: v.T("docket.none"),
		Columns: []ui.Column{{Label: v.T("docket.day")}, {Label: v.T("docket.what")}, {Label: v.T("docket.note")}, {Label: v.T("docket.recorded")}, {Label: v.T("docket.document")}}}
	for _, e := range slices.Backward(entries) {
		what := ui.Text(v.T("docket.step." + string(e.Step)))
		switch {
		case e.Until != nil:
			what.Sub = v.T("docket.to", "On", v.Day(*e.Until))
		case e.Organisation != "":
			what.Sub = e.Organisation
		}
		p.Entries.Rows = append(p.Entries.Rows, ui.Cells(ui.Text(v.Day(e.OnDay)), what, ui.Text(e.Note), ui.Text(v.Day(e.RecordedAt)+", "+s.actorName(c, e.RecordedBy)),
			ui.LinkTo(v.T("docket.open", "Step", v.T("docket.step."+string(e.Step))), v.Href(base+"/"+strconv.FormatInt(e.ID, 10)+"/stuk"))))
	}
	return s.show(c, status, ui.Docket(p))
}

// docketState says whether a day is done, has gone by, or how long there is.
func docketState(v ui.View, d claims.Deadline) ui.Cell {
	left := d.DaysLeft(v.Now)
	switch {
	case d.Done != nil:
		return ui.Tagged("done", v.T("docket.done", "On", v.Day(d.Done.OnDay)))
	case left < 0 && d.Ours():
		return ui.Tagged("bad", v.T("staff.silent.late", -left))
	case left < 0:
		return ui.Tagged("neutral", v.T("docket.past"))
	case d.Due(v.Now):
		return ui.Tagged("warn", v.T("common.days", left))
	}
	return ui.Text(v.T("common.days", left))
}

// docketDocument sends the document of a step.
func (s *Server) docketDocument(c echo.Context) error {
	claim, id, err := s.clockAt(c)
	if err != nil {
		return err
	}
	e, document, err := s.claims.DocketDocument(c.Request().Context(), s.member(c).Actor(), claim.ID, id)
	if err != nil {
		return err
	}
	return s.sendFile(c, "rol-"+strconv.FormatInt(id, 10)+endings[e.DocumentType], e.DocumentType, document)
}

// registerCopy sends what the central register is told of a claim; it names nobody.
func (s *Server) registerCopy(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	r, err := s.claims.RegisterCopy(c.Request().Context(), claim)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return s.sendFile(c, claim.Slug+"-centraal-register.json", "application/json", content)
}

// docketRows are the days of which staff are reminded, on the start page of who knows how claims stand.
func (s *Server) docketRows(c echo.Context, v ui.View, all []claims.Claim) (t ui.TableProps, err error) {
	m := s.member(c)
	if !m.May(staff.CaseRead) {
		return t, nil
	}
	due, err := s.claims.DocketDue(c.Request().Context())
	t = ui.TableProps{
		Caption: v.T("docket.board.title"), HideCaption: true, Stack: true,
		Columns: []ui.Column{{Label: v.T("staff.silent.claim")}, {Label: v.T("docket.what")}, {Label: v.T("docket.due")}, {Label: v.T("docket.state")}},
	}
	for _, d := range due {
		at := slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == d.ClaimID })
		if at < 0 {
			continue // it came after the list was read
		}
		name := ui.Text(all[at].Name(v.Lang))
		if m.May(staff.DocketRead) {
			name.URL = v.Href("/beheer/" + all[at].Slug + docketDesk)
		}
		t.Rows = append(t.Rows, ui.Cells(name, ui.Text(v.T("docket.term."+d.Term)), ui.Text(v.Day(d.DueOn)), docketState(v, d)))
	}
	return t, err
}
