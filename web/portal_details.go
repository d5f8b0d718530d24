package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
	"samenclaim/web/ui"
)

type languageForm struct {
	Lang string `form:"lang" say:"portal.details.lang" validate:"oneof=nl en"`
}

// detailsForm is what people may correct themselves.
type detailsForm struct {
	nameForm
	addressForm
	languageForm
}

// looksShown is how many looks the page shows; the download holds all.
const looksShown = 50

// myDetails shows all that is known about somebody, and who looked at it.
func (s *Server) myDetails(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	address, err1 := s.people.Address(c.Request().Context(), o.person)
	account, err2 := s.people.AccountEmail(c.Request().Context(), o.part)
	looks, err3 := s.claims.Looks(c.Request().Context(), o.part.ID)
	copied, err4 := s.claims.LastExport(c.Request().Context(), o.person.ID)
	moving, err5 := s.people.EmailRequestOf(c.Request().Context(), o.person.ID)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.details.title")
	p := ui.PortalDetailsPage{
		View: v, Rows: detailRows(v, o, address), Usage: usageRows(v, o, account), Looks: lookRows(v, looks), LooksMax: looksShown, Export: exportPart(v, o, copied, s.now()),
		KeepEmail: v.Href(o.path("/gegevens/e-mailadres/houden")),
	}
	if moving != nil {
		p.Moving = v.T("mine.email.asked_text", "When", v.Moment(moving.UsableFrom))
	}
	return s.show(c, http.StatusOK, ui.PortalDetails(p))
}

// exportPart says how far the copy of somebody's data is.
func exportPart(v ui.View, o ownCase, e *privacy.Export, now time.Time) ui.PortalExport {
	p := ui.PortalExport{Ask: v.Href(o.path("/kopie"))}
	switch {
	case e == nil:
	case e.Status == "wanted":
		p.Ask, p.Text = "", v.T("mine.export.wanted")
	case e.Status == "ready" && e.ExpiresAt != nil && now.Before(*e.ExpiresAt):
		p.Ask, p.Text, p.Take = "", v.T("mine.export.ready", "Until", v.Moment(*e.ExpiresAt)), v.Href(o.path("/kopie/"+e.Ref))
	}
	return p
}

func detailRows(v ui.View, o ownCase, a participants.Address) []ui.SummaryRow {
	change := v.Href(o.path("/gegevens/aanpassen"))
	return []ui.SummaryRow{
		{Label: v.T("portal.details.name"), Value: o.person.Name(), ChangeURL: change, ChangeLabel: v.T("portal.details.name_change")},
		{Label: v.T("portal.details.address"), Lines: addressLines(v, a), ChangeURL: change + "#postcode", ChangeLabel: v.T("portal.details.address_change")},
		{Label: v.T("portal.details.email"), Value: o.person.Email, ChangeURL: v.Href(o.path("/gegevens/e-mailadres")), ChangeLabel: v.T("mine.email.change")},
		{Label: v.T("portal.details.lang_row"), Value: v.T("portal.details.lang_" + o.person.Lang), ChangeURL: change + "#lang", ChangeLabel: v.T("portal.details.lang_change")},
	}
}

func addressLines(v ui.View, a participants.Address) (lines []string) {
	for _, line := range append(a.Lines(), countryName(v.Lang, a.Country)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func usageRows(v ui.View, o ownCase, account string) []ui.SummaryRow {
	if account == "" {
		account = v.T("portal.details.account_same")
	}
	rows := []ui.SummaryRow{
		{Label: v.T("portal.details.number"), Value: o.part.Number},
		{Label: v.T("portal.details.signed"), Value: v.Moment(o.part.SignedAt)},
	}
	if o.part.UsedFor != "" {
		rows = append(rows, ui.SummaryRow{Label: v.T("portal.details.used_for"), Value: v.T("portal.details.used_for_" + o.part.UsedFor)})
	}
	return append(rows,
		ui.SummaryRow{Label: v.T("portal.details.used_when"), Value: period(v, o.part.UsedFrom, o.part.UsedTo)},
		ui.SummaryRow{Label: v.T("portal.details.country_then"), Value: countryName(v.Lang, o.part.Country)},
		ui.SummaryRow{Label: v.T("portal.details.account_email"), Value: account},
	)
}

// period says when somebody used the service; both ends may be unknown.
func period(v ui.View, from, to *time.Time) string {
	switch {
	case from != nil && to != nil:
		return v.T("portal.details.used_from_to", "From", monthOf(v, *from), "To", monthOf(v, *to))
	case from != nil:
		return v.T("portal.details.used_from", "From", monthOf(v, *from))
	case to != nil:
		return v.T("portal.details.used_to", "To", monthOf(v, *to))
	}
	return v.T("common.unknown")
}

// monthOf is a month in words: of the day it begins on, all but the one.
func monthOf(v ui.View, first time.Time) string {
	_, month, _ := strings.Cut(v.Day(first), " ")
	return month
}

func lookRows(v ui.View, looks []claims.Look) (rows []ui.PortalLookRow) {
	for _, look := range looks[:min(len(looks), looksShown)] {
		words := make([]string, len(look.Roles))
		for i, role := range look.Roles {
			words[i] = v.T("staff.role." + role)
		}
		if len(words) == 0 {
			words = []string{v.T("portal.looks.role_unknown")}
		}
		reason := v.T("portal.looks.no_reason")
		if look.Reason != "" {
			if reason = v.T("portal.looks.because." + look.Reason); strings.HasPrefix(reason, "⟦") {
				reason = look.Reason // as somebody wrote it down
			}
		}
		if look.Shown {
			reason = v.T("portal.looks.shown", "Reason", reason)
		}
		rows = append(rows, ui.PortalLookRow{When: look.At, Role: strings.Join(words, ", "), Reason: reason})
	}
	return rows
}

// changeDetails shows the form to correct what has changed.
func (s *Server) changeDetails(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	a, err := s.people.Address(c.Request().Context(), o.person)
	if err != nil {
		return err
	}
	return s.detailsPage(c, o, http.StatusOK, detailsForm{
		nameForm{o.person.FirstNames, o.person.Infix, o.person.LastName},
		addressForm{a.Postcode, a.HouseNumber, a.Addition, a.Street, a.City, a.Country},
		languageForm{o.person.Lang},
	}, nil)
}

// saveDetails corrects somebody's data; it counts at once.
func (s *Server) saveDetails(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, details, err := bindDetails(c)
	if err == nil {
		err = s.people.Correct(c.Request().Context(), o.by(), o.person.ID, details)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.detailsPage(c, o, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.details.saved"))
	return s.to(c, o.path("/gegevens"))
}

// bindDetails reads the three parts of the form by the rules of the sign-up, and gathers everything that is wrong.
func bindDetails(c echo.Context) (form detailsForm, d participants.Details, err error) {
	var errs [3]error
	form.nameForm, errs[0] = bind[nameForm](c)
	form.addressForm, errs[1] = bind[addressForm](c)
	form.languageForm, errs[2] = bind[languageForm](c)
	if errs[0] == nil && errs[1] == nil {
		var name nameForm
		name, errs[0] = form.nameForm.clean()
		d.Address, errs[1] = form.addressForm.clean()
		d.FirstNames, d.Infix, d.LastName, d.Lang = name.First, name.Infix, name.Last, form.Lang
	}
	var bad problems
	for _, err := range errs {
		var some problems
		switch {
		case errors.As(err, &some):
			bad = append(bad, some...)
		case err != nil:
			return form, d, err
		}
	}
	if len(bad) > 0 {
		return form, d, bad
	}
	return form, d, nil
}

func (s *Server) detailsPage(c echo.Context, o ownCase, status int, f detailsForm, bad ui.Problems) error {
	v := s.portalView(c, o, "portal.details.change_title", bad...)
	return s.show(c, status, ui.PortalDetailsForm(ui.PortalDetailsFormPage{
		View: v, Bad: bad, Action: v.Href(o.path("/gegevens/aanpassen")), Back: v.Href(o.path("/gegevens")),
		FirstNames: f.First, Infix: f.Infix, LastName: f.Last, Postcode: f.Postcode, HouseNumber: f.House, Addition: f.Addition,
		Street: f.Street, City: f.City, Country: f.Country, Countries: allCountries(lang(c)), Lang: f.Lang,
	}))
}
