package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// matchForm says what an open line is: a kind, and if it has one the number of what it is about.
type matchForm struct {
	Match string `form:"match" say:"money.line.what" validate:"filled"`
}

// bankLine shows one open line, with what it can be.
func (s *Server) bankLine(c echo.Context) error {
	return s.showLine(c, http.StatusOK, "", nil)
}

// matchLine books an open line as what somebody says it is.
func (s *Server) matchLine(c echo.Context) error {
	id, err := numberIn(c, "id")
	if err != nil {
		return err
	}
	form, err := bind[matchForm](c)
	if err == nil {
		kind, target := form.parts()
		err = s.claims.MatchLine(c.Request().Context(), s.member(c).Actor(), id, kind, target)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLine(c, http.StatusUnprocessableEntity, form.Match, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.line.booked"))
	return s.to(c, "/beheer/bank")
}

// parts reads "settlement:3"; a number that is none is nothing of ours.
func (f matchForm) parts() (kind string, target int64) {
	kind, number, _ := strings.Cut(f.Match, ":")
	target, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return kind, 0
	}
	return kind, target
}

func (s *Server) showLine(c echo.Context, status int, choice string, bad ui.Problems) error {
	id, err := numberIn(c, "id")
	if err != nil {
		return err
	}
	r, err := s.money.Reconciliation(c.Request().Context())
	if err != nil {
		return err
	}
	for _, l := range r.OpenLines {
		if l.ID != id {
			continue
		}
		v := s.view(c, "money.line.title", bad...)
		page := ui.BankLinePage{
			View: v, Bad: bad, Back: v.Href("/beheer/bank"), Why: v.T("money.line_why." + l.Why), Facts: lineFacts(v, l), Note: l.Remittance, Choice: choice,
		}
		if s.member(c).May(staff.BankBook) {
			page.Action = v.Href("/beheer/bank/regel/" + strconv.FormatInt(id, 10))
			if page.Options, err = s.matches(c, v, l, r.OpenRuns); err != nil {
				return err
			}
		}
		return s.show(c, status, ui.BankLine(page))
	}
	return payments.ErrNotFound // matched by now, or never there
}

func lineFacts(v ui.View, l payments.Line) []ui.Definition {
	facts := []ui.Definition{
		{Label: v.T("money.amount"), Value: v.Euro(int64(l.AmountCents)) + " (" + direction(v, l.AmountCents) + ")"},
		{Label: v.T("money.line.day"), Value: v.Day(l.BookedOn)},
	}
	for _, more := range []ui.Definition{
		{Label: v.T("money.line.who"), Value: l.Counterparty}, {Label: v.T("money.line.account"), Value: l.Account},
		{Label: v.T("money.line.end_to_end"), Value: l.EndToEndID}, {Label: v.T("money.line.batch"), Value: l.BatchID}, {Label: v.T("money.line.reference"), Value: l.Reference},
	} {
		if more.Value != "" {
			facts = append(facts, more)
		}
	}
	if l.IsReturn {
		facts = append(facts, ui.Definition{Label: v.T("money.line.returned"), Value: l.ReturnReason})
	}
	return facts
}

// matches is what a line can be by its direction, the likely ones first.
func (s *Server) matches(c echo.Context, v ui.View, l payments.Line, runs []payments.OpenRun) (options []ui.Option, err error) {
	options, err = s.payoutsFor(c, v, l)
	if err != nil {
		return nil, err
	}
	more := s.settlementsFor
	if l.AmountCents < 0 {
		more = func(c echo.Context, v ui.View, l payments.Line) ([]ui.Option, error) { return s.runsFor(c, v, l, runs) }
	}
	likely, err := more(c, v, l)
	if err != nil {
		return nil, err
	}
	options = append(options, likely...)
	transfers, err := s.transfersFor(c, v, l)
	if err != nil {
		return nil, err
	}
	options = append(options, transfers...)
	kinds := []string{"mollie", "unknown"}
	if l.AmountCents < 0 {
		kinds = []string{"costs", "mollie", "unknown"}
	}
	for _, kind := range kinds {
		options = append(options, ui.Option{Value: kind, Label: v.T("money.match." + kind), Hint: v.T("money.match_hint." + kind)})
	}
	return options, nil
}

// payoutsFor are the payouts that the line names: what went out, or what came back.
func (s *Server) payoutsFor(c echo.Context, v ui.View, l payments.Line) (options []ui.Option, err error) {
	named, err := s.money.PayoutsNamed(c.Request().Context(), l)
	for _, p := range named {
		kind := "payout"
		if l.AmountCents > 0 {
			kind = "return"
		}
		if (p.Status == "booked") != (kind == "return") {
			continue
		}
		reasons := []string{v.T("money.match.same_reference")}
		if p.AmountCents == l.AmountCents || p.AmountCents == -l.AmountCents {
			reasons = append(reasons, v.T("money.match.same_amount"))
		}
		options = append(options, ui.Option{
			Value: fmt.Sprintf("%s:%d", kind, p.PayoutID), Label: v.T("money.match."+kind, "Key", p.EndToEndID, "Amount", v.Euro(int64(p.AmountCents))), Hint: strings.Join(reasons, ", "),
		})
	}
	return options, err
}

// settlementsFor are the settlements of which money can come in, with what speaks for each.
func (s *Server) settlementsFor(c echo.Context, v ui.View, l payments.Line) (options []ui.Option, err error) {
	all, err := s.claims.Claims(c.Request().Context())
	if err != nil {
		return nil, err
	}
	for _, claim := range all {
		terms, err := s.claims.Settlement(c.Request().Context(), claim.ID)
		if err != nil {
			return nil, err
		}
		if terms == nil {
			continue
		}
		received, err := s.claims.Received(c.Request().Context(), claim.ID)
		if err != nil {
			return nil, err
		}
		var reasons []string
		if strings.Contains(strings.ToUpper(l.Remittance), strings.ToUpper(terms.Reference)) {
			reasons = append(reasons, v.T("money.match.same_reference"))
		}
		if l.AmountCents == terms.PotCents-received {
			reasons = append(reasons, v.T("money.match.same_amount"))
		}
		reasons = append(reasons, v.T("money.match.still_due", "Amount", v.Euro(int64(max(terms.PotCents-received, 0)))))
		options = append(options, ui.Option{
			Value: fmt.Sprintf("settlement:%d", terms.ID), Label: v.T("money.match.settlement", "Claim", claim.Name(v.Lang), "Reference", terms.Reference),
			Hint: strings.Join(reasons, ", "),
		})
	}
	return options, nil
}

// runsFor are the files on their way to the bank that this line can be, because their total is what went out.
func (s *Server) runsFor(c echo.Context, v ui.View, l payments.Line, runs []payments.OpenRun) (options []ui.Option, err error) {
	for _, run := range runs {
		files, err := s.claims.RunFiles(c.Request().Context(), run.RunID)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.TotalCents != -l.AmountCents {
				continue
			}
			claim, err := s.claims.Claim(c.Request().Context(), run.ClaimID)
			if err != nil {
				return nil, err
			}
			reasons := []string{v.T("money.match.same_total")}
			if l.BatchID == f.MessageID {
				reasons = append(reasons, v.T("money.match.same_batch"))
			}
			options = append(options, ui.Option{
				Value: fmt.Sprintf("payout_file:%d", run.RunID), Label: v.T("money.match.payout_file", "File", f.MessageID, "Run", run.RunID, "Claim", claim.Name(v.Lang)),
				Hint: strings.Join(reasons, ", "),
			})
			break // the number names the run: one choice for each
		}
	}
	return options, nil
}
