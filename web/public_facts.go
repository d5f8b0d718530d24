package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// showFacts lists what a claim rests on, each fact with its source.
func (s *Server) showFacts(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	facts, err := s.claims.PublishedFacts(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	if len(facts) == 0 {
		return claims.ErrNotFound
	}
	v := s.view(c, "facts.public")
	v.Title += ": " + claim.Name(v.Lang)
	return s.show(c, http.StatusOK, ui.CitedFacts(ui.CitedFactsPage{View: v, Lead: v.T("facts.public_lead"), BackURL: v.Href("/"+claim.Slug) + "#feiten", Facts: citedFacts(v, facts)}))
}

// citedFacts are the facts of a claim as its page shows them.
func citedFacts(v ui.View, all []claims.LibraryFact) (list []ui.CitedFact) {
	for _, f := range all {
		one := ui.CitedFact{Code: f.Code, Statement: f.Statement(v.Lang), Quote: f.Quote, URL: f.SourceURL,
			Source: v.T("facts.public_source", "Source", f.Source(v.Lang), "When", f.When(v.Lang), "Grade", f.GradeWords(v.Lang)), Checked: v.T("facts.public_checked", "On", v.Day(f.CheckedOn))}
		if f.Version > 1 {
			one.Checked += " " + v.T("facts.public_version", "Version", f.Version, "On", v.Day(*f.PublishedAt))
		}
		list = append(list, one)
	}
	return list
}
