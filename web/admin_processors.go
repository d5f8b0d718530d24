package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

const processorsDesk = "/beheer/verwerkers"

// processorForm is a company that works with people's data, as typed.
type processorForm struct {
	Replaces  string `form:"replaces"   say:"processor.replaces" validate:"max=20"`
	Name      string `form:"name"       say:"processor.name"     validate:"filled,max=200"`
	Country   string `form:"country"    say:"processor.country"  validate:"filled,max=2"`
	PurposeNL string `form:"purpose_nl" say:"processor.purpose"  validate:"filled,max=1000"`
	PurposeEN string `form:"purpose_en" say:"processor.purpose"  validate:"filled,max=1000"`
	Checked   string `form:"checked"    say:"processor.checked"  validate:"filled"`
	Ended     string `form:"ended"`
}

// processor reads the form; what cannot be read is named at its field.
func (f processorForm) processor(now time.Time) (p claims.KeptProcessor, err error) {
	p = claims.KeptProcessor{Name: f.Name, Country: f.Country, PurposeNL: f.PurposeNL, PurposeEN: f.PurposeEN}
	var bad problems
	if p.CheckedOn, err = time.Parse(time.DateOnly, f.Checked); err != nil || p.CheckedOn.After(now) {
		bad = append(bad, problem{"checked", "processor.checked.wrong", nil})
	}
	if f.Ended != "" {
		day, err := time.Parse(time.DateOnly, f.Ended)
		if err != nil || day.After(now) {
			bad = append(bad, problem{"ended", "processor.ended.wrong", nil})
		}
		p.EndedOn = &day
	}
	if !isCountry(f.Country) {
		bad = append(bad, problem{"country", "processor.country.filled", nil})
	}
	if f.Replaces != "" {
		id, err := strconv.ParseInt(f.Replaces, 10, 64)
		if err != nil {
			return p, claims.ErrNotFound
		}
		p.ReplacesID = &id
	}
	if bad != nil {
		return p, bad
	}
	return p, nil
}

// processors is who works with people's data for the foundation; the public account tells the same.
func (s *Server) processors(c echo.Context) error {
	return s.showProcessors(c, http.StatusOK, processorForm{}, nil)
}

func (s *Server) showProcessors(c echo.Context, status int, form processorForm, bad ui.Problems) error {
	kept, err := s.claims.Processors(c.Request().Context())
	if err != nil {
		return err
	}
	p := ui.ProcessorsPage{View: s.view(c, "processor.title", bad...), Bad: bad, Name: form.Name, Country: form.Country, PurposeNL: form.PurposeNL,
		PurposeEN: form.PurposeEN, Checked: form.Checked, Ended: form.Ended, ReplaceID: form.Replaces}
	p.URL, p.Kept = p.Href(processorsDesk), processorTable(p.View, kept)
	p.Stale = slices.ContainsFunc(kept, func(one claims.KeptProcessor) bool { return one.Stale(s.now()) })
	p.Countries = slices.Concat([]ui.Option{{Value: "", Label: p.T("join.country.choose")}, {Value: "NL", Label: countryName(p.Lang, "NL")}}, countries(p.Lang, eea), countries(p.Lang, world))
	p.Replace = append(p.Replace, ui.Option{Value: "", Label: p.T("processor.replaces.none")})
	for _, one := range kept {
		p.Replace = append(p.Replace, ui.Option{Value: strconv.FormatInt(one.ID, 10), Label: one.Name})
	}
	return s.show(c, status, ui.Processors(p))
}

// keepProcessor writes down a processor, or what changed about one.
func (s *Server) keepProcessor(c echo.Context) error {
	form, err := bind[processorForm](c)
	var p claims.KeptProcessor
	if err == nil {
		p, err = form.processor(s.now())
	}
	if err == nil {
		err = s.claims.KeepProcessor(c.Request().Context(), s.member(c).Actor(), p)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showProcessors(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "processor.done"))
	return s.to(c, processorsDesk)
}
