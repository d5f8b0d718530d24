package web

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

type newsForm struct {
	TitleNL    string `form:"title_nl"   say:"case.news.field" validate:"filled,max=150"`
	BodyNL     string `form:"body_nl"    say:"case.news.field" validate:"filled,max=10000"`
	TitleEN    string `form:"title_en"   say:"case.news.field" validate:"filled,max=150"`
	BodyEN     string `form:"body_en"    say:"case.news.field" validate:"filled,max=10000"`
	Newsletter bool   `form:"newsletter"`
	RequestID  string `form:"request_id" say:"case.news.field" validate:"filled,max=64"`
}

func (f newsForm) item() claims.NewsItem {
	return claims.NewsItem{TitleNL: f.TitleNL, TitleEN: f.TitleEN, BodyNL: f.BodyNL, BodyEN: f.BodyEN, Newsletter: f.Newsletter, RequestID: f.RequestID}
}

// stepForm is what comes next in the claim, as everybody sees it in their case.
type stepForm struct {
	StepNL   string `form:"step_nl"  say:"case.news.field" validate:"filled,max=300"`
	StepEN   string `form:"step_en"  say:"case.news.field" validate:"filled,max=300"`
	Earliest string `form:"earliest" say:"case.step.earliest" validate:"filled"`
}

// news shows what was published, and a form for more.
func (s *Server) news(c echo.Context) error {
	return s.showNews(c, http.StatusOK, newsForm{RequestID: rand.Text()}, nil, nil)
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
		return s.showNews(c, http.StatusUnprocessableEntity, newsForm{RequestID: rand.Text()}, &form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.step.done"))
	return s.to(c, "/beheer/"+claim.Slug+"/nieuws")
}

// publishNews publishes an item and mails it to everybody in the claim.
func (s *Server) publishNews(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[newsForm](c)
	var mailed int64
	if err == nil {
		mailed, err = s.claims.PublishNews(c.Request().Context(), s.member(c).Actor(), claim.ID, form.item())
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showNews(c, http.StatusUnprocessableEntity, form, nil, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.news.done", "Count", ui.View{Lang: lang(c)}.Number(mailed)))
	return s.to(c, "/beheer/"+claim.Slug+"/nieuws")
}

// showNews shows both forms as they were typed; a step that nobody typed is the one that stands.
func (s *Server) showNews(c echo.Context, status int, form newsForm, step *stepForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if step == nil {
		if step, err = s.storedStep(c, claim.ID); err != nil {
			return err
		}
	}
	items, err := s.claims.News(c.Request().Context(), claim.ID, 20)
	if err != nil {
		return err
	}
	count, _, err := s.claims.Counter(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	page := ui.NewsPage{
		View: s.view(c, "nav.news", bad...), Bad: bad, Base: "/beheer/" + claim.Slug, Recipients: count, RequestID: form.RequestID,
		TitleNL: form.TitleNL, TitleEN: form.TitleEN, BodyNL: form.BodyNL, BodyEN: form.BodyEN, Newsletter: form.Newsletter,
		StepNL: step.StepNL, StepEN: step.StepEN, Earliest: step.Earliest,
	}
	for _, n := range items {
		page.Items = append(page.Items, ui.NewsRow{
			Title: n.Title(lang(c)), Body: n.Body(lang(c)), By: s.actorName(c, n.WrittenBy), At: n.PublishedAt, Recipients: n.Recipients,
		})
	}
	return s.show(c, status, ui.News(page))
}
