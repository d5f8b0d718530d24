package web

import (
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// myConsents lists what somebody may allow, and what they allowed before.
func (s *Server) myConsents(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.consentsPage(c, http.StatusOK, o)
}

func (s *Server) consentsPage(c echo.Context, status int, o ownCase) error {
	ctx := c.Request().Context()
	given, err := s.people.Consents(ctx, o.part.ID)
	if err != nil {
		return err
	}
	texts, err := s.claims.Texts(ctx, o.claim.ID, lang(c))
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.consents.title")
	p := ui.PortalConsentsPage{View: v, Closed: o.over(), Changed: status != http.StatusOK}
	for _, kind := range consentKinds {
		if text, ok := texts["consent_"+kind]; ok {
			p.Choices = append(p.Choices, s.consentRow(v, o, kind, text, given))
		}
	}
	for _, g := range given {
		past, err := s.consentPast(c, v, o, g)
		if err != nil {
			return err
		}
		p.History = append(p.History, past)
		for i, choice := range p.Choices {
			if choice.Given && choice.Kind == g.Kind && g.WithdrawnAt == nil {
				p.Choices[i].GivenVersion, p.Choices[i].Newer = past.Version, past.Version != choice.Version
			}
		}
	}
	return s.show(c, status, ui.PortalConsents(p))
}

func (s *Server) consentRow(v ui.View, o ownCase, kind string, text participants.Text, given []participants.Consent) ui.PortalConsentRow {
	row := ui.PortalConsentRow{
		Kind: kind, Title: text.Title, Body: text.Body, Version: text.Version, Hash: hex.EncodeToString(text.SHA256), Effect: v.T("portal.consents.effect_off_" + kind), Action: v.Href(o.path("/toestemmingen/" + kind + "/aan")),
	}
	for _, g := range given {
		if g.Kind == kind && g.WithdrawnAt == nil {
			row.Given, row.GivenAt, row.TextURL = true, g.GivenAt, s.textURL(v, o, g.TextID)
			row.Effect, row.Action = v.T("portal.consents.effect_on_"+kind), v.Href(o.path("/toestemmingen/"+kind+"/uit"))
		}
	}
	return row
}

// consentPast is one permission of before, with the text that was shown then.
func (s *Server) consentPast(c echo.Context, v ui.View, o ownCase, g participants.Consent) (ui.PortalConsentPast, error) {
	text, err := s.claims.Text(c.Request().Context(), o.claim.ID, g.TextID)
	past := ui.PortalConsentPast{Title: text.Title, Version: text.Version, TextURL: s.textURL(v, o, g.TextID), GivenAt: g.GivenAt}
	if g.WithdrawnAt != nil {
		past.WithdrawnAt = *g.WithdrawnAt
	}
	return past, err
}

// giveConsent writes a permission down, with the text that is on the page now.
func (s *Server) giveConsent(c echo.Context) error {
	o, text, err := s.consentText(c)
	if err != nil {
		return err
	}
	if o.over() {
		return claims.ErrWrongState
	}
	shown, err := one(c.Request().PostForm, "text_"+c.Param("kind"))
	if err != nil {
		return err
	}
	if shown != hex.EncodeToString(text.SHA256) { // another text than was read: it is shown again
		return s.consentsPage(c, http.StatusConflict, o)
	}
	if err := s.people.GiveConsent(c.Request().Context(), o.by(), o.part.ID, c.Param("kind"), text.ID); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.consents.now_on", "Title", text.Title))
	return s.to(c, o.path("/toestemmingen"))
}

// withdrawConsent takes a permission back, as easily as it was given.
func (s *Server) withdrawConsent(c echo.Context) error {
	o, text, err := s.consentText(c)
	if err != nil {
		return err
	}
	if err := s.people.WithdrawConsent(c.Request().Context(), o.by(), o.part.ID, c.Param("kind")); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.consents.now_off", "Title", text.Title))
	return s.to(c, o.path("/toestemmingen"))
}

// consentText finds the permission in the address; there are no others than the texts of the claim.
func (s *Server) consentText(c echo.Context) (ownCase, participants.Text, error) {
	o, err := s.ownCase(c)
	if err != nil {
		return o, participants.Text{}, err
	}
	texts, err := s.claims.Texts(c.Request().Context(), o.claim.ID, lang(c))
	if err != nil {
		return o, participants.Text{}, err
	}
	for _, kind := range consentKinds {
		if text, ok := texts["consent_"+kind]; ok && kind == c.Param("kind") {
			return o, text, nil
		}
	}
	return o, participants.Text{}, claims.ErrNotFound
}
