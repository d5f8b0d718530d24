// Package pgembed runs a private PostgreSQL from the server binaries that are
// installed on this machine. It listens on a socket in its own folder only.
package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

var (
	// ErrNoBinaries means that this machine has no PostgreSQL server we can start.
	ErrNoBinaries = errors.New("no PostgreSQL server found")
	// ErrOtherVersion means that the data was written by another major version of PostgreSQL.
	ErrOtherVersion = errors.New("the data belongs to another major version of PostgreSQL")
	// ErrInUse means that another running process already uses the data folder.
	ErrInUse = errors.New("the data folder is in use")
	// ErrFolder means that PostgreSQL can't use the data folder.
	ErrFolder = errors.New("the data folder is not usable")
	// ErrNotReady means that PostgreSQL was started but did not become ready.
	ErrNotReady = errors.New("PostgreSQL did not become ready")
)

// Options say where the data lives and how the server is tuned.
type Options struct {
	// Dir is the folder that holds the data, the password and the socket; it is kept between runs.
	Dir string
	// Params are PostgreSQL settings, such as max_connections, laid over our defaults.
	Params map[string]string
	// Detached lets the server outlive the process that started it; StopDetached ends it.
	Detached bool
	// Throwaway skips the sync to disk while the data folder is made: for tests.
	Throwaway bool
}

// Server is a running PostgreSQL that belongs to this process.
type Server struct {
	// DSN is the address of the database for its owner, a superuser.
	DSN string

	cmd  *exec.Cmd
	done chan struct{} // closed when the server has ended
	free func()        // gives the folder back
}

// Done is closed when the server has ended, by Stop or by itself.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends open sessions, writes everything to disk and waits until the
// server is gone. When ctx ends first the server is stopped at once, and
// recovers at its next start.
func (s *Server) Stop(ctx context.Context) error {
	defer s.free()
	select {
	case <-s.done:
		return nil
	default:
	}
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		<-s.done // it ended by itself in between
		return nil
	}
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		<-s.done
		return fmt.Errorf("stop PostgreSQL: %w", ctx.Err())
	}
}
