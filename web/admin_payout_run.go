package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/payments"
	"samenclaim/payments/bank"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// payoutKinds are the colours of the states of a payout.
var payoutKinds = map[string]string{"planned": "neutral", "sent": "info", "booked": "good", "returned": "bad", "rejected": "bad", "cancelled": "neutral"}

// totalForm is the total that the second person types.
type totalForm struct {
	Total string `form:"total"`
}

// secondStep is what a second person does with a run.
type secondStep struct {
	do   func(s *claims.Service, ctx context.Context, by audit.Actor, runID int64, typedTotal payments.Cents) error
	done string
}

var (
	approval = secondStep{(*claims.Service).ApproveRun, "money.run.approved_now"}
	release  = secondStep{(*claims.Service).ReleaseRun, "money.run.released_now"}
)

// payoutRun shows one run.
func (s *Server) payoutRun(c echo.Context) error {
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	return s.showRun(c, http.StatusOK, claim, run, runTyped{}, nil)
}

// approveRun is the second person saying that a run is right.
func (s *Server) approveRun(c echo.Context) error { return s.byTwo(c, approval) }

// releaseRun lets a run go to the bank.
func (s *Server) releaseRun(c echo.Context) error { return s.byTwo(c, release) }

func (s *Server) byTwo(c echo.Context, step secondStep) error {
	longWork(c)
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	form, err := bind[totalForm](c)
	if err != nil {
		return err
	}
	total, err := typedAmount(c, "total", form.Total)
	if err == nil {
		err = step.do(s.claims, c.Request().Context(), s.member(c).Actor(), run.ID, total)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRun(c, http.StatusUnprocessableEntity, claim, run, runTyped{total: form.Total}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)(step.done))
	return s.to(c, runPath(claim, run.ID))
}

// cancelRun drops a run that has not been released.
func (s *Server) cancelRun(c echo.Context) error {
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	if err := s.claims.CancelRun(c.Request().Context(), s.member(c).Actor(), run.ID); err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.run.cancelled_now"))
	return s.to(c, deskPath(claim, "/uitbetalingen"))
}

// runFile gives the exact bytes for the bank, of a released run; who took them is logged.
func (s *Server) runFile(c echo.Context) error {
	_, run, err := s.run(c)
	if err != nil {
		return err
	}
	part, err := numberIn(c, "part")
	if err != nil || part > 1_000_000 {
		return echo.ErrNotFound
	}
	name, content, _, err := s.money.RunFile(c.Request().Context(), s.member(c).Actor(), run.ID, int(part))
	if err != nil {
		return err
	}
	longWork(c)
	return s.sendFile(c, name, "application/xml", content)
}

// run finds the run in the address; one of another claim is not there.
func (s *Server) run(c echo.Context) (claims.Claim, payments.Run, error) {
	claim, err := s.claim(c)
	if err != nil {
		return claim, payments.Run{}, err
	}
	id, err := numberIn(c, "run")
	if err != nil {
		return claim, payments.Run{}, err
	}
	run, err := s.claims.Run(c.Request().Context(), claim.ID, id)
	return claim, run, err
}

func (s *Server) showRun(c echo.Context, status int, claim claims.Claim, run payments.Run, typed runTyped, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "money.payouts.title", bad...)
	v.Title = v.T("money.run.title", "Run", run.ID)
	name, err := s.colleagues(ctx, v.T)
	if err != nil {
		return err
	}
	files, err := s.claims.RunFiles(ctx, run.ID)
	if err != nil {
		return err
	}
	counts, err := s.claims.RunCounts(ctx, run.ID)
	if err != nil {
		return err
	}
	checks, err := s.claims.Checks(ctx, run)
	if err != nil {
		return err
	}
	page := ui.PayoutRunPage{
		View: v, Bad: bad, Back: v.Href(deskPath(claim, "/uitbetalingen")), Status: runStatus(v, run, name), Steps: runSteps(v, run, checks, name), Facts: runFacts(v, run, checks),
		Lead:   v.T("money.run.lead", int(run.ItemCount), "Count", v.Number(run.ItemCount), "Total", v.Euro(int64(run.TotalCents))),
		States: stateTable(v, v.T("money.run.states"), "money.payout_state", counts, payoutKinds),
		Chart:  statePlot(v, "payouts", v.T("money.run.states"), "money.payout_state", counts),
	}
	if page.Returns, err = s.returned(c, v, claim, run); err != nil {
		return err
	}
	s.showChecks(c, &page, claim, run, checks, typed, name)
	s.offerSecond(c, &page, claim, run, name(run.PreparedBy), typed.total)
	s.listFiles(c, &page, claim, run, files)
	return s.show(c, status, ui.PayoutRun(page))
}

// offerSecond offers the next step to who may take it, and tells the first person why they may not.
func (s *Server) offerSecond(c echo.Context, page *ui.PayoutRunPage, claim claims.Claim, run payments.Run, first, typed string) {
	v, m := page.View, s.member(c)
	step, path, may := "approve", "/goedkeuren", m.May(staff.RunApprove)
	switch run.Status {
	case payments.RunPrepared:
	case payments.RunApproved:
		step, path, may = "release", "/vrijgeven", m.May(staff.RunRelease)
	default:
		return
	}
	if m.May(staff.RunApprove) {
		page.Cancel = v.Href(runPath(claim, run.ID) + "/annuleren")
	}
	if run.PreparedBy == m.Actor() {
		page.Rule = v.T("money.run.same_person")
		return
	}
	page.Rule = v.T("money.run.rule", "Who", first)
	if may {
		page.Confirm = &ui.ConfirmStep{
			Title: v.T("money.run." + step + "_title"), Text: v.T("money.run." + step + "_text"), Label: v.T("money.run." + step),
			Action: v.Href(runPath(claim, run.ID) + path),
			Props:  ui.ConfirmProps{Name: "total", Label: v.T("money.run.type_total"), Total: v.Euro(int64(run.TotalCents)), Value: typed, Error: page.Bad.For("total")},
		}
	}
}

// listFiles shows the files with their hashes; they can be taken once the run is released.
func (s *Server) listFiles(c echo.Context, page *ui.PayoutRunPage, claim claims.Claim, run payments.Run, files []payments.RunFileInfo) {
	v := page.View
	page.FilesAs = v.T("money.run.files_later")
	switch {
	case run.Status == payments.RunCancelled:
		page.FilesAs = v.T("money.run.files_never")
	case run.ReleasedAt != nil:
		page.FilesAs = v.T("money.run.files_now")
	}
	for _, f := range files {
		row := ui.PayoutFileRow{Name: f.MessageID + ".xml", Count: v.Number(f.Count), Total: v.Euro(int64(f.TotalCents)), Hash: hex.EncodeToString(f.SHA256)}
		if run.ReleasedAt != nil && s.member(c).May(staff.RunRelease) {
			row.URL = v.Href(runPath(claim, run.ID) + "/bestand/" + strconv.Itoa(f.Part))
		}
		page.Files = append(page.Files, row)
	}
}

// returned lists the payouts that came back, by number, with the bank's reason in words.
func (s *Server) returned(c echo.Context, v ui.View, claim claims.Claim, run payments.Run) (ui.TableProps, error) {
	table := ui.TableProps{Caption: v.T("money.run.returns"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.number")}, {Label: v.T("money.why")}, {Label: v.T("money.run.returned_at")}, {Label: v.T("money.amount"), Num: true},
	}}
	back, err := s.claims.RunReturns(c.Request().Context(), run.ID)
	for _, b := range back {
		why := bank.ReasonOf(b.ReturnReason, v.Lang)
		table.Rows = append(table.Rows, ui.Cells(
			ui.Cell{Text: b.Number, URL: s.personPath(c, claim, b.Number), Mono: true}, ui.Cell{Text: strings.TrimSpace(why.Meaning + " " + b.ReturnReason), Sub: why.ToDo},
			ui.Text(v.Day(b.ReturnedAt)), ui.Num(v.Euro(int64(b.AmountCents))),
		))
	}
	return table, err
}

// runStatus says in words how far a run is.
func runStatus(v ui.View, run payments.Run, name func(audit.Actor) string) ui.StatusProps {
	p := ui.StatusProps{Kind: "info", Title: v.T("money.run.state_" + run.Status), Text: v.T("money.run.state_text." + run.Status)}
	switch run.Status {
	case payments.RunPrepared, payments.RunApproved:
		p.Kind = "warn"
	case payments.RunBooked, payments.RunClosed:
		p.Kind = "success"
	case payments.RunCancelled:
		p.Text = v.T("money.run.cancelled_by", "Who", name(*run.CancelledBy))
	}
	return p
}

// runSteps are the steps of a run, each with the one person who took it.
func runSteps(v ui.View, run payments.Run, checks claims.RunChecks, name func(audit.Actor) string) []ui.StepItem {
	who := func(by *audit.Actor) string {
		if by == nil {
			return ""
		}
		return name(*by)
	}
	steps := []struct {
		title, who string
		at         *time.Time
		note       string
	}{
		{"prepared", name(run.PreparedBy), &run.PreparedAt, ""},
		{"approved", who(run.ApprovedBy), run.ApprovedAt, "money.another_person"},
		{"released", who(run.ReleasedBy), run.ReleasedAt, "money.another_person"},
		{"booked", "", run.BookedAt, "money.run.by_statement"},
		{"closed", "", run.ClosedAt, "money.run.by_closing"},
	}
	items, current := make([]ui.StepItem, len(steps)), run.Status != payments.RunCancelled
	for i, step := range steps {
		item := ui.StepItem{Title: v.T("money.run.state_" + step.title), Who: step.who, State: "todo"}
		switch {
		case step.at != nil:
			item.State, item.When = "done", *step.at
		case current:
			item.State, current = "current", false
		}
		if step.note != "" && step.who == "" {
			item.Note = v.T(step.note)
		}
		items[i] = item
	}
	if step, ok := namesStep(v, run, checks); ok {
		items = slices.Insert(items, 2, step) // after the approval
	}
	return items
}

// runFacts are what both people compare with the bank.
func runFacts(v ui.View, run payments.Run, checks claims.RunChecks) []ui.Definition {
	facts := []ui.Definition{
		{Label: v.T("money.run.people"), Value: v.Number(run.ItemCount)},
		{Label: v.T("money.run.total"), Value: v.Euro(int64(run.TotalCents))},
		{Label: v.T("money.run.execute_on"), Value: v.Day(run.ExecuteOn)},
		{Label: v.T("money.run.items_hash"), Value: hex.EncodeToString(run.ItemsSHA256), Hash: true},
	}
	return append(facts, checkFacts(v, run, checks)...)
}
