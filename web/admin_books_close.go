package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/internal/locale"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// closeForm is up to which day the books are to be closed.
type closeForm struct {
	Until string `form:"until"`
}

// bookClose shows which months are closed, and what the next one still needs.
func (s *Server) bookClose(c echo.Context) error { return s.showClose(c, http.StatusOK, nil) }

// proposeClose is the first person.
func (s *Server) proposeClose(c echo.Context) error {
	form, err := bind[closeForm](c)
	if err != nil {
		return err
	}
	until, err := time.Parse(time.DateOnly, form.Until)
	if err != nil {
		err = payments.ErrCloseDay
	} else {
		_, err = s.money.ProposeClose(c.Request().Context(), s.member(c).Actor(), until)
	}
	return s.afterClose(c, err, "money.close.proposed_now")
}

// closeBooks is the second person.
func (s *Server) closeBooks(c echo.Context) error {
	longWork(c)
	id, err := numberIn(c, "close")
	if err != nil {
		return err
	}
	return s.afterClose(c, s.money.CloseBooks(c.Request().Context(), s.member(c).Actor(), id), "money.close.closed_now")
}

// withdrawClose takes a proposal back.
func (s *Server) withdrawClose(c echo.Context) error {
	id, err := numberIn(c, "close")
	if err != nil {
		return err
	}
	return s.afterClose(c, s.money.WithdrawClose(c.Request().Context(), s.member(c).Actor(), id), "money.close.withdrawn_now")
}

func (s *Server) afterClose(c echo.Context, err error, done string) error {
	if bad := s.mend(c, err); bad != nil {
		return s.showClose(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)(done))
	return s.to(c, booksPath+"/afsluiten")
}

func (s *Server) showClose(c echo.Context, status int, bad ui.Problems) error {
	ctx := c.Request().Context()
	state, err := s.money.Closing(ctx)
	if err != nil {
		return err
	}
	v := s.view(c, "money.close.title", bad...)
	p := ui.BookClosePage{View: v, Bad: bad, Back: v.Href(booksPath), Closed: s.closedTable(c, v, state.Closed)}
	if state.Next.IsZero() {
		return s.show(c, status, ui.BookClose(p))
	}
	p.Month, p.Until, p.Checks = v.T("money.close.month", "Month", locale.Month(state.Next, v.Lang)), state.Next.Format(time.DateOnly), checkTable(v, state.Checks)
	s.closeSteps(c, v, &p, state)
	return s.show(c, status, ui.BookClose(p))
}

// closeSteps says what this person can do now.
func (s *Server) closeSteps(c echo.Context, v ui.View, p *ui.BookClosePage, state payments.Closing) {
	may := s.member(c).May(staff.BooksClose)
	if state.Proposed == nil {
		switch {
		case !state.Ready():
			p.WhyNot = v.T("money.close.not_ready")
		case may:
			p.Propose = v.Href(booksPath + "/afsluiten")
		}
		return
	}
	p.Waiting = v.T("money.close.waiting", "Who", s.actorName(c, state.Proposed.ProposedBy), "When", v.Moment(state.Proposed.ProposedAt))
	if !may {
		return
	}
	at := v.Href(booksPath + "/afsluiten/" + strconv.FormatInt(state.Proposed.ID, 10))
	p.Withdraw = at + "/intrekken"
	if state.Proposed.ProposedBy == s.member(c).Actor() {
		p.WhyNot = v.T("money.close.same_person")
	} else {
		p.Close = at + "/sluiten"
	}
}

func checkTable(v ui.View, checks []payments.CloseCheck) ui.TableProps {
	t := ui.TableProps{Caption: v.T("money.close.checks"), HideCaption: true, Stack: true, Columns: []ui.Column{{Label: v.T("money.close.check")}, {Label: v.T("money.close.state")}}}
	for _, k := range checks {
		state := ui.Tagged("good", v.T("money.close.done"))
		switch {
		case !k.Done && k.Must:
			state = ui.Tagged("bad", v.T("money.close.open"))
		case !k.Done:
			state = ui.Tagged("warn", v.T("money.close.look"))
		}
		what := ui.Text(v.T("money.close.check_" + k.What))
		switch {
		case k.What == "lines" && k.Count > 0:
			what.Sub = v.T("money.close.lines_open", int(k.Count), "Count", v.Number(k.Count))
		case k.What == "client_money" && k.Count > 0:
			what.Sub = v.T("money.close.short", "Amount", v.Euro(k.Count))
		}
		t.Rows = append(t.Rows, ui.Cells(what, state))
	}
	return t
}

func (s *Server) closedTable(c echo.Context, v ui.View, closed []payments.Close) ui.TableProps {
	t := ui.TableProps{Caption: v.T("money.close.closed"), HideCaption: true, Stack: true, Empty: v.T("money.close.none"), Columns: []ui.Column{
		{Label: v.T("money.close.until")}, {Label: v.T("money.close.by")}, {Label: v.T("money.close.journals"), Num: true}, {Label: v.T("money.close.hash")},
	}}
	for _, k := range closed {
		hash := ui.Text(k.Hash())
		hash.Mono = true
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.Day(k.UntilOn)), ui.Cell{Text: s.actorName(c, k.ProposedBy) + ", " + s.actorName(c, *k.ClosedBy), Sub: v.Moment(*k.ClosedAt)}, ui.Num(v.Number(*k.Journals)), hash))
	}
	return t
}
