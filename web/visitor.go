package web

import (
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/staff"
)

// visitor is who sends a request, as far as known, and how.
type visitor struct {
	requestID  string
	received   time.Time // by the server, before anything else
	lang       string
	path       string // without its language
	browser    string // secret of the browser before it logs in
	csrf       string
	later      string // the page to go to instead, for somebody who saves and leaves
	login      login
	person     participants.Participant
	member     staff.Member
	claim      claims.Claim     // of the address, once it was read
	colleagues map[int64]string // names of staff, once a page needs one
}

// login is a live row of the table of log-ins; id 0 is nobody.
type login struct {
	id            int64
	ref           string
	staffID       int64
	participantID int64
}

// seen returns the visitor of a request.
func seen(c echo.Context) *visitor {
	if v, ok := c.Get("visitor").(*visitor); ok {
		return v
	}
	v := &visitor{lang: "nl", path: "/"}
	c.Set("visitor", v)
	return v
}

// lang is the language of the address.
func lang(c echo.Context) string { return seen(c).lang }

// person is the participant who is logged in; only on pages of the portal.
func (s *Server) person(c echo.Context) participants.Participant { return seen(c).person }

// member is the member of staff who is logged in; only on pages of the back office.
func (s *Server) member(c echo.Context) staff.Member { return seen(c).member }

// browser is the secret of this browser, before and apart from any log-in.
func (s *Server) browser(c echo.Context) string { return seen(c).browser }
