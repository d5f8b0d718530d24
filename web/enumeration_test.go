package web

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"samenclaim/claims"
	"samenclaim/migrations"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web/staff"
)

// queries counts what is asked of the database.
type queries struct{ n atomic.Int64 }

func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	q.n.Add(1)
	return ctx
}

func (*queries) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// counted is the same site over sessions that count their queries.
func (s *site) counted(t *testing.T) (*site, *queries) {
	t.Helper()
	q := &queries{}
	cfg, err := pgxpool.ParseConfig(s.data.DSN)
	must(t, err)
	cfg.MaxConns, cfg.ConnConfig.Tracer = 4, q
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	must(t, err)
	t.Cleanup(pool.Close)
	conn := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = conn.Close() })
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: conn}), &gorm.Config{Logger: logger.Discard, TranslateError: true, SkipDefaultTransaction: true, NowFunc: s.data.Watch.Now})
	must(t, err)
	client, err := mollie.New(s.mollie.Config())
	must(t, err)
	people := participants.New(db, s.vault)
	money := payments.New(db, s.vault, client, payments.Config{BaseURL: testBase})
	other := *s
	other.pool = pool
	return other.with(t, claims.New(db, s.vault, s.files, people, money, func(string) {}), people, money, staff.New(db, s.vault, testBase)), q
}

// forms in which an address is typed, up to the page after it; each returns all that a stranger sees.
var addressForms = []struct {
	name string
	fill func(c *client, email string) []page
}{
	{"sign-up", func(c *client, email string) []page {
		return []page{c.post(joinURL+"/e-mail", "email", email), c.get(joinURL + "/code"), c.post(joinURL+"/code", "code", "12345")}
	}},
	{"another code", func(c *client, email string) []page {
		c.post(joinURL+"/e-mail", "email", email).goes(joinURL + "/code")
		return []page{c.postFrom(joinURL+"/code", joinURL+"/code/opnieuw"), c.get(joinURL + "/code")}
	}},
	{"go on elsewhere", func(c *client, email string) []page {
		return []page{c.post(resumeURL, "email", email), c.get(resumeURL + "/code"), c.post(resumeURL+"/code", "code", "12345")}
	}},
	{"report a death", func(c *client, email string) []page {
		return []page{c.post(reportPage, append(aDeath, "email", email)...), c.get(reportPage + "/code"), c.post(reportPage+"/code", "code", "12345")}
	}},
	{"log-in", func(c *client, email string) []page {
		return []page{c.post("/nl/mijn/inloggen", "email", email), c.get("/nl/mijn/code"), c.post("/nl/mijn/code", "code", "123456")}
	}},
}

var changing = regexp.MustCompile(`[0-9a-f]{64}|[A-Z2-7]{26}`)

// plainly is a page without what differs every time: tokens, the number of the request, the address that was typed.
func (p page) plainly(email string) string {
	head := maps.Clone(p.Header)
	delete(head, "X-Request-Id")
	for i, cookie := range head["Set-Cookie"] {
		head["Set-Cookie"][i] = changing.ReplaceAllString(cookie, "")
	}
	var b strings.Builder
	fmt.Fprintln(&b, p.Status, p.Place)
	for _, name := range slices.Sorted(maps.Keys(head)) {
		fmt.Fprintln(&b, name, head[name])
	}
	return b.String() + strings.ReplaceAll(changing.ReplaceAllString(p.Body, ""), email, "")
}

// TestEnumeration: no form tells a stranger who takes part. Known and unknown
// addresses get the same answers, to the byte, for the same number of queries;
// how long both take is measured by BenchmarkWhoIsKnown.
func TestEnumeration(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const each = 6
	for _, f := range addressForms {
		t.Run(f.name, func(t *testing.T) {
			mine := map[string]string{} // by kind: what the first of them saw
			asked := map[string][]int64{}
			watched, q := s.counted(t)
			for i := range each {
				name := fmt.Sprintf("%s%d@deelnemer.example", strings.ReplaceAll(f.name, " ", ""), i)
				s.join(t, "known."+name, "flat")
				s.visitor(t).from(t, i).walk("naam", "draft."+name, "flat")
				s.data.Watch.Advance(time.Hour)                               // what was asked before does not count any more
				for _, kind := range []string{"known.", "fresh.", "draft."} { // one after the other: nothing drifts between them
					c := watched.visitor(t).from(t, 100+i)
					c.walk("e-mail", "", "")
					c.get("/nl/mijn/inloggen")
					before := q.n.Load()
					pages := f.fill(c, kind+name)
					asked[kind] = append(asked[kind], q.n.Load()-before)
					seen := ""
					for _, p := range pages {
						seen += p.plainly(kind + name)
					}
					if mine[kind] == "" {
						mine[kind] = seen
					}
					if seen != mine["known."] {
						t.Fatalf("%s sees another page than who takes part:\n%s\n--\n%s", kind, seen, mine["known."])
					}
				}
			}
			for _, kind := range []string{"fresh.", "draft."} {
				if !slices.Equal(asked[kind], asked["known."]) {
					t.Errorf("queries for %s: %v, for who takes part %v", kind, asked[kind], asked["known."])
				}
			}
		})
	}
	if s.count(t, `SELECT count(*) FROM outbox WHERE template = 'known'`) == 0 {
		t.Error("nobody was told by mail that they take part: the test looks at nothing")
	}
}

// BenchmarkWhoIsKnown measures how long the log-in takes for an address that takes part and for one that does not,
// one after the other, so that nothing drifts between them; the middle of both is reported.
func BenchmarkWhoIsKnown(b *testing.B) {
	s := setup(b)
	s.join(b, "known@deelnemer.example", "flat")
	took, n := map[string][]time.Duration{}, 0
	for b.Loop() {
		n++
		s.data.Watch.Advance(3 * time.Hour) // what was asked before does not count any more
		for _, who := range []string{"known", "fresh"} {
			c := s.visitor(b).from(b, n%30_000)
			values := form(c.get("/nl/mijn/inloggen"), "email", who+"@deelnemer.example")
			begun := time.Now()
			p := c.send("/nl/mijn/inloggen", values)
			took[who] = append(took[who], time.Since(begun))
			if p.Status != 303 {
				b.Fatalf("%s: %d\n%s", who, p.Status, p.text())
			}
		}
	}
	for who, all := range took {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)/2].Microseconds()), who+"-µs")
	}
}

// from is the visitor at another place.
func (c *client) from(t testing.TB, n int) *client {
	t.Helper()
	c.ip = fmt.Sprintf("198.51.%d.%d", 100+n/250, 1+n%250)
	return c
}
