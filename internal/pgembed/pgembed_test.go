package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestDataIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	s := start(t, Options{Dir: dir, Params: map[string]string{"max_connections": "17"}})
	run(t, s.DSN, "CREATE TABLE kept (n int)")
	run(t, s.DSN, "INSERT INTO kept VALUES (7)")
	if got := ask(t, s.DSN, "SHOW max_connections"); got != "17" {
		t.Errorf("max_connections = %s, want the 17 we asked for", got)
	}
	if got := ask(t, s.DSN, "SHOW synchronous_commit"); got != "on" {
		t.Errorf("synchronous_commit = %s, want on", got)
	}
	if got := ask(t, s.DSN, "SELECT lower('ÉÏ')"); got != "éï" {
		t.Errorf("lower('ÉÏ') = %s, want éï", got)
	}
	stop(t, s)
	stop(t, s) // twice is fine

	begin := time.Now()
	s = start(t, Options{Dir: dir})
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("the second start took %v", took)
	}
	if got := ask(t, s.DSN, "SELECT n::text FROM kept"); got != "7" {
		t.Errorf("kept row = %s, want 7", got)
	}
}

func TestOnlyItsOwnerCanReadThePassword(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	s := start(t, Options{Dir: dir, Throwaway: true})
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file = %v, %v, want mode 0600", info, err)
	}
	wrong := strings.Replace(s.DSN, "app:", "app:wrong", 1)
	if conn, err := pgx.Connect(t.Context(), wrong); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password was accepted")
	}
	if got := ask(t, s.DSN, "SHOW listen_addresses"); got != "" {
		t.Errorf("listen_addresses = %q, want none", got)
	}
}

func TestAFolderServesOneProcess(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	start(t, Options{Dir: dir, Throwaway: true})
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("second Start = %v, want ErrInUse", err)
	}
}

func TestStartsAgainAfterKill(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	for round := range 3 {
		child, dsn := holdIn(t, dir, nil)
		run(t, dsn, "CREATE TABLE IF NOT EXISTS kept (n int)")
		run(t, dsn, fmt.Sprintf("INSERT INTO kept VALUES (%d)", round))
		kill(t, child)
	}
	begin := time.Now()
	s := start(t, Options{Dir: dir}) // at once: the old server may still be stopping
	if took := time.Since(begin); runtime.GOOS == "linux" && took > fadeAway {
		t.Errorf("start after a kill took %v: the old server did not stop by itself", took)
	}
	if got := ask(t, s.DSN, "SELECT count(*)::text FROM kept"); got != "3" {
		t.Errorf("rows after three kills = %s, want 3", got)
	}
}

func TestStartsAgainAfterTheServerItselfWasKilled(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	s := start(t, Options{Dir: dir})
	run(t, s.DSN, "CREATE TABLE kept (n int)")
	kill(t, s.cmd)
	<-s.Done()
	stop(t, s)

	// After a reboot the number in postmaster.pid can be that of any program, even of ours.
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	rest = fmt.Sprintf("%d\n%s", os.Getpid(), rest)
	if err := os.WriteFile(pidFile, []byte(rest), 0o600); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{Dir: dir})
	if got := ask(t, s.DSN, "SELECT count(*)::text FROM kept"); got != "0" {
		t.Errorf("rows = %s, want the empty table", got)
	}
}

func TestLeftOversOfAHalfFirstStartAreNoData(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	half := filepath.Join(dir, "data.new")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir, Throwaway: true})
}

func TestDataOfAnotherVersionIsRefused(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	stop(t, start(t, Options{Dir: dir, Throwaway: true}))
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir})
	if !errors.Is(err, ErrOtherVersion) {
		t.Fatalf("Start = %v, want ErrOtherVersion", err)
	}
	for _, want := range []string{"version 12", "FRESH=1", dir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("message %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("message %q is more than one line", err)
	}
}

func TestMissingBinariesAreOneClearLine(t *testing.T) {
	old := places
	t.Cleanup(func() { places = old })
	places = nil
	t.Setenv("PATH", t.TempDir())
	t.Setenv("PG_BINDIR", "")
	_, err := FindBinaries()
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "apt-get install postgresql") || strings.Contains(err.Error(), "\n") {
		t.Errorf("FindBinaries = %v, want one line on what to install", err)
	}
}

func TestTooOldBinariesAreOneClearLine(t *testing.T) {
	old := places
	t.Cleanup(func() { places = old })
	dir := t.TempDir()
	places = []string{dir}
	t.Setenv("PATH", dir)
	t.Setenv("PG_BINDIR", "")
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) 13.4 (Debian)'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	_, err := FindBinaries()
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "version 13") {
		t.Errorf("FindBinaries = %v, want ErrNoBinaries naming version 13", err)
	}
}

func TestDetachedServerOutlivesItsStarterUntilStopped(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	t.Cleanup(func() { _ = StopDetached(context.Background(), dir) })
	if _, ok := Attach(t.Context(), dir); ok {
		t.Fatal("attached to a server that was never started")
	}
	s, err := Start(t.Context(), Options{Dir: dir, Detached: true, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	dsn, ok := Attach(t.Context(), dir)
	if !ok || dsn != s.DSN {
		t.Errorf("Attach = %t, same address %t; want both", ok, dsn == s.DSN)
	}
	if err := StopDetached(t.Context(), dir); err != nil {
		t.Errorf("StopDetached = %v", err)
	}
	if _, ok := Attach(t.Context(), dir); ok {
		t.Error("attached to a stopped server")
	}
	if err := StopDetached(t.Context(), dir); err != nil {
		t.Errorf("StopDetached of a stopped server = %v", err)
	}
}

func TestFolderThatTheAccountMayNotEnterIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Log("an ordinary user runs PostgreSQL itself: nothing to refuse")
		return
	}
	closed := folderFor(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: filepath.Join(closed, "pg")})
	if !errors.Is(err, ErrFolder) || !strings.Contains(err.Error(), closed) {
		t.Errorf("Start = %v, want ErrFolder naming %s", err, closed)
	}
}

func TestWorksAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Log("every test here runs as an ordinary user")
		return
	}
	dir := folderFor(t)
	if err := os.Chown(dir, nobodyID, nobodyID); err != nil {
		t.Fatal(err)
	}
	child, dsn := holdIn(t, dir, &syscall.Credential{Uid: nobodyID, Gid: nobodyID})
	if got := ask(t, dsn, "SELECT current_user"); got != owner {
		t.Errorf("user = %s, want %s", got, owner)
	}
	kill(t, child)
	if _, dsn := holdIn(t, dir, &syscall.Credential{Uid: nobodyID, Gid: nobodyID}); dsn == "" {
		t.Error("did not start again")
	}
}
