package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/web/staff"
)

type (
	respond     = http.ResponseWriter
	request     = http.Request
	echoContext = echo.Context
)

// client is a browser: it keeps cookies, also Secure ones, and sends the tokens of forms.
type client struct {
	t       testing.TB
	site    *site
	cookies map[string]string
	head    map[string]string // more headers for every request
	ip      string
	ref     string // of the log-in, in the matrix
	trap    string // what it fills in where nobody sees a field
}

// page is an answer.
type page struct {
	t      testing.TB
	Status int
	Place  string // where a redirect leads
	Body   string
	Header http.Header
}

// visitor is a browser that was never here.
func (s *site) visitor(t testing.TB) *client {
	return &client{t: t, site: s, cookies: map[string]string{}, head: map[string]string{}, ip: "192.0.2.10"}
}

// get opens a page.
func (c *client) get(path string) page {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil, "")
}

// post opens the page of a form, fills it in and sends it. Pairs are name and value.
func (c *client) post(path string, pairs ...string) page {
	c.t.Helper()
	return c.postFrom(path, path, pairs...)
}

// postFrom sends a form that stands on another page.
func (c *client) postFrom(from, path string, pairs ...string) page {
	c.t.Helper()
	return c.send(path, form(c.get(from), pairs...))
}

// send posts a form as it is.
func (c *client) send(path string, values url.Values) page {
	c.t.Helper()
	return c.do(http.MethodPost, path, strings.NewReader(values.Encode()), "application/x-www-form-urlencoded")
}

// upload sends a form with a file, from the page it stands on.
func (c *client) upload(from, path, field, name string, content []byte, pairs ...string) page {
	c.t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for key, values := range form(c.get(from), pairs...) {
		for _, v := range values {
			must(c.t, w.WriteField(key, v))
		}
	}
	part, err := w.CreateFormFile(field, name)
	must(c.t, err)
	_, err = part.Write(content)
	must(c.t, err)
	must(c.t, w.Close())
	return c.do(http.MethodPost, path, strings.NewReader(b.String()), w.FormDataContentType())
}

// upload2 sends a form for files without a file.
func (c *client) upload2(path string, values url.Values) page {
	c.t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for key, list := range values {
		for _, v := range list {
			must(c.t, w.WriteField(key, v))
		}
	}
	must(c.t, w.Close())
	return c.do(http.MethodPost, path, strings.NewReader(b.String()), w.FormDataContentType())
}

func (c *client) do(method, path string, body io.Reader, kind string) page {
	c.t.Helper()
	r := httptest.NewRequest(method, testBase+path, body)
	r.RemoteAddr = c.ip + ":1234"
	r.Header.Set("User-Agent", "Mozilla/5.0 Firefox/140")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for k, v := range c.head {
		r.Header.Set(k, v)
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	c.site.handler.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if cookie.MaxAge < 0 || cookie.Value == "" {
			delete(c.cookies, cookie.Name)
			continue
		}
		c.cookies[cookie.Name] = cookie.Value
	}
	return page{c.t, w.Code, strings.TrimPrefix(w.Header().Get("Location"), testBase), w.Body.String(), w.Header()}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form is what a browser would send: the hidden fields of the page's last form that has them, and the pairs.
func form(p page, pairs ...string) url.Values {
	values := url.Values{}
	at := strings.Index(p.Body, "<main")
	fields := hidden.FindAllStringSubmatch(p.Body[max(at, 0):], -1)
	if len(fields) == 0 {
		fields = hidden.FindAllStringSubmatch(p.Body, -1) // the form of the header, to log out
	}
	for _, m := range fields {
		values.Set(m[1], m[2])
	}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}

// want checks the status and that all words are on the page.
func (p page) want(status int, words ...string) page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("status = %d, want %d; to %q\n%s", p.Status, status, p.Place, p.text())
	}
	body := html.UnescapeString(strings.ReplaceAll(p.Body, "\u00a0", " "))
	for _, w := range words {
		if !strings.Contains(body, w) && !strings.Contains(p.Body, w) {
			p.t.Errorf("the page lacks %q\n%s", w, p.text())
		}
	}
	if strings.Contains(p.Body, "⟦") {
		p.t.Errorf("a text is missing: %s", fragment(p.Body))
	}
	return p
}

// goes checks that the answer sends the browser on to a place.
func (p page) goes(place string) page {
	p.t.Helper()
	if p.Status != http.StatusSeeOther || p.Place != place {
		p.t.Fatalf("status = %d to %q, want 303 to %q\n%s", p.Status, p.Place, place, p.text())
	}
	return p
}

var tags = regexp.MustCompile(`(?s)<head>.*</head>|<[^>]+>`)

// text is what a reader sees of the page's main part.
func (p page) text() string {
	body := p.Body
	if at := strings.Index(body, "<main"); at >= 0 {
		body = body[at:]
	}
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// participant is a browser in which somebody who takes part is logged in.
func (s *site) participant(t testing.TB, email string) (*client, claims.Joined) {
	t.Helper()
	j := s.join(t, email, "percentage")
	return s.loggedIn(t, j.ParticipantID), j
}

// loggedIn is a browser in which a participant is logged in, without walking through the log-in pages.
func (s *site) loggedIn(t testing.TB, participantID int64) *client {
	t.Helper()
	c := s.visitor(t)
	ctx, err := s.mine.Load(context.Background(), "")
	must(t, err)
	ref := fmt.Sprintf("test%d", participantID) + strings.Repeat("x", 8) + hexOf([]byte(t.Name()))
	_, err = s.pool.Exec(ctx, `INSERT INTO logins (ref, participant_id, created_at, last_seen_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING`, ref, participantID, s.now())
	must(t, err)
	s.mine.Put(ctx, keyLogin, ref)
	token, _, err := s.mine.Commit(ctx)
	must(t, err)
	c.cookies[s.mine.Cookie.Name] = token
	return c
}

const testPassword = "paardenbloem op het dak"

// staffMember is a browser in which a member of staff with these roles is logged in.
func (s *site) staffMember(t testing.TB, roles ...staff.Role) *client {
	t.Helper()
	c, _ := s.newMember(t, roles...)
	return c
}

func (s *site) newMember(t testing.TB, roles ...staff.Role) (*client, staff.Invitation) {
	t.Helper()
	ctx := context.Background()
	n := s.count(t, `SELECT count(*) FROM staff`)
	inv, err := s.staff.Add(ctx, audit.System("test"), fmt.Sprintf("staff%d@claim.example", n), fmt.Sprintf("Medewerker %d", n), "nl", roles)
	must(t, err)
	c := s.visitor(t)
	sctx, err := s.desk.Load(ctx, "")
	must(t, err)
	ref := fmt.Sprintf("staff%d", inv.StaffID) + strings.Repeat("x", 10)
	_, err = s.pool.Exec(ctx, `INSERT INTO logins (ref, staff_id, created_at, last_seen_at) VALUES ($1, $2, $3, $3)`, ref, inv.StaffID, s.now())
	must(t, err)
	s.desk.Put(sctx, keyLogin, ref)
	token, _, err := s.desk.Commit(sctx)
	must(t, err)
	c.cookies[s.desk.Cookie.Name] = token
	return c, inv
}

// otp is the code that an app shows for an invitation's secret.
func (s *site) otp(t testing.TB, token string) string {
	t.Helper()
	code, err := totp.GenerateCode(s.staff.Secret(token), s.now())
	must(t, err)
	return code
}

// fragment is the first text of a page that has no words.
func fragment(body string) string {
	_, after, _ := strings.Cut(body, "⟦")
	return after[:min(60, len(after))]
}
