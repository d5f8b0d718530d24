package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil { // the program is run from the root of the repository
		panic(err)
	}
	os.Exit(m.Run())
}

// TestEverythingCanBeMeasured runs each part with next to nothing, on the real program.
func TestEverythingCanBeMeasured(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "samenclaim")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "./cmd/samenclaim").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	o, err := read([]string{"-program", program, "-only", "sign,signup,pace,register", "-clients", "2", "-rounds", "1", "-each", "4", "-signups", "2",
		"-register", "1300", "-looks", "2", "-arrivals", "1", "-views", "4"})
	if err != nil {
		t.Fatal(err)
	}
	o.duration = 2 * time.Second
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	var all spans
	for i := range 100 {
		all = append(all, time.Duration(100-i)*time.Millisecond)
	}
	for part, want := range map[float64]float64{0.50: 51, 0.95: 96, 0.99: 100} {
		if got := all.at(part); got != want {
			t.Errorf("within %v ms %v were done, want %v", got, part, want)
		}
	}
	if got := (spans{}).at(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
