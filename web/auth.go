package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/staff"
)

var (
	// errLogin means that a page is for somebody who is logged in.
	errLogin = errors.New("not logged in")
	// errForbidden means that none of the member's roles may do this.
	errForbidden = echo.NewHTTPError(http.StatusForbidden, "no permission")
	// errToken means that a form did not come from a page of ours, or from an old one.
	errToken = errors.New("the form's token does not fit")
	// errForm means that what was sent is not a form.
	errForm = echo.NewHTTPError(http.StatusBadRequest, "not a form")
)

const browserCookie = "__Host-browser"

// guard stands before the handler of a route: session, log-in, token, permission.
func (s *Server) guard(r route) echo.HandlerFunc {
	do := func(c echo.Context) error { return r.Handler(s, c) }
	if r.Kind == public || r.Kind == hook {
		return do
	}
	checked := func(c echo.Context) error {
		s.knowBrowser(c)
		if err := s.admit(c, r); err != nil {
			return err
		}
		seen(c).csrf = s.token(c)
		if r.Method == http.MethodPost {
			if err := s.checkForm(c, r); err != nil {
				return err
			}
		}
		return do(c)
	}
	m := s.sessions(r.Kind)
	if m == nil {
		return checked
	}
	return loaded(m, func(c echo.Context) error {
		c.Set("sessions", m)
		return checked(c)
	})
}

// admit finds out who this is and whether they may.
func (s *Server) admit(c echo.Context, r route) error {
	m, ctx := s.sessions(r.Kind), c.Request().Context()
	if m == nil {
		return nil
	}
	v := seen(c)
	l, err := s.findLogin(ctx, m)
	if err != nil {
		return err
	}
	v.login = l
	switch r.Kind {
	case portal:
		return s.admitPerson(c)
	case desk:
		return s.admitMember(c, r.Permission)
	}
	return nil
}

func (s *Server) admitPerson(c echo.Context) (err error) {
	v := seen(c)
	if v.login.participantID == 0 {
		return errLogin
	}
	v.person, err = s.people.Participant(c.Request().Context(), v.login.participantID)
	if errors.Is(err, participants.ErrNotFound) || err == nil && v.person.ErasedAt != nil {
		return errLogin
	}
	return err
}

func (s *Server) admitMember(c echo.Context, p staff.Permission) (err error) {
	v := seen(c)
	if v.login.staffID == 0 {
		return errLogin
	}
	v.member, err = s.staff.Member(c.Request().Context(), v.login.staffID)
	if errors.Is(err, staff.ErrNotFound) || errors.Is(err, staff.ErrDisabled) {
		return errLogin
	}
	if err == nil && !v.member.May(p) {
		return errForbidden
	}
	return err
}

// knowBrowser gives a browser its secret before it sees its first form.
func (s *Server) knowBrowser(c echo.Context) {
	v := seen(c)
	if cookie, err := c.Cookie(browserCookie); err == nil && len(cookie.Value) == 26 {
		v.browser = cookie.Value
		return
	}
	v.browser = rand.Text()
	s.setCookie(c, browserCookie, v.browser, 0)
}

// setCookie sets a cookie that stays with this host; maxAge 0 is until the browser closes.
func (s *Server) setCookie(c echo.Context, name, value string, maxAge int) {
	c.SetCookie(&http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// token is what our forms carry: it fits this log-in, or before that this browser, and nobody else's.
func (s *Server) token(c echo.Context) string {
	v := seen(c)
	bound := "browser:" + v.browser
	if v.login.id != 0 {
		bound = "login:" + v.login.ref
	}
	return hex.EncodeToString(s.vault.MAC("csrf", []byte(bound)))
}

// checkForm reads a form and refuses it when its token does not fit. Of a form
// with a file it reads only what comes before the file.
func (s *Server) checkForm(c echo.Context, r route) error {
	var err error
	req := c.Request()
	if r.Upload > 0 {
		if r.Upload < importBytes { // a file of the bank has its own time
			req.Body = atItsPace(c)
		}
		req.PostForm, err = readUpload(c, r.Upload)
	} else {
		req.Body = http.MaxBytesReader(c.Response(), req.Body, formBytes)
		err = req.ParseForm()
	}
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return echo.ErrStatusRequestEntityTooLarge
		}
		return errForm
	}
	if len(req.PostForm) > 200 {
		return errForm
	}
	sent, err := one(req.PostForm, "csrf")
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(sent), []byte(seen(c).csrf)) != 1 {
		return errToken
	}
	return nil
}

// readUpload reads the fields before the file and leaves the file unread, so
// that it can be encrypted before it touches a disk.
func readUpload(c echo.Context, limit int64) (url.Values, error) {
	req := c.Request()
	req.Body = http.MaxBytesReader(c.Response(), req.Body, limit)
	parts, err := req.MultipartReader()
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for room := int64(formBytes); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" || part.Header.Get("Content-Type") != "" {
			c.Set("upload", part)
			c.Set("parts", parts) // for forms with more than one file
			return values, nil
		}
		text, err := io.ReadAll(io.LimitReader(part, room+1))
		if room -= int64(len(text)); err != nil || room < 0 {
			return nil, errForm
		}
		values.Add(part.FormName(), string(text))
	}
}

// uploaded is the file of a form: its name as sent, and its bytes as they
// come in. Without a file the name is empty and there is nothing to read.
func uploaded(c echo.Context, field string) (name string, r io.Reader) {
	part, ok := c.Get("upload").(*multipart.Part)
	if !ok || part.FormName() != field || part.FileName() == "" {
		return "", http.NoBody
	}
	return part.FileName(), incoming{part}
}

// errUpload means that a file did not come in whole.
var errUpload = errors.New("the upload broke off")

// incoming is a file on its way in, with the words for what can happen on the way.
type incoming struct{ r io.Reader }

func (i incoming) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return n, claims.ErrFileSize
	}
	return n, errUpload
}
