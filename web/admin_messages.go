package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// beginnings are the first words of an answer that staff can take, in the language of the participant.
var beginnings = []string{"evidence", "waiting", "payee", "leave"}

// longWait is after how many days without an answer a message stands out.
const longWait = 2

// inbox lists the conversations of a claim: what waits for an answer first. Names and words are on
// the pages it leads to, where a look is logged.
func (s *Server) inbox(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	waiting := c.QueryParam("stand") != "beantwoord"
	after, id := inboxFrom(c.QueryParam("na"))
	found, err := s.claims.Inbox(c.Request().Context(), claim.ID, waiting, after, id)
	if err != nil {
		return err
	}
	v, path := s.view(c, "case.inbox.list"), "/beheer/"+claim.Slug+"/berichten"
	p := ui.InboxPage{View: v, Waiting: waiting, WaitingURL: v.Href(path), AnsweredURL: v.Href(path + "?stand=beantwoord"), Table: s.inboxTable(v, claim, waiting, found.Rows)}
	if found.More {
		last := found.Rows[len(found.Rows)-1]
		query := "?na=" + strconv.FormatInt(last.At().UnixMicro(), 10) + "-" + strconv.FormatInt(last.ID, 10)
		if !waiting {
			query += "&stand=beantwoord"
		}
		p.Pager.NextURL = v.Href(path + query)
	}
	return s.show(c, http.StatusOK, ui.Inbox(p))
}

// inboxFrom reads after which row a page begins; what is no such row is the first page.
func inboxFrom(from string) (after time.Time, id int64) {
	at, row, _ := strings.Cut(from, "-")
	micros, err1 := strconv.ParseInt(at, 10, 64)
	id, err2 := strconv.ParseInt(row, 10, 64)
	if err1 != nil || err2 != nil || id < 1 || micros < 0 || micros > farAway {
		return time.Time{}, 0
	}
	return time.UnixMicro(micros).UTC(), id
}

// farAway is the year 3000 in microseconds: the database knows no times without end.
const farAway = 32_503_680_000_000_000

func (s *Server) inboxTable(v ui.View, claim claims.Claim, waiting bool, rows []claims.Letterbox) ui.TableProps {
	t := ui.TableProps{
		Caption: v.Title, HideCaption: true, Stack: true, Empty: v.T("case.inbox.none_answered"),
		Columns: []ui.Column{{Label: v.T("case.column.number")}, {Label: v.T("case.column.status")}, {Label: v.T("case.inbox.last")}},
	}
	if waiting {
		t.Empty = v.T("case.inbox.none")
		t.Columns[2].Label = v.T("case.inbox.since")
		t.Columns = append(t.Columns, ui.Column{Label: v.T("case.inbox.waits")})
	}
	for _, r := range rows {
		number := ui.LinkTo(r.Number, v.Href("/beheer/"+claim.Slug+"/deelname/"+r.Number+"/berichten"))
		number.Whole = true
		cells := []ui.Cell{number, ui.Tagged(participationKind(string(r.Status)), v.T("case.filter.status."+string(r.Status))), ui.Text(v.ShortMoment(r.At()))}
		if waiting {
			cells = append(cells, s.waitCell(v, r.At()))
		}
		t.Rows = append(t.Rows, ui.Cells(cells...))
	}
	return t
}

// waitCell says how long something waits, in whole days of the calendar.
func (s *Server) waitCell(v ui.View, since time.Time) ui.Cell {
	days := s.daysSince(since)
	kind := "info"
	if days > longWait {
		kind = "warn"
	}
	if days == 0 {
		return ui.Tagged(kind, v.T("case.inbox.today"))
	}
	return ui.Tagged(kind, v.T("common.days", days))
}

func (s *Server) daysSince(at time.Time) int {
	return locale.DaysUntil(locale.Today(s.now()), at)
}

// messagesOf shows what was written about one participation. The look is logged.
func (s *Server) messagesOf(c echo.Context) error {
	return s.messagesOfPage(c, http.StatusOK, messageForm{RequestID: rand.Text()}, nil)
}

// answerMessage sends what staff write. The same form sent twice is one message.
func (s *Server) answerMessage(c echo.Context) error {
	claim, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	form, err := bind[messageForm](c)
	if err == nil {
		upTo, _ := strconv.ParseInt(form.Seen, 10, 64) // not a number: nothing was on the page
		err = s.claims.AnswerMessage(c.Request().Context(), s.member(c).Actor(), p, claims.Writing{Text: form.Text, RequestID: form.RequestID, Seen: upTo})
	}
	if bad := s.mend(c, messageProblem(err)); bad != nil {
		return s.messagesOfPage(c, http.StatusUnprocessableEntity, form.again(), bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.inbox.answered"))
	return s.to(c, "/beheer/"+claim.Slug+"/deelname/"+c.Param("number")+messagesPage)
}

// settleMessages notes that what was on the page needs no answer.
func (s *Server) settleMessages(c echo.Context) error {
	claim, p, err := s.takenFor(c)
	if err != nil {
		return err
	}
	sent, err := one(c.Request().PostForm, "upto")
	if err != nil {
		return err
	}
	upTo, _ := strconv.ParseInt(sent, 10, 64)
	if err := s.claims.SettleMessages(c.Request().Context(), s.member(c).Actor(), p, upTo); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.inbox.settled"))
	return s.to(c, "/beheer/"+claim.Slug+"/berichten")
}

func (s *Server) messagesOfPage(c echo.Context, status int, form messageForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d, talk, err := s.claims.ViewMessages(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("number"))
	if err != nil {
		return err
	}
	v, base := s.view(c, "case.inbox.title", bad...), "/beheer/"+claim.Slug+"/deelname/"+d.Participation.Number
	p := ui.MessagesPage{
		View: v, Bad: bad, Number: d.Participation.Number, Name: d.Person.Name(), InboxURL: v.Href("/beheer/" + claim.Slug + messagesPage),
		Action: v.Href(base + messagesPage), SettleURL: v.Href(base + messagesPage + "/klaar"), RequestID: form.RequestID, Text: form.Text,
		Status: v.T("case.filter.status." + string(d.Participation.Status)), StatusKind: participationKind(string(d.Participation.Status)),
		Closed: closedTalk(v, d.Participation.Status), Waits: talk.WaitingSince != nil, Messages: talkRows(v, talk.Messages),
	}
	if s.member(c).May(staff.PersonRead) {
		p.PersonURL = v.Href(base)
	}
	if choice := c.QueryParam("antwoord"); p.Text == "" && slices.Contains(beginnings, choice) {
		p.Text = s.words.T(d.Person.Lang)("case.inbox.answer."+choice+"_text", "Name", d.Person.Name(), "Foundation", v.Foundation.Name)
	}
	for _, a := range beginnings {
		p.Answers = append(p.Answers, ui.Link{Label: v.T("case.inbox.answer." + a), URL: v.Href(base + messagesPage + "?antwoord=" + a + "#text")})
	}
	if len(talk.Messages) > 0 {
		p.Seen = strconv.FormatInt(talk.Messages[0].ID, 10)
	}
	return s.show(c, status, ui.Messages(p))
}

// closedTalk says why nobody can be written to, if that is so.
func closedTalk(v ui.View, status participants.Status) string {
	switch status {
	case participants.Erased:
		return v.T("case.inbox.erased")
	case participants.InEstate:
		return v.T("case.inbox.estate")
	}
	return ""
}

func talkRows(v ui.View, all []claims.Message) (rows []ui.MessageRow) {
	for _, m := range all {
		who := v.T("case.inbox.participant")
		if m.Former {
			who = v.T("case.inbox.former")
		}
		rows = append(rows, messageRow(v, m, who, v.T("case.inbox.us")))
	}
	return rows
}
