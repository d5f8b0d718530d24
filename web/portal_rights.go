package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants/privacy"
	"samenclaim/web/ui"
)

// rights are the rights that take an answer, by the word in their address. The others have pages of their own.
var rights = []struct {
	Word  string
	Right privacy.Right
}{{"beperken", privacy.Restrict}, {"bezwaar", privacy.Object}}

// rightForm is what somebody asks. What is written is not shown in an address or a log.
type rightForm struct {
	Ground string `form:"ground" say:"rights.ground" validate:"filled,max=40"`
	Words  string `form:"words" say:"rights.words" validate:"max=2000"`
	Sure   string `form:"sure" say:"rights.sure" validate:"filled"`
}

// myRights lists what somebody can ask about their data, and what they asked.
func (s *Server) myRights(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	asked, err := s.claims.RightsOf(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "rights.title")
	p := ui.PortalRightsPage{View: v, Asked: s.askedTable(v, o, asked)}
	for _, r := range []struct{ key, page string }{
		{"see", "/gegevens"}, {"correct", "/gegevens/aanpassen"}, {"copy", "/gegevens#download"}, {"restrict", "/rechten/beperken"},
		{"object", "/rechten/bezwaar"}, {"erase", "/stoppen/wissen"},
	} {
		p.Cards = append(p.Cards, ui.PortalCard{Title: v.T("rights." + r.key + ".card"), Text: v.T("rights." + r.key + ".text"), Label: v.T("rights." + r.key + ".link"), URL: v.Href(o.path(r.page))})
	}
	return s.show(c, http.StatusOK, ui.PortalRights(p))
}

func (s *Server) askedTable(v ui.View, o ownCase, asked []privacy.Request) ui.TableProps {
	t := ui.TableProps{
		Caption: v.T("rights.asked"), HideCaption: true, Stack: true,
		Columns: []ui.Column{{Label: v.T("rights.what")}, {Label: v.T("rights.on")}, {Label: v.T("rights.status")}, {Label: v.T("rights.due")}},
	}
	for _, r := range asked {
		kind, status := s.rightStatus(v, r)
		due := ""
		if r.Status == privacy.Open {
			due = v.Day(r.DueOn)
		}
		t.Rows = append(t.Rows, ui.Cells(ui.LinkTo(v.T("rights."+string(r.Kind)+".name"), v.Href(o.path("/rechten/verzoek/"+r.Ref))), ui.Text(v.Day(r.AskedAt)), ui.Tagged(kind, status), ui.Text(due)))
	}
	return t
}

// rightStatus is how far a request is, in words and the colour that helps them.
func (s *Server) rightStatus(v ui.View, r privacy.Request) (kind, words string) {
	switch {
	case r.Status == privacy.Open && r.Overdue(s.now()):
		return "bad", v.T("rights.state.late")
	case r.Status == privacy.Granted && !r.InForce(s.now()):
		return "neutral", v.T("rights.state.ended")
	}
	return map[string]string{privacy.Open: "info", privacy.Granted: "good", privacy.Refused: "warn"}[r.Status], v.T("rights.state." + r.Status)
}

// ownRight finds the right in the address.
func (s *Server) ownRight(c echo.Context) (ownCase, privacy.Right, error) {
	for _, r := range rights {
		if r.Word == c.Param("right") {
			o, err := s.ownCase(c)
			return o, r.Right, err
		}
	}
	return ownCase{}, "", echo.ErrNotFound
}

// rightPage says what a request does, before it is made: what stops, what goes on and why.
func (s *Server) rightPage(c echo.Context) error {
	o, right, err := s.ownRight(c)
	if err != nil {
		return err
	}
	key := "rights." + string(right)
	v := s.portalView(c, o, key+".title")
	p := ui.PortalRightPage{View: v, Lead: v.T(key + ".lead"), Next: v.Href(o.path("/rechten/" + c.Param("right") + "/bevestigen")), NextText: v.T(key + ".next"), Back: v.Href(o.path("/rechten"))}
	for _, one := range []string{"news", "numbers", "lists"} {
		p.Stops = append(p.Stops, v.T("rights.stops."+one))
	}
	for _, one := range []string{"claim", "money", "law", "mails"} {
		p.GoesOn = append(p.GoesOn, v.T("rights.goes_on."+one))
	}
	for _, one := range []string{"month", "end"} {
		p.Then = append(p.Then, v.T("rights.then."+one))
	}
	if right == privacy.Object {
		p.Then = append([]string{v.T("rights.then.mailing")}, p.Then...)
	}
	return s.show(c, http.StatusOK, ui.PortalRight(p))
}

// rightConfirmPage asks on what ground, and for the last word.
func (s *Server) rightConfirmPage(c echo.Context) error {
	o, right, err := s.ownRight(c)
	if err != nil {
		return err
	}
	return s.showRightConfirm(c, o, right, http.StatusOK, rightForm{}, nil)
}

// askRight makes the request. Sent twice, it is made once.
func (s *Server) askRight(c echo.Context) error {
	o, right, err := s.ownRight(c)
	if err != nil {
		return err
	}
	form, err := bind[rightForm](c)
	if err == nil {
		err = s.claims.AskRight(c.Request().Context(), o.by(), o.part, right, form.Ground, form.Words)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRightConfirm(c, o, right, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "rights.sent"))
	return s.to(c, o.path("/rechten"))
}

func (s *Server) showRightConfirm(c echo.Context, o ownCase, right privacy.Right, status int, form rightForm, bad ui.Problems) error {
	key := "rights." + string(right)
	v := s.portalView(c, o, key+".confirm", bad...)
	page := o.path("/rechten/" + c.Param("right"))
	p := ui.PortalRightFormPage{
		View: v, Bad: bad, Action: v.Href(page + "/bevestigen"), Back: v.Href(page), Legend: v.T(key + ".grounds"), Ground: form.Ground, Words: form.Words,
		WordsHint: v.T("rights.words.hint", "Max", v.Number(claims.MostWords)), Sure: form.Sure != "", SureText: v.T(key + ".sure"), Button: v.T(key + ".button"),
		Receipt: v.T("rights.receipt", "Email", o.person.Email),
	}
	for _, g := range privacy.Grounds[right] {
		p.Grounds = append(p.Grounds, ui.Option{Value: g, Label: v.T("rights.ground." + g), Hint: v.T("rights.ground." + g + "_hint")})
	}
	return s.show(c, status, ui.PortalRightForm(p))
}

// myRequest shows one request: how far it is, what was asked and what was answered.
func (s *Server) myRequest(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	r, err := s.claims.RightOf(c.Request().Context(), o.person, c.Param("rref"))
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "rights.one")
	p := ui.PortalRequestPage{View: v, Back: v.Href(o.path("/rechten")), Facts: s.rightFacts(v, r), Text: r.Text, Longer: r.Extended, Answer: r.Responded, Refused: r.Status == privacy.Refused}
	p.Kind, p.Status = s.rightStatus(v, r.Request)
	if r.InForce(s.now()) {
		p.Stop = v.Href(o.path("/rechten/verzoek/" + r.Ref + "/stop"))
		p.StopText = v.T("rights.stop." + r.Status)
	}
	return s.show(c, http.StatusOK, ui.PortalRequest(p))
}

// rightFacts are the facts of a request, for the person and for staff.
func (s *Server) rightFacts(v ui.View, r claims.RightsRequest) []ui.Definition {
	facts := []ui.Definition{
		{Label: v.T("rights.what"), Value: v.T("rights." + string(r.Kind) + ".name")}, {Label: v.T("rights.why"), Value: v.T("rights.ground." + r.Ground)},
		{Label: v.T("rights.on"), Value: v.Moment(r.AskedAt)},
	}
	if r.Status == privacy.Open {
		facts = append(facts, ui.Definition{Label: v.T("rights.due"), Value: v.Day(r.DueOn)})
	}
	if r.AnsweredAt != nil {
		facts = append(facts, ui.Definition{Label: v.T("rights.answered"), Value: v.Moment(*r.AnsweredAt)})
	}
	if r.EndedAt != nil {
		facts = append(facts, ui.Definition{Label: v.T("rights.until"), Value: v.Moment(*r.EndedAt)})
	}
	return facts
}

// dropRight takes a request back, or ends what was granted. Twice is once.
func (s *Server) dropRight(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.claims.DropRight(c.Request().Context(), o.by(), o.person.ID, c.Param("rref")); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "rights.dropped"))
	return s.to(c, o.path("/rechten"))
}
