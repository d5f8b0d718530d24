package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/payments/sepa"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// runKinds are the colours of the states of a run.
var runKinds = map[string]string{
	payments.RunPrepared: "warn", payments.RunApproved: "warn", payments.RunReleased: "info", payments.RunBooked: "good", payments.RunClosed: "done", payments.RunCancelled: "neutral",
}

// executeForm is the day on which the bank is asked to pay.
type executeForm struct {
	Day   string `form:"execute-day"`
	Month string `form:"execute-month"`
	Year  string `form:"execute-year"`
}

// payouts shows who can be paid now, who cannot and why, and the runs so far.
func (s *Server) payouts(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	day := sepa.NextTargetDay(s.today().AddDate(0, 0, 1))
	form := executeForm{Day: strconv.Itoa(day.Day()), Month: strconv.Itoa(int(day.Month())), Year: strconv.Itoa(day.Year())}
	return s.showPayouts(c, http.StatusOK, claim, form, nil)
}

// prepareRun writes a run down, with its files for the bank.
func (s *Server) prepareRun(c echo.Context) error {
	longWork(c)
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	var run payments.Run
	form, err := bind[executeForm](c)
	day, mistyped := form.day(s.today())
	if err = gather(err, mistyped); err == nil {
		run, err = s.claims.PrepareRun(c.Request().Context(), s.member(c).Actor(), claim.ID, day)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showPayouts(c, http.StatusUnprocessableEntity, claim, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.run.prepared_now"))
	return s.to(c, runPath(claim, run.ID))
}

// day reads the day; banks pay on their own days only.
func (f executeForm) day(today time.Time) (time.Time, error) {
	day, err := typedDay("execute", f.Day, f.Month, f.Year)
	switch {
	case err != nil:
		return day, err
	case day.IsZero():
		return day, wrong("execute", "money.execute.missing")
	case day.Before(today):
		return day, wrong("execute", "money.execute.past")
	case day.After(today.AddDate(0, 0, 60)):
		return day, wrong("execute", "money.execute.far")
	case !sepa.IsTargetDay(day):
		return day, wrong("execute", "money.execute.closed")
	}
	return day, nil
}

func runPath(claim claims.Claim, id int64) string {
	return deskPath(claim, "/uitbetalingen/"+strconv.FormatInt(id, 10))
}

func (s *Server) showPayouts(c echo.Context, status int, claim claims.Claim, form executeForm, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "money.payouts.title", bad...)
	preview, err := s.claims.RunPreview(ctx, claim.ID)
	if err != nil {
		return err
	}
	page := ui.PayoutsPage{View: v, Bad: bad, Prepare: v.Href(deskPath(claim, "/uitbetalingen")), Now: []ui.StatProps{
		{Label: v.T("money.payouts.payable"), Value: v.Number(preview.Payable)},
		{Label: v.T("money.payouts.total"), Value: v.Euro(int64(preview.TotalCents))},
	}}
	page.NotYet = notYet(v, preview.NotYet)
	page.Links = []ui.Link{{Label: v.T("money.refunds.link"), URL: v.Href(deskPath(claim, "/terugbetalingen"))}}
	switch {
	case claim.Status != claims.Distributing:
		page.Closed = v.T("money.payouts.early")
	case !s.member(c).May(staff.RunPrepare):
		page.Closed = v.T("money.payouts.not_you")
	case preview.Payable == 0 && bad == nil:
		page.Closed = v.T("money.payouts.nobody")
	default:
		page.Form = &ui.ExecuteForm{Day: form.Day, Month: form.Month, Year: form.Year}
	}
	if page.Runs, err = s.runTable(c, v, claim); err != nil {
		return err
	}
	return s.show(c, status, ui.Payouts(page))
}

// notYet lists who cannot be paid now, and why.
func notYet(v ui.View, groups []claims.NotYet) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.payouts.not_yet"), Stack: true, Columns: []ui.Column{{Label: v.T("money.why")}, {Label: v.T("money.count"), Num: true}}}
	for _, g := range groups {
		table.Rows = append(table.Rows, ui.Cells(ui.Cell{Text: v.T("money.not_yet." + g.Why), Sub: v.T("money.not_yet_text." + g.Why)}, ui.Num(v.Number(g.Count))))
	}
	return table
}

// runTable lists the runs of a claim, newest first.
func (s *Server) runTable(c echo.Context, v ui.View, claim claims.Claim) (ui.TableProps, error) {
	table := ui.TableProps{Caption: v.T("money.payouts.runs"), HideCaption: true, Stack: true, Empty: v.T("money.payouts.no_runs"), Columns: []ui.Column{
		{Label: v.T("money.run.run")}, {Label: v.T("money.state")}, {Label: v.T("money.run.execute_on")}, {Label: v.T("money.run.prepared_by")},
		{Label: v.T("money.count"), Num: true}, {Label: v.T("money.amount"), Num: true},
	}}
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return table, err
	}
	runs, err := s.claims.Runs(c.Request().Context(), claim.ID)
	for _, run := range runs {
		table.Rows = append(table.Rows, ui.Cells(
			ui.LinkTo(v.T("money.run.title", "Run", run.ID), v.Href(runPath(claim, run.ID))), ui.Tagged(runKinds[run.Status], v.T("money.run.state_"+run.Status)),
			ui.Text(v.Day(run.ExecuteOn)), ui.Cell{Text: name(run.PreparedBy), Sub: v.ShortMoment(run.PreparedAt)}, ui.Num(v.Number(run.ItemCount)), ui.Num(v.Euro(int64(run.TotalCents))),
		))
	}
	return table, err
}
