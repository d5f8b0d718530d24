package web

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// namesForm is whose names a lawyer shows to somebody outside, and why.
type namesForm struct {
	Numbers   string `form:"numbers"    say:"names.numbers" validate:"filled,max=20000"`
	Reason    string `form:"reason"     say:"names.reason"  validate:"filled,max=500"`
	RequestID string `form:"request_id" say:"names.numbers" validate:"filled,max=64"`
}

// picked are the numbers, one a line or with commas between.
func (f namesForm) picked() []string {
	return strings.FieldsFunc(f.Numbers, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' })
}

// names lists which names of an annex were shown, with a form to show more.
func (s *Server) names(c echo.Context) error {
	return s.askNames(c, http.StatusOK, namesForm{RequestID: rand.Text()}, nil)
}

func (s *Server) askNames(c echo.Context, status int, form namesForm, bad ui.Problems) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	if l.SentAt == nil {
		return claims.ErrNotFound
	}
	all, err := s.claims.Showings(c.Request().Context(), l.ID)
	if err != nil {
		return err
	}
	v := s.view(c, "names.title", bad...)
	back := "/beheer/" + claim.Slug + "/brieven/" + strconv.Itoa(l.Ordinal)
	p := ui.NamesPage{View: v, Bad: bad, Letter: letterName(v, l), BackURL: v.Href(back), URL: v.Href(back + "/namen"), Numbers: form.Numbers, Reason: form.Reason, RequestID: form.RequestID}
	p.Table = ui.TableProps{
		Caption: v.T("names.before"), HideCaption: true, Stack: true, Empty: v.T("names.none"),
		Columns: []ui.Column{{Label: v.T("names.when")}, {Label: v.T("names.by")}, {Label: v.T("names.count"), Num: true}, {Label: v.T("names.reason")}, {Label: v.T("names.file")}},
	}
	for _, w := range all {
		p.Table.Rows = append(p.Table.Rows, ui.Cells(ui.Text(v.Moment(w.ShownAt)), ui.Text(s.actorName(c, w.ShownBy)), ui.Num(v.Number(int64(w.Count))), ui.Text(w.Reason),
			ui.LinkTo(v.T("names.take", w.Count), v.Href(back+"/namen/"+strconv.FormatInt(w.ID, 10)))))
	}
	return s.show(c, status, ui.Names(p))
}

// showNames picks people of an annex whose names are shown to somebody outside.
func (s *Server) showNames(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[namesForm](c)
	if err == nil {
		err = s.claims.ShowNames(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, form.picked(), claims.Showing{Reason: form.Reason, RequestID: form.RequestID})
	}
	if bad := s.mend(c, err); bad != nil {
		if form.RequestID == "" {
			form.RequestID = rand.Text()
		}
		return s.askNames(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "names.done"))
	return s.to(c, "/beheer/"+claim.Slug+"/brieven/"+strconv.Itoa(l.Ordinal)+"/namen")
}

// shownNames sends the file with the names and their proofs.
func (s *Server) shownNames(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return claims.ErrNotFound
	}
	name, content, err := s.claims.ShownNames(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, id)
	if err != nil {
		return err
	}
	return s.sendFile(c, name, "application/json", content)
}
