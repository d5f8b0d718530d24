package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

const disclosuresDesk = "/beheer/verstrekkingen"

// disclosureForm is what the public account tells about a request by others, or a breach.
type disclosureForm struct {
	What      string `form:"what"       say:"disclosure.what"    validate:"filled,max=40"` // kind and outcome
	Day       string `form:"day"        say:"disclosure.day"     validate:"filled"`
	People    string `form:"people"     say:"disclosure.people"  validate:"filled,max=12"`
	Claim     string `form:"claim"      say:"disclosure.claim"   validate:"max=40"`
	SummaryNL string `form:"summary_nl" say:"disclosure.summary" validate:"filled,max=2000"`
	SummaryEN string `form:"summary_en" say:"disclosure.summary" validate:"filled,max=2000"`
	Replaces  string `form:"replaces"   say:"disclosure.replaces" validate:"max=20"`
}

// disclosureKinds are the kinds in the order of the form.
var disclosureKinds = []string{claims.ByAuthority, claims.ByThirdParty, claims.Breach}

// disclosures lists what is told in public about requests and breaches, with a form for more.
func (s *Server) disclosures(c echo.Context) error {
	return s.showDisclosures(c, http.StatusOK, disclosureForm{}, nil)
}

func (s *Server) showDisclosures(c echo.Context, status int, form disclosureForm, bad ui.Problems) error {
	ctx := c.Request().Context()
	told, err := s.claims.Disclosures(ctx, 0)
	if err != nil {
		return err
	}
	all, err := s.claims.Claims(ctx)
	if err != nil {
		return err
	}
	p := ui.DisclosuresPage{View: s.view(c, "disclosure.title", bad...), Bad: bad, What: form.What, Date: form.Day, People: form.People, Claim: form.Claim,
		SummaryNL: form.SummaryNL, SummaryEN: form.SummaryEN, Replaces: form.Replaces}
	p.URL, p.Told = p.Href(disclosuresDesk), disclosureTable(p.View, told)
	for _, kind := range disclosureKinds {
		for _, outcome := range claims.Outcomes[kind] {
			p.Whats = append(p.Whats, ui.Option{Value: kind + "/" + outcome, Label: p.T("account.disclosure."+kind) + ": " + p.T("account.outcome."+outcome)})
		}
	}
	p.Claims = append(p.Claims, ui.Option{Value: "", Label: p.T("disclosure.claim.all")})
	for _, claim := range all {
		p.Claims = append(p.Claims, ui.Option{Value: claim.Slug, Label: claim.Name(p.Lang)})
	}
	p.Replace = append(p.Replace, ui.Option{Value: "", Label: p.T("disclosure.replaces.none")})
	for _, d := range told {
		p.Replace = append(p.Replace, ui.Option{Value: strconv.FormatInt(d.ID, 10), Label: p.Day(d.HappenedOn) + ": " + p.T("account.disclosure."+d.Kind)})
	}
	return s.show(c, status, ui.Disclosures(p))
}

// recordDisclosure writes down what the public account tells.
func (s *Server) recordDisclosure(c echo.Context) error {
	form, err := bind[disclosureForm](c)
	var d claims.Disclosure
	if err == nil {
		d, err = s.disclosure(c, form)
	}
	if err == nil {
		err = s.claims.RecordDisclosure(c.Request().Context(), s.member(c).Actor(), d)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showDisclosures(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "disclosure.done"))
	return s.to(c, disclosuresDesk)
}

// disclosure reads the form; what cannot be read is named at its field.
func (s *Server) disclosure(c echo.Context, form disclosureForm) (d claims.Disclosure, err error) {
	var bad problems
	if d.HappenedOn, err = time.Parse(time.DateOnly, form.Day); err != nil {
		bad = append(bad, problem{"day", "disclosure.day.wrong", nil})
	}
	if d.People, err = strconv.ParseInt(form.People, 10, 64); err != nil || d.People < 0 || d.People > claims.MostPeople {
		bad = append(bad, problem{"people", "disclosure.people.wrong", nil})
	}
	d.Kind, d.Outcome, _ = strings.Cut(form.What, "/")
	if form.Claim != "" {
		claim, err := s.claims.ClaimBySlug(c.Request().Context(), form.Claim)
		if err != nil {
			return d, err
		}
		d.ClaimID = &claim.ID
	}
	if form.Replaces != "" {
		id, err := strconv.ParseInt(form.Replaces, 10, 64)
		if err != nil {
			return d, claims.ErrNotFound
		}
		d.ReplacesID = &id
	}
	d.SummaryNL, d.SummaryEN = form.SummaryNL, form.SummaryEN
	if bad != nil {
		return d, bad
	}
	return d, nil
}
