package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// What a session holds. Who somebody is stands in the table of log-ins, which can be ended from outside.
const (
	keyLogin     = "login"
	keyFlashKind = "flash.kind"
	keyFlash     = "flash"
)

// loaded opens the session of a request and writes it back before the first
// byte of the answer, errors included, so that one cookie goes out and not two.
func loaded(m *scs.SessionManager, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		before := c.Response().Writer
		defer func() { c.Response().Writer = before }()
		m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.SetRequest(r)
			c.Response().Writer = w
			if err := next(c); err != nil {
				c.Error(err)
			}
		})).ServeHTTP(before, c.Request())
		return nil
	}
}

// sessions is the manager that goes with a kind of page, or nil.
func (s *Server) sessions(k kind) *scs.SessionManager {
	switch k {
	case portal, portalDoor:
		return s.mine
	case desk, staffDoor:
		return s.desk
	}
	return nil
}

// findLogin reads the live log-in of a session and notes that it was used. A
// log-in that was ended, sat still too long or is too old is nobody.
func (s *Server) findLogin(ctx context.Context, m *scs.SessionManager) (login, error) {
	ref := m.GetString(ctx, keyLogin)
	if ref == "" {
		return login{}, nil
	}
	now, idle, life := s.now(), mineIdle, mineLife
	if m == s.desk {
		idle, life = deskIdle, deskLife
	}
	var l login
	var seen time.Time
	err := s.pool.QueryRow(ctx, `SELECT id, ref, coalesce(staff_id, 0), coalesce(participant_id, 0), last_seen_at FROM logins
		WHERE ref = $1 AND ended_at IS NULL AND last_seen_at > $2 AND created_at > $3`, ref, now.Add(-idle), now.Add(-life)).
		Scan(&l.id, &l.ref, &l.staffID, &l.participantID, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return login{}, nil
	}
	if err == nil && now.Sub(seen) > time.Minute {
		_, err = s.pool.Exec(ctx, `UPDATE logins SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2`, l.id, now)
	}
	return l, err
}

// logIn begins a session under a new id. One of the two ids is zero.
func (s *Server) logIn(c echo.Context, m *scs.SessionManager, staffID, participantID int64) error {
	ctx, ref := c.Request().Context(), rand.Text()
	if err := m.Clear(ctx); err != nil {
		return err
	}
	if err := m.RenewToken(ctx); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, `INSERT INTO logins (ref, staff_id, participant_id, browser, created_at, last_seen_at)
		VALUES ($1, nullif($2, 0), nullif($3, 0), $4, $5, $5)`, ref, staffID, participantID, family(c.Request().UserAgent()), s.now())
	if err == nil {
		m.Put(ctx, keyLogin, ref)
	}
	return err
}

// logInPerson lets a participant in, under a new session.
func (s *Server) logInPerson(c echo.Context, participantID int64) error {
	return s.logIn(c, s.mine, 0, participantID)
}

// logOut ends the log-in and has the browser forget what it kept of us.
func (s *Server) logOut(c echo.Context, m *scs.SessionManager) error {
	ctx := c.Request().Context()
	if _, err := s.pool.Exec(ctx, `UPDATE logins SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, seen(c).login.id, s.now()); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return m.Destroy(ctx)
}

// flash tells something on the next page; kind as of a notice.
func (s *Server) flash(c echo.Context, kind, text string) {
	m, ok := c.Get("sessions").(*scs.SessionManager)
	if !ok {
		return // pages without a session say it themselves
	}
	m.Put(c.Request().Context(), keyFlashKind, kind)
	m.Put(c.Request().Context(), keyFlash, text)
}

// popFlash takes what the last page wanted to tell.
func popFlash(c echo.Context) *ui.Flash {
	m, ok := c.Get("sessions").(*scs.SessionManager)
	if !ok || m.GetString(c.Request().Context(), keyFlash) == "" {
		return nil
	}
	ctx := c.Request().Context()
	return &ui.Flash{Kind: m.PopString(ctx, keyFlashKind), Text: m.PopString(ctx, keyFlash)}
}

// family is the browser in one word, so that people recognise their log-ins.
func family(agent string) string {
	for _, name := range []string{"Edg", "OPR", "Firefox", "Chrome", "Safari"} {
		if strings.Contains(agent, name) {
			return name
		}
	}
	return ""
}
