package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

type moveForm struct {
	To      string `form:"to"       say:"case.move_to"     validate:"filled"`
	Reason  string `form:"reason"   say:"case.move_reason" validate:"filled,max=1000"`
	FinalOn string `form:"final_on"`
}

// proposal is the move as typed, with its document, which is the last field of the form.
func (f moveForm) proposal(c echo.Context) (claims.Proposal, error) {
	p := claims.Proposal{To: claims.Status(f.To), Reason: f.Reason}
	if f.FinalOn != "" {
		day, err := time.Parse(time.DateOnly, f.FinalOn)
		if err != nil {
			return p, claims.ErrNotFinal
		}
		p.FinalOn = &day
	}
	_, file := uploaded(c, "document")
	var err error
	p.Document, err = io.ReadAll(file)
	return p, err
}

// caseHome shows where a claim stands and what can follow.
func (s *Server) caseHome(c echo.Context) error {
	return s.showCase(c, http.StatusOK, moveForm{}, nil)
}

// proposeMove makes a move, or writes it down for a second person.
func (s *Server) proposeMove(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[moveForm](c)
	var p claims.Proposal
	if err == nil {
		p, err = form.proposal(c)
	}
	if err == nil {
		err = s.claims.ProposeMove(c.Request().Context(), s.member(c).Actor(), roleNames(s.member(c)), claim.ID, p)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showCase(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.move_saved"))
	return s.to(c, "/beheer/"+claim.Slug+"/zaak")
}

// approveMove makes the move that waits, as the second person.
func (s *Server) approveMove(c echo.Context) error {
	return s.settleMove(c, s.claims.ApproveMove, "case.move_approved")
}

// dropMove takes the move that waits back.
func (s *Server) dropMove(c echo.Context) error {
	return s.settleMove(c, s.claims.DropMove, "case.move_dropped")
}

func (s *Server) settleMove(c echo.Context, do func(context.Context, audit.Actor, int64) error, key string) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if err := do(c.Request().Context(), s.member(c).Actor(), claim.ID); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, key))
	return s.to(c, "/beheer/"+claim.Slug+"/zaak")
}

func (s *Server) showCase(c echo.Context, status int, form moveForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	moves, err := s.claims.Moves(ctx, claim)
	if err != nil {
		return err
	}
	waiting, err := s.claims.OpenMove(ctx, claim.ID)
	if err != nil {
		return err
	}
	history, err := s.claims.History(ctx, claim.ID)
	if err != nil {
		return err
	}
	page := ui.CasePage{
		View: s.view(c, "nav.case", bad...), Bad: bad, Base: "/beheer/" + claim.Slug, Claim: claim.Name(lang(c)), Status: string(claim.Status),
		MayMove: s.member(c).May(staff.CaseMove), Reason: form.Reason, FinalOn: form.FinalOn, Chosen: form.To, ByItself: claims.ByItself(claim.Status),
	}
	page.Facts = caseFacts(page.View, claim)
	page.AskProof = slices.ContainsFunc(moves, func(m claims.Move) bool { return m.Allowed && m.Proven })
	page.AskFinal = slices.ContainsFunc(moves, func(m claims.Move) bool { return m.Allowed && m.Final })
	page.Moves = s.caseMoves(c, moves)
	page.History = s.caseHistory(c, page.View, history)
	page.Waiting = s.waitingMove(c, waiting)
	return s.show(c, status, ui.Case(page))
}

// caseMoves are the moves this member can propose, and those nobody can yet.
func (s *Server) caseMoves(c echo.Context, moves []claims.Move) []ui.CaseMove {
	var out []ui.CaseMove
	for _, m := range moves {
		mine := slices.ContainsFunc(m.By, func(r string) bool { return slices.Contains(roleNames(s.member(c)), r) })
		why := m.Why
		if m.Allowed && !mine {
			why = []string{"role"}
		}
		out = append(out, ui.CaseMove{To: string(m.To), Two: m.Two, Allowed: m.Allowed && mine, Why: why, Held: m.Held, Freezes: m.Freezes, Mails: m.Mails})
	}
	return out
}

func (s *Server) waitingMove(c echo.Context, m *claims.ClaimMove) *ui.WaitingMove {
	if m == nil {
		return nil
	}
	own := m.ProposedBy == s.member(c).Actor()
	return &ui.WaitingMove{
		To: string(m.ToStatus), Reason: m.Reason, By: s.actorName(c, m.ProposedBy), At: m.ProposedAt,
		Own: own, MayApprove: !own && s.member(c).May(staff.CaseApprove),
	}
}

func (s *Server) caseHistory(c echo.Context, v ui.View, moves []claims.ClaimMove) []ui.TimelineItem {
	items := make([]ui.TimelineItem, len(moves))
	for i, m := range moves {
		who := s.actorName(c, m.ProposedBy)
		if m.ApprovedBy != nil {
			who += " + " + s.actorName(c, *m.ApprovedBy)
		}
		items[i] = ui.TimelineItem{Title: v.T("case.status." + string(m.ToStatus)), Text: moveReason(v, m) + " (" + who + ")", When: *m.MadeAt, State: "done"}
		if m.FinalOn != nil {
			items[i].Text += " " + v.T("case.final_since", "Date", v.Day(*m.FinalOn))
		}
		if m.DocumentType != nil {
			items[i].URL, items[i].LinkLabel = v.Href("/beheer/"+seen(c).claim.Slug+"/zaak/stap/"+strconv.FormatInt(m.ID, 10)), v.T("case.document")
		}
	}
	return items
}

// moveReason is why a claim moved: in somebody's own words, or in ours when another act moved it.
func moveReason(v ui.View, m claims.ClaimMove) string {
	if slices.Contains(claims.ByItself(m.FromStatus), string(m.ToStatus)) {
		return v.T("case.moved_by." + string(m.ToStatus))
	}
	return m.Reason
}

func caseFacts(v ui.View, c claims.Claim) []ui.Definition {
	facts := []ui.Definition{
		{Label: v.T("case.fact.defendant"), Value: c.DefendantName},
		{Label: v.T("case.fact.class"), Value: c.Class(v.Lang)},
		{Label: v.T("case.fact.period"), Value: v.Day(c.PeriodFrom) + " – " + v.Day(c.PeriodTo)},
		{Label: v.T("case.fact.fee"), Value: v.Euro(int64(c.FlatFeeCents)) + " / " + v.Percent(c.RateBP)},
		{Label: v.T("case.fact.limitation"), Value: v.Day(c.LimitationOn)},
	}
	facts = append(facts, ui.Definition{Label: v.T("case.fact.service"), Value: c.Service + " – " + classCountries(v, c)})
	if c.LatePolicy != nil {
		late := v.T("case.late." + string(*c.LatePolicy))
		if c.LatePriceCents != nil {
			late += ": " + v.Euro(int64(*c.LatePriceCents))
		}
		facts = append(facts, ui.Definition{Label: v.T("case.fact.late"), Value: late})
	}
	if c.ClosesAt != nil {
		deadline := v.LastMinute(*c.ClosesAt)
		if c.ClosesAt.After(*c.ClosesPlannedAt) {
			deadline += " " + v.T("case.fact.extended", "When", v.LastMinute(*c.ClosesPlannedAt))
		}
		facts = append(facts, ui.Definition{Label: v.T("case.fact.deadline"), Value: deadline})
	}
	if c.CutoffAt != nil {
		facts = append(facts, ui.Definition{Label: v.T("case.fact.cutoff"), Value: v.Moment(*c.CutoffAt)})
	}
	return facts
}

// classCountries are the countries of the class in words.
func classCountries(v ui.View, c claims.Claim) string {
	names := make([]string, 0, 2)
	for _, code := range c.CountryList() {
		name := v.T("case.eea")
		if code != "EEA" {
			name = countryName(v.Lang, code)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// moveDocument sends what a move of the claim rests on.
func (s *Server) moveDocument(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return claims.ErrNotFound
	}
	media, document, err := s.claims.MoveDocument(c.Request().Context(), s.member(c).Actor(), claim.ID, id)
	if err != nil {
		return err
	}
	return s.sendFile(c, fmt.Sprintf("%s-%d%s", claim.Slug, id, map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[media]), media, document)
}

// actorName is who did something, in words.
func (s *Server) actorName(c echo.Context, a audit.Actor) string {
	id, ok := a.StaffID()
	switch {
	case strings.HasPrefix(string(a), "participant:"):
		return seen(c).text(s, "case.participant")
	case !ok:
		return seen(c).text(s, "case.system")
	}
	v := seen(c)
	if v.colleagues == nil { // read once: a page may name many
		all, err := s.staff.List(c.Request().Context())
		if err != nil {
			return string(a)
		}
		v.colleagues = make(map[int64]string, len(all))
		for _, one := range all {
			v.colleagues[one.ID] = one.Name
		}
	}
	return cmp.Or(v.colleagues[id], string(a))
}

func roleNames(m staff.Member) []string {
	names := make([]string, len(m.Roles))
	for i, r := range m.Roles {
		names[i] = string(r)
	}
	return names
}
