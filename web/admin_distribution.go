package web

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// awardsAtOnce is how many people a page of the distribution shows.
const awardsAtOnce = 50

// approveForm says which calculation somebody looked at.
type approveForm struct {
	Hash string `form:"hash"`
}

// distribution shows who gets what.
func (s *Server) distribution(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	return s.showDistribution(c, http.StatusOK, claim, nil)
}

// auditPack sends everything by which somebody outside recomputes the distribution.
func (s *Server) auditPack(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	by := s.member(c).Actor()
	return s.export(c, "controlepakket-"+claim.Slug+".zip", "application/zip", func(ctx context.Context, w io.Writer) error {
		return s.claims.AuditPack(ctx, by, claim.ID, s.cfg.BaseURL+keyPath, w)
	})
}

// calculateDistribution divides the pot.
func (s *Server) calculateDistribution(c echo.Context) error {
	longWork(c)
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	_, err = s.claims.Calculate(c.Request().Context(), s.member(c).Actor(), claim.ID)
	return s.afterDistribution(c, claim, err, "money.distribution.calculated")
}

// approveDistribution fixes the calculation that this person has looked at, and no other.
func (s *Server) approveDistribution(c echo.Context) error {
	longWork(c)
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[approveForm](c)
	if err != nil {
		return err
	}
	d, err := s.claims.Distribution(c.Request().Context(), claim.ID)
	switch {
	case err != nil:
		return err
	case d == nil || hex.EncodeToString(d.SHA256) != form.Hash:
		err = claims.ErrStale
	default:
		err = s.claims.ApproveDistribution(c.Request().Context(), s.member(c).Actor(), d.ID)
	}
	return s.afterDistribution(c, claim, err, "money.distribution.approved")
}

// dropDistribution takes a calculation back.
func (s *Server) dropDistribution(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, err := s.claims.Distribution(c.Request().Context(), claim.ID)
	switch {
	case err != nil:
		return err
	case d == nil:
		err = claims.ErrWrongState
	default:
		err = s.claims.DropDistribution(c.Request().Context(), s.member(c).Actor(), d.ID)
	}
	return s.afterDistribution(c, claim, err, "money.distribution.dropped")
}

// afterDistribution shows what went wrong on the page itself, or goes back to it.
func (s *Server) afterDistribution(c echo.Context, claim claims.Claim, err error, done string) error {
	if bad := s.mend(c, err); bad != nil {
		return s.showDistribution(c, http.StatusUnprocessableEntity, claim, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)(done))
	return s.to(c, deskPath(claim, "/verdeling"))
}

func (s *Server) showDistribution(c echo.Context, status int, claim claims.Claim, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "money.distribution.title", bad...)
	page := ui.DistributionPage{View: v, Bad: bad}
	terms, err := s.claims.Settlement(ctx, claim.ID)
	if err != nil {
		return err
	}
	d, err := s.claims.Distribution(ctx, claim.ID)
	if err != nil {
		return err
	}
	if terms == nil {
		page.Missing = v.T("money.distribution.no_terms")
		return s.show(c, status, ui.Distribution(page))
	}
	received, err := s.claims.Received(ctx, claim.ID)
	if err != nil {
		return err
	}
	complete := received >= terms.PotCents
	if d == nil {
		page.Missing = v.T("money.distribution.none")
	} else if err := s.fillDistribution(c, &page, claim, *d, complete); err != nil {
		return err
	}
	if claim.Status == claims.Settled || claim.Status == claims.Won {
		if err := s.beforeDistribution(c, &page, claim, complete, d != nil); err != nil {
			return err
		}
	} else if claim.Status != claims.Distributing {
		page.Next = nextOfMoney(v, claim, complete, d != nil)
	}
	if d != nil && d.ApprovedAt != nil && s.member(c).May(staff.AuditPack) {
		page.Pack = v.Href(deskPath(claim, "/verdeling/controlepakket.zip"))
	}
	return s.show(c, status, ui.Distribution(page))
}

// beforeDistribution warns about what is not there yet, and offers to calculate.
func (s *Server) beforeDistribution(c echo.Context, page *ui.DistributionPage, claim claims.Claim, complete, calculated bool) error {
	v := page.View
	figures, err := s.claims.Figures(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	if n := figures[claim.ID].ByStatus[participants.Active]; n > 0 {
		page.Outside = v.T("money.distribution.outside", int(n))
	}
	if !complete {
		page.Next = nextOfMoney(v, claim, complete, calculated)
	}
	if s.member(c).May(staff.DistributionCalculate) {
		page.Calculate, page.Again = v.Href(deskPath(claim, "/verdeling/berekenen")), calculated
		if calculated {
			page.Drop = v.Href(deskPath(claim, "/verdeling/weg"))
		}
	}
	return nil
}

// fillDistribution shows a calculation: its sum, who made it, and a page of people.
func (s *Server) fillDistribution(c echo.Context, page *ui.DistributionPage, claim claims.Claim, d claims.Distribution, complete bool) error {
	v := page.View
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return err
	}
	page.Hash = hex.EncodeToString(d.SHA256)
	calculated := ui.StepItem{Title: v.T("money.distribution.step_calculated"), Who: name(d.CalculatedBy), When: d.CalculatedAt, State: "done"}
	approved := ui.StepItem{Title: v.T("money.distribution.step_approved"), Note: v.T("money.another_person"), State: "current"}
	if d.ApprovedAt != nil {
		page.Status = ui.StatusProps{Kind: "success", Title: v.T("money.distribution.is_approved"), Text: v.T("money.distribution.is_approved_text")}
		approved = ui.StepItem{Title: approved.Title, Who: name(*d.ApprovedBy), When: *d.ApprovedAt, State: "done"}
	} else {
		page.Status = ui.StatusProps{Kind: "warn", Title: v.T("money.distribution.waits"), Text: v.T("money.distribution.waits_text")}
		s.offerApproval(c, page, claim, d, name(d.CalculatedBy), complete)
	}
	page.Steps = []ui.StepItem{calculated, approved}
	page.Sum = distributionSum(v, d)
	sums, err := s.claims.FeeSums(c.Request().Context(), d.ID)
	if err != nil {
		return err
	}
	page.Split = feeSplit(v, sums)
	return s.fillAwards(c, page, claim, d)
}

// offerApproval offers the second step to who may take it, and tells the others why not.
func (s *Server) offerApproval(c echo.Context, page *ui.DistributionPage, claim claims.Claim, d claims.Distribution, first string, complete bool) {
	v := page.View
	switch {
	case !s.member(c).May(staff.DistributionApprove):
		page.WhyNot = v.T("money.distribution.board", "Who", first)
	case d.CalculatedBy == s.member(c).Actor():
		page.WhyNot = v.T("money.distribution.same_person")
	case !complete:
		page.WhyNot = v.T("money.distribution.no_money")
	default:
		page.Approve = v.Href(deskPath(claim, "/verdeling/goedkeuren"))
	}
}

// distributionSum is the whole distribution in one sum.
func distributionSum(v ui.View, d claims.Distribution) []ui.BreakdownRow {
	return []ui.BreakdownRow{
		{Label: v.T("money.distribution.pot"), Amount: v.Euro(int64(d.PotCents)), Note: v.T("money.distribution.people", int(d.Count), "Count", v.Number(d.Count))},
		{Label: v.T("money.distribution.fees"), Amount: v.Euro(-int64(d.FeeCents)), Note: v.T("money.distribution.vat", "VAT", v.Euro(int64(d.VatCents)))},
		{Label: v.T("money.distribution.prepaid"), Amount: v.Euro(int64(d.PrepaidCents)), Note: v.T("money.distribution.prepaid_note")},
		{Label: v.T("money.distribution.payout"), Amount: v.Euro(int64(d.PayoutCents)), Total: true},
	}
}

// feeSplit is the distribution by fee option.
func feeSplit(v ui.View, sums []claims.FeeSum) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.distribution.split"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.option")}, {Label: v.T("money.count"), Num: true}, {Label: v.T("money.gross"), Num: true}, {Label: v.T("money.fee"), Num: true},
		{Label: v.T("money.vat"), Num: true}, {Label: v.T("money.prepaid"), Num: true}, {Label: v.T("money.payout"), Num: true},
	}}
	for _, one := range sums {
		row := ui.Cells(ui.Text(v.T("money.option_"+string(one.FeeOption))), ui.Num(v.Number(one.Count)))
		for _, cents := range []payments.Cents{one.GrossCents, one.FeeCents, one.VatCents, one.PrepaidCents, one.PayoutCents} {
			row.Cells = append(row.Cells, ui.Num(v.Euro(int64(cents))))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// fillAwards shows a page of people, in order of number.
func (s *Server) fillAwards(c echo.Context, page *ui.DistributionPage, claim claims.Claim, d claims.Distribution) error {
	v, after := page.View, c.QueryParam("na")
	awards, err := s.claims.Awards(c.Request().Context(), d.ID, printable(after), awardsAtOnce+1)
	if err != nil {
		return err
	}
	here := v.Href(deskPath(claim, "/verdeling"))
	if len(awards) > awardsAtOnce {
		awards = awards[:awardsAtOnce]
		page.Pager.NextURL = here + "?na=" + url.QueryEscape(awards[awardsAtOnce-1].Number)
	}
	if after != "" {
		page.FirstURL = here
	}
	if len(awards) == 0 && after != "" {
		return echo.ErrNotFound
	}
	page.Pager.Text = v.T("money.distribution.range", "From", awards[0].Number, "To", awards[len(awards)-1].Number)
	page.Awards = ui.TableProps{Caption: v.T("money.distribution.awards"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.number")}, {Label: v.T("money.option")}, {Label: v.T("money.gross"), Num: true}, {Label: v.T("money.fee"), Num: true},
		{Label: v.T("money.vat"), Num: true}, {Label: v.T("money.net"), Num: true}, {Label: v.T("money.prepaid"), Num: true}, {Label: v.T("money.payout"), Num: true},
	}}
	for _, a := range awards {
		page.Awards.Rows = append(page.Awards.Rows, awardRow(v, a, s.personPath(c, claim, a.Number)))
	}
	return nil
}

// personPath is the page of a participation, for who may open it.
func (s *Server) personPath(c echo.Context, claim claims.Claim, number string) string {
	if !s.member(c).May(staff.PersonRead) {
		return ""
	}
	return "/" + lang(c) + deskPath(claim, "/deelname/"+number)
}

func awardRow(v ui.View, a claims.Award, link string) ui.Row {
	row := ui.Cells(ui.Cell{Text: a.Number, URL: link, Mono: true}, ui.Text(v.T("money.option_"+string(a.FeeOption))))
	for _, cents := range []payments.Cents{a.GrossCents, a.FeeCents, a.VatCents, a.NetCents, a.PrepaidCents, a.PayoutCents} {
		row.Cells = append(row.Cells, ui.Num(v.Euro(int64(cents))))
	}
	return row
}
