package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants/privacy"
	"samenclaim/web/ui"
)

// erasePage lists what goes, what stays, why and until when, and what stands in the way.
func (s *Server) erasePage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	look, err := s.claims.PreviewErase(c.Request().Context(), o.person.ID)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "mine.erase.title")
	p := ui.PortalErasePage{View: v, Back: v.Href(o.path("/stoppen")), Export: v.Href(o.path("/gegevens")) + "#download"}
	if len(look.Blockers) == 0 {
		p.Next = v.Href(o.path("/stoppen/wissen/bevestigen"))
	}
	for _, b := range look.Blockers {
		p.Blockers = append(p.Blockers, v.T("mine.erase.blocker."+b.Key, "Number", b.Number, "Until", v.Day(b.Until)))
	}
	for _, one := range look.Cases {
		p.Cases = append(p.Cases, eraseCase(v, one)...)
	}
	for _, g := range look.Goes {
		p.Goes = append(p.Goes, v.T("mine.erase.gone."+g.Key, "Count", v.Number(g.Count)))
	}
	for _, k := range look.Stays {
		p.Stays = append(p.Stays, ui.PortalKept{What: v.T("mine.erase.kept." + k.Key), Why: v.T("mine.erase.ground." + k.Ground), Until: keptUntil(v, k)})
	}
	return s.show(c, http.StatusOK, ui.PortalErase(p))
}

func eraseCase(v ui.View, one claims.EraseCase) (lines []string) {
	if one.Ends {
		lines = append(lines, v.T("mine.erase.ends", "Number", one.Number))
	}
	if one.RefundCents > 0 {
		lines = append(lines, v.T("mine.erase.refund", "Number", one.Number, "Amount", v.Euro(int64(one.RefundCents))))
	}
	return lines
}

func keptUntil(v ui.View, k privacy.Kept) string {
	if k.Until.IsZero() {
		return v.T("mine.erase.after_case", "Years", v.Number(int64(k.AfterCase)))
	}
	return v.Day(k.Until)
}

// eraseConfirmPage asks for a code from the mail.
func (s *Server) eraseConfirmPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.showEraseConfirm(c, o, http.StatusOK, confirmForm{}, nil, false)
}

// erase destroys everything that can be destroyed. The code works once, so twice is once.
func (s *Server) erase(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err := bind[confirmForm](c)
	sent := false
	if err == nil {
		sent, err = s.confirmed(c, o, form)
	}
	if err == nil && !sent {
		_, err = s.claims.Erase(c.Request().Context(), o.by(), o.person.ID)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showEraseConfirm(c, o, http.StatusUnprocessableEntity, form, bad, false)
	}
	if err != nil {
		return err
	}
	if sent {
		return s.showEraseConfirm(c, o, http.StatusOK, form, nil, true)
	}
	return s.to(c, "/mijn/gewist")
}

func (s *Server) showEraseConfirm(c echo.Context, o ownCase, status int, form confirmForm, bad ui.Problems, sent bool) error {
	v := s.portalView(c, o, "mine.erase.confirm_title", bad...)
	return s.show(c, status, ui.PortalEraseConfirm(ui.PortalEraseConfirmPage{
		View: v, Bad: bad, Action: v.Href(o.path("/stoppen/wissen/bevestigen")), Back: v.Href(o.path("/stoppen/wissen")), Email: o.person.Email, Confirm: confirmPart(form, bad, sent),
	}))
}

// erasedPage is the last page somebody sees; it knows nobody.
func (s *Server) erasedPage(c echo.Context) error {
	return s.show(c, http.StatusOK, ui.PortalErased(ui.PortalErasedPage{View: s.view(c, "mine.erased.title")}))
}
