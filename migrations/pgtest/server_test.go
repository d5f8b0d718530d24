package pgtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"samenclaim/internal/pgembed"
)

// TestTheServerIsStartedOnceAndMendsItself runs copies of this test program
// against a server of their own, in a temporary folder of their own.
func TestTheServerIsStartedOnceAndMendsItself(t *testing.T) {
	t.Parallel()
	if _, err := pgembed.FindBinaries(); err != nil {
		t.Logf("no private server on this machine: %v", err)
		return
	}
	tmp, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, 0o711); err != nil { // PostgreSQL's account passes through
		t.Fatal(err)
	}
	server := func() string {
		found, err := filepath.Glob(filepath.Join(tmp, "samenclaim-test-*", "data"))
		if err != nil || len(found) != 1 {
			t.Fatalf("folders of servers = %v, %v, want one", found, err)
		}
		return filepath.Dir(found[0])
	}
	t.Cleanup(func() {
		if err := pgembed.StopDetached(context.Background(), server()); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(tmp)
	})

	runCopies(t, tmp, 8)
	if err := pgembed.StopDetached(t.Context(), server()); err != nil {
		t.Fatal(err)
	}
	control := filepath.Join(server(), "data", "global", "pg_control")
	if err := os.Truncate(control, 0); err != nil { // what a crash leaves of files that were never synced
		t.Fatal(err)
	}
	runCopies(t, tmp, 2)
}

// runCopies runs one short test in n copies of this program at once.
func runCopies(t *testing.T, tmp string, n int) {
	t.Helper()
	var copies errgroup.Group
	for range n {
		copies.Go(func() error {
			cmd := exec.Command(os.Args[0], "-test.run=^TestWatchIsTheClockOfTheDatabase$")
			cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "TEST_DATABASE_URL=")
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "PASS") {
				t.Errorf("copy of the test program: %v\n%s", err, out)
			}
			return nil
		})
	}
	_ = copies.Wait()
}
