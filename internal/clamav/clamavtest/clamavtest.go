// Package clamavtest starts a real ClamAV daemon for tests. It knows only
// viruses that are none: a harmless mark, and the test file of the makers of scanners.
package clamavtest

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"samenclaim/internal/clamav"
)

const (
	// Mark is what the daemon finds in any file.
	Mark = "SAMENCLAIM-HARMLESS-MARK-THAT-A-SCANNER-FINDS"
	// Later is found once the daemon has learned of it.
	Later = "SAMENCLAIM-HARMLESS-MARK-OF-TOMORROW"
)

// EICAR is the test file that every scanner finds. It stands here in two halves, so that none eats this file.
func EICAR() []byte {
	return []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + `ANTIVIRUS-TEST-FILE!$H+H*`)
}

// Daemon is a running clamd.
type Daemon struct {
	*clamav.Client
	t    testing.TB
	dir  string
	addr string
	cmd  *exec.Cmd
}

// Start starts a daemon that ends with the test.
func Start(t testing.TB) *Daemon {
	t.Helper()
	dir, err := os.MkdirTemp("", "clam") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := &Daemon{t: t, dir: dir, addr: filepath.Join(dir, "s")}
	if d.Client, err = clamav.New(d.addr); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Learn(string(EICAR()), Mark)
	d.write("clamd.conf", fmt.Sprintf("Foreground yes\nLocalSocket %s\nDatabaseDirectory %s/db\nTemporaryDirectory %s\n", d.addr, dir, dir))
	d.Up()
	t.Cleanup(d.Down)
	return d
}

// Learn has the daemon know these marks, and only these, when it starts again.
func (d *Daemon) Learn(marks ...string) {
	d.t.Helper()
	var lines string
	for i, mark := range marks {
		lines += fmt.Sprintf("Samenclaim.Test-%d:0:*:%s\n", i+1, hex.EncodeToString([]byte(mark)))
	}
	d.write("db/test.ndb", lines)
}

// Up starts the daemon and waits until it answers.
func (d *Daemon) Up() {
	d.t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd"
	}
	d.cmd = exec.Command(program, "-c", filepath.Join(d.dir, "clamd.conf")) //nolint:gosec // our own file
	if err := d.cmd.Start(); err != nil {
		d.t.Fatalf("clamd cannot be started (.ci/setup test installs it): %v", err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for d.Ping(d.t.Context()) != nil {
		select {
		case <-tick.C:
		case <-d.t.Context().Done():
			d.t.Fatal("clamd did not answer")
		}
	}
}

// Down stops the daemon.
func (d *Daemon) Down() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait() // killed
	d.cmd = nil
	_ = os.Remove(d.addr)
}

func (d *Daemon) write(name, content string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o644); err != nil { //nolint:gosec // nothing secret
		d.t.Fatal(err)
	}
}
