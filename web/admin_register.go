package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// filters are the filters of the register, with their choices: closed words,
// so that nothing personal can stand in the address.
var filters = []struct {
	Name    string
	Choices []string
	Set     func(f *claims.Filter, v string)
}{
	{"status", []string{"active", "included", "entitled", "payee_pending", "payable", "in_run", "paid", "withdrawn", "opted_out", "estate", "unclaimed", "closed_lost"},
		func(f *claims.Filter, v string) { f.Status = v }},
	{"fee", []string{"flat", "percentage"}, func(f *claims.Filter, v string) { f.FeeOption = v }},
	{"evidence", []string{"yes", "no", "later"}, func(f *claims.Filter, v string) { f.Evidence = v }},
	{"late", []string{"yes", "no"}, func(f *claims.Filter, v string) { f.Late = v }},
	{"mark", []string{"yes", "no"}, func(f *claims.Filter, v string) { f.Mark = v }},
	{"limited", []string{"yes", "no"}, func(f *claims.Filter, v string) { f.Limited = v }},
	{"country", []string{"NL", "other"}, func(f *claims.Filter, v string) { f.Country = v }},
}

type searchForm struct {
	Term string `form:"term" say:"case.register.term" validate:"max=254"`
}

// register shows fifty rows of the register.
func (s *Server) register(c echo.Context) error {
	return s.showRegister(c, http.StatusOK, nil)
}

// searchRegister keeps what was asked, and sends on to an address that does not hold it.
func (s *Server) searchRegister(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[searchForm](c)
	if err == nil {
		err = s.allow(c.Request().Context(), limitSearch, strconv.FormatInt(s.member(c).ID, 10))
	}
	key := ""
	if err == nil && form.Term != "" {
		key, err = s.claims.SaveSearch(c.Request().Context(), s.member(c).ID, form.Term)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRegister(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	to := "/beheer/" + claim.Slug + "/register"
	if key != "" {
		to += "?q=" + key
	}
	return s.to(c, to)
}

// exportRegister streams all rows of a claim as a file.
func (s *Server) exportRegister(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	fileHeaders(c, claim.Slug+"-register.csv", "text/csv; charset=utf-8")
	_, err = s.claims.ExportRegister(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Response())
	return err
}

func (s *Server) showRegister(c echo.Context, status int, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	f, kept, err := s.registerFilter(c, claim)
	if err != nil {
		return err
	}
	found, err := s.claims.Register(c.Request().Context(), f)
	if err != nil {
		return err
	}
	v := s.view(c, "nav.register", bad...)
	page := ui.RegisterPage{View: v, Bad: bad, Base: "/beheer/" + claim.Slug, Term: f.Term, TermKey: kept.Get("q"), ReadAs: found.By}
	page.Total = v.T("case.register.total", "Count", v.Number(found.Total), "At", v.Moment(found.TotalAt))
	page.Filters, page.Chips = registerFilters(v, page.Base+"/register", kept)
	if f.Term != "" {
		page.Chips = append(page.Chips, ui.Chip{Label: v.T("case.register.term." + found.By), RemoveURL: v.Href(page.Base + "/register?" + without(kept, "q"))})
	}
	page.Table = registerTable(v, page.Base, found.Rows, s.member(c).May(staff.PersonRead))
	page.Pager = registerPager(v, page.Base+"/register", kept, found)
	if s.member(c).May(staff.RegisterExport) {
		page.ExportURL = v.Href(page.Base + "/register.csv")
	}
	return s.show(c, status, ui.Register(page))
}

// registerFilter reads the address: closed words, the key of a search, and where the page begins.
func (s *Server) registerFilter(c echo.Context, claim claims.Claim) (f claims.Filter, kept url.Values, err error) {
	f, kept = claims.Filter{ClaimID: claim.ID}, url.Values{}
	query := c.QueryParams()
	for _, filter := range filters {
		v, err := one(query, filter.Name)
		if err != nil {
			return f, kept, err
		}
		for _, choice := range filter.Choices {
			if v == choice {
				filter.Set(&f, v)
				kept.Set(filter.Name, v)
			}
		}
	}
	f.AfterID, _ = strconv.ParseInt(query.Get("na"), 10, 64) // not a number: the first page
	f.BeforeID, _ = strconv.ParseInt(query.Get("voor"), 10, 64)
	if key := query.Get("q"); key != "" {
		kept.Set("q", key)
		f.Term, err = s.claims.Search(c.Request().Context(), s.member(c).ID, key)
	}
	return f, kept, err
}

func registerFilters(v ui.View, base string, kept url.Values) (groups []ui.GroupProps, chips []ui.Chip) {
	for _, f := range filters {
		g := ui.GroupProps{Name: f.Name, Legend: v.T("case.filter." + f.Name), Value: kept.Get(f.Name), Options: []ui.Option{{Label: v.T("case.filter.all")}}}
		for _, choice := range f.Choices {
			g.Options = append(g.Options, ui.Option{Value: choice, Label: v.T("case.filter." + f.Name + "." + choice)})
		}
		groups = append(groups, g)
		if value := kept.Get(f.Name); value != "" {
			chips = append(chips, ui.Chip{
				Label:     v.T("case.filter."+f.Name) + ": " + v.T("case.filter."+f.Name+"."+value),
				RemoveURL: v.Href(base + "?" + without(kept, f.Name)),
			})
		}
	}
	return groups, chips
}

// without is the query of the page, with one filter less and from its first row.
func without(kept url.Values, name string) string {
	rest := url.Values{}
	for k, v := range kept {
		if k != name {
			rest[k] = v
		}
	}
	return rest.Encode()
}

func registerTable(v ui.View, base string, rows []claims.RegisterRow, open bool) ui.TableProps {
	t := ui.TableProps{Caption: v.T("nav.register"), HideCaption: true, Empty: v.T("case.register.empty"), Stack: true}
	for _, key := range []string{"number", "name", "email", "status", "fee", "evidence", "signed"} {
		t.Columns = append(t.Columns, ui.Column{Label: v.T("case.column." + key), Num: key == "evidence"})
	}
	for _, r := range rows {
		number := ui.Cell{Text: r.Number, Whole: true}
		if open {
			number.URL = v.Href(base + "/deelname/" + r.Number)
		}
		state := ui.Tagged(participationKind(string(r.Status)), v.T("case.filter.status."+string(r.Status)))
		state.Sub = strings.Join(rowMarks(v, r), ", ")
		t.Rows = append(t.Rows, ui.Cells(number, ui.Text(r.Name()), ui.Text(r.Email), state, ui.Text(v.T("case.filter.fee."+string(r.FeeOption))),
			ui.Num(v.Number(r.Evidence)), ui.Text(v.ShortMoment(r.SignedAt))))
	}
	return t
}

// rowMarks are what stands below the state of a participation.
func rowMarks(v ui.View, r claims.RegisterRow) (marks []string) {
	for _, m := range []struct {
		has bool
		key string
	}{{r.Late, "case.register.late"}, {r.Mark != "", "case.register.marked"}, {r.Limited, "case.register.limited"}} {
		if m.has {
			marks = append(marks, v.T(m.key))
		}
	}
	return marks
}

func registerPager(v ui.View, base string, kept url.Values, found claims.RegisterPage) ui.PagerProps {
	p := ui.PagerProps{}
	if len(found.Rows) == 0 {
		return p
	}
	at := func(name string, id int64) string {
		q := url.Values{name: {strconv.FormatInt(id, 10)}}
		for k, values := range kept {
			q[k] = values
		}
		return v.Href(base + "?" + q.Encode())
	}
	if found.More {
		p.NextURL = at("na", found.Rows[len(found.Rows)-1].ID)
	}
	if found.Before {
		p.PrevURL = at("voor", found.Rows[0].ID)
	}
	return p
}

// participationKind is the colour of a participation's state.
func participationKind(status string) string {
	switch status {
	case "active", "included":
		return "info"
	case "entitled", "payable", "in_run":
		return "good"
	case "payee_pending", "estate":
		return "warn"
	case "paid":
		return "done"
	}
	return "neutral"
}
