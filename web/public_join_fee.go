package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type feeForm struct {
	Option string `form:"fee" say:"join.fee" validate:"oneof=flat percentage"`
}

func (s *Server) showFee(c echo.Context) error {
	d, err := s.join(c, "vergoeding")
	if err != nil {
		return err
	}
	return s.feePage(c, http.StatusOK, d, feeForm{d.Answers.FeeOption}, nil)
}

// saveFee keeps which of the two fees somebody chooses.
func (s *Server) saveFee(c echo.Context) error {
	d, err := s.join(c, "vergoeding")
	if err != nil {
		return err
	}
	form, err := bind[feeForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.feePage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.answer(c.Request().Context(), d, func(a *participants.Answers) { a.FeeOption = form.Option }); err != nil {
		return err
	}
	return s.onward(c, d)
}

func (s *Server) feePage(c echo.Context, status int, d draft, form feeForm, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "note_fee")
	if err != nil {
		return err
	}
	helper, wrongAmount, err := s.feeHelper(c, d.claim)
	if err != nil {
		return err
	}
	if wrongAmount != nil {
		status, bad = http.StatusUnprocessableEntity, append(bad, wrongAmount...)
	}
	p := ui.JoinFeePage{JoinPage: s.joinView(c, d, "join.fee.title", bad), Value: form.Option, Note: n, Helper: helper}
	p.Helper.Return = p.Return
	p.LatePrice = lateWords(p.View, d.latePrice(seen(c).received))
	p.Options = feeCards(p.View, d.claim)
	return s.show(c, status, ui.JoinFee(p))
}

// feeCards are the two options, as equals: the same examples, none in front.
func feeCards(v ui.View, claim claims.Claim) []ui.CardOption {
	flat := ui.CardOption{Value: "flat", Title: v.T("join.fee.flat"), Price: terms(v, claim, claims.Flat), Text: v.T("join.fee.flat_text")}
	part := ui.CardOption{Value: "percentage", Title: v.T("join.fee.percentage"), Price: terms(v, claim, claims.Percentage), Text: v.T("join.fee.percentage_text")}
	for _, e := range claim.FeeExamples() {
		flat.Lines = append(flat.Lines, feeLine(v, e.Gross, e.FlatFee, e.FlatNet))
		part.Lines = append(part.Lines, feeLine(v, e.Gross, e.PercentageFee, e.PercentageNet))
	}
	return []ui.CardOption{flat, part}
}

func feeLine[C ~int64](v ui.View, gross, fee, net C) string {
	return v.T("join.fee.example", "Gross", v.Euro(int64(gross)), "Fee", v.Euro(int64(fee)), "Net", v.Euro(int64(net)))
}

// showCheck shows everything once more before signing.
func (s *Server) showCheck(c echo.Context) error {
	d, err := s.join(c, "controle")
	if err != nil {
		return err
	}
	files, err := s.claims.EvidenceOf(c.Request().Context(), claims.Owner{SignupID: d.ID})
	if err != nil {
		return err
	}
	p := ui.JoinCheckPage{JoinPage: s.joinView(c, d, "join.check.title", nil)}
	p.NextURL = p.Href(d.at("ondertekenen"))
	p.Rows = checkRows(p.View, d, len(files), lateWords(p.View, d.latePrice(seen(c).received)))
	return s.show(c, http.StatusOK, ui.JoinCheck(p))
}

// checkRows are the answers, each with the page where it can be changed.
func checkRows(v ui.View, d draft, files int, late string) []ui.SummaryRow {
	a := d.Answers
	row := func(page, label string, values ...string) ui.SummaryRow {
		r := ui.SummaryRow{Label: v.T(label), ChangeURL: v.Href(d.at(page)) + "?terug=controle", ChangeLabel: v.T(label), Lines: values}
		if len(values) == 1 {
			r.Value, r.Lines = values[0], nil
		}
		return r
	}
	address := a.Address.Lines()
	if a.Address.Country != "NL" {
		address = append(address, countryName(v.Lang, a.Address.Country))
	}
	account := a.AccountEmail
	if account == "" {
		account = v.T("common.not_given")
	}
	evidence := v.T("join.evidence." + a.Evidence)
	if a.Evidence == "now" {
		evidence += " – " + v.T("join.check.files", files)
	}
	who := []ui.SummaryRow{row("leeftijd", "join.check.adult", v.T("common.yes"))}
	if w := a.Ward; a.ForChild() {
		who = []ui.SummaryRow{
			row("relatie", "join.check.relation", v.T("join.relation."+w.Capacity)),
			row("kind", "join.check.child", w.Name()), row("kind", "join.check.born", v.Day(w.Birthday())),
		}
	}
	return slices.Concat([]ui.SummaryRow{row("gebruik", "join.check.used", v.T("common.yes"))}, who, []ui.SummaryRow{
		row("land", "join.check.country", countryName(v.Lang, a.Country)),
		row("e-mail", "join.check.email", a.Email),
		row("naam", "join.check.name", participants.FullName(a.FirstNames, a.Infix, a.LastName)),
		row("adres", "join.check.address", address...),
		row("periode", "join.check.period", span(v, a.UsedFrom, a.UsedTo)),
		row("periode", "join.check.used_for", v.T("join.period."+a.UsedFor)),
		row("periode", "join.check.account", account),
		row("bewijs", "join.check.evidence", evidence),
		row("vergoeding", "join.check.fee", slices.DeleteFunc([]string{terms(v, d.claim, claims.FeeOption(a.FeeOption)), late}, func(s string) bool { return s == "" })...),
	})
}

// span is a period in months: "maart 2020 tot en met juni 2021".
func span(v ui.View, from, to string) string {
	if from == "" && to == "" {
		return v.T("common.not_given")
	}
	return v.T("join.check.span", "From", monthWords(v, from), "To", monthWords(v, to))
}

func monthWords(v ui.View, m string) string {
	at, err := time.Parse("2006-01", m)
	if err != nil {
		return v.T("join.check.month_unknown")
	}
	return v.T("join.month."+at.Format("01")) + at.Format(" 2006")
}
