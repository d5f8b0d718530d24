package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/vault"
	"samenclaim/mailer/mailtest"
)

// site is an installation of a real foundation, with a database and settings of its own.
type site struct {
	t     testing.TB
	dsn   string
	vault *vault.Vault
	base  string
	ops   string
	set   map[string]string
	sink  *mailtest.Sink
}

// install makes the installation, with the demo's content but not the demo's keys.
func install(t testing.TB) *site {
	t.Helper()
	sink, err := mailtest.Start(mailtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	key, v := realKey(t)
	port, ops := strconv.Itoa(freePort(t)), "127.0.0.1:"+strconv.Itoa(freePort(t))
	s := &site{t: t, dsn: database(t), vault: v, base: "http://localhost:" + port, ops: ops, sink: sink}
	s.set = map[string]string{
		"DATABASE_URL": s.dsn, "BASE_URL": s.base, "LISTEN": "127.0.0.1:" + port, "OPS_LISTEN": ops, "MASTER_KEY_FILE": key,
		"FILES_DIR": filepath.Join(t.TempDir(), "files"), "MOLLIE_KEY": "test_simulationsimulationsimulation", "PAYOUT_NAMES": "optional", "MOLLIE_URL": "http://127.0.0.1:1/",
		"SMTP_ADDR": sink.Address(), "SMTP_FROM": "claims@samenclaim.example", "DRAIN_DELAY": "0s",
	}
	s.command("content", "import", realContent(t), "--yes").fine(t, "claim zoom")
	return s
}

// realContent writes the demo's content with a lawyer's key that nobody else has.
func realContent(t testing.TB) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "content")
	if err := os.CopyFS(dir, demo.Files); err != nil {
		t.Fatal(err)
	}
	lawyer, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "foundation.json")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b = regexp.MustCompile(`age1[a-z0-9]+`).ReplaceAll(b, []byte(lawyer.Recipient().String()))
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (s *site) command(args ...string) said {
	s.t.Helper()
	return invoke(s.t, environ(s.set), args...)
}

// running is the program at work.
type running struct {
	*exec.Cmd
	site *site
	log  *logbook
	done chan struct{}
}

// logbook is a log that may be read while it is written.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts the program and waits until it is ready.
func (s *site) serve(program string, env ...string) *running {
	s.t.Helper()
	r := &running{Cmd: exec.Command(program, "serve"), site: s, log: &logbook{}, done: make(chan struct{})}
	r.Env = append(append([]string{beProgram + "=1", endAtOnce}, environ(s.set)...), env...)
	r.Stdout, r.Stderr = r.log, r.log
	if err := r.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = r.Wait()
		close(r.done)
	}()
	s.t.Cleanup(r.kill)
	soon(s.t, "the program to be ready", 30*time.Second, func() bool {
		select {
		case <-r.done:
			s.t.Fatalf("the program ended: %s", r.log)
		default:
		}
		return r.ask("/readyz") == http.StatusNoContent
	})
	return r
}

// ask gets a page of the ops port, 0 if nothing answers.
func (r *running) ask(path string) int {
	answer, err := http.Get("http://" + r.site.ops + path)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// kill ends the program at once, as a power cut would.
func (r *running) kill() {
	_ = r.Process.Kill()
	<-r.done
}

// stop ends the program as an operator does, and returns its exit code.
func (r *running) stop() int {
	r.site.t.Helper()
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		r.site.t.Fatal(err)
	}
	select {
	case <-r.done:
	case <-time.After(40 * time.Second):
		r.site.t.Fatal("the program does not stop")
	}
	return r.ProcessState.ExitCode()
}

// surfer is a browser: it keeps cookies and sends the hidden fields of forms.
type surfer struct {
	site    *site
	cookies map[string]string
}

// answered is a page; status 0 means that no answer came.
type answered struct {
	status      int
	place, body string
}

var follow = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
}

func (c *surfer) do(method, path string, values url.Values) answered {
	var body io.Reader
	if values != nil {
		body = strings.NewReader(values.Encode())
	}
	r, err := http.NewRequest(method, c.site.base+path, body)
	if err != nil {
		return answered{}
	}
	if values != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a, err := follow.Do(r)
	if err != nil {
		return answered{}
	}
	defer func() { _ = a.Body.Close() }()
	for _, cookie := range a.Cookies() {
		c.cookies[cookie.Name] = cookie.Value
	}
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return answered{}
	}
	return answered{a.StatusCode, a.Header.Get("Location"), string(b)}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form reads the hidden fields of the page's forms.
func (c *surfer) form(path string, pairs ...string) (url.Values, bool) {
	page := c.do(http.MethodGet, path, nil)
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.body[max(0, strings.Index(page.body, "<main")):], -1) {
		values.Set(m[1], m[2])
	}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values, page.status == http.StatusOK
}

// post fills in the form on one page and sends it to another.
func (c *surfer) post(from, to string, pairs ...string) answered {
	values, ok := c.form(from, pairs...)
	if !ok {
		return answered{}
	}
	return c.do(http.MethodPost, to, values)
}

// logIn passes both steps of the back office.
func (s *site) logIn(l demoLogin) *surfer {
	s.t.Helper()
	c := &surfer{s, map[string]string{}}
	if a := c.post("/nl/beheer/inloggen", "/nl/beheer/inloggen", "email", l.Email, "password", l.Password); a.status != http.StatusSeeOther {
		s.t.Fatalf("log in as %s: %d", l.Email, a.status)
	}
	if a := c.post("/nl/beheer/tweede-stap", "/nl/beheer/tweede-stap", "code", l.code(time.Now())); a.place != "/nl/beheer" {
		s.t.Fatalf("second step of %s: %d to %q", l.Email, a.status, a.place)
	}
	return c
}

// seeder loads data into the installation, on a clock of its own.
func (s *site) seeder() *seeder {
	s.t.Helper()
	pool, err := openPool(s.t.Context(), s.dsn, "5min", 8)
	if err == nil {
		cfg := pool.Config() // told apart from the program's own sessions
		pool.Close()
		cfg.ConnConfig.RuntimeParams["application_name"] = "test"
		pool, err = pgxpool.NewWithConfig(s.t.Context(), cfg)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(pool.Close)
	store, err := openFiles(s.set["FILES_DIR"])
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = store.Close() })
	d, err := newSeeder(s.t.Context(), pool, tools{vault: s.vault, files: store, baseURL: s.base}, demoFolder(s.t.TempDir()))
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}
