package pgembed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	readyLimit = 2 * time.Minute // recovery after a crash can take a while
	maxLog     = 4 << 20
)

// defaults are the settings of a small private server.
var defaults = map[string]string{
	"listen_addresses":        "",
	"unix_socket_permissions": "0700",
	"shared_buffers":          "128MB",
	"logging_collector":       "off",
	"log_error_verbosity":     "terse", // the details of an error would put people's data in the log
	"timezone":                "UTC",
	"log_timezone":            "UTC",
}

// Start starts the server on the data in opt.Dir, makes that data if there is
// none, and returns when the database accepts sessions.
func Start(ctx context.Context, opt Options) (*Server, error) {
	f, err := openFolder(opt.Dir)
	if err != nil {
		return nil, err
	}
	own, err := f.lockOwner(ctx)
	if err != nil {
		return nil, err
	}
	s, err := f.start(ctx, opt)
	if err != nil {
		_ = own.Close()
		return nil, err
	}
	s.free = func() { _ = own.Close() }
	if opt.Detached {
		s.free() // it is nobody's from now on
	}
	return s, nil
}

// StopDetached stops the detached server in dir, if one runs, and waits until it is gone.
func StopDetached(ctx context.Context, dir string) error {
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	own, err := f.lockOwner(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = own.Close() }()
	f.interrupt()
	lock, err := f.lockServer(ctx)
	if err != nil {
		return err
	}
	return lock.Close()
}

// Attach returns the address of the detached server in dir, if one accepts sessions.
func Attach(ctx context.Context, dir string) (dsn string, ok bool) {
	f := folder{dir: dir}
	_, socketDir, ok := f.postmaster()
	if !ok {
		return "", false
	}
	dsn, err := f.dsn(socketDir, database)
	if err != nil {
		return "", false
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", false
	}
	return dsn, conn.Close(ctx) == nil
}

// start runs the server in a folder that is ours.
func (f folder) start(ctx context.Context, opt Options) (*Server, error) {
	lock, err := f.lockServer(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }() // PostgreSQL keeps it by then
	bin, err := f.prepare(ctx, lock, opt)
	if err != nil {
		return nil, err
	}
	socketDir, err := f.socketDir()
	if err != nil {
		return nil, err
	}
	s, err := f.launch(bin, socketDir, lock, opt)
	if err != nil {
		return nil, err
	}
	if s.DSN, err = f.ready(ctx, s, socketDir); err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), fadeAway)
		defer cancel()
		s.free = func() {}
		return nil, errors.Join(err, s.Stop(stop))
	}
	return s, nil
}

// prepare finds binaries that fit the data, and makes the data if there is none.
func (f folder) prepare(ctx context.Context, lock *os.File, opt Options) (Binaries, error) {
	major, err := f.dataMajor()
	if err != nil {
		return Binaries{}, err
	}
	if major > 0 {
		bin, err := binariesFor(major, f.dir)
		if err != nil {
			return bin, err
		}
		return bin, f.clearPid()
	}
	bin, err := FindBinaries()
	if err != nil {
		return bin, err
	}
	return bin, f.initialize(ctx, bin, lock, opt.Throwaway)
}

// initialize makes the data beside its place and moves it there when complete,
// so that a kill halfway leaves nothing that looks like data.
func (f folder) initialize(ctx context.Context, bin Binaries, lock *os.File, throwaway bool) error {
	if err := os.RemoveAll(f.fresh()); err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	args := []string{"-D", f.fresh(), "-U", owner, "-A", "scram-sha-256", "--pwfile", f.password(),
		"-E", "UTF8", "--locale=C", "--lc-ctype=" + ctype, "--no-instructions"}
	if throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.Dir, "initdb"), args...) //nolint:gosec // the machine's own server
	cmd.Dir, cmd.Env = f.dir, environment()
	cmd.ExtraFiles = []*os.File{lock} // a next start waits for it
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: f.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: initdb: %w: %s", ErrFolder, err, lastLine(string(out)))
	}
	if err := os.Rename(f.fresh(), f.data()); err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return nil
}

// launch starts the process.
func (f folder) launch(bin Binaries, socketDir string, lock *os.File, opt Options) (*Server, error) {
	logFile, err := f.openLog()
	if err != nil {
		return nil, err
	}
	params := maps.Clone(defaults)
	maps.Copy(params, opt.Params)
	params["unix_socket_directories"] = socketDir
	args := []string{"-D", f.data()}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		args = append(args, "-c", name+"="+params[name])
	}
	cmd := exec.Command(filepath.Join(bin.Dir, "postgres"), args...) //nolint:gosec,noctx // it ends in order, by Stop
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = f.dir, environment(), logFile, logFile
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = attributes(f.cred, opt.Detached)

	s := &Server{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel takes the end of this thread for our death
		defer func() { _ = logFile.Close() }()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended stands in its log
			close(s.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return s, nil
}

// ready waits until the server accepts sessions, and makes the database at the first start.
func (f folder) ready(ctx context.Context, s *Server, socketDir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	admin, err := f.dsn(socketDir, "postgres")
	if err != nil {
		return "", err
	}
	for {
		conn, err := pgx.Connect(ctx, admin)
		if err == nil {
			err = makeDatabase(ctx, conn)
			_ = conn.Close(ctx)
			if err != nil {
				return "", err
			}
			return f.dsn(socketDir, database)
		}
		select {
		case <-s.done:
			return "", fmt.Errorf("%w: it ended by itself, see %s: %s", ErrNotReady, f.log(), f.lastLog())
		default:
		}
		if wait(ctx, pause) != nil {
			return "", fmt.Errorf("%w: see %s: %w", ErrNotReady, f.log(), err)
		}
	}
}

func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	}
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

// openLog opens the server's log, and starts it over when it has grown too long.
func (f folder) openLog() (*os.File, error) {
	flags := os.O_CREATE | os.O_APPEND | os.O_WRONLY
	if info, err := os.Stat(f.log()); err == nil && info.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(f.log(), flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return file, nil
}

func (f folder) lastLog() string {
	b, _ := os.ReadFile(f.log())
	return lastLine(string(b))
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// environment leaves out settings such as PGDATA and LC_ALL that are meant for others.
func environment() []string { return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"} }
