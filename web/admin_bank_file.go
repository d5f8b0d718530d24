package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// bankFile shows what an uploaded file says, and what booking it would do.
func (s *Server) bankFile(c echo.Context) error { return s.showFile(c, http.StatusOK, nil) }

// bookFile books a bank file.
func (s *Server) bookFile(c echo.Context) error {
	longWork(c)
	booked, err := s.claims.BookStatement(c.Request().Context(), s.member(c).Actor(), refIn(c))
	if bad := onForm(s.mendFile(c, err)); bad != nil {
		return s.showFile(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	t := s.wordsOf(c)
	v := ui.View{Lang: lang(c)}
	s.flash(c, "success", t("money.file.booked_now", booked.New, "Count", v.Number(int64(booked.New)), "Matched", v.Number(int64(booked.Matched)), "Open", v.Number(int64(booked.New-booked.Matched))))
	return s.to(c, "/beheer/bank")
}

// dropFile puts a bank file aside.
func (s *Server) dropFile(c echo.Context) error {
	if err := s.money.Drop(c.Request().Context(), s.member(c).Actor(), refIn(c)); err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.file.dropped_now"))
	return s.to(c, "/beheer/bank")
}

func (s *Server) showFile(c echo.Context, status int, bad ui.Problems) error {
	longWork(c)
	v := s.view(c, "money.file.title", bad...)
	p, err := s.money.Preview(c.Request().Context(), refIn(c))
	if err != nil {
		return err
	}
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return err
	}
	page := ui.BankFilePage{View: v, Bad: bad, Back: v.Href("/beheer/bank"), Status: fileStatus(v, p), Facts: []ui.Definition{
		{Label: v.T("money.bank.file_name"), Value: p.FileName},
		{Label: v.T("money.bank.uploaded"), Value: v.T("money.by_at", "Who", name(p.UploadedBy), "When", v.Moment(p.UploadedAt))},
	}}
	for _, one := range p.Statements {
		page.Statements = append(page.Statements, statementOf(v, one))
	}
	if p.BookedAt == nil && s.member(c).May(staff.BankBook) {
		here := v.Href("/beheer/bank/" + p.Ref)
		if page.Drop = here + "/weg"; p.Bookable {
			page.Book = here + "/boeken"
		}
	}
	return s.show(c, status, ui.BankFile(page))
}

// refIn is the reference in the address.
func refIn(c echo.Context) string { return printable(c.Param("ref")) }

func fileStatus(v ui.View, p payments.StatementPreview) ui.StatusProps {
	switch {
	case p.BookedAt != nil:
		return ui.StatusProps{Kind: "success", Title: v.T("money.file.is_booked"), Text: v.T("money.file.is_booked_text", "When", v.Moment(*p.BookedAt))}
	case p.Bookable:
		return ui.StatusProps{Kind: "info", Title: v.T("money.file.can"), Text: v.T("money.file.can_text")}
	}
	return ui.StatusProps{Kind: "error", Title: v.T("money.file.cannot"), Text: v.T("money.file.cannot_text")}
}

// statementOf shows one statement: whether it ties, whether it follows, and what its lines are.
func statementOf(v ui.View, p payments.PreviewStatement) ui.BankStatement {
	s := ui.BankStatement{
		Title:     v.T("money.file.statement", "From", v.Day(p.OpenedOn), "To", v.Day(p.ClosedOn)),
		Obstacles: bankWords(v.T, p.Obstacles), Warnings: bankWords(v.T, p.Warnings), Expected: expectedLines(v, p),
		Facts: []ui.Definition{
			{Label: v.T("money.line.account"), Value: p.Account},
			{Label: v.T("money.file.opening"), Value: v.Euro(int64(p.OpeningCents))},
			{Label: v.T("money.file.closing"), Value: v.Euro(int64(p.ClosingCents))},
			{Label: v.T("money.file.lines"), Value: v.Number(int64(p.Lines))},
		},
	}
	tag := func(ok bool, kind, yes, no string) {
		if key := yes; ok && key != "" {
			s.Tags = append(s.Tags, ui.Tagged("good", v.T("money.file."+key)))
		} else if !ok && no != "" {
			s.Tags = append(s.Tags, ui.Tagged(kind, v.T("money.file."+no)))
		}
	}
	tag(p.Ties, "bad", "ties", "ties_not")
	tag(p.Ours, "warn", "", "other_account")
	tag(!p.Known, "neutral", "", "known")
	if p.Ours && !p.Known {
		tag(p.Follows, "bad", "follows", "gap")
	}
	return s
}

// expectedLines says what the lines will be booked as.
func expectedLines(v ui.View, p payments.PreviewStatement) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.file.expected"), Stack: true, Columns: []ui.Column{
		{Label: v.T("money.file.kind")}, {Label: v.T("money.file.lines"), Num: true}, {Label: v.T("money.amount"), Num: true},
	}}
	for _, e := range p.Expected {
		kind := e.Kind
		if kind == "" {
			kind = "open"
		}
		table.Rows = append(table.Rows, ui.Cells(ui.Cell{Text: v.T("money.kind." + kind), Sub: v.T("money.kind_text." + kind)}, ui.Num(v.Number(int64(e.Lines))),
			ui.Cell{Text: v.Euro(int64(e.TotalCents)), Sub: direction(v, e.TotalCents), Num: true}))
	}
	return table
}
