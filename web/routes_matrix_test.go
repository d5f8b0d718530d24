package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/migrations"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web/staff"
)

// matrix is a site with two participants and a member of staff of each role, and
// what belongs to the first participant to fill into addresses.
type matrix struct {
	*site
	joinedA, joinedB claims.Joined
	members          map[staff.Role]int64
	samples          map[string]string
}

func newMatrix(t *testing.T) *matrix {
	s := setup(t)
	m := &matrix{site: s, members: map[staff.Role]int64{}}
	m.joinedA, m.joinedB = s.join(t, "a@deelnemer.example", "flat"), s.join(t, "b@deelnemer.example", "percentage")
	for _, r := range staff.Roles {
		_, inv := s.newMember(t, r)
		m.members[r] = inv.StaffID
	}
	ev, err := s.claims.AttachStatement(t.Context(), audit.Participant(m.joinedA.ParticipantID), claims.Owner{ParticipationID: m.joinedA.ParticipationID}, "Ik gebruikte het elke dag voor mijn werk.")
	must(t, err)
	m.samples = map[string]string{
		"lang": "nl", "slug": "zoom", "ref": m.joinedA.Ref, "number": m.joinedA.Number, "eref": ev.Ref, "payref": "NOSUCHPAYMENT", "key": "mandate",
		"reason": "jonger", "exit": "beeindigen", "xref": "NOSUCHCOPY", "token": "NOSUCHTOKEN", "id": "999999", "ordinal": "1", "run": "1", "part": "1", "kind": "newsletter", "text": "1", "page": "1",
		"template": "letter_sent", "mailing": "0", "right": "beperken", "rref": "NOSUCHREQUEST", "mref": "NOSUCHREPORT", "nref": "NOSUCHNEWS", "tref": "NOSUCHTASK", "slot": "0", "fact": "F01", "invoice": "2026-000001", "account": "9999", "year": "1999", "close": "1", "mail": "nl",
	}
	return m
}

var pathParam = regexp.MustCompile(`:([a-z]+)`)

// fill puts samples into the address of a route. A part without a sample fails: whoever adds it says what it stands for.
func (m *matrix) fill(t testing.TB, path string) string {
	t.Helper()
	return pathParam.ReplaceAllStringFunc(path, func(p string) string {
		sample, ok := m.samples[p[1:]]
		if !ok {
			t.Fatalf("no sample for %s in %s", p, path)
		}
		return sample
	})
}

// as is a fresh log-in of somebody: each address gets its own, because one of them logs out.
func (m *matrix) as(t testing.TB, n int, staffID, participantID int64) *client {
	t.Helper()
	c, manager := m.visitor(t), m.mine
	if staffID != 0 {
		manager = m.desk
	}
	ctx, err := manager.Load(context.Background(), "")
	must(t, err)
	ref := fmt.Sprintf("matrix-%d-%d-%d", n, staffID, participantID)
	_, err = m.pool.Exec(ctx, `INSERT INTO logins (ref, staff_id, participant_id, created_at, last_seen_at) VALUES ($1, nullif($2, 0), nullif($3, 0), $4, $4)`, ref, staffID, participantID, m.now())
	must(t, err)
	manager.Put(ctx, keyLogin, ref)
	token, _, err := manager.Commit(ctx)
	must(t, err)
	c.cookies[manager.Cookie.Name] = token
	c.ref = ref
	return c
}

// token is what a form of this client would carry.
func (m *matrix) token(c *client) string {
	return hexOf(m.vault.MAC("csrf", []byte("login:"+c.ref)))
}

// try sends one request of the matrix; a POST is an empty form with a good token.
func (m *matrix) try(c *client, r route, path string) page {
	if r.Method == http.MethodGet {
		return c.get(path)
	}
	values := url.Values{"csrf": {m.token(c)}}
	if r.Upload > 0 {
		return c.upload2(path, values)
	}
	return c.send(path, values)
}

func (p page) toLogin() bool {
	return p.Status == http.StatusSeeOther && strings.Contains(p.Place, "/inloggen")
}

func (p page) forbidden() bool {
	return p.Status == http.StatusForbidden && strings.Contains(p.Body, "U mag deze pagina niet bekijken")
}

func TestEveryRouteForEveryone(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for n, r := range routes {
		path := m.fill(t, r.Path)
		name := r.Method + " " + r.Path
		nobody := m.visitor(t)
		if r.Kind == portal || r.Kind == desk {
			if p := m.try(nobody, r, path); !p.toLogin() {
				t.Errorf("%s by nobody: %d to %q, want the log-in", name, p.Status, p.Place)
			}
		}
		switch r.Kind {
		case public, signup, portalDoor, staffDoor:
			if p := nobody.get(path); r.Method == http.MethodGet && (p.Status >= 500 || p.toLogin() && r.Kind == public || p.Status == 403) {
				t.Errorf("%s by nobody: %d to %q", name, p.Status, p.Place)
			}
		case portal:
			m.checkPortal(t, n, r, path)
		case desk:
			m.checkDesk(t, n, r, path)
		}
	}
}

func (m *matrix) checkPortal(t *testing.T, n int, r route, path string) {
	name := r.Method + " " + r.Path
	if p := m.try(m.as(t, n, 0, m.joinedA.ParticipantID), r, path); p.Status >= 500 || p.forbidden() || p.toLogin() && !strings.Contains(path, "uitloggen") && !strings.Contains(path, "niet-ik") {
		t.Errorf("%s by the owner: %d to %q\n%s", name, p.Status, p.Place, p.text())
	}
	if strings.Contains(r.Path, ":ref") {
		if p := m.try(m.as(t, n, 0, m.joinedB.ParticipantID), r, path); p.Status != http.StatusNotFound {
			t.Errorf("%s by somebody else: %d to %q, want 404", name, p.Status, p.Place)
		}
	}
	for _, role := range staff.Roles {
		if p := m.try(m.as(t, n, m.members[role], 0), r, path); !p.toLogin() {
			t.Errorf("%s by %s: %d, want the log-in of participants", name, role, p.Status)
		}
	}
}

func (m *matrix) checkDesk(t *testing.T, n int, r route, path string) {
	name := r.Method + " " + r.Path
	if p := m.try(m.as(t, n, 0, m.joinedA.ParticipantID), r, path); !p.toLogin() {
		t.Errorf("%s by a participant: %d, want the log-in of staff", name, p.Status)
	}
	for _, role := range staff.Roles {
		p := m.try(m.as(t, 1000+n, m.members[role], 0), r, path)
		switch may := role.May(r.Permission); {
		case !may && !p.forbidden():
			t.Errorf("%s by %s: %d to %q, want 403", name, role, p.Status, p.Place)
		case may && (p.Status >= 500 || p.forbidden() || p.toLogin() && !strings.Contains(path, "uitloggen")):
			t.Errorf("%s by %s: %d to %q\n%s", name, role, p.Status, p.Place, p.text())
		}
	}
}

func TestNoFormWithoutItsToken(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for n, r := range routes {
		if r.Method != http.MethodPost || r.Kind == hook {
			continue
		}
		path, name := m.fill(t, r.Path), r.Method+" "+r.Path
		var staffID, participantID int64
		switch r.Kind {
		case portal:
			participantID = m.joinedA.ParticipantID
		case desk:
			for _, role := range staff.Roles {
				if role.May(r.Permission) {
					staffID = m.members[role]
				}
			}
		}
		c, other := m.visitor(t), m.visitor(t)
		if staffID+participantID != 0 {
			c, other = m.as(t, 2000+n, staffID, participantID), m.as(t, 3000+n, staffID, participantID)
		}
		good, stolen := m.token(c), m.token(other)
		for what, values := range map[string]url.Values{"no token": {}, "another's token": {"csrf": {stolen}}, "two tokens": {"csrf": {good, good}}} {
			p := c.send(path, values)
			if r.Upload > 0 {
				p = c.upload2(path, values)
			}
			if p.Status != http.StatusForbidden && (what != "two tokens" || p.Status != http.StatusBadRequest) {
				t.Errorf("%s with %s: %d, want 403", name, what, p.Status)
			}
		}
		c.head["Sec-Fetch-Site"] = "cross-site"
		if p := c.send(path, url.Values{"csrf": {good}}); p.Status != http.StatusForbidden {
			t.Errorf("%s sent by another site: %d, want 403", name, p.Status)
		}
	}
}

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	frozen := m.readOnly(t)
	for n, r := range routes {
		if r.Method != http.MethodGet || r.Logs != "" {
			continue
		}
		path := m.fill(t, r.Path)
		var staffID, participantID int64
		switch r.Kind {
		case portal:
			participantID = m.joinedA.ParticipantID
		case desk:
			for _, role := range staff.Roles {
				if role.May(r.Permission) {
					staffID = m.members[role]
				}
			}
		}
		c := m.visitor(t)
		if staffID+participantID != 0 {
			c = m.as(t, 4000+n, staffID, participantID)
		}
		c.site = frozen
		if p := c.get(path); p.Status >= 500 {
			t.Errorf("GET %s without the right to write: %d", r.Path, p.Status)
		}
		if p := c.do(http.MethodHead, path, nil, ""); p.Status >= 500 {
			t.Errorf("HEAD %s: %d", r.Path, p.Status)
		}
	}
	if log := frozen.log.String(); strings.Contains(log, "read-only") {
		t.Errorf("a page tried to write: %s", log)
	}
}

// readOnly is the same site over sessions that cannot write; only log-ins and limits can.
func (m *matrix) readOnly(t *testing.T) *site {
	t.Helper()
	frozen := m.over(t, func(cfg *pgxpool.Config) { cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on" })
	return m.with(t, frozen.claims, frozen.people, frozen.money, frozen.staff)
}

// over is the same site on connections of its own.
func (m *matrix) over(t *testing.T, configure func(*pgxpool.Config)) *site {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(m.data.DSN)
	must(t, err)
	cfg.MaxConns = 4
	configure(cfg)
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	must(t, err)
	t.Cleanup(pool.Close)
	conn := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { conn.Close() })
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: conn}), &gorm.Config{Logger: logger.Discard, TranslateError: true, SkipDefaultTransaction: true, NowFunc: m.data.Watch.Now})
	must(t, err)
	client, err := mollie.New(m.mollie.Config())
	must(t, err)
	people := participants.New(db, m.vault)
	money := payments.New(db, m.vault, client, payments.Config{BaseURL: testBase})
	other := *m.site
	other.pool = pool
	return other.with(t, claims.New(db, m.vault, m.files, people, money, func(string) {}), people, money, staff.New(db, m.vault, testBase))
}

func TestATableWithAHoleDoesNotStart(t *testing.T) {
	t.Parallel()
	do := func(*Server, echoContext) error { return nil }
	tests := []struct {
		name string
		r    route
	}{
		{"staff page without a permission", route{Method: "GET", Path: "/x", Kind: desk, Handler: do}},
		{"a permission that does not exist", route{Method: "GET", Path: "/x", Kind: desk, Permission: "everything", Handler: do}},
		{"no kind", route{Method: "GET", Path: "/x", Handler: do}},
		{"a form without a token", route{Method: "POST", Path: "/x", Kind: public, Handler: do}},
		{"a permission on a page for everybody", route{Method: "GET", Path: "/x", Kind: public, Permission: staff.LogRead, Handler: do}},
		{"nothing behind it", route{Method: "GET", Path: "/x", Kind: public}},
		{"another method", route{Method: "DELETE", Path: "/x", Kind: portal, Handler: do}},
	}
	for _, tt := range tests {
		if tt.r.check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}
