package web

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type messageForm struct {
	Text      string `form:"text"       say:"mine.message.text" validate:"filled"`
	RequestID string `form:"request_id" say:"mine.message.text" validate:"max=64"`
	Seen      string `form:"seen"       say:"mine.message.text" validate:"max=20"`
}

// myMessages shows what a person and the foundation wrote to each other, and notes that it was seen.
func (s *Server) myMessages(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.myMessagesPage(c, o, http.StatusOK, messageForm{RequestID: rand.Text()}, nil)
}

// writeMessage sends what a person writes. The same form sent twice is one message.
func (s *Server) writeMessage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err := bind[messageForm](c)
	if err == nil {
		err = s.claims.WriteMessage(c.Request().Context(), o.part, claims.Writing{Text: form.Text, RequestID: form.RequestID})
	}
	if bad := s.mend(c, messageProblem(err)); bad != nil {
		return s.myMessagesPage(c, o, http.StatusUnprocessableEntity, form.again(), bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "mine.message.sent"))
	return s.to(c, o.path(messagesPage))
}

// again is the form as it comes back to be mended.
func (f messageForm) again() messageForm {
	if f.RequestID == "" || len(f.RequestID) > 64 {
		f.RequestID = rand.Text()
	}
	return f
}

// messageProblem is what is wrong with the words of a message, as something to mend.
func messageProblem(err error) error {
	switch {
	case errors.Is(err, participants.ErrTextLong):
		return wrong("text", "mine.message.long")
	case errors.Is(err, participants.ErrTextCharacters):
		return wrong("text", "mine.message.characters")
	}
	return err
}

// myMessagesPage shows the messages as they are now.
func (s *Server) myMessagesPage(c echo.Context, o ownCase, status int, form messageForm, bad ui.Problems) error {
	all, err := s.claims.Messages(c.Request().Context(), o.part)
	if err == nil && o.unread > 0 && len(all) > 0 {
		err = s.claims.ReadMessages(c.Request().Context(), o.part, all[0].ID)
	}
	if err != nil {
		return err
	}
	unread := o.unread
	o.unread = 0 // they are on this page
	v := s.portalView(c, o, "mine.message.title", bad...)
	p := ui.PortalMessagesPage{
		View: v, Bad: bad, Action: v.Href(o.path(messagesPage)), EvidenceURL: v.Href(o.path("/bewijs")), RequestID: form.RequestID, Text: form.Text,
		Open: o.part.Status != participants.Erased,
	}
	for _, m := range all {
		row := messageRow(v, m, v.T("mine.message.you"), v.T("mine.message.us"))
		if m.Staff && unread > 0 {
			row.New, unread = true, unread-1
		}
		p.Messages = append(p.Messages, row)
	}
	return s.show(c, status, ui.PortalMessages(p))
}

// messageRow is a message for a page; who are the words for both sides.
func messageRow(v ui.View, m claims.Message, person, foundation string) ui.MessageRow {
	row := ui.MessageRow{From: person, Staff: m.Staff, Text: m.Text, At: m.SentAt}
	if m.Staff {
		row.From = foundation
	}
	if m.ReadAt != nil {
		row.Read = v.Moment(*m.ReadAt)
	}
	return row
}
