package web

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// newsForm is news in both languages, and whom it is for.
type newsForm struct {
	TitleNL   string   `form:"title_nl"   say:"case.news.field" validate:"filled,max=150"`
	BodyNL    string   `form:"body_nl"    say:"case.news.field" validate:"filled,max=10000"`
	TitleEN   string   `form:"title_en"   say:"case.news.field" validate:"filled,max=150"`
	BodyEN    string   `form:"body_en"    say:"case.news.field" validate:"filled,max=10000"`
	Kind      string   `form:"kind"       say:"case.news.kind"  validate:"oneof=all newsletter"`
	Groups    []string `form:"groups"     say:"case.news.groups" validate:"min=1,dive,max=20"`
	Reads     string   `form:"reads"      say:"case.news.reads" validate:"omitempty,oneof=nl en"`
	RequestID string   `form:"request_id" say:"case.news.field" validate:"max=64"`
	Version   string   `form:"version"    say:"case.news.field" validate:"max=10"`
}

func (f newsForm) news() claims.DraftNews {
	version, _ := strconv.Atoi(f.Version) // none that can be read is none that fits
	return claims.DraftNews{TitleNL: f.TitleNL, TitleEN: f.TitleEN, BodyNL: f.BodyNL, BodyEN: f.BodyEN,
		Newsletter: f.Kind == "newsletter", Groups: f.Groups, Lang: f.Reads, RequestID: f.RequestID, Version: version}
}

// newNews asks for new words; by itself they go to everybody who takes part.
func (s *Server) newNews(c echo.Context) error {
	return s.showNewsForm(c, http.StatusOK, "", newsForm{RequestID: rand.Text(), Groups: claims.Groups}, nil)
}

// writeNews keeps new words as a draft.
func (s *Server) writeNews(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[newsForm](c)
	var ref string
	if err == nil {
		ref, err = s.claims.WriteNews(c.Request().Context(), s.member(c).Actor(), claim.ID, form.news())
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showNewsForm(c, http.StatusUnprocessableEntity, "", form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, newsPath(claim)+"/"+ref)
}

// editNews shows a draft to be changed.
func (s *Server) editNews(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, err := s.claims.OneNews(c.Request().Context(), claim.ID, c.Param("nref"))
	if err != nil {
		return err
	}
	if d.Status != claims.NewsDraft {
		return claims.ErrWrongState
	}
	form := newsForm{TitleNL: d.TitleNL, BodyNL: d.BodyNL, TitleEN: d.TitleEN, BodyEN: d.BodyEN, Kind: "all", Groups: d.Groups, Reads: d.Lang, Version: strconv.Itoa(d.Version)}
	if d.Newsletter {
		form.Kind = "newsletter"
	}
	return s.showNewsForm(c, http.StatusOK, d.Ref, form, nil)
}

// rewriteNews changes a draft.
func (s *Server) rewriteNews(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[newsForm](c)
	if err == nil {
		err = s.claims.RewriteNews(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("nref"), form.news())
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showNewsForm(c, http.StatusUnprocessableEntity, c.Param("nref"), form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, newsPath(claim)+"/"+c.Param("nref"))
}

// showNewsForm shows the form as it was typed; without a ref it is for new words.
func (s *Server) showNewsForm(c echo.Context, status int, ref string, form newsForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	title, action := "case.news.new", newsPath(claim)+"/nieuw"
	if ref != "" {
		title, action = "case.news.edit", newsPath(claim)+"/"+ref+"/wijzigen"
	}
	v := s.view(c, title, bad...)
	p := ui.NewsFormPage{View: v, Bad: bad, Action: v.Href(action), Back: v.Href(newsPath(claim)), RequestID: form.RequestID, Version: form.Version,
		TitleNL: form.TitleNL, TitleEN: form.TitleEN, BodyNL: form.BodyNL, BodyEN: form.BodyEN, Kind: form.Kind, Groups: form.Groups, Reads: form.Reads,
		FieldsNL: newsFields("body_nl"), FieldsEN: newsFields("body_en")}
	if ref != "" {
		p.Back = v.Href(newsPath(claim) + "/" + ref)
	}
	for _, g := range claims.Groups {
		p.GroupOptions = append(p.GroupOptions, ui.Option{Value: g, Label: v.T("case.news.group." + g)})
	}
	return s.show(c, status, ui.NewsForm(p))
}
