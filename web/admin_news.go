package web

import (
	"crypto/rand"
	"net/http"

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

// news shows what was published, and a form for more.
func (s *Server) news(c echo.Context) error {
	return s.showNews(c, http.StatusOK, newsForm{RequestID: rand.Text()}, nil)
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
		return s.showNews(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.news.done", "Count", ui.View{Lang: lang(c)}.Number(mailed)))
	return s.to(c, "/beheer/"+claim.Slug+"/nieuws")
}

func (s *Server) showNews(c echo.Context, status int, form newsForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
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
	}
	for _, n := range items {
		page.Items = append(page.Items, ui.NewsRow{
			Title: n.Title(lang(c)), Body: n.Body(lang(c)), By: s.actorName(c, n.WrittenBy), At: n.PublishedAt, Recipients: n.Recipients,
		})
	}
	return s.show(c, status, ui.News(page))
}
