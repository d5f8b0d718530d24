package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/payments"
	"samenclaim/web/plot"
	"samenclaim/web/ui"
)

// translate gives the words of a key.
type translate func(key string, args ...any) string

// wordsOf gives the words of a page, in its own language.
func (s *Server) wordsOf(c echo.Context) translate { return s.words.T(lang(c)) }

// deskPath is a page of the back office about one claim.
func deskPath(claim claims.Claim, path string) string { return "/beheer/" + claim.Slug + path }

// colleagues gives the names of the staff behind what the log calls them.
func (s *Server) colleagues(ctx context.Context, t translate) (func(audit.Actor) string, error) {
	accounts, err := s.staff.List(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[audit.Actor]string, len(accounts))
	for _, a := range accounts {
		names[audit.Staff(a.ID)] = a.Name
	}
	return func(by audit.Actor) string {
		name := names[by]
		switch {
		case name != "":
			return name
		case strings.HasPrefix(string(by), "system:"):
			return t("money.who.program")
		}
		return t("money.who.unknown")
	}, nil
}

// gather makes one list of what is wrong in several answers; another error goes before.
func gather(errs ...error) error {
	var bad problems
	for _, err := range errs {
		var some problems
		if errors.As(err, &some) {
			bad = append(bad, some...)
		} else if err != nil {
			return err
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return bad
}

// inOrder puts problems in the order in which their inputs stand on the page.
func inOrder(bad ui.Problems, fields ...string) ui.Problems {
	slices.SortStableFunc(bad, func(a, b ui.Problem) int { return slices.Index(fields, a.Field) - slices.Index(fields, b.Field) })
	return bad
}

// onForm moves a problem from an input that this page does not have to the form as a whole.
func onForm(bad ui.Problems) ui.Problems {
	for i := range bad {
		bad[i].Field = ""
	}
	return bad
}

// shownInEnglish is an amount as our English pages print it.
var shownInEnglish = regexp.MustCompile(`^[1-9][0-9]{0,2}(,[0-9]{3})+\.[0-9]{2}$`)

// amountWords are the words for each way in which an amount can be wrong.
var amountWords = []struct {
	err error
	key string
}{
	{payments.ErrAmountAmbiguous, "money.amount.two_ways"},
	{payments.ErrAmountNegative, "money.amount.negative"},
	{payments.ErrAmountTooLarge, "money.amount.too_large"},
}

// typedAmount reads an amount as somebody typed it, also the way an English page shows it.
func typedAmount(c echo.Context, field, text string) (payments.Cents, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, wrong(field, "money.amount.missing")
	}
	if bare := strings.Trim(text, "€ \u00a0"); lang(c) == "en" && shownInEnglish.MatchString(bare) {
		text = strings.ReplaceAll(bare, ",", "")
	}
	cents, err := payments.ParseCents(text)
	for _, w := range amountWords {
		if errors.Is(err, w.err) {
			return 0, wrong(field, w.key)
		}
	}
	if err != nil {
		return 0, wrong(field, "money.amount.format")
	}
	return cents, nil
}

// typedDay reads a date of three inputs; all empty is no date.
func typedDay(field, day, month, year string) (time.Time, error) {
	parts := []string{strings.TrimSpace(day), strings.TrimSpace(month), strings.TrimSpace(year)}
	if strings.Join(parts, "") == "" {
		return time.Time{}, nil
	}
	var n [3]int
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || len(part) > 4 || strings.Trim(part, "0123456789") != "" {
			return time.Time{}, wrong(field, "money.day.format")
		}
	}
	at := time.Date(n[2], time.Month(n[1]), n[0], 0, 0, 0, 0, time.UTC)
	if at.Day() != n[0] || at.Month() != time.Month(n[1]) || n[2] < 1900 || n[2] > 2100 {
		return time.Time{}, wrong(field, "money.day.format")
	}
	return at, nil
}

// today is the day it is in the Netherlands.
func (s *Server) today() time.Time {
	return locale.Today(s.now())
}

// numberIn reads a number of ours in an address; another way to write it is another address.
func numberIn(c echo.Context, name string) (int64, error) {
	text := c.Param(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != text {
		return 0, echo.ErrNotFound
	}
	return n, nil
}

// formNumber reads a number that a page gave; anything else is nothing of ours.
func formNumber(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// longWork gives a request the time that a large file or a large booking takes.
func longWork(c echo.Context) {
	until := time.Now().Add(10 * time.Minute)
	rc := http.NewResponseController(c.Response())
	_ = rc.SetReadDeadline(until) // a connection that cannot do this has no deadline
	_ = rc.SetWriteDeadline(until)
}

// printable leaves out signs that nobody can see and no database keeps; lines stay lines.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// stateTable lists counts and amounts by state, with their words.
func stateTable(v ui.View, caption, words string, counts []payments.StatusCount, kinds map[string]string) ui.TableProps {
	table := ui.TableProps{
		Caption: caption, HideCaption: true, Stack: true, Empty: v.T(words + ".none"),
		Columns: []ui.Column{{Label: v.T("money.state")}, {Label: v.T("money.count"), Num: true}, {Label: v.T("money.amount"), Num: true}},
	}
	var count int64
	var cents payments.Cents
	for _, one := range counts {
		count, cents = count+one.Count, cents+one.TotalCents
		table.Rows = append(table.Rows, ui.Cells(ui.Tagged(kinds[one.Status], v.T(words+"."+one.Status)), ui.Num(v.Number(one.Count)), ui.Num(v.Euro(int64(one.TotalCents)))))
	}
	if len(counts) > 1 {
		table.Foot = []ui.Cell{ui.Text(v.T("common.total")), ui.Num(v.Number(count)), ui.Num(v.Euro(int64(cents)))}
	}
	return table
}

// statePlot draws the counts of a table by state; one bar says no more than its number.
func statePlot(v ui.View, id, title, words string, counts []payments.StatusCount) templ.Component {
	if len(counts) < 2 {
		return nil
	}
	chart := plot.Chart{
		ID: id, Title: v.T("money.plot_title", "Title", title), Desc: v.T("money.plot", "Title", title), TableLabel: v.T("money.plot_table"), LabelHead: v.T("money.state"),
		Series: []plot.Series{{Name: v.T("money.count")}}, Format: v.Number,
	}
	for _, one := range counts {
		chart.Series[0].Points = append(chart.Series[0].Points, plot.Point{Label: v.T(words + "." + one.Status), Value: one.Count})
	}
	return plot.Bars(chart)
}
