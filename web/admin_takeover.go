package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

type takeoverForm struct {
	Date  string `form:"date"`
	Name  string `form:"name" say:"case.takeover.name" validate:"filled,max=200"`
	Email string `form:"email" say:"case.takeover.email" validate:"filled,max=254"`
	Until string `form:"until"`
	Scope string `form:"scope"`
}

type estateForm struct {
	Outcome string `form:"outcome" say:"case.takeover.outcome" validate:"oneof=mistake ended unclaimed"`
}

// contact is whom we write to, and what is wrong with it.
func (f takeoverForm) contact(lang string) (claims.Contact, error) {
	email, err := participants.ParseEmail(f.Email)
	return claims.Contact{Name: strings.TrimSpace(f.Name), Email: email.Shown, Lang: lang}, err
}

// takenFor finds the participation in the address.
func (s *Server) takenFor(c echo.Context) (claims.Claim, participants.Participation, error) {
	claim, err := s.claim(c)
	if err != nil {
		return claim, participants.Participation{}, err
	}
	n, err := participants.ParseNumber(c.Param("number"))
	if err != nil {
		return claim, participants.Participation{}, claims.ErrNotFound
	}
	p, err := s.people.ByNumber(c.Request().Context(), claim.ID, n.String())
	return claim, p, err
}

// takeoverOf shows who represents a participation; what somebody reported about it is filled in.
func (s *Server) takeoverOf(c echo.Context) error {
	form := takeoverForm{Scope: "all"}
	if ref := c.QueryParam("melding"); ref != "" {
		_, p, err := s.takenFor(c)
		if err != nil {
			return err
		}
		said, err := s.people.ReportAbout(c.Request().Context(), p, ref)
		if err != nil {
			return err
		}
		form.Date, form.Name, form.Email = said.DiedOn, said.By, said.Email
	}
	return s.takeoverPage(c, http.StatusOK, form, nil)
}

// reportDeath freezes a participation because its person died.
func (s *Server) reportDeath(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	form, err := bind[takeoverForm](c)
	var to claims.Contact
	if err == nil {
		to, err = form.contact(lang(c))
	}
	var day time.Time
	if err == nil {
		if day, err = time.Parse(time.DateOnly, form.Date); err != nil {
			err = claims.ErrDeathDate
		}
	}
	if err == nil {
		_, file := uploaded(c, "file")
		err = s.claims.ReportDeath(c.Request().Context(), s.member(c).Actor(), p, claims.Death{DiedOn: day, Contact: to}, file)
	}
	return s.takeoverDone(c, form, err, "case.takeover.reported")
}

// proposeTakeover records that somebody asks to take a participation over.
func (s *Server) proposeTakeover(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	form, err := bind[takeoverForm](c)
	w := claims.TakeoverWish{Kind: claims.TakeoverRepresentative, Scope: form.Scope}
	if p.Status == participants.InEstate {
		w.Kind = claims.TakeoverHeir
	}
	if err == nil {
		w.Contact, err = form.contact(lang(c))
	}
	if err == nil && form.Scope != "all" && form.Scope != "no_money" {
		err = wrong("scope", "case.takeover.scope_choose")
	}
	if err == nil && form.Until != "" {
		until, e := time.Parse(time.DateOnly, form.Until)
		if w.UntilOn = &until; e != nil {
			err = claims.ErrUntil
		}
	}
	if err == nil {
		_, file := uploaded(c, "file")
		err = s.claims.ProposeTakeover(c.Request().Context(), s.member(c).Actor(), p, w, file)
	}
	return s.takeoverDone(c, form, err, "case.takeover.proposed")
}

// acceptTakeover is the second person: who asked may sign now.
func (s *Server) acceptTakeover(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err == nil {
		err = s.claims.AcceptTakeover(c.Request().Context(), s.member(c).Actor(), p)
	}
	return s.takeoverDone(c, takeoverForm{}, err, "case.takeover.accepted")
}

// sendTakeoverAgain mails another link; the one before works no longer.
func (s *Server) sendTakeoverAgain(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err == nil {
		err = s.claims.SendTakeoverAgain(c.Request().Context(), s.member(c).Actor(), p)
	}
	return s.takeoverDone(c, takeoverForm{}, err, "case.takeover.sent_again")
}

func (s *Server) refuseTakeover(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err == nil {
		err = s.claims.RefuseTakeover(c.Request().Context(), s.member(c).Actor(), p)
	}
	return s.takeoverDone(c, takeoverForm{}, err, "case.takeover.refused")
}

// endEstate is the second person ending an estate without heirs.
func (s *Server) endEstate(c echo.Context) error {
	_, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	form, err := bind[estateForm](c)
	if err == nil {
		err = s.claims.EndEstate(c.Request().Context(), s.member(c).Actor(), p, form.Outcome)
	}
	return s.takeoverDone(c, takeoverForm{}, err, "case.takeover.estate_ended")
}

// takeoverDone says what was done, or shows the page with what can be mended.
func (s *Server) takeoverDone(c echo.Context, form takeoverForm, err error, said string) error {
	if bad := s.mend(c, err); bad != nil {
		return s.takeoverPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, "/beheer/"+c.Param("slug")+"/deelname/"+c.Param("number")+"/vertegenwoordiging")
}

func (s *Server) takeoverPage(c echo.Context, status int, form takeoverForm, bad ui.Problems) error {
	claim, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	ctx, m := c.Request().Context(), s.member(c)
	estate, err1 := s.claims.EstateOf(ctx, p)
	open, err2 := s.claims.TakeoverOpen(ctx, p)
	r, err3 := s.claims.Represented(ctx, p)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	page := ui.TakeoverPage{
		View: s.view(c, "case.takeover.title", bad...), Bad: bad, Base: "/beheer/" + claim.Slug + "/deelname/" + p.Number + "/vertegenwoordiging", Number: p.Number,
		Date: form.Date, Name: form.Name, Email: form.Email, Until: form.Until, Scope: form.Scope, Kind: claims.TakeoverRepresentative,
	}
	propose, accept := m.May(staff.TakeoverPropose), m.May(staff.TakeoverAccept)
	page.MayReport = propose && estate == nil && p.Status.Live()
	page.MayPropose = propose && open == nil && p.Status.Live()
	if r != nil {
		page.Facts = append(page.Facts, ui.Definition{Label: page.T("case.takeover.capacity"), Value: page.T("case.takeover.as_" + r.Capacity)})
		if r.OfAgeAt != nil {
			page.Facts = append(page.Facts, ui.Definition{Label: page.T("case.takeover.of_age"), Value: page.Day(*r.OfAgeAt)})
		}
	}
	if estate != nil {
		page.Kind, page.MayEnd = claims.TakeoverHeir, accept && estate.ReportedBy != m.Actor()
		before, err := s.claims.DeliveredBefore(ctx, p, estate.DiedOn)
		if err != nil {
			return err
		}
		page.Facts = append(page.Facts, ui.Definition{Label: page.T("case.takeover.died_on"), Value: page.Day(estate.DiedOn)},
			ui.Definition{Label: page.T("case.takeover.before"), Value: page.T("case.takeover.before_" + before)})
	}
	if open != nil {
		page.MayAccept = accept && open.Status == claims.TakeoverProposed && open.ProposedBy != m.Actor()
		page.MaySend = accept && open.Status == claims.TakeoverAccepted
		page.MayRefuse = accept && open.Kind != claims.TakeoverAdult
		page.Facts = append(page.Facts, ui.Definition{Label: page.T("case.takeover.waits"), Value: page.T("case.takeover." + open.Kind + "_" + open.Status)})
		if open.LinkUntil != nil {
			page.Facts = append(page.Facts, ui.Definition{Label: page.T("case.takeover.link_until"), Value: page.Moment(*open.LinkUntil)})
		}
	}
	return s.show(c, status, ui.Takeover(page))
}
