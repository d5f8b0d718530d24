package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/plot"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// dashboard is where staff begin: how each claim stands, and what waits for somebody.
func (s *Server) dashboard(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.claims.Claims(ctx)
	if err != nil {
		return err
	}
	ids := make([]int64, len(all))
	for n, claim := range all {
		ids[n] = claim.ID
	}
	figures, err := s.claims.Figures(ctx, ids...)
	if err != nil {
		return err
	}
	var waiting map[int64]map[string]bool
	if s.member(c).May(staff.CaseRead) {
		if waiting, err = s.claims.Waiting(ctx); err != nil {
			return err
		}
	}
	var letters map[int64]claims.Unanswered
	if s.member(c).May(staff.MessageAnswer) {
		if letters, err = s.claims.MessagesWaiting(ctx); err != nil {
			return err
		}
	}
	p := ui.DashboardPage{View: s.view(c, "nav.dashboard")}
	if p.Silent, err = s.silentRows(c, p.View, all); err != nil {
		return err
	}
	if p.Lapsing, err = s.lapsingRows(c, p.View, all); err != nil {
		return err
	}
	if p.Docket, err = s.docketRows(c, p.View, all); err != nil {
		return err
	}
	p.Outside = s.outsideRows(c, p.View, all, figures)
	if p.Rights, err = s.rightsBoard(c, p.View); err != nil {
		return err
	}
	if p.Alarms, err = s.alarmTasks(c, p.View, all); err != nil {
		return err
	}
	for _, claim := range all {
		f := figures[claim.ID]
		board := claimBoard(p.View, claim, *f)
		if waiting != nil {
			board.Tasks = tasks(p.View, claim, *f, waiting[claim.ID])
		}
		if w, ok := letters[claim.ID]; ok {
			board.Tasks = append(board.Tasks, ui.Task{Text: s.messageTask(p.View, w), URL: p.Href("/beheer/" + claim.Slug + messagesPage)})
		}
		board.Links = s.claimLinks(c, claim)
		p.Claims = append(p.Claims, board)
		if s.member(c).May(staff.TakeoverPropose) {
			p.Reports = f.Reports
		}
		if s.member(c).May(staff.MistakeAnswer) {
			p.Mistakes = f.Mistakes
		}
		p.MailsWaiting, p.MailsUnsure = f.MailsWaiting, f.MailsUnsure
		if s.member(c).May(staff.MailResend) {
			p.UnsureURL = p.Href(unsureDesk)
		}
	}
	return s.show(c, http.StatusOK, ui.Dashboard(p))
}

// alarmTasks are the payout runs that are not what was approved, for who knows how claims stand.
func (s *Server) alarmTasks(c echo.Context, v ui.View, all []claims.Claim) (tasks []ui.Task, err error) {
	if !s.member(c).May(staff.CaseRead) {
		return nil, nil
	}
	alarms, err := s.claims.MoneyAlarms(c.Request().Context())
	for _, a := range alarms {
		if at := slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == a.ClaimID }); at >= 0 {
			tasks = append(tasks, ui.Task{Text: all[at].Name(v.Lang) + ", " + v.T("money.run.title", "Run", a.RunID), URL: v.Href(runPath(all[at], a.RunID))})
		}
	}
	return tasks, err
}

// silentRows are the claims in which people must hear something soon, for who
// knows how claims stand; who may write the news gets the way there.
func (s *Server) silentRows(c echo.Context, v ui.View, all []claims.Claim) (rows []ui.SilentRow, err error) {
	m := s.member(c)
	if !m.May(staff.CaseRead) {
		return nil, nil
	}
	silent, err := s.claims.Silent(c.Request().Context())
	for _, h := range silent {
		at := slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == h.ClaimID })
		if at < 0 {
			continue // it came after the list was read
		}
		row := ui.SilentRow{Claim: all[at].Name(v.Lang), Waiting: h.Waiting, Last: h.OldestAt, Until: h.Until(), Days: h.DaysLeft(s.now())}
		if m.May(staff.NewsPublish) {
			row.URL = v.Href("/beheer/" + all[at].Slug + "/nieuws")
		}
		rows = append(rows, row)
	}
	return rows, err
}

// outsideRows are the claims in which people who signed are in no letter yet, and
// nearly thirty days have gone by; who may write the next letter gets the way there.
func (s *Server) outsideRows(c echo.Context, v ui.View, all []claims.Claim, figures map[int64]*claims.Figures) (rows []ui.SilentRow) {
	m := s.member(c)
	if !m.May(staff.CaseRead) {
		return nil
	}
	for _, claim := range all {
		o := figures[claim.ID].OutsideTooLong(claim, s.now())
		if o == nil {
			continue
		}
		row := ui.SilentRow{Claim: claim.Name(v.Lang), Waiting: o.People, Last: o.Since, Until: o.Until(), Days: o.DaysLeft(s.now())}
		if m.May(staff.LetterDraft) {
			row.URL = v.Href("/beheer/" + claim.Slug + "/brieven")
		}
		rows = append(rows, row)
	}
	return rows
}

// messageTask says how many messages wait for an answer, and how long the first one does.
func (s *Server) messageTask(v ui.View, w claims.Unanswered) string {
	if days := s.daysSince(w.Since); days > 0 {
		return v.T("staff.task.messages_since", w.Count, "Since", v.T("common.days", days))
	}
	return v.T("staff.task.messages", w.Count)
}

// claimLinks are the pages of a claim that this member may open.
func (s *Server) claimLinks(c echo.Context, claim claims.Claim) (links []ui.Link) {
	for _, item := range s.menu(c, claimMenu, "/beheer/"+claim.Slug, "") {
		links = append(links, ui.Link{Label: item.Label, URL: item.URL})
	}
	return links
}

// claimBoard are the figures of one claim.
func claimBoard(v ui.View, claim claims.Claim, f claims.Figures) ui.ClaimBoard {
	b := ui.ClaimBoard{
		Name: claim.Name(v.Lang), Status: v.T("public.status." + string(claim.Status)),
		Flat: v.Number(f.ByFee[claims.Flat]), Percentage: v.Number(f.ByFee[claims.Percentage]), WithEvidence: v.Number(f.WithEvidence),
		Drafts: v.Number(f.Drafts), Late: v.Number(f.Late), Prepaid: v.Number(statusCount(f.Prepayments, "paid")),
	}
	var live int64
	for _, status := range slices.SortedFunc(maps.Keys(f.ByStatus), func(a, b participants.Status) int { return cmp.Compare(f.ByStatus[b], f.ByStatus[a]) }) {
		if status.Live() {
			live += f.ByStatus[status]
		}
		b.States = append(b.States, ui.Definition{Label: v.T("case.filter.status." + string(status)), Value: v.Number(f.ByStatus[status])})
	}
	b.Active = v.Number(live)
	days := plot.Series{Name: v.T("staff.board.signups")}
	var total int64
	for _, d := range f.SignupsPerDay {
		days.Points = append(days.Points, plot.Point{Label: d.Day.Format("02-01"), Value: d.Count})
		total += d.Count
	}
	if total == 0 {
		return b
	}
	b.Chart = plot.Lines(plot.Chart{
		ID: "signups-" + claim.Slug, Title: v.T("staff.board.chart") + ": " + claim.Name(v.Lang), Desc: v.T("staff.board.chart_desc", "Total", v.Number(total), "Days", strconv.Itoa(len(days.Points))),
		TableLabel: v.T("staff.board.table"), LabelHead: v.T("staff.board.day"), Series: []plot.Series{days}, Format: v.Number,
	})
	return b
}

func statusCount(counts []payments.StatusCount, status string) (n int64) {
	for _, c := range counts {
		if c.Status == status {
			n += c.Count
		}
	}
	return n
}

// tasks are what waits for somebody in a claim.
func tasks(v ui.View, claim claims.Claim, f claims.Figures, waits map[string]bool) (tasks []ui.Task) {
	for _, t := range []struct {
		key, path string
		waits     bool
	}{
		{"move", "/zaak", waits["move"]}, {"letter", "/brieven", waits["letter"]}, {"delivery", "/brieven", waits["delivery"]},
		{"distribution", "/verdeling", waits["distribution"]},
		{"run_approve", "/uitbetalingen", waits["run_approve"]}, {"run_release", "/uitbetalingen", waits["run_release"]},
		{"late", "/brieven", f.Late > 0},
	} {
		if t.waits {
			tasks = append(tasks, ui.Task{Text: v.T("staff.task." + t.key), URL: v.Href("/beheer/" + claim.Slug + t.path)})
		}
	}
	return tasks
}
