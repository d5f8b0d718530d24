package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/payments"
	"samenclaim/payments/bank"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// nameKinds are the colours of what a bank says about a name.
var nameKinds = map[string]string{"": "neutral", payments.NameMatch: "good", payments.NameClose: "warn", payments.NameNoMatch: "bad", payments.NameNotPossible: "neutral"}

// runTyped is what was typed into one of the forms of a run's page, and has to be mended.
type runTyped struct{ total, numbers, reason, ended string }

// namesStep is the step of comparing names, if the bank was asked or has to be.
func namesStep(v ui.View, run payments.Run, checks claims.RunChecks) (ui.StepItem, bool) {
	step := ui.StepItem{Title: v.T("money.run.state_names"), State: "todo", Note: v.T("money.names.by_bank")}
	compared := checks.Compared()
	if compared == 0 && !checks.NamesNeeded {
		return step, false
	}
	open := len(checks.ToDecide)
	for _, one := range checks.ToDecide {
		if one.AcceptedAt != nil {
			open--
		}
	}
	switch {
	case compared == run.ItemCount && open == 0:
		step.State = "done"
	case run.Status == payments.RunApproved:
		step.State = "current"
	}
	if compared > 0 {
		step.Note = v.T("money.names.so_far", "Done", v.Number(compared), "All", v.Number(run.ItemCount))
	}
	return step, true
}

// checkFacts say with which sanctions list the names were compared, and which run this one came of.
func checkFacts(v ui.View, run payments.Run, checks claims.RunChecks) (facts []ui.Definition) {
	list := v.T("money.run.no_list")
	switch {
	case run.SanctionsListID != nil && checks.List != nil && *run.SanctionsListID == checks.List.ID:
		list = v.T("money.run.list", "Version", checks.List.Version)
	case checks.List != nil && run.ReleasedAt == nil:
		list = v.T("money.run.list_old")
	case run.SanctionsListID != nil:
		list = v.T("money.run.list_number", "ID", *run.SanctionsListID)
	}
	facts = append(facts, ui.Definition{Label: v.T("money.run.sanctions"), Value: list})
	if run.Replaces != nil {
		facts = append(facts, ui.Definition{Label: v.T("money.run.replaces"), Value: v.T("money.run.title", "Run", *run.Replaces)})
	}
	if checks.ReplacedBy != 0 {
		facts = append(facts, ui.Definition{Label: v.T("money.run.replaced_by"), Value: v.T("money.run.title", "Run", checks.ReplacedBy)})
	}
	return facts
}

// showChecks shows what stands between a run and its release, and what the bank said about it.
func (s *Server) showChecks(c echo.Context, page *ui.PayoutRunPage, claim claims.Claim, run payments.Run, checks claims.RunChecks, typed runTyped, name func(audit.Actor) string) {
	v, m, here := page.View, s.member(c), page.Href(runPath(claim, run.ID))
	early := run.Status == payments.RunPrepared || run.Status == payments.RunApproved
	if len(checks.Alarms) > 0 {
		a := checks.Alarms[0]
		page.Alarm = &ui.AlarmForm{Text: v.T("money.alarm.during_"+a.During, "When", v.Moment(a.RaisedAt), "What", a.What), ID: strconv.FormatInt(a.ID, 10), Value: typed.ended}
		if m.May(staff.RunApprove) && run.PreparedBy != m.Actor() {
			page.Alarm.Action = here + "/alarm"
		}
	}
	if early || checks.Compared() > 0 {
		page.Names = s.namesPanel(c, v, claim, run, checks, name)
		page.Names.Value = typed.reason
	}
	page.Report = s.reportPanel(c, v, claim, run, checks, name)
	if early && m.May(staff.RunPrepare) {
		page.TakeOut = &ui.TakeOutPanel{Action: here + "/uithalen", Value: typed.numbers, Held: s.heldTable(c, v, claim, checks.Held)}
	}
}

func (s *Server) namesPanel(c echo.Context, v ui.View, claim claims.Claim, run payments.Run, checks claims.RunChecks, name func(audit.Actor) string) *ui.NamesPanel {
	m, here := s.member(c), v.Href(runPath(claim, run.ID))
	p := &ui.NamesPanel{Lead: v.T("money.names.optional")}
	if checks.NamesNeeded {
		p.Lead = v.T("money.names.required")
	}
	if checks.Compared() > 0 {
		p.Counts = stateTable(v, v.T("money.names.counts"), "money.name_state", named(checks.Names), nameKinds)
	}
	p.Decide = ui.TableProps{Caption: v.T("money.names.decide"), Stack: true, Columns: []ui.Column{
		{Label: v.T("money.number")}, {Label: v.T("money.state")}, {Label: v.T("money.names.bank_name")}, {Label: v.T("money.names.accepted")},
	}}
	for _, one := range checks.ToDecide {
		accepted := ui.Text(v.T("money.names.hold_" + one.Result))
		if one.AcceptedBy != nil {
			accepted = ui.Cell{Text: name(*one.AcceptedBy), Sub: *one.AcceptReason}
		} else if one.Result == payments.NameClose {
			p.Options = append(p.Options, ui.Option{Value: strconv.FormatInt(one.ID, 10), Label: fmt.Sprintf("%s: %s", one.Number, one.BankName)})
		}
		p.Decide.Rows = append(p.Decide.Rows, ui.Cells(
			ui.Cell{Text: one.Number, URL: s.personPath(c, claim, one.Number), Mono: true}, ui.Tagged(nameKinds[one.Result], v.T("money.name_state."+one.Result)), ui.Text(one.BankName), accepted,
		))
	}
	if early := run.Status == payments.RunPrepared || run.Status == payments.RunApproved; early && m.May(staff.RunApprove) && run.PreparedBy != m.Actor() {
		p.Accept = here + "/namen"
	}
	if run.Status == payments.RunApproved && m.May(staff.RunPrepare) {
		p.Take = here + "/namen.csv"
	}
	return p
}

// named gives nothing said yet a name of its own.
func named(counts []payments.StatusCount) []payments.StatusCount {
	all := make([]payments.StatusCount, len(counts))
	for i, one := range counts {
		if all[i] = one; one.Status == "" {
			all[i].Status = "nothing"
		}
	}
	return all
}

func (s *Server) heldTable(c echo.Context, v ui.View, claim claims.Claim, held []payments.HeldPayee) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.takeout.held"), Stack: true, Columns: []ui.Column{{Label: v.T("money.number")}, {Label: v.T("money.why")}}}
	for _, h := range held {
		table.Rows = append(table.Rows, ui.Cells(ui.Cell{Text: h.Number, URL: s.personPath(c, claim, h.Number), Mono: true}, ui.Text(v.T("money.hold."+h.Kind))))
	}
	return table
}

// reportPanel lists what the bank said, and takes its next report.
func (s *Server) reportPanel(c echo.Context, v ui.View, claim claims.Claim, run payments.Run, checks claims.RunChecks, name func(audit.Actor) string) *ui.ReportPanel {
	p := &ui.ReportPanel{Text: v.T("money.report.before")}
	if run.ReleasedAt != nil {
		p.Text = v.T("money.report.after")
	}
	if run.Status != payments.RunCancelled && run.Status != payments.RunClosed && s.member(c).May(staff.RunPrepare) {
		p.Upload = v.Href(runPath(claim, run.ID) + "/bericht")
	}
	p.Reports = ui.TableProps{Caption: v.T("money.report.list"), Stack: true, Columns: []ui.Column{
		{Label: v.T("money.report.about")}, {Label: v.T("money.state")}, {Label: v.T("money.report.by")}, {Label: v.T("money.count"), Num: true},
	}}
	for _, r := range checks.Reports {
		about := v.T("money.report.all_files")
		if r.Part != nil {
			about = v.T("money.report.file_number", "Part", *r.Part)
		}
		said := ui.Cell{Text: v.T("money.report.kind_" + r.Kind)}
		if r.Status != "" {
			said.Sub = bankStatus(v, r.Status, r.Reason)
		}
		p.Reports.Rows = append(p.Reports.Rows, ui.Cells(ui.Cell{Text: about, Sub: r.MessageID}, said, ui.Cell{Text: name(r.ReadBy), Sub: v.ShortMoment(r.ReadAt)}, ui.Num(v.Number(int64(r.Items)))))
	}
	p.Rejected = ui.TableProps{Caption: v.T("money.report.rejected"), Stack: true, Columns: []ui.Column{{Label: v.T("money.number")}, {Label: v.T("money.why")}, {Label: v.T("money.amount"), Num: true}}}
	for _, b := range checks.Rejected {
		why := bank.ReasonOf(b.ReturnReason, v.Lang)
		p.Rejected.Rows = append(p.Rejected.Rows, ui.Cells(
			ui.Cell{Text: b.Number, URL: s.personPath(c, claim, b.Number), Mono: true}, ui.Cell{Text: strings.TrimSpace(why.Meaning + " " + b.ReturnReason), Sub: why.ToDo}, ui.Num(v.Euro(int64(b.AmountCents))),
		))
	}
	if len(p.Reports.Rows) == 0 && p.Upload == "" {
		return nil
	}
	return p
}

// bankStatus says what the bank's code for a whole file means.
func bankStatus(v ui.View, status, reason string) string {
	said := bank.StatusOf(status, v.Lang)
	if reason != "" {
		said += ": " + strings.TrimSpace(bank.ReasonOf(reason, v.Lang).Meaning+" "+reason)
	}
	return said
}
