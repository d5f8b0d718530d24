package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// ownCase is one participation of the person who is logged in, with its claim.
type ownCase struct {
	person participants.Participant
	part   participants.Participation
	claim  claims.Claim
	ward   *participants.Ward // for whom it is, if for another than the person
	unread int                // messages that the person has not read
}

// ownCase finds the participation in the address. Somebody else's does not exist.
func (s *Server) ownCase(c echo.Context) (ownCase, error) {
	ctx, o := c.Request().Context(), ownCase{person: s.person(c)}
	var err error
	if o.part, err = s.people.Participation(ctx, o.person.ID, c.Param("ref")); err != nil {
		return o, err
	}
	if o.claim, err = s.claims.Claim(ctx, o.part.ClaimID); err != nil {
		return o, err
	}
	r, err := s.claims.Represented(ctx, o.part)
	if r != nil {
		o.ward = &r.Ward
	}
	if err != nil {
		return o, err
	}
	unread, err := s.claims.UnreadMessages(ctx, o.person.ID)
	o.unread = unread[o.part.ID]
	return o, err
}

// path is the address of a page of this case, without its language.
func (o ownCase) path(page string) string { return "/mijn/" + o.part.Ref + page }

func (o ownCase) by() audit.Actor { return audit.Participant(o.person.ID) }

func (o ownCase) owner() claims.Owner { return claims.Owner{ParticipationID: o.part.ID} }

// gone reports whether the person takes part no longer.
func (o ownCase) gone() bool {
	switch o.part.Status {
	case participants.Withdrawn, participants.OptedOut, participants.Erased:
		return true
	}
	return false
}

// over reports whether nothing changes any more because the case has ended for this person.
func (o ownCase) over() bool { return o.gone() || o.part.Status == participants.ClosedLost }

// money reports whether there is, or was, money for this person.
func (o ownCase) money() bool {
	switch o.part.Status {
	case participants.PayeePending, participants.Payable, participants.InRun, participants.Paid, participants.Unclaimed:
		return true
	}
	return false
}

// messagesPage is where a person and the foundation write to each other.
const messagesPage = "/berichten"

// consultationPage is where a participant says what they think of a proposed settlement.
const consultationPage = "/raadpleging"

// portalMenu are the pages of a case in the order of the menu. The payout is there once there is money.
var portalMenu = []struct{ Key, Page string }{
	{"portal.nav.home", ""},
	{"portal.nav.payee", "/uitbetaling"},
	{"mine.nav.messages", messagesPage},
	{"portal.nav.details", "/gegevens"},
	{"portal.nav.evidence", "/bewijs"},
	{"portal.nav.fee", "/vergoeding"},
	{"portal.nav.pay", "/betalen"},
	{"portal.nav.documents", "/documenten"},
	{"portal.nav.consents", "/toestemmingen"},
	{"mine.nav.security", "/veiligheid"},
	{"rights.nav", "/rechten"},
	{"portal.nav.leave", "/stoppen"},
}

// portalView is the view of a page in a case, with its menu.
func (s *Server) portalView(c echo.Context, o ownCase, titleKey string, bad ...ui.Problem) ui.View {
	v := s.view(c, titleKey, bad...)
	for _, m := range portalMenu {
		if m.Page == "/uitbetaling" && !o.money() {
			continue
		}
		path := o.path(m.Page)
		here := v.Path == path || m.Page != "" && strings.HasPrefix(v.Path, path+"/") || m.Page == "/betalen" && strings.HasPrefix(v.Path, o.path("/betaling/"))
		item := ui.NavItem{Label: v.T(m.Key), URL: v.Href(path), Current: here}
		if m.Page == messagesPage {
			item.Count = o.unread
		}
		v.Nav = append(v.Nav, item)
	}
	v.HelpURL = v.Href("/"+o.claim.Slug) + "#vragen"
	v.Footer = append([]ui.Link{{Label: v.T("public.footer.privacy"), URL: v.Href("/" + o.claim.Slug + "/privacy")}}, v.Footer...)
	return v
}

// feeWords says what an option costs: an amount, or a share of what comes in.
func feeWords(v ui.View, c claims.Claim, option claims.FeeOption) string {
	if option == claims.Flat {
		return v.T("portal.fee_words.flat", "Fee", v.Euro(int64(c.FlatFeeCents)))
	}
	return v.T("portal.fee_words.percentage", "Fee", v.Percent(c.RateBP))
}
