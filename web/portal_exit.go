package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// exitForm is the last word of an exit; the day is for an opt-out only.
type exitForm struct {
	Sure  string `form:"sure" say:"mine.exit.sure" validate:"filled"`
	Day   string `form:"told-day"`
	Month string `form:"told-month"`
	Year  string `form:"told-year"`
}

// exits are the ways to stop that have two steps, by the word in their address. Erasing has pages of its own.
var exits = map[string]claims.Exit{"herroepen": claims.Revoked, "beeindigen": claims.Ended, "opt-out": claims.OptedOut}

// exitWords are why an exit is not possible, by the error of the domain.
var exitWords = []struct {
	err error
	key string
}{
	{claims.ErrCoolingOff, "mine.exit.why.cooling_off"}, {claims.ErrNoCourt, "mine.exit.why.no_court"},
	{claims.ErrAwarded, "mine.exit.why.awarded"}, {participants.ErrWrongState, "mine.exit.why.over"},
}

// exitsPage sets the ways to stop apart, and says how somebody stopped who has.
func (s *Server) exitsPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "mine.exit.title")
	p := ui.PortalExitsPage{View: v}
	left, err := s.claims.LeftBy(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	if left != nil {
		p.Left = leftWords(v, o, *left)
	}
	add := func(word, key string, args ...any) {
		p.Cards = append(p.Cards, ui.PortalCard{Title: v.T(key + ".title"), Text: v.T(key+".card", args...), Label: v.T(key + ".link"), URL: v.Href(o.path("/stoppen/" + word))})
	}
	if left == nil && o.part.Status.Live() {
		if until := claims.CoolingOffUntil(o.part.SignedAt); !s.now().After(until) {
			add("herroepen", "mine.exit.revoked", "Until", v.Moment(until))
		}
		add("beeindigen", "mine.exit.ended")
		add("opt-out", "mine.exit.opted_out")
	}
	add("wissen", "mine.erase")
	return s.show(c, http.StatusOK, ui.PortalExits(p))
}

// leftWords say how and when somebody stopped.
func leftWords(v ui.View, o ownCase, left claims.Left) *ui.PortalLeft {
	key := "mine.exit." + string(left.Kind)
	out := &ui.PortalLeft{
		Title: v.T(key+".done", "When", v.Moment(left.At)), Text: v.T("mine.exit.done_number", "Number", o.part.Number),
		Lines: []string{v.T("mine.exit.done_mail")}, Refund: int64(left.RefundCents), PaymentsURL: v.Href(o.path("/betalen")),
	}
	if left.FeeStays {
		out.Lines = append(out.Lines, v.T("mine.exit.done_fee_stays"))
	}
	return out
}

// exitPage says what one exit means, before it is taken.
func (s *Server) exitPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	kind, ok := exits[c.Param("exit")]
	if !ok {
		return echo.ErrNotFound
	}
	look, err := s.claims.PreviewExit(c.Request().Context(), o.claim, o.part, kind)
	if err != nil {
		return err
	}
	key := "mine.exit." + string(kind)
	v := s.portalView(c, o, key+".title")
	p := ui.PortalExitPage{
		View: v, Lead: v.T(key + ".lead"), Possible: look.Err == nil, Next: v.Href(o.path("/stoppen/" + c.Param("exit") + "/bevestigen")),
		NextText: v.T(key + ".next"), Back: v.Href(o.path("/stoppen")), Points: exitPoints(v, o, kind, look),
	}
	for _, w := range exitWords {
		if errors.Is(look.Err, w.err) {
			p.Reason = v.T(w.key, "Until", v.Moment(look.Until))
		}
	}
	return s.show(c, http.StatusOK, ui.PortalExit(p))
}

// exitPoints are the effects of an exit, the money among them.
func exitPoints(v ui.View, o ownCase, kind claims.Exit, look claims.ExitPreview) (points []string) {
	say := func(key string, args ...any) { points = append(points, v.T("mine.exit."+key, args...)) }
	say(string(kind)+".means", "Until", v.Moment(look.Until), "Defendant", o.claim.DefendantName)
	switch {
	case look.FeeStays:
		say("money_stays", "Amount", v.Euro(int64(look.PayoutCents)), "Fee", v.Euro(int64(look.FeeCents)))
	case look.RefundCents > 0:
		say("money_back", "Amount", v.Euro(int64(look.RefundCents)))
	default:
		say("money_none")
	}
	if !look.FeeStays {
		say("no_award")
		if kind == claims.Ended {
			say("still_bound")
		}
		say("limitation")
	}
	if look.InLetter {
		say("in_letter")
	}
	say("data_stays")
	return points
}

// exitConfirmPage asks for the last word.
func (s *Server) exitConfirmPage(c echo.Context) error {
	o, kind, err := s.openExit(c)
	if err != nil {
		return err
	}
	return s.showExitConfirm(c, o, kind, http.StatusOK, exitForm{}, nil)
}

// openExit finds the exit in the address; one that is not possible leads to the page that says why.
func (s *Server) openExit(c echo.Context) (o ownCase, kind claims.Exit, err error) {
	if o, err = s.ownCase(c); err != nil {
		return o, "", err
	}
	kind, ok := exits[c.Param("exit")]
	if !ok {
		return o, "", echo.ErrNotFound
	}
	look, err := s.claims.PreviewExit(c.Request().Context(), o.claim, o.part, kind)
	if err == nil && look.Err != nil {
		err = detour{o.path("/stoppen/" + c.Param("exit"))}
	}
	return o, kind, err
}

// exit ends a participation in one of the ways. Asked twice, it ends once.
func (s *Server) exit(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	kind, ok := exits[c.Param("exit")]
	if !ok {
		return echo.ErrNotFound
	}
	form, err := bind[exitForm](c)
	if err == nil {
		err = s.takeExit(c, o, kind, form)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showExitConfirm(c, o, kind, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, o.path("/stoppen"))
}

func (s *Server) takeExit(c echo.Context, o ownCase, kind claims.Exit, form exitForm) error {
	ctx := c.Request().Context()
	switch kind {
	case claims.Revoked:
		return s.claims.Revoke(ctx, o.by(), o.part)
	case claims.OptedOut:
		on, err := typedDay("told", form.Day, form.Month, form.Year)
		if err != nil {
			return err
		}
		return s.claims.OptOut(ctx, o.by(), o.part, on)
	}
	return s.claims.Leave(ctx, o.by(), o.part)
}

func (s *Server) showExitConfirm(c echo.Context, o ownCase, kind claims.Exit, status int, form exitForm, bad ui.Problems) error {
	key := "mine.exit." + string(kind)
	v := s.portalView(c, o, key+".confirm_title", bad...)
	day, month, year := form.Day, form.Month, form.Year
	return s.show(c, status, ui.PortalExitConfirm(ui.PortalExitConfirmPage{
		View: v, Bad: bad, Action: v.Href(o.path("/stoppen/" + c.Param("exit") + "/bevestigen")), Back: v.Href(o.path("/stoppen/" + c.Param("exit"))),
		Statement: []string{
			v.T(key+".statement", "Name", o.person.Name(), "Number", o.part.Number, "Date", v.Day(o.part.SignedAt), "Foundation", v.Foundation.Name),
			v.T("mine.exit.receipt", "Email", o.person.Email),
		},
		Sure: form.Sure != "", SureText: v.T(key + ".sure"), Button: v.T(key + ".button"), AskDay: kind == claims.OptedOut, Day: day, Month: month, Year: year,
	}))
}
