package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// proposeForm is what the first of two people says about a hit.
type proposeForm struct {
	Hit    string `form:"hit" say:"sanctions.hit" validate:"filled"`
	What   string `form:"what" say:"sanctions.what" validate:"oneof=other_person same_person"`
	Reason string `form:"reason" say:"sanctions.reason" validate:"filled,max=1000"`
}

// decideForm is what the second one says.
type decideForm struct {
	Second string `form:"second" say:"sanctions.hit" validate:"filled"`
	Agree  string `form:"agree" say:"sanctions.agree" validate:"oneof=yes no"`
}

// sanctions shows whose name is like one on the sanctions list.
func (s *Server) sanctions(c echo.Context) error {
	return s.showSanctions(c, http.StatusOK, proposeForm{}, decideForm{}, nil)
}

// importSanctions keeps a new version of the sanctions list.
func (s *Server) importSanctions(c echo.Context) error {
	longWork(c)
	var list payments.SanctionsList
	name, file := uploaded(c, "file")
	err := error(wrong("file", "sanctions.file_missing"))
	if name != "" {
		list, err = s.money.ImportSanctions(c.Request().Context(), s.member(c).Actor(), file)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showSanctions(c, http.StatusUnprocessableEntity, proposeForm{}, decideForm{}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("sanctions.imported", "Version", list.Version, "Names", ui.View{Lang: lang(c)}.Number(int64(list.Names))))
	return s.to(c, "/beheer/sancties")
}

// proposeHit is the first of two people saying who a hit is about.
func (s *Server) proposeHit(c echo.Context) error {
	form, err := bind[proposeForm](c)
	if err == nil {
		err = s.claims.ProposeHit(c.Request().Context(), s.member(c).Actor(), formNumber(form.Hit), form.What, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showSanctions(c, http.StatusUnprocessableEntity, form, decideForm{}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("sanctions.proposed_now"))
	return s.to(c, "/beheer/sancties")
}

// decideHit is another person agreeing, or sending it back.
func (s *Server) decideHit(c echo.Context) error {
	form, err := bind[decideForm](c)
	if err == nil {
		err = s.claims.DecideHit(c.Request().Context(), s.member(c).Actor(), formNumber(form.Second), form.Agree == "yes")
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showSanctions(c, http.StatusUnprocessableEntity, proposeForm{}, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("sanctions.decided_now"))
	return s.to(c, "/beheer/sancties")
}

func (s *Server) showSanctions(c echo.Context, status int, first proposeForm, second decideForm, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "sanctions.title", bad...)
	hits, lists, err := s.claims.Sanctions(ctx)
	if err != nil {
		return err
	}
	page := ui.SanctionsPage{View: v, Bad: bad, Hit: first.Hit, What: first.What, Reason: first.Reason, Second: second.Second, Status: ui.StatusProps{Kind: "warn", Title: v.T("sanctions.no_list"), Text: v.T("sanctions.no_list_text")}}
	if len(lists) > 0 {
		page.Status = ui.StatusProps{Kind: "success", Title: v.T("sanctions.list", "Version", lists[0].Version), Text: v.T("sanctions.list_text", "Names", v.Number(int64(lists[0].Names)), "When", v.Moment(lists[0].ImportedAt))}
	}
	if err := s.listHits(c, &page, hits); err != nil {
		return err
	}
	name, err := s.colleagues(ctx, v.T)
	if err != nil {
		return err
	}
	page.Lists = ui.TableProps{Caption: v.T("sanctions.lists"), HideCaption: true, Stack: true, Empty: v.T("sanctions.no_list"), Columns: []ui.Column{
		{Label: v.T("sanctions.version")}, {Label: v.T("sanctions.by")}, {Label: v.T("sanctions.entities"), Num: true}, {Label: v.T("sanctions.names"), Num: true},
	}}
	for _, l := range lists {
		page.Lists.Rows = append(page.Lists.Rows, ui.Cells(ui.Cell{Text: l.Version, Sub: fmt.Sprintf("SHA-256 %x", l.SHA256[:8])}, ui.Cell{Text: name(l.ImportedBy), Sub: v.ShortMoment(l.ImportedAt)}, ui.Num(v.Number(int64(l.Entities))), ui.Num(v.Number(int64(l.Names)))))
	}
	return s.show(c, status, ui.Sanctions(page))
}

// listHits sorts the hits by what has to happen, and offers each to who may do it.
func (s *Server) listHits(c echo.Context, page *ui.SanctionsPage, hits []payments.Hit) error {
	v, me := page.View, s.member(c).Actor()
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return err
	}
	all, err := s.claims.Claims(c.Request().Context())
	if err != nil {
		return err
	}
	of := map[int64]claims.Claim{}
	for _, claim := range all {
		of[claim.ID] = claim
	}
	columns := []ui.Column{{Label: v.T("money.number")}, {Label: v.T("sanctions.on_list")}, {Label: v.T("money.state")}, {Label: v.T("sanctions.why")}}
	page.Open = ui.TableProps{Caption: v.T("sanctions.open"), HideCaption: true, Stack: true, Empty: v.T("sanctions.none"), Columns: columns}
	page.Done = ui.TableProps{Caption: v.T("sanctions.done"), HideCaption: true, Stack: true, Columns: columns}
	for _, h := range hits {
		option := ui.Option{Value: strconv.FormatInt(h.ID, 10), Label: h.Number + ": " + h.Name}
		state, why := ui.Tagged("warn", v.T("sanctions.waits")), ui.Text("")
		table := &page.Open
		if h.Proposed != nil {
			state = ui.Tagged("info", v.T("sanctions.proposed_"+*h.Proposed))
			why = ui.Cell{Text: *h.ProposedReason, Sub: name(*h.ProposedBy)}
		}
		switch {
		case h.Decided != nil:
			table, state = &page.Done, ui.Tagged(map[string]string{payments.OtherPerson: "good", payments.SamePerson: "bad"}[*h.Decided], v.T("sanctions."+*h.Decided))
			why.Sub = v.T("sanctions.by_two", "First", name(*h.ProposedBy), "Second", name(*h.DecidedBy))
		case h.Proposed == nil:
			page.Propose = append(page.Propose, option)
		case *h.ProposedBy != me:
			page.Decide = append(page.Decide, option)
		}
		claim := of[h.ClaimID]
		table.Rows = append(table.Rows, ui.Cells(
			ui.Cell{Text: h.Number, URL: s.personPath(c, claim, h.Number), Mono: true, Sub: claim.Name(v.Lang)}, ui.Cell{Text: h.Name, Sub: h.Reference + ", " + v.Day(h.FoundAt)}, state, why,
		))
	}
	return nil
}
