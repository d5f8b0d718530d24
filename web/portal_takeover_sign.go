package web

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

func (s *Server) showTakeoverName(c echo.Context) error {
	t, err := s.taking(c, "naam")
	if err != nil {
		return err
	}
	return s.takeoverName(c, http.StatusOK, t, nameForm{t.Answers.FirstNames, t.Answers.Infix, t.Answers.LastName}, nil)
}

// saveTakeoverName keeps the name of who takes over.
func (s *Server) saveTakeoverName(c echo.Context) error {
	t, err := s.taking(c, "naam")
	if err != nil {
		return err
	}
	form, err := bind[nameForm](c)
	clean := form
	if err == nil {
		clean, err = form.clean()
	}
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverName(c, http.StatusUnprocessableEntity, t, form, bad)
	}
	if err != nil {
		return err
	}
	_, err = s.people.Answer(c.Request().Context(), t.claim.ID, t.token, func(a *participants.Answers) {
		a.FirstNames, a.Infix, a.LastName = clean.First, clean.Infix, clean.Last
	})
	if err != nil {
		return err
	}
	return s.to(c, t.place("adres"))
}

func (s *Server) takeoverName(c echo.Context, status int, t taking, form nameForm, bad ui.Problems) error {
	p := ui.JoinNamePage{JoinPage: s.takeoverView(c, "portal.takeover.name_title", t.home(), bad), First: form.First, Infix: form.Infix, Last: form.Last}
	return s.show(c, status, ui.JoinName(p))
}

func (s *Server) showTakeoverAddress(c echo.Context) error {
	t, err := s.taking(c, "adres")
	if err != nil {
		return err
	}
	a := t.Answers.Address
	return s.takeoverAddress(c, http.StatusOK, t, addressForm{a.Postcode, a.HouseNumber, a.Addition, a.Street, a.City, "NL"}, nil)
}

// saveTakeoverAddress keeps where who takes over lives.
func (s *Server) saveTakeoverAddress(c echo.Context) error {
	t, err := s.taking(c, "adres")
	if err != nil {
		return err
	}
	form, err := bind[addressForm](c)
	var address participants.Address
	if err == nil {
		address, err = form.clean()
	}
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverAddress(c, http.StatusUnprocessableEntity, t, form, bad)
	}
	if err != nil {
		return err
	}
	if _, err := s.people.Answer(c.Request().Context(), t.claim.ID, t.token, func(a *participants.Answers) { a.Address = address }); err != nil {
		return err
	}
	return s.to(c, t.place("ondertekenen"))
}

func (s *Server) takeoverAddress(c echo.Context, status int, t taking, form addressForm, bad ui.Problems) error {
	p := ui.JoinAddressPage{
		JoinPage: s.takeoverView(c, "portal.takeover.address_title", t.place("naam"), bad), Postcode: form.Postcode, House: form.House, Addition: form.Addition,
		Street: form.Street, City: form.City, Country: form.Country, Countries: allCountries(lang(c)),
	}
	return s.show(c, status, ui.JoinAddress(p))
}

func (s *Server) showTakeoverSign(c echo.Context) error {
	t, err := s.taking(c, "ondertekenen")
	if err != nil {
		return err
	}
	return s.takeoverSign(c, http.StatusOK, t, signForm{}, nil)
}

// signTakeover makes who signed the holder of the participation. Sent twice, it is signed once.
func (s *Server) signTakeover(c echo.Context) error {
	received := s.now()
	t, err := s.taking(c, "ondertekenen")
	if err != nil {
		return err
	}
	form, err := bind[signForm](c)
	if err == nil {
		err = form.missing()
	}
	if err == nil {
		_, err = s.claims.SignTakeover(c.Request().Context(), t.claim, t.link, t.token, s.takeoverSignature(c, t, form, received))
	}
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverSign(c, http.StatusUnprocessableEntity, t, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, t.place("klaar"))
}

// ward is for whom the one who takes over signs; who came of age signs for themselves.
func (t taking) ward() *participants.Ward {
	if t.over.Kind == claims.TakeoverAdult {
		return nil
	}
	return &t.over.Ward
}

func (s *Server) takeoverLabels(c echo.Context, t taking) (mandate, agreement string) {
	said := ui.View{Lang: t.Lang, Translate: s.words.T(t.Lang)}
	return s.mandateLabel(c, said, t.ward()), said.T("join.sign.agreement", "Fee", terms(said, t.claim, t.over.Fee))
}

func (s *Server) takeoverSignature(c echo.Context, t taking, form signForm, received time.Time) claims.SignForm {
	said := ui.View{Lang: t.Lang, Translate: s.words.T(t.Lang)}
	mandate, agreement := s.takeoverLabels(c, t)
	return claims.SignForm{
		MandateSHA256: form.MandateSHA256, AgreementSHA256: form.AgreementSHA256, MandateLabel: mandate, AgreementLabel: agreement,
		MandateTicked: form.Mandate, AgreementTicked: form.Agreement, TypedName: form.Name,
		RequestID: hex.EncodeToString(s.vault.MAC("sign request", []byte(t.token+"|"+form.RequestID))[:16]),
		IP:        c.RealIP(), UserAgent: c.Request().UserAgent(), ReceivedAt: received,
		AmountsShown: map[string]string{"chosen": terms(said, t.claim, t.over.Fee)},
	}
}

func (s *Server) takeoverSign(c echo.Context, status int, t taking, form signForm, bad ui.Problems) error {
	texts, err := s.claims.Texts(c.Request().Context(), t.claim.ID, t.Lang)
	if err != nil {
		return err
	}
	p := ui.JoinSignPage{JoinPage: s.takeoverView(c, "portal.takeover.sign_title", t.place("adres"), bad), TextLang: t.Lang, Summary: noteOf(texts["mandate_summary"])}
	p.Mandate, p.Agreement = written(p.View, texts["mandate"]), written(p.View, texts["agreement"])
	p.MandateLabel, p.AgreementLabel = s.takeoverLabels(c, t)
	p.MandateTicked, p.AgreementTicked, p.Name = form.Mandate, form.Agreement, form.Name
	p.Step, p.Of = 5, 5
	if p.RequestID = form.RequestID; len(p.RequestID) != 26 {
		p.RequestID = rand.Text()
	}
	p.SignAs = participants.FullName(t.Answers.FirstNames, t.Answers.Infix, t.Answers.LastName)
	p.LaterURL = p.Href(t.place("adres"))
	return s.show(c, status, ui.JoinSign(p))
}

// showTakenOver tells who signed that the participation is theirs.
func (s *Server) showTakenOver(c echo.Context) error {
	t, err := s.taking(c, "klaar")
	if err != nil {
		return err
	}
	if !t.over.Signed {
		return detour{t.home()}
	}
	p := ui.JoinDonePage{View: s.view(c, "portal.takeover.title"), Number: t.over.Number}
	p.Text = ui.Note{Title: p.T("portal.takeover.done"), Body: p.T("portal.takeover.done_text")}
	p.CaseURL = p.Href("/mijn/" + t.over.Ref)
	return s.show(c, http.StatusOK, ui.JoinDone(p))
}
