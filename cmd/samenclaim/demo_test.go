package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// trial is a demo that runs.
type trial struct {
	*exec.Cmd
	t    *testing.T
	dir  string
	port string
	out  *logbook
	done chan struct{}
}

func startDemo(t *testing.T, dir, port string, args ...string) *trial {
	t.Helper()
	d := &trial{Cmd: exec.Command(realProgram(t), append([]string{"demo"}, args...)...), t: t, dir: dir, port: port, out: &logbook{}, done: make(chan struct{})}
	d.Env = []string{"PATH=" + os.Getenv("PATH"), "DATA_DIR=" + dir, "PORT=" + port}
	d.Stdout, d.Stderr = d.out, d.out
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = d.Wait()
		close(d.done)
	}()
	t.Cleanup(func() {
		_ = d.Process.Kill()
		<-d.done
	})
	return d
}

// says waits until the demo has printed something.
func (d *trial) says(words string, limit time.Duration) {
	d.t.Helper()
	soon(d.t, words, limit, func() bool {
		select {
		case <-d.done:
			d.t.Fatalf("the demo ended: %s", d.out)
		default:
		}
		return strings.Contains(d.out.String(), words)
	})
}

func (d *trial) end(s syscall.Signal) int {
	d.t.Helper()
	if err := d.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
	select {
	case <-d.done:
	case <-time.After(60 * time.Second):
		d.t.Fatal("the demo does not stop")
	}
	return d.ProcessState.ExitCode()
}

const demoReady = "Ctrl-C stops everything."

// TestDemo walks through the life of a demo: killed while it loads, started,
// used, stopped, killed, started on another port, and refused with another PostgreSQL.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "samenclaim-demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(freePort(t))
	half := startDemo(t, dir, port)
	half.says("foundation and claims", time.Minute)
	half.end(syscall.SIGKILL)

	began := time.Now()
	first := startDemo(t, dir, port)
	first.says(demoReady, 4*time.Minute)
	t.Logf("first start in %s", time.Since(began).Round(100*time.Millisecond))
	demoIsWhole(t, first)
	invoke(t, nil, "demo", "--data", dir, "--port", strconv.Itoa(freePort(t))).refused(t, "another process")
	if code := first.end(syscall.SIGINT); code != 0 {
		t.Errorf("exit code %d, want 0: %s", code, first.out)
	}

	began = time.Now()
	second := startDemo(t, dir, port)
	second.says(demoReady, time.Minute)
	t.Logf("second start in %s", time.Since(began).Round(100*time.Millisecond))
	second.end(syscall.SIGKILL)

	port = strconv.Itoa(freePort(t))
	third := startDemo(t, dir, port)
	third.says(demoReady, time.Minute)
	env := []string{"DATA_DIR=" + dir}
	invoke(t, env, "verify").fine(t, "0 differences")
	if b, err := os.ReadFile(filepath.Join(dir, "mollie.json")); err != nil || !strings.Contains(string(b), ":"+port+"/") || strings.Contains(string(b), ":"+first.port+"/") {
		t.Errorf("the simulated Mollie did not follow to port %s: %v", port, err)
	}
	third.end(syscall.SIGTERM)
	for _, d := range []*trial{first, second, third} {
		for line := range strings.SplitSeq(d.out.String(), "\n") {
			if strings.HasPrefix(line, "{") {
				t.Errorf("the demo complained: %s", line)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "postgres", "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	invoke(t, nil, "demo", "--data", dir, "--port", port).refused(t, "another major version")
}

// demoIsWhole looks at the pages and lets the commands work beside the running demo.
func demoIsWhole(t *testing.T, d *trial) {
	t.Helper()
	visitor := &surfer{&site{t: t, base: "http://localhost:" + d.port}, map[string]string{}}
	for path, words := range map[string]string{
		"/nl/zoom": "10.308", "/en/zoom": "10,308", "/nl/fitband": "Pulsara", "/nl/mijn/inloggen": "e-mail", "/nl/beheer/inloggen": "wachtwoord",
		"/demo/": "vuurtoren", "/demo/en/": "made up", "/demo/mail": "Bezorgde mails", "/demo/mollie/": "simulatie", "/demo/afschrift.xml": "camt.053",
	} {
		if a := visitor.do(http.MethodGet, path, nil); a.status != http.StatusOK || !strings.Contains(strings.ToLower(a.body), strings.ToLower(words)) {
			t.Errorf("%s answers %d without %q", path, a.status, words)
		} else if strings.Contains(a.body, "⟦") {
			t.Errorf("%s lacks words", path)
		}
	}
	env := []string{"DATA_DIR=" + d.dir}
	file := filepath.Join(d.dir, "fitband-camt053.xml")
	invoke(t, env, "verify").fine(t, "0 differences")
	before := invoke(t, env, "ledger", "balance").fine(t).out
	invoke(t, env, "statement", "import", file).fine(t, "4 matched", "1988 payouts carried out, 3 returned", "Nothing was written")
	if diff := cmp.Diff(before, invoke(t, env, "ledger", "balance").fine(t).out); diff != "" {
		t.Errorf("a dry run changed the books:\n%s", diff)
	}
	invoke(t, env, "statement", "import", file, "--yes").fine(t, "3 returned")
	invoke(t, env, "statement", "import", file, "--yes").refused(t, "booked before")
	invoke(t, env, "ledger", "balance").fine(t, "difference 0.00")
	invoke(t, env, "register", "export", "--claim", "zoom", "--out", filepath.Join(d.dir, "zoom.csv")).fine(t, "10310 rows")
	invoke(t, env, "verify").fine(t, "0 differences")
}
