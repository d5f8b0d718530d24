package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/participants"
	"samenclaim/web/ui"
)

type nameForm struct {
	First string `form:"first_names"`
	Infix string `form:"infix"`
	Last  string `form:"last_name"`
}

type addressForm struct {
	Postcode string `form:"postcode"`
	House    string `form:"house_number"`
	Addition string `form:"addition"`
	Street   string `form:"street"`
	City     string `form:"city"`
	Country  string `form:"country"`
}

// saying gives the words for what is wrong with a line of text: say.empty, say.long or say.characters.
func saying(field, say string, err error) problems {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, participants.ErrTextLong):
		return wrong(field, say+".long")
	case errors.Is(err, participants.ErrTextCharacters):
		_, sign, _ := strings.Cut(err.Error(), ": ")
		return wrong(field, say+".characters", "Sign", sign)
	}
	return wrong(field, say+".empty")
}

// clean is the name as we keep it, and what is wrong with it.
func (f nameForm) clean() (nameForm, error) {
	first, err1 := participants.CleanName(f.First)
	infix, err2 := participants.CleanText(f.Infix, 50)
	last, err3 := participants.CleanName(f.Last)
	bad := append(saying("first_names", "join.name.first", err1), saying("infix", "join.name.infix", err2)...)
	if bad = append(bad, saying("last_name", "join.name.last", err3)...); len(bad) > 0 {
		return f, bad
	}
	return nameForm{first, infix, last}, nil
}

// clean is the address as we keep it, and what is wrong with it. Abroad every form of postcode and house number will do.
func (f addressForm) clean() (participants.Address, error) {
	var bad problems
	line := func(field, value string, most int, needed bool) string {
		text, err := participants.CleanText(value, most)
		if err == nil && text == "" && needed {
			err = participants.ErrNameEmpty
		}
		bad = append(bad, saying(field, "join.address."+field, err)...)
		return text
	}
	dutch := f.Country == "NL"
	a := participants.Address{Country: f.Country}
	if dutch {
		var err error
		if a.Postcode, err = participants.CleanPostcode(f.Postcode); err != nil {
			bad = append(bad, problem{Field: "postcode", Key: "join.address.postcode.empty"})
		}
		if a.HouseNumber, a.Addition, err = participants.CleanHouseNumber(strings.TrimSpace(f.House + " " + f.Addition)); err != nil {
			bad = append(bad, problem{Field: "house_number", Key: "join.address.house_number.empty"})
		}
	} else {
		a.Postcode, a.HouseNumber, a.Addition = line("postcode", f.Postcode, 20, false), line("house_number", f.House, 20, false), line("addition", f.Addition, 20, false)
	}
	a.Street, a.City = line("street", f.Street, 200, true), line("city", f.City, 100, true)
	if !isCountry(f.Country) {
		bad = append(bad, problem{Field: "country", Key: "join.address.country.empty"})
	}
	if len(bad) > 0 {
		return a, bad
	}
	return a, nil
}

func (s *Server) showName(c echo.Context) error {
	d, err := s.join(c, "naam")
	if err != nil {
		return err
	}
	return s.namePage(c, http.StatusOK, d, nameForm{d.Answers.FirstNames, d.Answers.Infix, d.Answers.LastName}, nil)
}

// saveName keeps somebody's name.
func (s *Server) saveName(c echo.Context) error {
	d, err := s.join(c, "naam")
	if err != nil {
		return err
	}
	form, err := bind[nameForm](c)
	clean := form
	if err == nil {
		clean, err = form.clean()
	}
	if bad := s.mend(c, err); bad != nil {
		return s.namePage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	err = s.answer(c.Request().Context(), d, func(a *participants.Answers) {
		a.FirstNames, a.Infix, a.LastName = clean.First, clean.Infix, clean.Last
	})
	if err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) namePage(c echo.Context, status int, d draft, form nameForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "note_name")
	if err != nil {
		return err
	}
	p := ui.JoinNamePage{JoinPage: s.joinView(c, d, "join.name.title", bad), First: form.First, Infix: form.Infix, Last: form.Last, Note: n}
	return s.show(c, status, ui.JoinName(p))
}

func (s *Server) showAddress(c echo.Context) error {
	d, err := s.join(c, "adres")
	if err != nil {
		return err
	}
	a := d.Answers.Address
	form := addressForm{a.Postcode, a.HouseNumber, a.Addition, a.Street, a.City, a.Country}
	if form.Country == "" {
		form.Country = "NL"
	}
	return s.addressPage(c, http.StatusOK, d, form, nil)
}

// saveAddress keeps where somebody lives.
func (s *Server) saveAddress(c echo.Context) error {
	d, err := s.join(c, "adres")
	if err != nil {
		return err
	}
	form, err := bind[addressForm](c)
	var address participants.Address
	if err == nil {
		address, err = form.clean()
	}
	if bad := s.mend(c, err); bad != nil {
		return s.addressPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.Address = address }); err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) addressPage(c echo.Context, status int, d draft, form addressForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "note_address")
	if err != nil {
		return err
	}
	p := ui.JoinAddressPage{
		JoinPage: s.joinView(c, d, "join.address.title", bad), Postcode: form.Postcode, House: form.House, Addition: form.Addition,
		Street: form.Street, City: form.City, Country: form.Country, Countries: allCountries(lang(c)), Note: n,
	}
	return s.show(c, status, ui.JoinAddress(p))
}

// allCountries begins with the one where most people live.
func allCountries(lang string) []ui.Option {
	rest := countries(lang, append(append([]string{}, eea...), world...))
	return append([]ui.Option{{Value: "NL", Label: countryName(lang, "NL")}}, rest...)
}
