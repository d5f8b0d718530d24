package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/ui"
)

// loginsShown is how many log-ins the page shows.
const loginsShown = 10

// mySecurity shows where somebody is logged in.
func (s *Server) mySecurity(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	all, err := s.people.Logins(c.Request().Context(), o.person.ID, loginsShown)
	if err != nil {
		return err
	}
	holds, err := s.claims.HoldsOf(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "mine.security.title")
	p := ui.PortalSecurityPage{View: v, NotMe: v.Href(o.path("/veiligheid/niet-ik")), Held: slices.ContainsFunc(holds, func(h payments.Hold) bool {
		return h.LiftedAt == nil && (h.Kind == payments.HoldSecurity || h.Kind == payments.HoldShared)
	})}
	for _, l := range all {
		row := ui.PortalLoginRow{Browser: l.Browser, Since: l.CreatedAt, Seen: l.LastSeenAt, Kind: "neutral", State: v.T("mine.security.ended")}
		if row.Browser == "" {
			row.Browser = v.T("mine.security.unknown")
		}
		switch live := l.EndedAt == nil && s.now().Before(l.LastSeenAt.Add(mineIdle)); {
		case l.ID == seen(c).login.id:
			row.Kind, row.State = "good", v.T("mine.security.here")
		case live:
			row.Kind, row.State, row.EndURL = "info", v.T("mine.security.open"), v.Href(o.path("/veiligheid/"+strconv.FormatInt(l.ID, 10)+"/uit"))
		}
		p.Logins = append(p.Logins, row)
	}
	return s.show(c, http.StatusOK, ui.PortalSecurity(p))
}

// endLogin ends one log-in of this person.
func (s *Server) endLogin(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.ErrNotFound
	}
	if err := s.people.EndLogin(c.Request().Context(), o.person.ID, id); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mine.security.end_done"))
	return s.to(c, o.path("/veiligheid"))
}

// notMe ends every log-in, this one too, and stops the money.
func (s *Server) notMe(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.claims.NotMe(c.Request().Context(), o.person.ID); err != nil {
		return err
	}
	return s.to(c, "/mijn/inloggen?uit=ja")
}

// wantExport asks for a copy of everything; it is made in the background.
func (s *Server) wantExport(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.allow(c.Request().Context(), limitDownloads, string(o.by())); err != nil {
		return err
	}
	if err := s.claims.WantExport(c.Request().Context(), o.by(), o.person.ID); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mine.export.asked"))
	return s.to(c, o.path("/gegevens"))
}
