package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// showAccount is what a claim tells everybody about itself.
func (s *Server) showAccount(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	f, err := s.claims.Foundation(ctx)
	if err != nil {
		return err
	}
	told, err := s.claims.Disclosures(ctx, claim.ID)
	if err != nil {
		return err
	}
	p := ui.AccountPage{View: s.view(c, "account.title"), Claim: claim.Name(lang(c)), BackURL: "/" + lang(c) + "/" + claim.Slug, DataURL: "/" + lang(c) + "/" + claim.Slug + accountPath + ".json"}
	p.CorrectionsURL, p.CheckURL = p.Href(correctionsPath), p.Href(checkPath)
	account, err := s.claims.PublicAccount(ctx, claim.ID)
	switch {
	case err == nil:
		p.CountedAt = p.Moment(account.CountedAt)
		accountFigures(&p, account)
	case !errors.Is(err, claims.ErrNotFound):
		return err
	}
	p.Disclosures = disclosureTable(p.View, told)
	p.People = peopleOf(f, p.Lang)
	processors, err := s.claims.Processors(ctx)
	if err != nil {
		return err
	}
	p.Processors = processorTable(p.View, processors)
	paperList(&p, f)
	return s.show(c, http.StatusOK, ui.Account(p))
}

// accountData is the same for a machine.
func (s *Server) accountData(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	account, err := s.claims.PublicAccount(ctx, claim.ID)
	if err != nil {
		return err
	}
	told, err := s.claims.Disclosures(ctx, claim.ID)
	if err != nil {
		return err
	}
	f, err := s.claims.Foundation(ctx)
	if err != nil {
		return err
	}
	processors, err := s.claims.Processors(ctx)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.JSONPretty(http.StatusOK, claims.PublicFile(claim, f, account, told, processors), "  ")
}

func accountFigures(p *ui.AccountPage, a claims.PublicAccount) {
	v := p.View
	groups := func(caption, prefix string, all []claims.Group) ui.TableProps {
		t := ui.TableProps{Caption: v.T(caption), Columns: []ui.Column{{Label: v.T("account.group")}, {Label: v.T("account.people"), Num: true}}, Empty: v.T("account.few")}
		var sum int64
		for _, g := range all {
			t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T(prefix+g.Key)), ui.Num(v.Number(g.Count))))
			sum += g.Count
		}
		if len(all) > 1 {
			t.Foot = []ui.Cell{ui.Text(v.T("account.together")), ui.Num(v.Number(sum))}
		}
		return t
	}
	p.States = groups("account.states", "account.state.", a.Participations)
	p.Fees = groups("account.fees", "account.fee.", a.FeeOptions)
	p.Mails, p.NamesTaken = v.Number(a.MailsSent), v.Number(a.NamesTaken)
	for _, l := range a.Letters {
		p.Letters = append(p.Letters, accountLetter(v, l))
	}
	for _, one := range a.Consultations {
		asked := ui.AccountConsultation{Title: one.Title(v.Lang), Facts: []ui.Definition{{Label: v.T("account.asked_from"), Value: v.Moment(one.OpenedAt)}, {Label: v.T("account.asked_until"), Value: v.Moment(one.ClosesAt)}}}
		if one.Closed {
			asked.Votes = groups("account.votes", "account.vote.", one.Votes)
			if one.Root != "" {
				asked.Facts = append(asked.Facts, ui.Definition{Label: v.T("account.votes_root"), Value: one.Root, Hash: true})
			}
		}
		p.Consultations = append(p.Consultations, asked)
	}
	p.Moved, p.Accounts = moneyTables(v, a.Money)
}

func accountLetter(v ui.View, l claims.PublicLetter) ui.AccountLetter {
	out := ui.AccountLetter{Title: v.T("account.letter", "Ordinal", l.Ordinal)}
	count := v.T("account.few_people")
	if l.Count > 0 {
		count = v.Number(l.Count)
	}
	out.Facts = []ui.Definition{{Label: v.T("account.sent"), Value: v.Moment(l.SentAt)}, {Label: v.T("account.in_annex"), Value: count}}
	if l.DeliveredAt != nil {
		out.Facts = append(out.Facts, ui.Definition{Label: v.T("account.delivered"), Value: v.Moment(*l.DeliveredAt)})
	}
	if l.AnnexMode != "" {
		out.Facts = append(out.Facts, ui.Definition{Label: v.T("account.annex_mode"), Value: v.T("account.annex_mode." + string(l.AnnexMode))})
	}
	out.Facts = append(out.Facts, ui.Definition{Label: v.T("account.root"), Value: l.Root, Hash: true},
		ui.Definition{Label: v.T("account.hash_letter"), Value: l.SHA256[claims.FileLetter], Hash: true},
		ui.Definition{Label: v.T("account.hash_annex"), Value: l.SHA256[claims.FileCSV], Hash: true})
	return out
}

// moneyTables show what came in and went out, and what it is for.
func moneyTables(v ui.View, m claims.PublicMoney) (moved, accounts ui.TableProps) {
	euro := func(c payments.Cents) ui.Cell { return ui.Num(v.Euro(int64(c))) }
	moved = ui.TableProps{
		Caption: v.T("account.moved"), Stack: true, Empty: v.T("account.no_money"),
		Columns: []ui.Column{{Label: v.T("account.kind")}, {Label: v.T("account.in"), Num: true}, {Label: v.T("account.out"), Num: true}},
	}
	var in, out payments.Cents
	for _, r := range m.Moved {
		moved.Rows = append(moved.Rows, ui.Cells(ui.Text(v.T("account.money."+r.Kind)), euro(r.In), euro(r.Out)))
		in, out = in+r.In, out+r.Out
	}
	if len(moved.Rows) > 0 {
		moved.Foot = []ui.Cell{ui.Text(v.T("account.together")), euro(in), euro(out)}
	}
	accounts = ui.TableProps{Caption: v.T("account.balances"), Columns: []ui.Column{{Label: v.T("account.account")}, {Label: v.T("account.amount"), Num: true}}}
	if len(m.Moved) > 0 {
		accounts.Rows = append(accounts.Rows, ui.Cells(ui.Text(v.T("account.held")), euro(m.Held)))
	}
	for _, a := range m.Accounts {
		accounts.Rows = append(accounts.Rows, ui.Cells(ui.Text(inLanguage(v.Lang, a.NameNL, a.NameEN)), euro(a.Cents)))
	}
	return moved, accounts
}

// disclosureTable lists requests by others and breaches.
func disclosureTable(v ui.View, told []claims.Disclosure) ui.TableProps {
	t := ui.TableProps{
		Caption: v.T("account.disclosures"), HideCaption: true, Stack: true, Empty: v.T("account.disclosures_none"),
		Columns: []ui.Column{{Label: v.T("account.day")}, {Label: v.T("account.what")}, {Label: v.T("account.about"), Num: true}, {Label: v.T("account.outcome")}},
	}
	for _, d := range told {
		summary := inLanguage(v.Lang, d.SummaryNL, d.SummaryEN)
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.Day(d.HappenedOn)), ui.Cell{Text: v.T("account.disclosure." + d.Kind), Sub: summary}, ui.Num(v.Number(d.People)), ui.Text(v.T("account.outcome."+d.Outcome))))
	}
	return t
}

// processorTable shows who works with people's data for the foundation.
func processorTable(v ui.View, processors []claims.KeptProcessor) ui.TableProps {
	t := ui.TableProps{
		Caption: v.T("account.processors"), HideCaption: true, Stack: true, Empty: v.T("account.processors_none"),
		Columns: []ui.Column{{Label: v.T("account.processor")}, {Label: v.T("account.country")}, {Label: v.T("account.purpose")}, {Label: v.T("account.checked")}},
	}
	for _, r := range processors {
		t.Rows = append(t.Rows, ui.Cells(ui.Text(r.Name), ui.Text(countryName(v.Lang, r.Country)), ui.Text(inLanguage(v.Lang, r.PurposeNL, r.PurposeEN)), ui.Text(v.Day(r.CheckedOn))))
	}
	return t
}

// paperList are the papers that the foundation answers with.
func paperList(p *ui.AccountPage, f claims.Foundation) {
	v := p.View
	for _, r := range f.PaperList() {
		p.Papers = append(p.Papers, ui.AccountPaper{Name: inLanguage(v.Lang, r.NameNL, r.NameEN), Day: v.StoredDay(r.Date), URL: r.URL})
	}
}
