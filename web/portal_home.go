package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// myCases lists what somebody takes part in; one thing is opened at once.
func (s *Server) myCases(c echo.Context) error {
	parts, err := s.people.Participations(c.Request().Context(), s.person(c).ID)
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		return s.to(c, "/mijn/"+parts[0].Ref)
	}
	p := ui.PortalCasesPage{View: s.view(c, "portal.cases.title")}
	ids := make([]int64, len(parts))
	for n, part := range parts {
		ids[n] = part.ID
	}
	awards, err := s.claims.AwardsOf(c.Request().Context(), ids)
	if err != nil {
		return err
	}
	all, err := s.claims.Claims(c.Request().Context())
	if err != nil {
		return err
	}
	unread, err := s.claims.UnreadMessages(c.Request().Context(), s.person(c).ID)
	if err != nil {
		return err
	}
	for _, part := range parts {
		claim := all[slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == part.ClaimID })]
		o := ownCase{part: part, claim: claim}
		r, err := s.claims.Represented(c.Request().Context(), part)
		if err != nil {
			return err
		}
		st := standing(p.View, o, awards[part.ID])
		name := claim.Name(lang(c))
		if r != nil {
			name += ": " + r.Ward.Name()
		}
		p.Cases = append(p.Cases, ui.PortalCaseRow{
			Claim: name, Number: part.Number, URL: p.Href(o.path("")), Kind: tagOf(st.Kind), Status: st.Title, SignedAt: part.SignedAt, Unread: unread[part.ID] > 0,
		})
	}
	return s.show(c, http.StatusOK, ui.PortalCases(p))
}

// overview is what the first page of a case is made of.
type overview struct {
	award    *claims.Award
	fee      claims.ChosenFee
	evidence int
	paid     bool
	open     bool // a payment was begun and not ended
	events   []claims.Event
	news     []claims.NewsItem
	step     *claims.NextStep     // what comes next in the claim, if anybody said so
	asked    *claims.Consultation // about a proposed settlement; nil: nobody asked
	voted    bool
	clock    *claims.Preserved // nil: it no longer matters
}

// myCase shows how things stand, what can be done and what comes next.
func (s *Server) myCase(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	all, err := s.gather(c, o)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.home.title")
	st := standing(v, o, all.award)
	p := ui.PortalHomePage{
		View: v, Claim: o.claim.Name(v.Lang), Kind: st.Kind, Status: st.Title, Text: st.Text, Next: st.Next, Number: o.part.Number,
		Cards: cards(v, o, all, s.now()), Events: timeline(v, all.events), Facts: facts(v, o, all), News: newsItems(all.news, v.Lang), NewsURL: v.Href(o.path("/documenten")) + "#nieuws",
	}
	if all.step != nil {
		p.Step, p.Earliest = all.step.Text(v.Lang), all.step.EarliestOn
	}
	return s.show(c, http.StatusOK, ui.PortalHome(p))
}

func (s *Server) gather(c echo.Context, o ownCase) (all overview, err error) {
	ctx := c.Request().Context()
	if o.claim.EndedAt != nil { // nobody has an award before
		if all.award, err = s.claims.AwardOf(ctx, o.part.ID); err != nil {
			return all, err
		}
	}
	if all.fee, err = s.claims.FeeOption(ctx, o.part.ID); err != nil {
		return all, err
	}
	sent, err := s.claims.EvidenceOf(ctx, o.owner())
	if err != nil {
		return all, err
	}
	for _, e := range sent {
		if e.RetractedAt == nil {
			all.evidence++
		}
	}
	pre, refunds, _, err := s.claims.MoneyOf(ctx, o.part)
	if err != nil {
		return all, err
	}
	all.paid, all.open = standOfPayments(pre, refunds)
	if all.events, err = s.claims.Timeline(ctx, o.part); err != nil {
		return all, err
	}
	if o.claim.Status == claims.SettlementProposed { // people are asked about a proposal only
		asked, vote, err := s.claims.ConsultationOf(ctx, o.part)
		if err != nil {
			return all, err
		}
		all.asked, all.voted = asked, vote != nil
	}
	var kept claims.Preserved
	all.news, all.step, kept, err = s.claims.Latest(ctx, o.claim, o.part, 3)
	if o.canLapse() {
		all.clock = &kept
	}
	if o.over() {
		all.step = nil // it happens without them
	}
	return all, err
}

// standOfPayments tells whether the fee is paid ahead and stays paid, and whether a payment is under way.
func standOfPayments(pre []payments.Prepayment, refunds []payments.Refund) (paid, open bool) {
	back := map[int64]bool{}
	for _, r := range refunds {
		if r.Status != payments.RefundFailed && r.Status != payments.RefundCanceled {
			back[r.PrepaymentID] = true
		}
	}
	for _, p := range pre {
		paid = paid || p.Status == payments.PrepaymentPaid && (!back[p.ID] || p.UsedCents > 0)
		open = open || p.Status == payments.PrepaymentOpen
	}
	return paid, open
}

// mostCards is how many things to do are shown at once: more is a list nobody reads.
const mostCards = 3

// cards are the things a person can do now, the most important first.
func cards(v ui.View, o ownCase, all overview, now time.Time) []ui.PortalCard {
	var out []ui.PortalCard
	add := func(may bool, name, page string, args ...any) {
		if may && len(out) < mostCards {
			key := "portal.card." + name
			out = append(out, ui.PortalCard{Title: v.T(key + ".title"), Text: v.T(key+".text", args...), Label: v.T(key + ".link"), URL: v.Href(o.path(page))})
		}
	}
	fee := v.Euro(int64(o.claim.FlatFeeCents))
	joined := o.part.Status == participants.Active || o.part.Status == participants.Included
	add(o.unread > 0, "message", messagesPage)
	if all.asked != nil && joined && all.asked.OpenAt(now) {
		name := "consult"
		if all.voted {
			name = "consult_again"
		}
		add(true, name, consultationPage, "When", v.Moment(all.asked.ClosesAt))
	}
	add(o.part.Status == participants.PayeePending && all.award != nil, "payee", "/uitbetaling", "Amount", amountOf(v, all.award))
	add(o.lateOpen() && !all.paid && !all.open, "pay_late", "/betalen", "Amount", v.Euro(int64(o.prepayment())))
	add(joined && all.open && !all.paid, "pay_open", "/betalen", "Amount", v.Euro(int64(o.prepayment())))
	add(o.evidenceOpen() && all.evidence == 0, "evidence", "/bewijs")
	add(o.feeOpen() && all.fee.LockedAt == nil, "fee", "/vergoeding")
	add(o.payOpen() && o.part.LatePriceCents == nil && all.fee.Option == claims.Flat && !all.paid && !all.open, "pay", "/betalen", "Amount", fee)
	add(all.award != nil && o.part.Status == participants.Paid, "documents", "/uitbetaling")
	return out
}

// facts are the few facts beside the status.
func facts(v ui.View, o ownCase, all overview) []ui.Definition {
	name := v.User.Name
	if o.ward != nil {
		name = o.ward.Name() + " (" + v.T("portal.ward."+o.ward.Capacity) + ")"
	}
	rows := []ui.Definition{
		{Label: v.T("portal.home.name"), Value: name},
		{Label: v.T("portal.home.signed"), Value: v.Day(o.part.SignedAt)},
		{Label: v.T("portal.home.fee"), Value: feeWords(v, o.claim, all.fee.Option)},
	}
	if all.paid {
		rows = append(rows, ui.Definition{Label: v.T("portal.home.prepaid"), Value: v.T("common.yes")})
	}
	sent := v.T("portal.home.evidence_none")
	if all.evidence > 0 {
		sent = v.T("portal.home.evidence_count", all.evidence)
	}
	rows = append(rows, ui.Definition{Label: v.T("portal.home.evidence"), Value: sent})
	if all.clock != nil {
		rows = append(rows, ui.Definition{Label: v.T("clock.mine"), Value: preservedWords(v, *all.clock)})
	}
	return rows
}

// canLapse reports whether it matters until when the claim is preserved: until there is a result, and after the foundation stopped.
func (o ownCase) canLapse() bool {
	return (o.claim.EndedAt == nil || o.claim.Status == claims.Discontinued || o.claim.Status == claims.Refunding) && o.part.Status != participants.Erased
}

// preservedWords say until when, and by what.
func preservedWords(v ui.View, p claims.Preserved) string {
	if p.Lapsed(v.Now) {
		return v.T("clock.mine.lapsed")
	}
	by := v.T("clock.mine.by.first")
	if p.By != nil {
		by = v.T("clock.mine.by."+string(p.By.Kind), "Ordinal", p.By.Ordinal, "On", v.Day(p.By.On))
	}
	return v.Day(p.Until) + ". " + by
}

func newsItems(news []claims.NewsItem, lang string) []ui.PortalNewsItem {
	items := make([]ui.PortalNewsItem, len(news))
	for i, n := range news {
		items[i] = ui.PortalNewsItem{Title: n.Title(lang), Body: n.Body(lang), When: n.PublishedAt}
	}
	return items
}
