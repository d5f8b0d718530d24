package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// stepForm is what comes next in the claim, as everybody sees it in their case.
type stepForm struct {
	StepNL   string `form:"step_nl"  say:"case.news.field" validate:"filled,max=300"`
	StepEN   string `form:"step_en"  say:"case.news.field" validate:"filled,max=300"`
	Earliest string `form:"earliest" say:"case.step.earliest" validate:"filled"`
}

// newsListed is how many items the list shows.
const newsListed = 50

// news lists what was written and published, and says what comes next.
func (s *Server) news(c echo.Context) error {
	return s.showNews(c, http.StatusOK, nil, nil)
}

// storedStep is the form of the step as it stands; empty when nobody said what comes next.
func (s *Server) storedStep(c echo.Context, claimID int64) (*stepForm, error) {
	next, err := s.claims.NextStep(c.Request().Context(), claimID)
	if err != nil || next == nil {
		return &stepForm{}, err
	}
	return &stepForm{next.TextNL, next.TextEN, next.EarliestOn.Format(time.DateOnly)}, nil
}

// setNextStep says what comes next, and when at the earliest.
func (s *Server) setNextStep(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[stepForm](c)
	var day time.Time
	if err == nil {
		if day, err = time.Parse(time.DateOnly, form.Earliest); err != nil {
			err = claims.ErrEarliest
		}
	}
	if err == nil {
		err = s.claims.SetNextStep(c.Request().Context(), s.member(c).Actor(), claim.ID, claims.NextStep{TextNL: form.StepNL, TextEN: form.StepEN, EarliestOn: day})
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showNews(c, http.StatusUnprocessableEntity, &form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.step.done"))
	return s.to(c, newsPath(claim))
}

// showNews shows the list, and the step as it was typed or as it stands.
func (s *Server) showNews(c echo.Context, status int, step *stepForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if step == nil {
		if step, err = s.storedStep(c, claim.ID); err != nil {
			return err
		}
	}
	all, err := s.claims.WrittenNews(c.Request().Context(), claim.ID, newsListed)
	if err != nil {
		return err
	}
	v := s.view(c, "nav.news", bad...)
	page := ui.NewsPage{View: v, Bad: bad, NewURL: v.Href(newsPath(claim) + "/nieuw"), StepURL: v.Href(newsPath(claim) + "/stap"),
		StepNL: step.StepNL, StepEN: step.StepEN, Earliest: step.Earliest}
	page.Table = ui.TableProps{Caption: v.T("case.news.all"), HideCaption: true, Stack: true, Empty: v.T("case.news.none"),
		Columns: []ui.Column{{Label: v.T("case.news.title_field")}, {Label: v.T("case.news.status")}, {Label: v.T("case.news.by")}, {Label: v.T("case.news.when")}}}
	for _, d := range all {
		page.Table.Rows = append(page.Table.Rows, ui.Cells(ui.LinkTo(d.Title(v.Lang), v.Href(newsPath(claim)+"/"+d.Ref)),
			ui.Tagged(newsKind(d.Status), v.T("case.news.status."+string(d.Status))), ui.Text(s.actorName(c, d.WrittenBy)), ui.Text(v.ShortMoment(d.WrittenAt))))
	}
	return s.show(c, status, ui.News(page))
}
