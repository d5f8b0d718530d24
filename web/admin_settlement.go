package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// settlementForm is what somebody types about a settlement or a judgment.
type settlementForm struct {
	Kind      string `form:"kind" say:"money.settlement.kind" validate:"oneof=settlement judgment"`
	Reference string `form:"reference" say:"money.settlement.reference" validate:"filled,max=100"`
	Pot       string `form:"pot"`
	Cap       string `form:"cap"`
	Day       string `form:"agreed-day"`
	Month     string `form:"agreed-month"`
	Year      string `form:"agreed-year"`
	Note      string `form:"note" say:"money.settlement.note" validate:"max=2000"`
}

// settlement shows the terms, the money that came in, and what comes next.
func (s *Server) settlement(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	return s.showSettlement(c, http.StatusOK, claim, settlementForm{}, nil)
}

// recordSettlement writes the terms down.
func (s *Server) recordSettlement(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[settlementForm](c)
	terms, mistyped := form.terms(c, s.today())
	if err = gather(err, mistyped); err == nil {
		err = s.claims.RecordSettlement(c.Request().Context(), s.member(c).Actor(), claim.ID, terms)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showSettlement(c, http.StatusUnprocessableEntity, claim, form, inOrder(bad, "kind", "reference", "pot", "cap", "agreed", "note"))
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.settlement.saved"))
	return s.to(c, "/beheer/"+claim.Slug+"/schikking")
}

// terms reads what was typed.
func (f settlementForm) terms(c echo.Context, today time.Time) (claims.Settlement, error) {
	terms := claims.Settlement{Kind: f.Kind, Reference: strings.Join(strings.Fields(printable(f.Reference)), " "), Note: printable(f.Note)}
	var potErr, capErr, dayErr error
	if terms.PotCents, potErr = typedAmount(c, "pot", f.Pot); potErr == nil && terms.PotCents == 0 {
		potErr = wrong("pot", "money.amount.zero")
	}
	if strings.TrimSpace(f.Cap) != "" {
		var limit payments.Cents
		limit, capErr = typedAmount(c, "cap", f.Cap)
		terms.CourtCapCents = &limit
	}
	terms.AgreedOn, dayErr = typedDay("agreed", f.Day, f.Month, f.Year)
	switch {
	case dayErr != nil:
	case terms.AgreedOn.IsZero():
		dayErr = wrong("agreed", "money.settlement.agreed.missing")
	case terms.AgreedOn.After(today):
		dayErr = wrong("agreed", "money.settlement.agreed.future")
	}
	return terms, gather(potErr, capErr, dayErr)
}

func (s *Server) showSettlement(c echo.Context, status int, claim claims.Claim, form settlementForm, bad ui.Problems) error {
	v := s.view(c, "money.settlement.title", bad...)
	terms, err := s.claims.Settlement(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	page := ui.SettlementPage{View: v, Bad: bad, Action: v.Href(deskPath(claim, "/schikking"))}
	page.Links = []ui.Link{{Label: v.T("money.refunds.link"), URL: v.Href(deskPath(claim, "/terugbetalingen"))}}
	switch {
	case terms != nil:
		err = s.fillSettlement(c, &page, claim, *terms)
	case claim.Status != claims.SettlementProposed && claim.Status != claims.Litigation:
		page.Closed = v.T("money.settlement.early")
	case !s.member(c).May(staff.SettlementRecord):
		page.Closed = v.T("money.settlement.not_you")
	default:
		page.Form = &ui.SettlementForm{
			Kind: form.Kind, Reference: form.Reference, Pot: form.Pot, Cap: form.Cap, Day: form.Day, Month: form.Month, Year: form.Year, Note: form.Note,
		}
	}
	if err != nil {
		return err
	}
	return s.show(c, status, ui.Settlement(page))
}

// fillSettlement shows terms that stand, with the money beside them.
func (s *Server) fillSettlement(c echo.Context, page *ui.SettlementPage, claim claims.Claim, terms claims.Settlement) error {
	ctx, v := c.Request().Context(), page.View
	name, err := s.colleagues(ctx, v.T)
	if err != nil {
		return err
	}
	received, err := s.claims.Received(ctx, claim.ID)
	if err != nil {
		return err
	}
	d, err := s.claims.Distribution(ctx, claim.ID)
	if err != nil {
		return err
	}
	page.Status = settlementMoney(v, terms.PotCents, received)
	page.Money = []ui.StatProps{
		{Label: v.T("money.settlement.pot_short"), Value: v.Euro(int64(terms.PotCents))},
		{Label: v.T("money.settlement.received"), Value: v.Euro(int64(received)), Note: v.T("money.settlement.received_note")},
		{Label: v.T("money.settlement.missing"), Value: v.Euro(int64(max(terms.PotCents-received, 0)))},
	}
	limit := v.T("money.settlement.no_cap")
	if terms.CourtCapCents != nil {
		limit = v.Euro(int64(*terms.CourtCapCents))
	}
	page.Note = terms.Note
	page.Terms = []ui.Definition{
		{Label: v.T("money.settlement.kind"), Value: v.T("money.settlement.kind_" + terms.Kind)},
		{Label: v.T("money.settlement.reference"), Value: terms.Reference},
		{Label: v.T("money.settlement.pot"), Value: v.Euro(int64(terms.PotCents))},
		{Label: v.T("money.settlement.cap"), Value: limit},
		{Label: v.T("money.settlement.agreed"), Value: v.Day(terms.AgreedOn)},
		{Label: v.T("money.settlement.recorded"), Value: v.T("money.by_at", "Who", name(terms.RecordedBy), "When", v.Moment(terms.RecordedAt))},
	}
	page.Next = nextOfMoney(v, claim, received >= terms.PotCents, d != nil)
	return nil
}

// settlementMoney says whether the money is there.
func settlementMoney(v ui.View, pot, received payments.Cents) ui.StatusProps {
	switch {
	case received == 0:
		return ui.StatusProps{Kind: "info", Title: v.T("money.settlement.none_in"), Text: v.T("money.settlement.none_in_text")}
	case received < pot:
		return ui.StatusProps{Kind: "warn", Title: v.T("money.settlement.part_in"), Text: v.T("money.settlement.part_in_text", "Missing", v.Euro(int64(pot-received)))}
	case received > pot:
		return ui.StatusProps{Kind: "warn", Title: v.T("money.settlement.more_in"), Text: v.T("money.settlement.more_in_text", "More", v.Euro(int64(received-pot)))}
	}
	return ui.StatusProps{Kind: "success", Title: v.T("money.settlement.all_in"), Text: v.T("money.settlement.all_in_text")}
}

// nextOfMoney is what comes after the terms: where the case has to be, and where to go for it.
func nextOfMoney(v ui.View, claim claims.Claim, complete, calculated bool) *ui.NextStep {
	var step, path string
	switch claim.Status {
	case claims.SettlementProposed, claims.Litigation:
		step, path = "move", deskPath(claim, "/zaak")
	case claims.Settled, claims.Won:
		switch {
		case !complete:
			step, path = "wait", "/beheer/bank"
		case !calculated:
			step, path = "calculate", deskPath(claim, "/verdeling")
		default:
			step, path = "approve", deskPath(claim, "/verdeling")
		}
	case claims.Distributing:
		step, path = "pay", deskPath(claim, "/uitbetalingen")
	default:
		return nil
	}
	key := "money.next." + step
	return &ui.NextStep{Title: v.T(key + ".title"), Text: v.T(key + ".text"), Label: v.T(key + ".link"), URL: v.Href(path)}
}
