package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/mailer"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// oneNews shows an item with its steps: whom it is for, what the mail looks like, who approves it, and how far it is.
func (s *Server) oneNews(c echo.Context) error { return s.showOneNews(c, http.StatusOK, nil) }

func (s *Server) showOneNews(c echo.Context, status int, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, err := s.claims.OneNews(c.Request().Context(), claim.ID, c.Param("nref"))
	if err != nil {
		return err
	}
	v := s.view(c, "case.news.one", bad...)
	p := ui.NewsItemPage{View: v, Bad: bad, Headline: d.Title(v.Lang), State: v.T("case.news.status." + string(d.Status)), StateKind: newsKind(d.Status),
		Base: v.Href(newsPath(claim) + "/" + d.Ref), Back: v.Href(newsPath(claim)), Version: strconv.Itoa(d.Version), Steps: s.newsSteps(c, v, d)}
	me := s.member(c)
	p.MayEdit, p.MayTakeBack = d.Status == claims.NewsDraft, d.Status == claims.NewsProposed
	p.MayApprove = me.May(staff.NewsApprove) && d.MayApprove(me.Actor())
	if err := s.newsAudience(c, &p, d); err != nil {
		return err
	}
	for _, language := range []string{"nl", "en"} {
		done, err := s.claims.PreviewNews(c.Request().Context(), claim, d, language)
		if err != nil {
			return err
		}
		p.Mails = append(p.Mails, ui.NewsMail{Lang: language, Label: v.T("case.news.mail." + language), Subject: done.Subject, Text: done.Text,
			URL: v.Href(newsPath(claim) + "/" + d.Ref + "/voorbeeld/" + language)})
	}
	return s.show(c, status, ui.NewsItem(p))
}

// newsAudience says whom the item goes to: now, or as it was written down.
func (s *Server) newsAudience(c echo.Context, p *ui.NewsItemPage, d claims.DraftNews) error {
	kind := "all"
	if d.Newsletter {
		kind = "newsletter"
	}
	var groups []string
	for _, g := range d.Groups {
		if d.Newsletter || g != claims.GroupLeft {
			groups = append(groups, p.T("case.news.group."+g))
		}
	}
	p.Audience = []ui.Definition{{Label: p.T("case.news.kind"), Value: p.T("case.news.kind." + kind)}, {Label: p.T("case.news.groups"), Value: strings.Join(groups, "; ")},
		{Label: p.T("case.news.reads"), Value: p.T("case.news.reads." + orAll(d.Lang))}}
	if d.MailingID != nil {
		m, far, err := s.claims.NewsMailing(c.Request().Context(), d)
		if err != nil {
			return err
		}
		s.newsProgress(p, m, far)
		return nil
	}
	a, err := s.claims.AudienceOf(c.Request().Context(), d)
	if err != nil {
		return err
	}
	p.Audience = append(p.Audience, ui.Definition{Label: p.T("case.news.count"), Value: p.T("case.news.counted", "Count", p.Number(a.Count()), "Dutch", p.Number(a.Dutch), "English", p.Number(a.English))})
	p.Sample = ui.TableProps{Caption: p.T("case.news.sample"), Stack: true,
		Columns: []ui.Column{{Label: p.T("case.column.number")}, {Label: p.T("case.news.reads")}, {Label: p.T("case.column.status")}}}
	for _, one := range a.Sample {
		p.Sample.Rows = append(p.Sample.Rows, ui.Cells(ui.Cell{Text: one.Number, Mono: true, Whole: true}, ui.Text(p.T("case.news.reads."+one.Lang)), ui.Text(p.T("case.filter.status."+one.Status))))
	}
	return nil
}

func orAll(lang string) string {
	if lang == "" {
		return "all"
	}
	return lang
}

// newsProgress says how far the mails are, and what can be done about them.
func (s *Server) newsProgress(p *ui.NewsItemPage, m mailer.Mailing, far mailer.Progress) {
	p.Audience = append(p.Audience, ui.Definition{Label: p.T("case.news.recipients"), Value: p.Number(m.Recipients)}, ui.Definition{Label: p.T("case.news.hash"), Value: fmt.Sprintf("%x", m.SHA256), Hash: true})
	p.Total, p.Done = m.Recipients, far.Final()
	state := string(m.Status)
	if m.StoppedAt != nil {
		state = "stopped"
	}
	p.Mailing, p.MailingKind = p.T("case.news.mailing."+state), map[string]string{"sending": "info", "paused": "warn", "finished": "good", "stopped": "neutral"}[state]
	p.MayPause = m.Status == mailer.MailingSending && m.StoppedAt == nil
	p.MayResume = m.Status == mailer.MailingPaused
	p.MayStop = m.Status != mailer.MailingFinished && m.StoppedAt == nil
	p.Ends = ui.TableProps{Caption: p.T("case.news.ends"), HideCaption: true, Columns: []ui.Column{{Label: p.T("case.news.end")}, {Label: p.T("case.news.people"), Num: true}}}
	for _, row := range []struct {
		key string
		n   int64
	}{{"sent", far.Sent}, {"bounced", far.Bounced}, {"refused", far.Refused}, {"unknown", far.Unknown}, {"cancelled", far.Cancelled}, {"waiting", far.Waiting}} {
		p.Ends.Rows = append(p.Ends.Rows, ui.Cells(ui.Text(p.T("case.news.end."+row.key)), ui.Num(p.Number(row.n))))
	}
}

// newsSteps is who took each step, and which one is next.
func (s *Server) newsSteps(c echo.Context, v ui.View, d claims.DraftNews) []ui.StepItem {
	who := func(a *audit.Actor) string {
		if a == nil {
			return ""
		}
		return s.actorName(c, *a)
	}
	steps := []ui.StepItem{{Title: v.T("case.news.step.written"), Who: who(&d.WrittenBy), When: d.WrittenAt, State: "done"},
		{Title: v.T("case.news.step.proposed"), Who: who(d.ProposedBy), State: "todo"}, {Title: v.T("case.news.step.approved"), Who: who(d.ApprovedBy), State: "todo"}}
	switch d.Status {
	case claims.NewsDraft:
		steps[1].State = "current"
	case claims.NewsProposed:
		steps[1].State, steps[1].When, steps[2].State = "done", *d.ProposedAt, "current"
		steps[2].Note = v.T("case.news.step.second")
	case claims.NewsApproved:
		steps[1].State, steps[1].When, steps[2].State, steps[2].When = "done", *d.ProposedAt, "done", *d.ApprovedAt
	}
	return steps
}

// mailLooks allows nothing but the looks of a mail: no script, no forms, nothing from elsewhere.
const mailLooks = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"

// newsMail shows the mail as a mail program would, to somebody who does not exist.
func (s *Server) newsMail(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, err := s.claims.OneNews(c.Request().Context(), claim.ID, c.Param("nref"))
	if err != nil {
		return err
	}
	done, err := s.claims.PreviewNews(c.Request().Context(), claim, d, c.Param("mail"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", mailLooks)
	return c.HTML(http.StatusOK, done.HTML)
}
