package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	pause     = 20 * time.Millisecond
	grace     = time.Second
	fadeAway  = 5 * time.Second  // how long a server without its parent gets to stop by itself
	firmLimit = 60 * time.Second // how long it gets after we asked it to stop
)

// Two locks guard the folder. The owner's lock is held by the process that uses
// the server. The server's lock is handed down to PostgreSQL and all its
// children, so that it is free only when the last of them is gone: the one sure
// sign that the process number in postmaster.pid means nothing any more.

// lockOwner takes the folder for this process. A process that was killed this
// moment gets the time to disappear.
func (f folder) lockOwner(ctx context.Context) (*os.File, error) {
	lock, err := openLock(filepath.Join(f.dir, "owner.lock"))
	if err != nil {
		return nil, err
	}
	for begin := time.Now(); !tryLock(lock); {
		if wait(ctx, pause) != nil || time.Since(begin) > grace {
			_ = lock.Close()
			return nil, fmt.Errorf("%w: another process runs PostgreSQL on %s; stop it first, or choose another folder", ErrInUse, f.dir)
		}
	}
	return lock, nil
}

// lockServer waits until the server of an earlier run is gone, and asks it to
// stop if it doesn't do so by itself. The caller holds the owner's lock, so
// that server is nobody's.
func (f folder) lockServer(ctx context.Context) (*os.File, error) {
	lock, err := openLock(filepath.Join(f.dir, "server.lock"))
	if err != nil {
		return nil, err
	}
	asked, begin := false, time.Now()
	for !tryLock(lock) {
		if !asked && time.Since(begin) > fadeAway {
			f.interrupt()
			asked = true
		}
		if err := wait(ctx, pause); err != nil || time.Since(begin) > firmLimit {
			_ = lock.Close()
			return nil, errors.Join(fmt.Errorf("%w: the PostgreSQL of an earlier run on %s does not stop", ErrInUse, f.dir), err)
		}
	}
	return lock, nil
}

// interrupt asks the server in this folder to stop.
func (f folder) interrupt() {
	if pid, _, ok := f.postmaster(); ok && !f.stranger(pid) {
		_ = syscall.Kill(pid, syscall.SIGINT)
	}
}

// clearPid removes the postmaster.pid of a crashed server if its process number
// now belongs to another program: PostgreSQL itself would refuse to start.
func (f folder) clearPid() error {
	if pid, _, ok := f.postmaster(); !ok || !f.stranger(pid) {
		return nil
	}
	if err := os.Remove(f.pidFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return nil
}

// stranger tells whether a process is surely not the server of this folder.
func (f folder) stranger(pid int) bool {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	return err == nil && !strings.Contains(string(line), f.data())
}

func openLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return lock, nil
}

func tryLock(lock *os.File) bool {
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// wait returns early, with the reason, when ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
