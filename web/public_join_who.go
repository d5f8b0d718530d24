package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type usedForm struct {
	Used string `form:"used" say:"join.used" validate:"oneof=yes no unsure"`
}

type adultForm struct {
	Adult string `form:"adult" say:"join.adult" validate:"oneof=yes no"`
}

type countryForm struct {
	Where   string `form:"where" say:"join.country" validate:"oneof=NL EEA other"`
	Country string `form:"country"`
}

// dead are the pages of people for whom this claim is not, by the last part of the address.
var dead = map[string]string{
	"niet-gebruikt": "signup_not_used", "weet-niet": "signup_unsure", "jonger": "signup_minor", "buitenland": "signup_abroad",
}

// showCannot tells why somebody cannot take part, or what they can find out first.
func (s *Server) showCannot(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	key, ok := dead[c.Param("reason")]
	if !ok {
		return echo.ErrNotFound
	}
	return s.showDead(c, claim, key)
}

// cannot forgets a draft that leads nowhere and says why.
func (s *Server) cannot(c echo.Context, d draft, reason string) error {
	if err := s.forget(c, d); err != nil {
		return err
	}
	seen(c).later = ""
	return s.to(c, d.at("kan-niet/"+reason))
}

func (s *Server) showUsed(c echo.Context) error {
	d, err := s.join(c, "gebruik")
	if err != nil {
		return err
	}
	return s.usedPage(c, http.StatusOK, d, usedForm{Used: d.Answers.Used}, nil)
}

// saveUsed keeps whether somebody used the service.
func (s *Server) saveUsed(c echo.Context) error {
	d, err := s.join(c, "gebruik")
	if err != nil {
		return err
	}
	form, err := bind[usedForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.usedPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	switch {
	case err != nil:
		return err
	case form.Used == "no":
		return s.cannot(c, d, "niet-gebruikt")
	case form.Used == "unsure":
		return s.to(c, d.at("kan-niet/weet-niet"))
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.Used = form.Used }); err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) usedPage(c echo.Context, status int, d draft, form usedForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "declare_used")
	if err != nil {
		return err
	}
	p := ui.JoinChoicePage{JoinPage: s.joinView(c, d, "join.used.title", bad), Name: "used", Value: form.Used, Hint: d.claim.Name(lang(c))}
	p.Hint += ". " + p.T("join.used.child")
	p.Options = []ui.Option{{Value: "yes", Label: n.Title, Hint: n.Body}, {Value: "no", Label: p.T("common.no")}, {Value: "unsure", Label: p.T("common.unknown")}}
	return s.show(c, status, ui.JoinChoice(p))
}

func (s *Server) showAdult(c echo.Context) error {
	d, err := s.join(c, "leeftijd")
	if err != nil {
		return err
	}
	return s.adultPage(c, http.StatusOK, d, adultForm{Adult: d.Answers.Adult}, nil)
}

// saveAdult keeps whether somebody is of age.
func (s *Server) saveAdult(c echo.Context) error {
	d, err := s.join(c, "leeftijd")
	if err != nil {
		return err
	}
	form, err := bind[adultForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.adultPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	d.Answers.Adult = form.Adult // what follows depends on it
	err = s.answer(c.Request().Context(), d, func(a *participants.Answers) {
		if a.Adult = form.Adult; !a.ForChild() {
			a.Ward = participants.Ward{}
		}
	})
	if err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) adultPage(c echo.Context, status int, d draft, form adultForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "declare_adult")
	if err != nil {
		return err
	}
	p := ui.JoinChoicePage{JoinPage: s.joinView(c, d, "join.adult.title", bad), Name: "adult", Value: form.Adult}
	p.Options = []ui.Option{{Value: "yes", Label: n.Title, Hint: n.Body}, {Value: "no", Label: p.T("join.adult.no"), Hint: p.T("join.adult.no_hint")}}
	return s.show(c, status, ui.JoinChoice(p))
}

func (s *Server) showCountry(c echo.Context) error {
	d, err := s.join(c, "land")
	if err != nil {
		return err
	}
	form := countryForm{Where: d.Answers.Country, Country: d.Answers.Country}
	if form.Where != "" && form.Where != "NL" {
		form.Where = "EEA"
	}
	return s.countryPage(c, http.StatusOK, d, form, nil)
}

// saveCountry keeps where somebody lived when they used the service.
func (s *Server) saveCountry(c echo.Context) error {
	d, err := s.join(c, "land")
	if err != nil {
		return err
	}
	form, err := bind[countryForm](c)
	if err == nil && form.Where == "EEA" && !isEEA(form.Country) {
		err = wrong("country", "join.country.which")
	}
	if bad := s.mend(c, err); bad != nil {
		return s.countryPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	switch {
	case err != nil:
		return err
	case form.Where == "other":
		return s.cannot(c, d, "buitenland")
	case form.Where == "NL":
		form.Country = "NL"
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.Country = form.Country }); err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) countryPage(c echo.Context, status int, d draft, form countryForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "declare_residence")
	if err != nil {
		return err
	}
	p := ui.JoinCountryPage{JoinPage: s.joinView(c, d, "join.country.title", bad), Where: form.Where, Country: form.Country, Note: n}
	p.Countries = append([]ui.Option{{Value: "", Label: p.T("join.country.choose")}}, countries(lang(c), eea)...)
	return s.show(c, status, ui.JoinCountry(p))
}

// terms are what the fee of a claim is said to be, in the words of a page.
func terms(v ui.View, claim claims.Claim, o claims.FeeOption) string {
	if o == claims.Flat {
		return v.T("join.fee.flat_price", "Amount", v.Euro(int64(claim.FlatFeeCents)))
	}
	return v.T("join.fee.percentage_price", "Percent", v.Percent(claim.RateBP))
}
