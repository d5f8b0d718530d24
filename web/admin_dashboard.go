package web

import (
	"cmp"
	"context"
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
	p := ui.DashboardPage{View: s.view(c, "nav.dashboard")}
	for _, claim := range all {
		f, err := s.claims.Figures(ctx, claim.ID)
		if err != nil {
			return err
		}
		board := claimBoard(p.View, claim, f)
		if s.member(c).May(staff.CaseRead) {
			if board.Tasks, err = s.tasks(ctx, p.View, claim, f); err != nil {
				return err
			}
		}
		board.Links = s.claimLinks(c, claim)
		p.Claims = append(p.Claims, board)
		p.MailsWaiting, p.MailsUnsure = f.MailsWaiting, f.MailsUnsure
	}
	return s.show(c, http.StatusOK, ui.Dashboard(p))
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
func (s *Server) tasks(ctx context.Context, v ui.View, claim claims.Claim, f claims.Figures) (tasks []ui.Task, err error) {
	add := func(waits bool, key, path string) {
		if waits {
			tasks = append(tasks, ui.Task{Text: v.T("staff.task." + key), URL: v.Href("/beheer/" + claim.Slug + path)})
		}
	}
	move, err := s.claims.OpenMove(ctx, claim.ID)
	if err != nil {
		return nil, err
	}
	add(move != nil, "move", "/zaak")
	letters, err := s.claims.Letters(ctx, claim.ID)
	if err != nil {
		return nil, err
	}
	add(slices.ContainsFunc(letters, func(l claims.Letter) bool { return l.Status == "proposed" }), "letter", "/brieven")
	add(slices.ContainsFunc(letters, func(l claims.Letter) bool { return l.Status == "sent" }), "delivery", "/brieven")
	d, err := s.claims.Distribution(ctx, claim.ID)
	if err != nil {
		return nil, err
	}
	add(d != nil && d.Status == "calculated", "distribution", "/verdeling")
	runs, err := s.claims.Runs(ctx, claim.ID)
	if err != nil {
		return nil, err
	}
	add(slices.ContainsFunc(runs, func(r payments.Run) bool { return r.Status == "prepared" }), "run_approve", "/uitbetalingen")
	add(slices.ContainsFunc(runs, func(r payments.Run) bool { return r.Status == "approved" }), "run_release", "/uitbetalingen")
	add(f.Late > 0, "late", "/brieven")
	return tasks, nil
}
