package web

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// factsDesk is where the facts of a claim are kept, below it.
const factsDesk = "/feiten"

// factForm is a fact as it is written or corrected.
type factForm struct {
	StatementNL string `form:"statement_nl" say:"facts.statement" validate:"filled,max=1000"`
	StatementEN string `form:"statement_en" say:"facts.statement" validate:"filled,max=1000"`
	Quote       string `form:"quote"        say:"facts.quote"     validate:"max=1000"`
	SourceNL    string `form:"source_nl"    say:"facts.source"    validate:"filled,max=200"`
	SourceEN    string `form:"source_en"    say:"facts.source"    validate:"filled,max=200"`
	URL         string `form:"url"          say:"facts.url"       validate:"max=500"`
	WhenNL      string `form:"when_nl"      say:"facts.when"      validate:"filled,max=60"`
	WhenEN      string `form:"when_en"      say:"facts.when"      validate:"filled,max=60"`
	Grade       string `form:"grade"        say:"facts.grade"     validate:"oneof=reported self-declared verified"`
	Checked     string `form:"checked"      say:"facts.checked"   validate:"filled"`
	Use         string `form:"use"          say:"facts.use"       validate:"oneof=letter page withdrawn"`
	Reason      string `form:"reason"       say:"facts.reason"    validate:"max=500"`
	Seen        string `form:"seen"         say:"facts.reason"    validate:"max=10"`
	RequestID   string `form:"request_id"   say:"facts.statement" validate:"filled,max=64"`
}

// fact reads the form.
func (f factForm) fact() (claims.LibraryFact, error) {
	checked, err := time.Parse(time.DateOnly, f.Checked)
	if err != nil {
		return claims.LibraryFact{}, claims.ErrFactChecked
	}
	return claims.LibraryFact{
		StatementNL: f.StatementNL, StatementEN: f.StatementEN, Quote: f.Quote, SourceNL: f.SourceNL, SourceEN: f.SourceEN, SourceURL: f.URL, WhenNL: f.WhenNL, WhenEN: f.WhenEN,
		Grade: f.Grade, CheckedOn: checked, Background: f.Use == "page", Withdrawn: f.Use == "withdrawn", Reason: f.Reason, RequestID: f.RequestID,
	}, nil
}

func factFormOf(f claims.LibraryFact) factForm {
	use := "letter"
	switch {
	case f.Withdrawn:
		use = "withdrawn"
	case f.Background:
		use = "page"
	}
	return factForm{
		StatementNL: f.StatementNL, StatementEN: f.StatementEN, Quote: f.Quote, SourceNL: f.SourceNL, SourceEN: f.SourceEN, URL: f.SourceURL, WhenNL: f.WhenNL, WhenEN: f.WhenEN,
		Grade: f.Grade, Use: use, Seen: strconv.Itoa(f.Version), RequestID: rand.Text(), // when it was checked is asked anew
	}
}

// facts lists the facts of a claim, each in its newest version.
func (s *Server) facts(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	all, err := s.claims.Facts(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	v, base := s.view(c, "facts.title"), "/beheer/"+claim.Slug+factsDesk
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("facts.none"),
		Columns: []ui.Column{{Label: v.T("facts.code")}, {Label: v.T("facts.statement")}, {Label: v.T("facts.grade")}, {Label: v.T("facts.checked")}, {Label: v.T("facts.state")}},
	}
	for _, f := range all {
		statement := ui.Text(f.Statement(v.Lang))
		statement.Sub = f.Source(v.Lang) + ", " + f.When(v.Lang)
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(f.Code, v.Href(base+"/"+f.Code)), statement, ui.Text(v.T("facts.grade."+f.Grade)), ui.Text(v.Day(f.CheckedOn)), factState(v, f)))
	}
	p := ui.FactsPage{View: v, Table: t}
	if s.member(c).May(staff.FactWrite) {
		p.NewURL = v.Href(base + "/nieuw")
	}
	return s.show(c, http.StatusOK, ui.Facts(p))
}

// factState is how far a version is.
func factState(v ui.View, f claims.LibraryFact) ui.Cell {
	switch {
	case f.PublishedAt == nil:
		return ui.Tagged("warn", v.T("facts.waits"))
	case f.Withdrawn:
		return ui.Tagged("neutral", v.T("facts.withdrawn"))
	case f.Background:
		return ui.Tagged("good", v.T("facts.on_page"))
	}
	return ui.Tagged("good", v.T("facts.in_letter"))
}

// newFact asks for a new fact.
func (s *Server) newFact(c echo.Context) error {
	return s.showNewFact(c, http.StatusOK, factForm{Use: "letter", RequestID: rand.Text()}, nil)
}

func (s *Server) showNewFact(c echo.Context, status int, form factForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	v, base := s.view(c, "facts.new", bad...), "/beheer/"+claim.Slug+factsDesk
	return s.show(c, status, ui.NewFact(ui.NewFactPage{View: v, Back: v.Href(base), Form: factInputs(v, v.Href(base+"/nieuw"), form, bad, false)}))
}

// addFact writes a new fact down; somebody else publishes it.
func (s *Server) addFact(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[factForm](c)
	var f claims.LibraryFact
	if err == nil {
		f, err = form.fact()
	}
	var code string
	if err == nil {
		code, err = s.claims.AddFact(c.Request().Context(), s.member(c).Actor(), claim.ID, f)
	}
	if bad := s.mend(c, err); bad != nil {
		form.RequestID = cmp.Or(form.RequestID, rand.Text())
		return s.showNewFact(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "facts.saved"))
	return s.to(c, "/beheer/"+claim.Slug+factsDesk+"/"+code)
}

// fact shows the versions of one fact and the letters that cite it.
func (s *Server) fact(c echo.Context) error {
	return s.showFact(c, http.StatusOK, nil, nil)
}

// correctFact writes the next version of a fact.
func (s *Server) correctFact(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[factForm](c)
	var f claims.LibraryFact
	if err == nil {
		f, err = form.fact()
	}
	if err == nil {
		seen, _ := strconv.Atoi(form.Seen) // what cannot be read is no version
		err = s.claims.CorrectFact(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("fact"), seen, f)
	}
	if bad := s.mend(c, err); bad != nil {
		form.RequestID = cmp.Or(form.RequestID, rand.Text())
		return s.showFact(c, http.StatusUnprocessableEntity, &form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "facts.saved"))
	return s.to(c, "/beheer/"+claim.Slug+factsDesk+"/"+c.Param("fact"))
}

type publishForm struct {
	Version string `form:"version" say:"facts.state" validate:"filled,max=10"`
}

// publishFact makes the newest version of a fact count, as the second person.
func (s *Server) publishFact(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[publishForm](c)
	if err == nil {
		version, _ := strconv.Atoi(form.Version) // what cannot be read is no version
		err = s.claims.PublishFact(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("fact"), version)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showFact(c, http.StatusUnprocessableEntity, nil, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "facts.published"))
	return s.to(c, "/beheer/"+claim.Slug+factsDesk+"/"+c.Param("fact"))
}

func (s *Server) showFact(c echo.Context, status int, typed *factForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	versions, cited, err := s.claims.Fact(c.Request().Context(), claim.ID, c.Param("fact"))
	if err != nil {
		return err
	}
	v, m, base, newest := s.view(c, "facts.one", bad...), s.member(c), "/beheer/"+claim.Slug+factsDesk, versions[0]
	v.Title = v.T("facts.one", "Code", newest.Code)
	here := v.Href(base + "/" + newest.Code)
	p := ui.FactPage{View: v, Back: v.Href(base), Version: strconv.Itoa(newest.Version)}
	if newest.PublishedAt == nil {
		p.Own = newest.WrittenBy == m.Actor()
		if !p.Own && m.May(staff.FactPublish) {
			p.PublishURL = here + "/publiceren"
		}
		p.Waits = v.T("case.waiting.text", "By", s.actorName(c, newest.WrittenBy), "At", v.Moment(newest.WrittenAt))
	}
	for _, f := range versions {
		p.Versions = append(p.Versions, s.factVersion(c, v, f))
	}
	for _, l := range cited {
		p.Cited = append(p.Cited, ui.Link{Label: v.T("facts.cited", "Ordinal", l.Ordinal, "Version", l.Version) + " (" + v.T("case.letter."+l.Status) + ")", URL: v.Href("/beheer/" + claim.Slug + "/brieven/" + strconv.Itoa(l.Ordinal))})
	}
	if m.May(staff.FactWrite) {
		form := factFormOf(newest)
		if typed != nil {
			form = *typed
		}
		inputs := factInputs(v, here, form, bad, true)
		p.Form = &inputs
	}
	return s.show(c, status, ui.Fact(p))
}

// factVersion is what one version says, and who wrote and published it.
func (s *Server) factVersion(c echo.Context, v ui.View, f claims.LibraryFact) ui.FactVersion {
	state := factState(v, f)
	out := ui.FactVersion{Title: v.T("facts.version", "Version", f.Version), State: state.Text, StateKind: state.Tag, Statement: f.Statement(v.Lang), Quote: f.Quote}
	written := v.Moment(f.WrittenAt) + ", " + s.actorName(c, f.WrittenBy)
	if f.Imported {
		written = v.Moment(f.WrittenAt) + ", " + v.T("facts.imported")
	}
	out.Facts = []ui.Definition{
		{Label: v.T("facts.source"), Value: f.Source(v.Lang) + ", " + f.When(v.Lang)}, {Label: v.T("facts.grade"), Value: v.T("facts.grade." + f.Grade)},
		{Label: v.T("facts.checked"), Value: v.Day(f.CheckedOn)}, {Label: v.T("facts.written"), Value: written},
	}
	if f.SourceURL != "" {
		out.Facts = append(out.Facts, ui.Definition{Label: v.T("facts.url"), Value: f.SourceURL})
	}
	if f.PublishedAt != nil && f.PublishedBy != nil {
		out.Facts = append(out.Facts, ui.Definition{Label: v.T("facts.published_by"), Value: v.Moment(*f.PublishedAt) + ", " + s.actorName(c, *f.PublishedBy)})
	}
	if f.Reason != "" && !f.Imported {
		out.Facts = append(out.Facts, ui.Definition{Label: v.T("facts.reason"), Value: f.Reason})
	}
	return out
}

// factInputs are the fields of a fact; a correction also asks why.
func factInputs(v ui.View, action string, f factForm, bad ui.Problems, correction bool) ui.FactForm {
	text := func(name, label, value string, most, rows int) ui.FieldProps {
		return ui.FieldProps{Name: name, Label: v.T("facts." + label), Value: value, Error: bad.For(name), MaxLength: most, Rows: rows}
	}
	form := ui.FactForm{Bad: bad, Action: action, RequestID: f.RequestID, Seen: f.Seen, Statements: []ui.FieldProps{
		text("statement_nl", "statement_nl", f.StatementNL, 1000, 3), text("statement_en", "statement_en", f.StatementEN, 1000, 3), text("quote", "quote", f.Quote, 1000, 3),
	}, Lines: []ui.FieldProps{
		text("source_nl", "source_nl", f.SourceNL, 200, 0), text("source_en", "source_en", f.SourceEN, 200, 0), text("when_nl", "when_nl", f.WhenNL, 60, 0), text("when_en", "when_en", f.WhenEN, 60, 0),
		text("url", "url", f.URL, 500, 0), text("checked", "checked", f.Checked, 0, 0),
	}}
	form.Statements[2].Optional, form.Statements[2].Hint = true, v.T("facts.quote_hint")
	form.Lines[2].Hint, form.Lines[4].Optional, form.Lines[4].Type = v.T("facts.when_hint"), true, "url"
	form.Lines[5].Type, form.Lines[5].Width, form.Lines[5].Hint = "date", "m", v.T("facts.checked_hint")
	form.Grade = ui.GroupProps{Name: "grade", Legend: v.T("facts.grade"), Value: f.Grade, Error: bad.For("grade")}
	for _, g := range claims.FactGrades {
		form.Grade.Options = append(form.Grade.Options, ui.Option{Value: g, Label: v.T("facts.grade." + g), Hint: v.T("facts.grade_hint." + g)})
	}
	form.Use = ui.GroupProps{Name: "use", Legend: v.T("facts.use"), Value: f.Use, Error: bad.For("use"), Options: []ui.Option{
		{Value: "letter", Label: v.T("facts.use.letter")}, {Value: "page", Label: v.T("facts.use.page")},
	}}
	if correction {
		form.Use.Options = append(form.Use.Options, ui.Option{Value: "withdrawn", Label: v.T("facts.use.withdrawn")})
		form.Lines = append(form.Lines, text("reason", "reason", f.Reason, 500, 0))
	}
	return form
}
