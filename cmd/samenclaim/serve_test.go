package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestServe(t *testing.T) {
	t.Parallel()
	s := install(t)
	s.set["DRAIN_DELAY"] = "1s"
	began := time.Now()
	r := s.serve(os.Args[0])
	t.Logf("ready in %s", time.Since(began).Round(time.Millisecond))

	visitor := &surfer{s, map[string]string{}}
	if a := visitor.do(http.MethodGet, "/nl", nil); a.status != http.StatusOK || !strings.Contains(a.body, "Lantaarn") {
		t.Errorf("the site answers %d, want its front page", a.status)
	}
	for path, want := range map[string]int{"/healthz": 204, "/readyz": 204, "/metrics": 200, "/nl": 404} {
		if got := r.ask(path); got != want {
			t.Errorf("ops %s = %d, want %d", path, got, want)
		}
	}
	if a := visitor.do(http.MethodGet, "/metrics", nil); a.status != http.StatusNotFound {
		t.Errorf("the public port shows /metrics: %d, want 404", a.status)
	}
	s.command("health").fine(t, "ready")
	db, err := pgx.Connect(t.Context(), s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	soon(t, "the program to write down that it serves", 10*time.Second, func() bool {
		var runs, outages int
		if err := db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM served), (SELECT count(*) FROM outages)`).Scan(&runs, &outages); err != nil || outages > 0 {
			t.Fatalf("%d outages, %v, want none", outages, err)
		}
		return runs == 1
	})
	drainsInOrder(t, r)
	if got := s.command("health"); got.code != 1 {
		t.Errorf("health of a stopped program: %+v, want code 1", got)
	}
}

// drainsInOrder looks at a stop from outside: first not ready but still
// answering, then closed to newcomers, with a request that was under way answered in full.
func drainsInOrder(t *testing.T, r *running) {
	t.Helper()
	host := strings.TrimPrefix(r.site.base, "http://")
	slow, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	_, _ = slow.Write([]byte("POST /webhooks/mollie HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\nid=tr_"))
	stopped := make(chan int)
	go func() { stopped <- r.stop() }()
	soon(t, "the program to say that it is not ready", 5*time.Second, func() bool { return r.ask("/readyz") == http.StatusServiceUnavailable })
	if a := (&surfer{r.site, map[string]string{}}).do(http.MethodGet, "/nl", nil); a.status != http.StatusOK {
		t.Errorf("while the balancer has not noticed, the site answers %d, want 200", a.status)
	}
	soon(t, "the door to be closed", 10*time.Second, func() bool {
		c, err := net.Dial("tcp", host)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	_, _ = slow.Write([]byte("abcdef"))
	answer, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Errorf("the request under way got no answer: %v", err)
	} else {
		_ = answer.Body.Close()
	}
	if code := <-stopped; code != 0 {
		t.Errorf("exit code %d, want 0: %s", code, r.log)
	}
	for _, word := range []string{"stopping", "stopped"} {
		if !strings.Contains(r.log.String(), `"msg":"`+word+`"`) {
			t.Errorf("the log lacks %q", word)
		}
	}
}

func TestServeRefusesADatabaseThatIsNotSafe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, words string
		damage      func(t *testing.T, s *site)
	}{
		{"an old schema", "needs migrating", func(_ *testing.T, s *site) { s.set["DATABASE_URL"] = emptyDatabase(s.t) }},
		{"a database that forgets", "synchronous_commit is off", func(_ *testing.T, s *site) { s.set["DATABASE_URL"] += "&synchronous_commit=off" }},
		{"no foundation", "not described yet", func(t *testing.T, s *site) { s.set["DATABASE_URL"] = database(t) }},
		{"the demo's lawyer", "lawyer_recipient", func(t *testing.T, s *site) {
			s.command("content", "import", "demo", "--yes").fine(t)
		}},
		{"a port that is taken", "LISTEN", func(_ *testing.T, s *site) { s.set["LISTEN"] = s.sink.Address() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := install(t)
			tt.damage(t, s)
			got := s.command("serve")
			if got.code != 1 || !strings.Contains(got.err, tt.words) || strings.Count(got.err, "\n") != 1 {
				t.Errorf("serve: %+v, want one line with %q", got, tt.words)
			}
		})
	}
}

func TestServeMigratesWhenAsked(t *testing.T) {
	t.Parallel()
	s := install(t)
	s.set["DATABASE_URL"] = emptyDatabase(t)
	got := s.command("serve", "--migrate") // there is a schema now, but no foundation
	if got.code != 1 || !strings.Contains(got.err, "not described yet") {
		t.Errorf("serve --migrate: %+v", got)
	}
	s.command("migrate").fine(t, "schema is at version")
}

func TestTheOffice(t *testing.T) {
	t.Parallel()
	s := install(t)
	dir := t.TempDir()
	s.command("staff", "add", "--email", "Dirk@samenclaim.example", "--role", "admin", "--name", "Dirk Jansma").fine(t, "Account 1 is open", s.base+"/nl/beheer/uitnodiging/")
	s.command("staff", "add", "--email", "dirk@samenclaim.example", "--role", "admin").refused(t, "already")
	s.command("staff", "add", "--email", "nobody", "--role", "admin").refused(t, "e-mail address")
	s.command("staff", "add", "--email", "a@samenclaim.example", "--role", "king").refused(t, "not a role")
	s.command("staff", "list").fine(t, "invited", "dirk@samenclaim.example", "1 accounts")
	s.command("staff", "list", "--json").fine(t, `"state": "invited"`)
	s.command("staff", "disable", "--email", "nobody@samenclaim.example").refused(t, "no such staff account")
	s.command("staff", "disable", "--email", "dirk@samenclaim.example").fine(t, "closed")
	s.command("staff", "list").fine(t, "disabled")

	s.command("verify").fine(t, "0 differences")
	s.command("verify", "--json").fine(t, `"differences": []`, `"files_opened": true`)
	s.command("ledger", "balance").fine(t, "difference 0.00")
	s.command("ledger", "balance", "--json", "--until", "2026-12-31").fine(t, `"difference": "0.00"`)
	s.command("ledger", "export", "--format", "csv", "--out", filepath.Join(dir, "books.csv")).fine(t)
	s.command("ledger", "export", "--format", "hledger", "--out", filepath.Join(dir, "books.hledger")).fine(t)
	s.command("ledger", "export", "--format", "xlsx", "--year", "2020", "--out", filepath.Join(dir, "books.xlsx")).fine(t)
	s.command("ledger", "export", "--format", "xaf-4.0", "--year", "2020", "--out", filepath.Join(dir, "books.xaf")).refused(t, "nothing was booked in this year")
	s.command("ledger", "export", "--format", "csv", "--out", filepath.Join(dir, "books.csv")).refused(t, "exists already")
	s.command("register", "export", "--claim", "nothing", "--out", filepath.Join(dir, "none.csv")).refused(t, `no claim "nothing"`)
	s.command("register", "export", "--claim", "zoom", "--out", filepath.Join(dir, "zoom.csv")).fine(t, "0 rows")
	s.command("statement", "import", "../../payments/bank/testdata/padded_02.camt.xml", "--yes").refused(t, "")
	if n := query[int](t, s.dsn, `SELECT count(*) FROM statement_imports`); n != 0 {
		t.Errorf("%d bank files were kept of a refused import, want none", n)
	}
	if info, err := os.Stat(filepath.Join(dir, "books.csv")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the export is %v, %v, want it closed to others", info, err)
	}
}

// TestVerifyFindsDamage damages one row behind the program's back.
func TestVerifyFindsDamage(t *testing.T) {
	t.Parallel()
	s := install(t)
	damage(t, s.dsn, `ALTER TABLE journals DISABLE TRIGGER ALL; ALTER TABLE entries DISABLE TRIGGER ALL;
		INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES ('x', 'x', 'x:1', 'x', '2026-01-01', now());
		INSERT INTO entries (journal_id, account, amount_cents) SELECT id, '1000', 100 FROM journals WHERE key = 'x'`)
	got := s.command("verify")
	if got.code != 1 || got.err != "" || !strings.Contains(got.out, "l01_journal_sums_to_zero") {
		t.Errorf("verify: %+v, want code 1 and the rule", got)
	}
}

// TestVerifyReadsTheSealedLog changes a sealed line, and asks for a head that was noted elsewhere.
func TestVerifyReadsTheSealedLog(t *testing.T) {
	t.Parallel()
	s := install(t)
	damage(t, s.dsn, `INSERT INTO audit_events (at, actor, action, subject) SELECT now(), 'staff:1', 'person.seen', 'participation:' || i FROM generate_series(1, 3) i`)
	r := s.serve(os.Args[0])
	soon(t, "the log to be sealed", time.Minute, func() bool { return query[int](t, s.dsn, `SELECT count(*) FROM audit_seals`) > 0 })
	r.stop()
	head := query[string](t, s.dsn, `SELECT id || ':' || encode(sha256, 'hex') FROM audit_seals ORDER BY id LIMIT 1`)
	s.command("verify", "--seal", head).fine(t, "The log is sealed up to line", "0 differences")
	other := "1:" + strings.Repeat("ab", 32)
	if got := s.command("verify", "--seal", other); got.code != 1 || !strings.Contains(got.out, "not in the log") {
		t.Errorf("verify with another head: %+v, want code 1", got)
	}
	damage(t, s.dsn, `SET session_replication_role = replica; UPDATE audit_events SET actor = 'staff:2' WHERE subject = 'participation:2'`)
	line := query[string](t, s.dsn, `SELECT 'audit_event:' || id FROM audit_events WHERE subject = 'participation:2'`)
	if got := s.command("verify"); got.code != 1 || !strings.Contains(got.out, line+": recounted as sealed, stored changed") {
		t.Errorf("verify after a change of the log: %+v, want the line named", got)
	}
}

func damage(t testing.TB, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
