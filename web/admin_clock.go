package web

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
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

// endings are how the names of documents end.
var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// clockForm is what moves a date of limitation; its document is the file of the form.
type clockForm struct {
	Kind      string `form:"kind"       say:"clock.kind"   validate:"oneof=writ acknowledgement knowledge"`
	Day       string `form:"day"        say:"clock.day"    validate:"filled"`
	Number    string `form:"number"     say:"clock.number" validate:"max=20"`
	Note      string `form:"note"       say:"clock.note"   validate:"filled,max=500"`
	RequestID string `form:"request_id" say:"clock.note"   validate:"filled,max=64"`
}

// clock shows until when the people in a claim are preserved, and what that rests on.
func (s *Server) clock(c echo.Context) error {
	return s.showClock(c, http.StatusOK, clockForm{RequestID: rand.Text()}, nil)
}

// recordClock writes down what moves a date of limitation, with its document.
func (s *Server) recordClock(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[clockForm](c)
	if err == nil {
		err = s.saveClock(c, claim, form)
	}
	if bad := s.mend(c, err); bad != nil {
		form.RequestID = cmp.Or(form.RequestID, rand.Text())
		return s.showClock(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "clock.saved"))
	return s.to(c, "/beheer/"+claim.Slug+clockDesk)
}

func (s *Server) saveClock(c echo.Context, claim claims.Claim, form clockForm) error {
	day, err := time.Parse(time.DateOnly, form.Day)
	if err != nil {
		return claims.ErrClockDay
	}
	_, file := uploaded(c, "proof")
	document, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return s.claims.RecordClock(c.Request().Context(), s.member(c).Actor(), claim.ID, form.Number,
		claims.ClockFact{Kind: form.Kind, OnDay: day, Note: form.Note, Document: document, RequestID: form.RequestID})
}

func (s *Server) showClock(c echo.Context, status int, form clockForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	groups, own, err := s.claims.Lapsing(ctx, claim)
	if err != nil {
		return err
	}
	grounds, err := s.claims.ClockFacts(ctx, claim.ID)
	if err != nil {
		return err
	}
	v, base := s.view(c, "clock.title", bad...), "/beheer/"+claim.Slug
	p := ui.ClockPage{
		View: v, Bad: bad, URL: v.Href(base + clockDesk), ExportURL: v.Href(base + clockDesk + ".csv"), Within: "365", MayRecord: s.member(c).May(staff.LimitationRecord) && claim.Status != claims.Draft,
		Kind: form.Kind, Day: form.Day, Number: form.Number, Note: form.Note, RequestID: form.RequestID,
		Facts: []ui.Definition{{Label: v.T("clock.first_until"), Value: v.Day(claim.LimitationOn)}},
	}
	if claim.KnownOn != nil {
		p.Facts = slices.Insert(p.Facts, 0, ui.Definition{Label: v.T("clock.known"), Value: v.Day(*claim.KnownOn)})
	}
	p.Groups, p.Own, p.Grounds = clockTable(v, "clock.groups"), clockTable(v, "clock.own"), s.groundTable(c, v, base, grounds)
	for _, g := range groups {
		people := ui.LinkTo(v.T("clock.people", g.People), v.Href(base+clockDesk+"/brief/"+strconv.Itoa(g.Ordinal)+"/"+strconv.Itoa(g.Slot)))
		p.Groups.Rows = append(p.Groups.Rows, clockRow(v, g.Preserved, people, g.Ordinal))
	}
	for _, o := range own {
		p.Own.Rows = append(p.Own.Rows, clockRow(v, o.Preserved, s.numberCell(c, v, base, o.Number), o.Ordinal))
	}
	return s.show(c, status, ui.Clock(p))
}

// clockTable is a table of who is preserved until when.
func clockTable(v ui.View, caption string) ui.TableProps {
	return ui.TableProps{
		Caption: v.T(caption), HideCaption: true, Stack: true, Empty: v.T("clock.none"),
		Columns: []ui.Column{{Label: v.T("clock.until")}, {Label: v.T("clock.left")}, {Label: v.T("clock.who")}, {Label: v.T("clock.letter")}, {Label: v.T("clock.by")}},
	}
}

func clockRow(v ui.View, p claims.Preserved, who ui.Cell, ordinal int) ui.Row {
	letter := v.T("clock.outside")
	if ordinal > 0 {
		letter = v.T("clock.in_letter", "Ordinal", ordinal)
	}
	return ui.Cells(ui.Text(v.Day(p.Until)), clockLeft(v, p.DaysLeft(v.Now)), who, ui.Text(letter), ui.Text(clockBy(v, p)))
}

// clockLeft says how long there is, in the colour of the last warning.
func clockLeft(v ui.View, days int) ui.Cell {
	switch {
	case days < 0:
		return ui.Tagged("bad", v.T("clock.lapsed"))
	case days <= claims.LastWarning:
		return ui.Tagged("bad", v.T("common.days", days))
	case days <= claims.LimitationDays[0]:
		return ui.Tagged("warn", v.T("common.days", days))
	}
	return ui.Text(v.T("common.days", days))
}

// clockBy says by what somebody is preserved until then.
func clockBy(v ui.View, p claims.Preserved) string {
	if p.By == nil {
		return v.T("clock.by.first")
	}
	return v.T("clock.by."+string(p.By.Kind), "Ordinal", p.By.Ordinal, "On", v.Day(p.By.On))
}

// numberCell leads to the page of a person, for who may see it.
func (s *Server) numberCell(c echo.Context, v ui.View, base, number string) ui.Cell {
	cell := ui.Cell{Text: number, Whole: true}
	if s.member(c).May(staff.PersonRead) {
		cell.URL = v.Href(base + "/deelname/" + number)
	}
	return cell
}

func (s *Server) groundTable(c echo.Context, v ui.View, base string, all []claims.ClockFact) ui.TableProps {
	t := ui.TableProps{
		Caption: v.T("clock.grounds"), HideCaption: true, Stack: true, Empty: v.T("clock.grounds_none"),
		Columns: []ui.Column{{Label: v.T("clock.what")}, {Label: v.T("clock.day")}, {Label: v.T("clock.for")}, {Label: v.T("clock.recorded")}, {Label: v.T("clock.state")}},
	}
	for _, f := range all {
		state := ui.Tagged("good", v.T("clock.counts"))
		if f.Withdrawn {
			state = ui.Tagged("neutral", v.T("clock.withdrawn"))
		}
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(v.T("clock.kind."+f.Kind), v.Href(base+clockDesk+"/grond/"+strconv.FormatInt(f.ID, 10))), ui.Text(v.Day(f.OnDay)),
			ui.Text(groundFor(v, f)), ui.Text(v.Day(f.RecordedAt)+", "+s.actorName(c, f.RecordedBy)), state))
	}
	return t
}

func groundFor(v ui.View, f claims.ClockFact) string {
	return cmp.Or(f.Number, v.T("clock.for_all"))
}

// exportClock sends who lapses within a number of days, by number.
func (s *Server) exportClock(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(c.FormValue("within"))
	if err != nil {
		days = -1 // all of them
	}
	fileHeaders(c, claim.Slug+"-verjaring.csv", "text/csv; charset=utf-8")
	_, err = s.claims.ExportLapsing(c.Request().Context(), s.member(c).Actor(), claim, days, c.Response())
	return err
}

// clockPeople lists the people of one group by number, page by page.
func (s *Server) clockPeople(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ordinal, err1 := strconv.Atoi(c.Param("ordinal"))
	slot, err2 := strconv.Atoi(c.Param("slot"))
	if err1 != nil || err2 != nil {
		return claims.ErrNotFound
	}
	after, _ := strconv.ParseInt(c.QueryParam("na"), 10, 64) // what cannot be read is the first page
	g, people, more, err := s.claims.LapsingPeople(c.Request().Context(), claim, ordinal, slot, after)
	if err != nil {
		return err
	}
	v, base := s.view(c, "clock.group"), "/beheer/"+claim.Slug
	p := ui.ClockPeoplePage{View: v, Back: v.Href(base + clockDesk), Facts: []ui.Definition{
		{Label: v.T("clock.until"), Value: v.Day(g.Until)}, {Label: v.T("clock.by"), Value: clockBy(v, g.Preserved)},
	}}
	p.Table = ui.TableProps{Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("clock.none"),
		Columns: []ui.Column{{Label: v.T("case.column.number")}, {Label: v.T("case.column.status")}, {Label: v.T("case.column.signed")}}}
	for _, one := range people {
		p.Table.Rows = append(p.Table.Rows, ui.Cells(s.numberCell(c, v, base, one.Number),
			ui.Tagged(participationKind(string(one.Status)), v.T("case.filter.status."+string(one.Status))), ui.Text(v.ShortMoment(one.SignedAt))))
	}
	here := v.Href(base + clockDesk + "/brief/" + strconv.Itoa(ordinal) + "/" + strconv.Itoa(slot))
	if after > 0 {
		p.Pager.PrevURL = here
	}
	if more {
		p.Pager.NextURL = here + "?na=" + strconv.FormatInt(people[len(people)-1].ID, 10)
	}
	return s.show(c, http.StatusOK, ui.ClockPeople(p))
}

type withdrawForm struct {
	Reason string `form:"reason" say:"clock.withdraw_why" validate:"filled,max=500"`
}

// clockFact shows one thing that dates of limitation rest on.
func (s *Server) clockFact(c echo.Context) error {
	return s.showClockFact(c, http.StatusOK, withdrawForm{}, nil)
}

func (s *Server) showClockFact(c echo.Context, status int, form withdrawForm, bad ui.Problems) error {
	claim, id, err := s.clockAt(c)
	if err != nil {
		return err
	}
	f, why, err := s.claims.ClockFact(c.Request().Context(), claim.ID, id)
	if err != nil {
		return err
	}
	v := s.view(c, "clock.kind."+f.Kind, bad...)
	base := "/beheer/" + claim.Slug + clockDesk
	here := v.Href(base + "/grond/" + c.Param("id"))
	p := ui.ClockFactPage{View: v, Bad: bad, Back: v.Href(base), DocumentURL: here + "/stuk", Reason: form.Reason, Facts: []ui.Definition{
		{Label: v.T("clock.day"), Value: v.Day(f.OnDay)}, {Label: v.T("clock.for"), Value: groundFor(v, f)}, {Label: v.T("clock.note"), Value: f.Note},
		{Label: v.T("clock.recorded"), Value: v.Moment(f.RecordedAt) + ", " + s.actorName(c, f.RecordedBy)}, {Label: v.T("clock.hash"), Value: hex.EncodeToString(f.DocumentSHA256), Hash: true},
	}}
	switch {
	case f.Withdrawn:
		p.Facts = append(p.Facts, ui.Definition{Label: v.T("clock.withdrawn"), Value: why})
	case s.member(c).May(staff.LimitationRecord):
		p.WithdrawURL = here + "/intrekken"
	}
	return s.show(c, status, ui.ClockFact(p))
}

func (s *Server) clockAt(c echo.Context) (claim claims.Claim, id int64, err error) {
	if claim, err = s.claim(c); err != nil {
		return claim, 0, err
	}
	if id, err = strconv.ParseInt(c.Param("id"), 10, 64); err != nil {
		return claim, 0, claims.ErrNotFound
	}
	return claim, id, nil
}

// clockDocument sends the document behind a date of limitation.
func (s *Server) clockDocument(c echo.Context) error {
	claim, id, err := s.clockAt(c)
	if err != nil {
		return err
	}
	media, document, err := s.claims.ClockDocument(c.Request().Context(), s.member(c).Actor(), claim.ID, id)
	if err != nil {
		return err
	}
	return s.sendFile(c, "verjaring-"+strconv.FormatInt(id, 10)+endings[media], media, document)
}

// withdrawClock takes back what dates of limitation rested on.
func (s *Server) withdrawClock(c echo.Context) error {
	claim, id, err := s.clockAt(c)
	if err != nil {
		return err
	}
	form, err := bind[withdrawForm](c)
	if err == nil {
		err = s.claims.WithdrawClock(c.Request().Context(), s.member(c).Actor(), claim.ID, id, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showClockFact(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "clock.withdrawal_saved"))
	return s.to(c, "/beheer/"+claim.Slug+clockDesk)
}

// lapsingRows are those who lapse within a year, on the start page of who knows how claims stand.
func (s *Server) lapsingRows(c echo.Context, v ui.View, all []claims.Claim) (t ui.TableProps, err error) {
	m := s.member(c)
	if !m.May(staff.CaseRead) {
		return t, nil
	}
	near, err := s.claims.NearLimitation(c.Request().Context())
	t = ui.TableProps{
		Caption: v.T("clock.board.title"), HideCaption: true, Stack: true,
		Columns: []ui.Column{{Label: v.T("staff.silent.claim")}, {Label: v.T("clock.until")}, {Label: v.T("clock.left")}, {Label: v.T("staff.silent.waiting"), Num: true}, {Label: v.T("clock.board.outside"), Num: true}},
	}
	for _, n := range near {
		at := slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == n.ClaimID })
		if at < 0 {
			continue // it came after the list was read
		}
		name := ui.Text(all[at].Name(v.Lang))
		if m.May(staff.LimitationRead) {
			name.URL = v.Href("/beheer/" + all[at].Slug + clockDesk)
		}
		t.Rows = append(t.Rows, ui.Cells(name, ui.Text(v.Day(n.LimitationOn)), clockLeft(v, n.DaysLeft(v.Now)), ui.Num(v.Number(n.People)), ui.Num(v.Number(n.Outside))))
	}
	return t, err
}
