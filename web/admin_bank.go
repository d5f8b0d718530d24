package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// What a page about the bank shows of each list.
const (
	linesAtOnce    = 100
	bankFilesShown = 50
)

// bank sets the bank beside the books.
func (s *Server) bank(c echo.Context) error { return s.showBank(c, http.StatusOK, undoForm{}, nil) }

// uploadStatement keeps a bank file to be looked at; nothing is booked.
func (s *Server) uploadStatement(c echo.Context) error {
	longWork(c)
	var ref string
	name, file := uploaded(c, "file")
	err := error(wrong("file", "money.bank.file.missing"))
	if name != "" {
		ref, err = s.money.Upload(c.Request().Context(), s.member(c).Actor(), name, file)
	}
	switch tooLarge := new(http.MaxBytesError); {
	case errors.As(err, &tooLarge):
		err = payments.ErrFileSize
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errForm // the browser stopped half-way
	}
	if bad := s.mendFile(c, err); bad != nil {
		return s.showBank(c, http.StatusUnprocessableEntity, undoForm{}, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, "/beheer/bank/"+ref)
}

// mendFile is mend that also says what is wrong inside a bank file.
func (s *Server) mendFile(c echo.Context, err error) ui.Problems {
	bad := s.mend(c, err)
	if errors.Is(err, payments.ErrUntrusted) && len(bad) == 1 {
		bad[0].Text += ": " + bankTrouble(s.wordsOf(c), err)
	}
	return bad
}

func (s *Server) showBank(c echo.Context, status int, typed undoForm, bad ui.Problems) error {
	ctx, v := c.Request().Context(), s.view(c, "money.bank.title", bad...)
	r, err := s.money.Reconciliation(ctx)
	if err != nil {
		return err
	}
	page := ui.BankPage{View: v, Bad: bad, Balance: balanceOf(v, r), Last: lastStatement(v, r), Explained: explained(v, r), Lines: openLines(v, r.OpenLines)}
	if r.UnexplainedCents != 0 {
		page.Unknown = v.T("money.bank.unexplained_text", "Amount", v.Euro(int64(r.UnexplainedCents)))
	}
	if shown := int64(min(len(r.OpenLines), linesAtOnce)); r.OpenLinesCount > shown {
		page.More = v.T("money.bank.more", "Shown", v.Number(shown), "All", v.Number(r.OpenLinesCount))
	}
	if page.Runs, err = s.openRuns(c, v, r.OpenRuns); err != nil {
		return err
	}
	if page.Files, err = s.bankFiles(c, v); err != nil {
		return err
	}
	if s.member(c).May(staff.BankBook) {
		page.Upload = v.Href("/beheer/bank")
		if page.Undo, err = s.undo(c, v, typed); err != nil {
			return err
		}
	}
	return s.show(c, status, ui.Bank(page))
}

// undoForm takes back what a line was booked as.
type undoForm struct {
	Booked string `form:"booked" say:"money.undo.which" validate:"filled"`
	Reason string `form:"reason" say:"money.undo.reason" validate:"filled,max=200"`
}

// unmatchLine takes back what a line was booked as, until the month is closed.
func (s *Server) unmatchLine(c echo.Context) error {
	form, err := bind[undoForm](c)
	if err == nil {
		err = s.claims.UnmatchLine(c.Request().Context(), s.member(c).Actor(), formNumber(form.Booked), form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showBank(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.undo.done"))
	return s.to(c, "/beheer/bank")
}

// undo lists what can be taken back, or is nil when nothing can.
func (s *Server) undo(c echo.Context, v ui.View, typed undoForm) (*ui.UndoForm, error) {
	lines, err := s.claims.MatchedLines(c.Request().Context())
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return nil, err
	}
	p := &ui.UndoForm{Match: typed.Booked, Value: typed.Reason, Lines: ui.TableProps{Caption: v.T("money.undo.title"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.line.day")}, {Label: v.T("money.undo.as")}, {Label: v.T("money.undo.by")}, {Label: v.T("money.amount"), Num: true},
	}}}
	for _, l := range lines {
		kind := v.T("money.undo.kind_" + l.Kind)
		p.Options = append(p.Options, ui.Option{Value: strconv.FormatInt(l.MatchID, 10), Label: v.Day(l.BookedOn) + ", " + v.Euro(int64(l.AmountCents)) + ", " + kind})
		p.Lines.Rows = append(p.Lines.Rows, ui.Cells(ui.Text(v.Day(l.BookedOn)), ui.Cell{Text: kind, Sub: l.Reason}, ui.Cell{Text: name(l.MatchedBy), Sub: v.ShortMoment(l.MatchedAt)},
			ui.Cell{Text: v.Euro(int64(l.AmountCents)), Sub: direction(v, l.AmountCents), Num: true}))
	}
	return p, nil
}

// balanceOf are the three numbers that must meet.
func balanceOf(v ui.View, r payments.Reconciliation) ui.BalanceProps {
	return ui.BalanceProps{
		BankLabel: v.T("money.bank.bank"), Bank: v.Euro(int64(r.BankCents)), BookLabel: v.T("money.bank.ledger"), Book: v.Euro(int64(r.LedgerCents)),
		Difference: v.Euro(int64(r.DifferenceCents)), Ties: r.DifferenceCents == 0,
	}
}

func lastStatement(v ui.View, r payments.Reconciliation) string {
	if r.LastStatement == nil {
		return v.T("money.bank.no_statement")
	}
	return v.T("money.bank.last", "Day", v.Day(r.LastStatement.ClosedOn), "Account", r.LastStatement.Account)
}

// explained says what the difference consists of.
func explained(v ui.View, r payments.Reconciliation) []ui.BreakdownRow {
	if r.DifferenceCents == 0 && r.OpenLinesCount == 0 && r.OpeningCents == 0 && r.UnexplainedCents == 0 {
		return nil
	}
	rows := []ui.BreakdownRow{{
		Label: v.T("money.bank.open_sum"), Amount: v.Euro(int64(r.OpenLinesCents)), Note: v.T("money.bank.open_count", int(r.OpenLinesCount), "Count", v.Number(r.OpenLinesCount)),
	}}
	if r.OpeningCents != 0 {
		rows = append(rows, ui.BreakdownRow{Label: v.T("money.bank.opening"), Amount: v.Euro(int64(r.OpeningCents)), Note: v.T("money.bank.opening_note")})
	}
	if r.UnexplainedCents != 0 {
		rows = append(rows, ui.BreakdownRow{Label: v.T("money.bank.unexplained"), Amount: v.Euro(int64(r.UnexplainedCents))})
	}
	return append(rows, ui.BreakdownRow{Label: v.T("common.difference"), Amount: v.Euro(int64(r.DifferenceCents)), Total: true})
}

// direction says in a word which way money went.
func direction(v ui.View, cents payments.Cents) string {
	if cents < 0 {
		return v.T("money.out")
	}
	return v.T("money.in")
}

// openLines lists the lines that nothing was found for, each with why.
func openLines(v ui.View, lines []payments.Line) ui.TableProps {
	table := ui.TableProps{Caption: v.T("money.bank.open"), HideCaption: true, Stack: true, Empty: v.T("money.bank.no_open"), Columns: []ui.Column{
		{Label: v.T("money.line.day")}, {Label: v.T("money.line.who")}, {Label: v.T("money.line.why")}, {Label: v.T("money.amount"), Num: true},
	}}
	for _, l := range lines[:min(len(lines), linesAtOnce)] {
		who := l.Counterparty
		if who == "" {
			who = v.T("money.line.nobody")
		}
		table.Rows = append(table.Rows, ui.Cells(
			ui.LinkTo(v.Day(l.BookedOn), v.Href("/beheer/bank/regel/"+strconv.FormatInt(l.ID, 10))), ui.Cell{Text: who, Sub: l.Remittance},
			ui.Text(v.T("money.line_why."+l.Why)), ui.Cell{Text: v.Euro(int64(l.AmountCents)), Sub: direction(v, l.AmountCents), Num: true},
		))
	}
	return table
}

// openRuns lists the runs that the bank has not carried out completely.
func (s *Server) openRuns(c echo.Context, v ui.View, runs []payments.OpenRun) (ui.TableProps, error) {
	table := ui.TableProps{Caption: v.T("money.bank.runs"), HideCaption: true, Stack: true, Columns: []ui.Column{
		{Label: v.T("money.run.run")}, {Label: v.T("money.run.state_released")}, {Label: v.T("money.bank.on_the_way"), Num: true}, {Label: v.T("money.amount"), Num: true},
	}}
	if len(runs) == 0 {
		return table, nil
	}
	all, err := s.claims.Claims(c.Request().Context())
	if err != nil {
		return table, err
	}
	for _, run := range runs {
		claim := all[slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == run.ClaimID })]
		table.Rows = append(table.Rows, ui.Cells(
			ui.Cell{Text: v.T("money.run.title", "Run", run.RunID), URL: v.Href(runPath(claim, run.RunID)), Sub: claim.Name(v.Lang)},
			ui.Text(v.Moment(run.ReleasedAt)), ui.Num(v.Number(run.Payouts)), ui.Num(v.Euro(int64(run.TotalCents))),
		))
	}
	return table, nil
}

// bankFiles lists the last files, newest first.
func (s *Server) bankFiles(c echo.Context, v ui.View) (ui.TableProps, error) {
	table := ui.TableProps{Caption: v.T("money.bank.files"), HideCaption: true, Stack: true, Empty: v.T("money.bank.no_files"), Columns: []ui.Column{
		{Label: v.T("money.bank.file_name")}, {Label: v.T("money.state")}, {Label: v.T("money.bank.uploaded")}, {Label: v.T("money.bank.booked")},
	}}
	name, err := s.colleagues(c.Request().Context(), v.T)
	if err != nil {
		return table, err
	}
	files, err := s.claims.BankFiles(c.Request().Context(), bankFilesShown)
	for _, f := range files {
		row := ui.Cells(ui.LinkTo(f.FileName, v.Href("/beheer/bank/"+f.Ref)), ui.Tagged("warn", v.T("money.file.waiting")),
			ui.Cell{Text: name(audit.Actor(f.UploadedBy)), Sub: v.ShortMoment(f.UploadedAt)}, ui.Text(""))
		switch {
		case f.DroppedAt != nil:
			row.Cells[0].URL, row.Cells[1] = "", ui.Tagged("neutral", v.T("money.file.dropped"))
		case f.BookedAt != nil:
			row.Cells[1] = ui.Tagged("good", v.T("money.file.booked"))
			row.Cells[3] = ui.Cell{Text: name(audit.Actor(*f.BookedBy)), Sub: v.ShortMoment(*f.BookedAt)}
		}
		table.Rows = append(table.Rows, row)
	}
	return table, err
}
