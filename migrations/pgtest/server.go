package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/internal/pgembed"
)

const (
	startLimit = 2 * time.Minute
	fileCopyAt = 150000 // the first version that can choose how to copy a template
)

// params make the shared server fast and careless: what it holds is worth nothing.
var params = map[string]string{
	"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
	"max_connections": "300", "shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "1h",
	"autovacuum": "off", // it would sit in databases that are about to be copied or dropped
}

// server is the PostgreSQL that holds the test databases.
type server struct {
	base     url.URL
	private  bool // it is ours, on this machine
	strategy string
	admin    *pgxpool.Pool
}

// connect finds or starts the server.
func connect(ctx context.Context) (*server, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	dsn, given := os.LookupEnv("TEST_DATABASE_URL")
	given = given && dsn != ""
	if !given {
		var err error
		if dsn, err = sharedServer(ctx); err != nil {
			return nil, err
		}
	}
	base, err := url.Parse(dsn)
	if err != nil || base.Scheme == "" {
		return nil, errors.New("TEST_DATABASE_URL must be a postgres:// address")
	}
	s := &server{base: *base, private: !given}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("address of the test server: %w", err)
	}
	cfg.MaxConns = 4
	if s.admin, err = pgxpool.NewWithConfig(context.Background(), cfg); err != nil {
		return nil, fmt.Errorf("test server: %w", err)
	}
	var version int
	if err := s.admin.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return nil, fmt.Errorf("test server: %w", err)
	}
	if s.private && version >= fileCopyAt {
		s.strategy = " STRATEGY FILE_COPY" // the faster one where nothing is synced to disk
	}
	return s, nil
}

// address is that of a database on the server, for its owner.
func (s *server) address(name string) string {
	u := s.base
	u.Path = "/" + name
	return u.String()
}

// exec runs one statement outside any transaction.
func (s *server) exec(sql string) error {
	if _, err := s.admin.Exec(context.Background(), sql); err != nil {
		return fmt.Errorf("test server: %w", err)
	}
	return nil
}

// sharedServer returns the address of this user's private server, and starts it
// if it doesn't run. It stays up for later runs, until Stop.
func sharedServer(ctx context.Context) (string, error) {
	dir, unlock, err := lockShared()
	if err != nil {
		return "", err
	}
	defer unlock()
	if dsn, ok := pgembed.Attach(ctx, dir); ok {
		return dsn, nil
	}
	opt := pgembed.Options{Dir: dir, Params: params, Detached: true, Throwaway: true}
	s, err := pgembed.Start(ctx, opt)
	if err != nil { // after a crash of the machine unsynced data can be beyond repair
		if err := os.RemoveAll(dir); err != nil {
			return "", fmt.Errorf("remove the test server: %w", err)
		}
		s, err = pgembed.Start(ctx, opt)
	}
	if err != nil {
		return "", fmt.Errorf("start the test server: %w", err)
	}
	return s.DSN, nil
}

// Stop ends this user's private server and removes its data.
func Stop(ctx context.Context) error {
	dir, unlock, err := lockShared()
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := pgembed.StopDetached(ctx, dir); err != nil {
		return fmt.Errorf("stop the test server: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove the test server: %w", err)
	}
	return nil
}

// room is where the server keeps its data: in memory where TMPDIR names no other place and there is
// room to spare, because a test's own database is a few hundred files that are made and removed.
func room() string {
	const memory, enough = "/dev/shm", 4 << 30
	var free syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &free) == nil && free.Bavail*uint64(free.Bsize) >= enough {
		return memory
	}
	return os.TempDir()
}

// lockShared lets one process at a time look at, start or stop the server.
func lockShared() (dir string, unlock func(), err error) {
	bin, err := pgembed.FindBinaries()
	if err != nil {
		return "", nil, fmt.Errorf("test server: %w", err)
	}
	dir = filepath.Join(room(), fmt.Sprintf("samenclaim-test-%d-pg%d", os.Getuid(), bin.Major))
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, fmt.Errorf("lock of the test server: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		_ = lock.Close()
		return "", nil, fmt.Errorf("lock of the test server: %w", err)
	}
	return dir, func() { _ = lock.Close() }, nil
}
