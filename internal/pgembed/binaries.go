package pgembed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the first version that knows every feature the schema uses.
const oldestMajor = 15

// places are the folders where distributions put the server binaries.
var places = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
}

// Binaries is one installed PostgreSQL server.
type Binaries struct {
	Dir   string // the folder with initdb and postgres
	Major int    // the major version, such as 15
}

// FindBinaries returns the newest PostgreSQL server on this machine. The folder
// in PG_BINDIR goes before all others.
func FindBinaries() (Binaries, error) {
	all, err := installed()
	if err != nil {
		return Binaries{}, err
	}
	return all[0], nil
}

// binariesFor returns the installed server that can read data of this major version.
func binariesFor(major int, dir string) (Binaries, error) {
	all, err := installed()
	if err != nil {
		return Binaries{}, err
	}
	for _, b := range all {
		if b.Major == major {
			return b, nil
		}
	}
	return Binaries{}, fmt.Errorf("%w: the data in %s is of version %d, installed is version %d; install PostgreSQL %d, or start over with an empty folder (make run FRESH=1)",
		ErrOtherVersion, dir, major, all[0].Major, major)
}

// installed lists every usable server, the preferred one first.
func installed() ([]Binaries, error) {
	var found []Binaries
	tooOld := 0
	for i, dir := range candidates() {
		major := majorOf(dir)
		switch {
		case major == 0:
		case major < oldestMajor:
			tooOld = major
		case i == 0 && os.Getenv("PG_BINDIR") != "":
			return []Binaries{{dir, major}}, nil
		default:
			found = append(found, Binaries{dir, major})
		}
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return b.Major - a.Major })
	switch {
	case len(found) > 0:
		return found, nil
	case tooOld > 0:
		return nil, fmt.Errorf("%w: version %d is installed, version %d or newer is needed; see https://www.postgresql.org/download/", ErrNoBinaries, tooOld, oldestMajor)
	default:
		return nil, fmt.Errorf("%w: install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server postgresql-contrib; macOS: brew install postgresql@17), point PG_BINDIR at its bin folder, or set DATABASE_URL", ErrNoBinaries)
	}
}

// candidates lists the folders that may hold a server.
func candidates() []string {
	var dirs []string
	if v := os.Getenv("PG_BINDIR"); v != "" {
		dirs = append(dirs, v)
	}
	for _, place := range places {
		m, _ := filepath.Glob(place) // fails on a malformed pattern only
		dirs = append(dirs, m...)
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil && !slices.Contains(dirs, filepath.Dir(p)) {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	return dirs
}

// majorOf returns the major version of the server in dir, or 0 if there is none.
func majorOf(dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(context.Background(), filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // the machine's own server
	if err != nil {
		return 0
	}
	_, version, _ := strings.Cut(string(out), ") ") // postgres (PostgreSQL) 15.18 (Debian …)
	digits := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	major, _ := strconv.Atoi(digits)
	return major
}
