package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

const (
	mollieDesk        = "/beheer/mollie"
	settlementsAtOnce = 50
	itemsAtOnce       = 100
)

// mollieForm is where a difference comes from, in words.
type mollieForm struct {
	Note string `form:"note" say:"mollie.explain.note" validate:"max=500"`
}

// mollie lists what Mollie paid out, and whether it agrees with bank and books.
func (s *Server) mollie(c echo.Context) error { return s.showMollie(c, http.StatusOK, nil) }

// fetchMollie reads what Mollie paid out since the last time.
func (s *Server) fetchMollie(c echo.Context) error {
	longWork(c)
	fresh, err := s.claims.FetchSettlements(c.Request().Context())
	if bad := s.mend(c, err); bad != nil {
		return s.showMollie(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	words := s.wordsOf(c)("mollie.fetched_none")
	if fresh > 0 {
		v := s.view(c, "mollie.title")
		words = v.T("mollie.fetched", fresh, "Count", v.Number(int64(fresh)))
	}
	s.flash(c, "success", words)
	return s.to(c, mollieDesk)
}

func (s *Server) showMollie(c echo.Context, status int, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "mollie.title", bad...)
	before, err := numberAsked(c, "voor")
	if err != nil {
		return err
	}
	all, err := s.money.MollieSettlements(ctx, before, settlementsAtOnce+1)
	if err != nil {
		return err
	}
	due, err := s.money.DueFromMollie(ctx)
	if err != nil {
		return err
	}
	page := ui.MolliePage{View: v, Bad: bad, Status: mollieStatus(v, all, s.money.ReadsSettlements()), Figures: []ui.StatProps{
		{Label: v.T("mollie.due"), Value: v.Euro(int64(due)), Note: v.T("mollie.due_note")},
	}}
	if s.member(c).May(staff.BankBook) && s.money.ReadsSettlements() {
		page.Fetch = v.Href(mollieDesk + "/ophalen")
	}
	if before > 0 {
		page.Pager.PrevURL = v.Href(mollieDesk)
	}
	if len(all) > settlementsAtOnce {
		all = all[:settlementsAtOnce]
		page.Pager.NextURL = v.Href(mollieDesk) + "?voor=" + strconv.FormatInt(all[settlementsAtOnce-1].ID, 10)
	}
	page.List = settlementsTable(v, all)
	return s.show(c, status, ui.Mollie(page))
}

// numberAsked is a number in the address; none is zero.
func numberAsked(c echo.Context, name string) (int64, error) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, echo.ErrNotFound
	}
	return n, nil
}

func mollieStatus(v ui.View, all []payments.MollieSettlement, reads bool) ui.StatusProps {
	open := 0
	for _, one := range all {
		if !one.Settled() {
			open++
		}
	}
	switch {
	case !reads:
		return ui.StatusProps{Kind: "warn", Title: v.T("mollie.no_token.title"), Text: v.T("mollie.no_token.text")}
	case len(all) == 0:
		return ui.StatusProps{Kind: "info", Title: v.T("mollie.none.title"), Text: v.T("mollie.none.text")}
	case open > 0:
		return ui.StatusProps{Kind: "warn", Title: v.T("mollie.open.title", open, "Count", v.Number(int64(open))), Text: v.T("mollie.open.text")}
	}
	return ui.StatusProps{Kind: "success", Title: v.T("mollie.fine.title"), Text: v.T("mollie.fine.text")}
}

func settlementsTable(v ui.View, all []payments.MollieSettlement) ui.TableProps {
	table := ui.TableProps{Caption: v.T("mollie.settlements"), HideCaption: true, Stack: true, Empty: v.T("mollie.none.title"), Columns: []ui.Column{
		{Label: v.T("mollie.reference")}, {Label: v.T("mollie.day")}, {Label: v.T("mollie.state")}, {Label: v.T("mollie.amount"), Num: true},
	}}
	for _, one := range all {
		kind, state := settlementState(one)
		table.Rows = append(table.Rows, ui.Cells(
			ui.LinkTo(one.Reference, v.Href(mollieDesk+"/"+strconv.FormatInt(one.ID, 10))), ui.Text(v.Day(one.SettledAt)),
			ui.Tagged(kind, v.T("mollie.state."+state)), ui.Num(v.Euro(int64(one.AmountCents))),
		))
	}
	return table
}

// settlementState is what is to be done first about a settlement: its colour and its word.
func settlementState(one payments.MollieSettlement) (kind, state string) {
	switch {
	case one.DifferenceCents != 0 && !one.Explained:
		return "bad", "difference"
	case one.OpenItems > 0:
		return "warn", "items"
	case one.LineID == nil:
		return "info", "bank"
	}
	return "good", "settled"
}

// mollieSettlement shows one payout from Mollie, taken apart.
func (s *Server) mollieSettlement(c echo.Context) error {
	return s.showMollieSettlement(c, http.StatusOK, "", nil)
}

// explainMollie books what the parts of a payout do not explain, with where it comes from.
func (s *Server) explainMollie(c echo.Context) error {
	id, err := numberIn(c, "id")
	if err != nil {
		return err
	}
	form, err := bind[mollieForm](c)
	if err == nil {
		err = s.money.ExplainDifference(c.Request().Context(), s.member(c).Actor(), id, form.Note)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showMollieSettlement(c, http.StatusUnprocessableEntity, form.Note, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("mollie.explain.done"))
	return s.to(c, mollieDesk+"/"+strconv.FormatInt(id, 10))
}

func (s *Server) showMollieSettlement(c echo.Context, status int, note string, bad ui.Problems) error {
	id, err := numberIn(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	one, costs, err := s.money.MollieSettlement(ctx, id)
	if err != nil {
		return err
	}
	totals, err := s.money.MollieTotals(ctx, id)
	if err != nil {
		return err
	}
	v := s.view(c, "mollie.one.title", bad...)
	v.Title += " " + one.Reference
	page := ui.MollieSettlementPage{
		View: v, Bad: bad, Back: v.Href(mollieDesk), Note: note, Status: settlementStatus(v, one), Sum: settlementSum(v, one, totals), Costs: costsTable(v, costs),
		Facts: settlementFacts(v, one),
	}
	if one.DifferenceCents != 0 && !one.Explained && s.member(c).May(staff.BankBook) {
		page.Explain = v.Href(mollieDesk + "/" + strconv.FormatInt(id, 10) + "/verschil")
	}
	if err := s.fillItems(c, &page, one); err != nil {
		return err
	}
	return s.show(c, status, ui.MollieSettlement(page))
}

func settlementStatus(v ui.View, one payments.MollieSettlement) ui.StatusProps {
	kind, state := settlementState(one)
	status := ui.StatusProps{Kind: kind, Title: v.T("mollie.one."+state, "Amount", v.Euro(int64(one.DifferenceCents))), Text: v.T("mollie.one." + state + "_text")}
	switch kind {
	case "good":
		status.Kind = "success"
	case "bad":
		status.Kind = "error"
	}
	return status
}

func settlementFacts(v ui.View, one payments.MollieSettlement) []ui.Definition {
	onBank := v.T("mollie.on_bank.no")
	if one.LineID != nil {
		onBank = v.T("mollie.on_bank.yes")
	}
	return []ui.Definition{
		{Label: v.T("mollie.reference"), Value: one.Reference}, {Label: v.T("mollie.day"), Value: v.Day(one.SettledAt)},
		{Label: v.T("mollie.id"), Value: one.ProviderID, Hash: true}, {Label: v.T("mollie.on_bank"), Value: onBank},
	}
}

// settlementSum is how the parts, the costs and what is left over make the amount.
func settlementSum(v ui.View, one payments.MollieSettlement, totals []payments.MollieTotal) (rows []ui.BreakdownRow) {
	for _, t := range totals {
		rows = append(rows, ui.BreakdownRow{Label: v.T("mollie.sum." + t.Kind), Amount: v.Euro(int64(t.TotalCents)), Note: v.T("money.times", int(t.Count), "Count", v.Number(t.Count))})
	}
	rows = append(rows, ui.BreakdownRow{Label: v.T("mollie.sum.costs"), Amount: v.Euro(int64(-one.CostsCents)), Note: v.T("mollie.sum.costs_note", "Exact", exactEuro(v, one.CostsExact))})
	if one.RoundingCents != 0 {
		rows = append(rows, ui.BreakdownRow{Label: v.T("mollie.sum.rounding"), Amount: v.Euro(int64(one.RoundingCents)), Note: v.T("mollie.sum.rounding_note")})
	}
	if one.DifferenceCents != 0 {
		row := ui.BreakdownRow{Label: v.T("mollie.sum.difference"), Amount: v.Euro(int64(one.DifferenceCents))}
		if one.Explained {
			row.Note = v.T("mollie.sum.explained")
		}
		rows = append(rows, row)
	}
	return append(rows, ui.BreakdownRow{Label: v.T("mollie.sum.total"), Amount: v.Euro(int64(one.AmountCents)), Total: true})
}

// exactEuro shows ten-thousandths of a euro, which are never below zero here.
func exactEuro(v ui.View, exact int64) string {
	return fmt.Sprintf("%s%02d", v.Euro(exact/100), exact%100)
}

func costsTable(v ui.View, costs []payments.MollieCost) ui.TableProps {
	table := ui.TableProps{Caption: v.T("mollie.costs"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("mollie.cost.what")}, {Label: v.T("mollie.cost.month")}, {Label: v.T("mollie.cost.count"), Num: true}, {Label: v.T("mollie.cost.amount"), Num: true},
	}}
	for _, cost := range costs {
		table.Rows = append(table.Rows, ui.Cells(ui.Text(cost.Description), ui.Text(cost.Month), ui.Num(v.Number(int64(cost.Count))), ui.Num(exactEuro(v, cost.GrossExact))))
	}
	return table
}

// fillItems shows the parts that are open, and a page of all of them.
func (s *Server) fillItems(c echo.Context, page *ui.MollieSettlementPage, one payments.MollieSettlement) error {
	ctx, v := c.Request().Context(), page.View
	kind, id, _ := strings.Cut(asked(c, "na"), ":")
	all, err := s.money.MollieItems(ctx, one.ID, false, payments.MollieItem{Kind: kind, ProviderID: id}, itemsAtOnce+1)
	if err != nil {
		return err
	}
	here := v.Href(mollieDesk + "/" + strconv.FormatInt(one.ID, 10))
	if kind != "" {
		page.FirstURL = here + "#onderdelen"
	}
	if len(all) > itemsAtOnce {
		all = all[:itemsAtOnce]
		last := all[itemsAtOnce-1]
		page.NextURL = here + "?na=" + last.Kind + ":" + last.ProviderID + "#onderdelen"
	}
	page.Items = itemsTable(v, v.T("mollie.items.all"), all)
	if one.OpenItems == 0 {
		return nil
	}
	open, err := s.money.MollieItems(ctx, one.ID, true, payments.MollieItem{}, itemsAtOnce)
	page.Open = itemsTable(v, v.T("mollie.items.open"), open)
	return err
}

func itemsTable(v ui.View, caption string, items []payments.MollieItem) ui.TableProps {
	table := ui.TableProps{Caption: caption, HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("mollie.item.kind")}, {Label: v.T("mollie.id")}, {Label: v.T("mollie.item.why")}, {Label: v.T("mollie.amount"), Num: true},
	}}
	for _, it := range items {
		why := ui.Tagged("good", v.T("mollie.item.fine"))
		if it.Why != "" {
			why = ui.Text(v.T("mollie.item.why." + it.Why))
		}
		table.Rows = append(table.Rows, ui.Cells(ui.Text(v.T("mollie.item.kind."+it.Kind)), ui.Cell{Text: it.ProviderID, Mono: true}, why, ui.Num(v.Euro(int64(it.AmountCents)))))
	}
	return table
}

// transfersFor are the payouts from Mollie that a line can be: the same amount, and on no statement yet.
func (s *Server) transfersFor(c echo.Context, v ui.View, l payments.Line) (options []ui.Option, err error) {
	all, err := s.money.MollieFor(c.Request().Context(), l.AmountCents)
	for _, one := range all {
		options = append(options, ui.Option{
			Value: fmt.Sprintf("mollie:%d", one.ID), Label: v.T("money.match.mollie_settlement", "Reference", one.Reference, "Day", v.Day(one.SettledAt)),
			Hint: v.T("money.match.same_amount"),
		})
	}
	return options, err
}
