package pgembed

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	owner     = "app"
	database  = "samenclaim"
	maxSocket = 107 // bytes in the path of a socket
)

// DefaultDir is where the data lives when nobody says otherwise.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/samenclaim/postgres", nil // not in /root, which PostgreSQL's account may not enter
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "samenclaim", "postgres"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return filepath.Join(home, ".local", "share", "samenclaim", "postgres"), nil
}

// folder is the place of one server on disk.
type folder struct {
	dir  string
	cred *syscall.Credential
}

func (f folder) data() string     { return filepath.Join(f.dir, "data") }
func (f folder) fresh() string    { return filepath.Join(f.dir, "data.new") }
func (f folder) password() string { return filepath.Join(f.dir, "password") }
func (f folder) log() string      { return filepath.Join(f.dir, "postgres.log") }
func (f folder) pidFile() string  { return filepath.Join(f.data(), "postmaster.pid") }

// openFolder makes the folder if needed, with a password that only its owner can read.
func openFolder(dir string) (folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	f := folder{dir: dir, cred: account()}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return f, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return f, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	if err := reachable(f.cred, dir); err != nil {
		return f, err
	}
	if b, err := os.ReadFile(f.password()); err != nil || len(b) == 0 {
		if err := os.WriteFile(f.password(), []byte(rand.Text()), 0o600); err != nil {
			return f, fmt.Errorf("%w: %w", ErrFolder, err)
		}
	}
	return f, handOver(f.cred, f.dir, f.password())
}

// makeDirs makes the folders above ours. PostgreSQL's account passes through
// them, so they are open to enter, whatever the umask says.
func makeDirs(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // to enter, not to list
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return nil
}

// socketDir returns the folder for the socket: in ours, unless that path is
// longer than a socket's path may be.
func (f folder) socketDir() (string, error) {
	dir := filepath.Join(f.dir, "run")
	if len(dir)+len("/.s.PGSQL.5432") <= maxSocket {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return "", fmt.Errorf("%w: %w", ErrFolder, err)
		}
	} else {
		var err error
		if dir, err = os.MkdirTemp("", "pg"); err != nil {
			return "", fmt.Errorf("%w: %w", ErrFolder, err)
		}
	}
	return dir, handOver(f.cred, dir)
}

// dsn is the address of a database behind the socket in dir, for its owner.
func (f folder) dsn(socketDir, name string) (string, error) {
	password, err := os.ReadFile(f.password())
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrFolder, err)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(owner, string(password)), Path: "/" + name,
		RawQuery: url.Values{"host": {socketDir}, "sslmode": {"disable"}}.Encode()}
	return u.String(), nil
}

// dataMajor returns the major version that wrote the data, or 0 if there is none yet.
func (f folder) dataMajor() (int, error) {
	b, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("%w: %s/PG_VERSION holds no version", ErrFolder, f.data())
	}
	return major, nil
}

// postmaster reads the process number and the socket folder that a running or
// crashed server wrote down.
func (f folder) postmaster() (pid int, socketDir string, ok bool) {
	file, err := os.Open(f.pidFile())
	if err != nil {
		return 0, "", false
	}
	defer func() { _ = file.Close() }()
	var lines []string
	for sc := bufio.NewScanner(file); sc.Scan(); {
		lines = append(lines, sc.Text())
	}
	if len(lines) > 0 {
		pid, _ = strconv.Atoi(lines[0])
	}
	if len(lines) > 4 {
		socketDir = lines[4]
	}
	return pid, socketDir, pid > 1
}
