package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// lookReasons are why a member of staff may see the fields of a person unmasked.
var lookReasons = []string{"call", "check", "evidence", "payout", "request"}

type lookForm struct {
	Reason string `form:"reason" say:"case.person.reason" validate:"filled,oneof=call check evidence payout request"`
}

// participant shows one participation with its fields masked. The look is logged.
func (s *Server) participant(c echo.Context) error {
	return s.showParticipant(c, http.StatusOK, "register", false, nil)
}

// revealParticipant shows the fields in full, for a reason that is logged and that the person can see.
func (s *Server) revealParticipant(c echo.Context) error {
	form, err := bind[lookForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.showParticipant(c, http.StatusUnprocessableEntity, "register", false, bad)
	}
	if err != nil {
		return err
	}
	return s.showParticipant(c, http.StatusOK, form.Reason, true, nil)
}

// clearMark takes the marks away: somebody looked and found nothing wrong.
func (s *Server) clearMark(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if err := s.claims.ClearMark(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("number")); err != nil {
		return err
	}
	s.flash(c, "success", s.words.T(lang(c))("case.mark.cleared"))
	return s.to(c, "/beheer/"+claim.Slug+"/deelname/"+c.Param("number"))
}

func (s *Server) showParticipant(c echo.Context, status int, reason string, shown bool, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, err := s.claims.View(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("number"), reason)
	if err != nil {
		return err
	}
	v := s.view(c, "case.person.title", bad...)
	page := ui.ParticipantPage{
		View: v, Bad: bad, Base: "/beheer/" + claim.Slug, Number: d.Participation.Number, Shown: shown, Reason: reason,
		Status: v.T("case.filter.status." + string(d.Participation.Status)), StatusKind: participationKind(string(d.Participation.Status)),
	}
	if s.member(c).May(staff.PackTake) {
		page.PackURL = v.Href(page.Base + "/deelname/" + page.Number + "/bewijspakket.zip")
	}
	for _, r := range lookReasons {
		page.Reasons = append(page.Reasons, ui.Option{Value: r, Label: v.T("case.look." + r)})
	}
	for _, mark := range claims.Marks(d.Participation) {
		page.Marks = append(page.Marks, v.T("case.mark."+mark))
	}
	if s.member(c).May(staff.PersonReview) {
		page.ClearURL = v.Href(page.Base + "/deelname/" + page.Number + "/nagekeken")
	}
	if s.member(c).May(staff.MessageAnswer) {
		page.MessagesURL = v.Href(page.Base + "/deelname/" + page.Number + messagesPage)
	}
	if s.member(c).May(staff.EmailRequest) {
		page.EmailURL = v.Href(page.Base + "/deelname/" + page.Number + "/e-mailadres")
	}
	page.TakeoverURL = v.Href(page.Base + "/deelname/" + page.Number + "/vertegenwoordiging")
	page.Facts, page.Fee = personFacts(v, d, d.Preserved(claim), shown), feeFacts(v, d)
	page.Signatures, page.Consents = signatureTable(v, d), consentTable(v, d)
	page.Evidence = evidenceTable(v, page.Base+"/deelname/"+page.Number+"/bewijs/", d)
	page.Money, page.Mails = moneyTable(v, d), mailTable(v, d)
	page.Timeline = s.traces(c, v, d)
	if d.Restricted != "" {
		page.Restricted = v.T("rights.mark." + d.Restricted)
	}
	page.Held = s.heldRows(c, v, d, page.Base)
	return s.show(c, status, ui.Participant(page))
}

func personFacts(v ui.View, d claims.Dossier, kept claims.Preserved, shown bool) []ui.Definition {
	m, p := d.Masked, d.Participation
	if shown {
		lines := d.Address.Lines()
		m = claims.Masked{Name: d.Person.Name(), Email: d.Person.Email, Address: lines[0] + ", " + lines[1], AccountEmail: d.AccountEmail}
	}
	facts := []ui.Definition{
		{Label: v.T("case.column.name"), Value: m.Name}, {Label: v.T("case.column.email"), Value: m.Email},
		{Label: v.T("case.person.address"), Value: m.Address}, {Label: v.T("case.person.country"), Value: p.Country},
		{Label: v.T("case.person.used_for"), Value: v.T("case.used_for." + p.UsedFor)},
		{Label: v.T("case.column.signed"), Value: v.Moment(p.SignedAt)},
	}
	if m.AccountEmail != "" {
		facts = append(facts, ui.Definition{Label: v.T("case.person.account"), Value: m.AccountEmail})
	}
	if d.Letter != nil {
		facts = append(facts, ui.Definition{Label: v.T("case.person.annex"), Value: v.T("case.person.annex_value", "Ordinal", d.Letter.Ordinal)})
	}
	if p.Status.Live() || p.Status == participants.ClosedLost {
		facts = append(facts, ui.Definition{Label: v.T("clock.until"), Value: v.Day(kept.Until) + ", " + clockBy(v, kept)})
	}
	if d.Person.Synthetic {
		facts = append(facts, ui.Definition{Label: v.T("case.person.synthetic"), Value: v.T("common.yes")})
	}
	return facts
}

func feeFacts(v ui.View, d claims.Dossier) (facts []ui.Definition) {
	if d.Fee != nil {
		facts = append(facts, ui.Definition{Label: v.T("case.column.fee"), Value: v.T("case.filter.fee." + string(d.Fee.Option))},
			ui.Definition{Label: v.T("case.person.chosen"), Value: v.Moment(d.Fee.ChosenAt)})
		if d.Fee.LockedAt != nil {
			facts = append(facts, ui.Definition{Label: v.T("case.person.locked"), Value: v.Moment(*d.Fee.LockedAt)})
		}
	}
	if d.Award != nil {
		for _, a := range []struct {
			key   string
			cents payments.Cents
		}{{"gross", d.Award.GrossCents}, {"fee", d.Award.FeeCents}, {"vat", d.Award.VatCents}, {"prepaid", d.Award.PrepaidCents}, {"payout", d.Award.PayoutCents}} {
			facts = append(facts, ui.Definition{Label: v.T("case.award." + a.key), Value: v.Euro(int64(a.cents))})
		}
	}
	if d.PayeeEnding != "" {
		facts = append(facts, ui.Definition{Label: v.T("case.person.payee"), Value: "…" + d.PayeeEnding})
	}
	return facts
}
