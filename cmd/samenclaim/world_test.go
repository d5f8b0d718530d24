package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"samenclaim/internal/pgembed"
	"samenclaim/internal/vault"
	"samenclaim/migrations"
)

// beProgram is set for a copy of this test program that is to be the program itself.
const beProgram = "SAMENCLAIM_TEST_BE_PROGRAM"

// endAtOnce keeps a copy under the race detector from waiting a second before it ends.
const endAtOnce = "GORACE=atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
	}
	_ = os.Setenv("COLUMNS", "80")
	code := m.Run()
	_ = os.RemoveAll(built.dir)
	if durable.dir != "" {
		_ = durable.server.Stop(context.Background())
		_ = os.RemoveAll(durable.dir)
	}
	os.Exit(code)
}

// said is how a command ended.
type said struct {
	code     int
	out, err string
}

// invoke runs the program with nothing in its environment but what is given.
func invoke(t testing.TB, env []string, args ...string) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append([]string{beProgram + "=1", endAtOnce, "COLUMNS=80", "PATH=" + os.Getenv("PATH"), "DATA_DIR=/nonexistent/demo"}, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %v: %v", args, err)
	}
	return said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// refused expects one clear line, a code that is not zero, and nothing else.
func (s said) refused(t testing.TB, words string) {
	t.Helper()
	if s.code == 0 || s.out != "" || strings.Count(s.err, "\n") != 1 || !strings.HasPrefix(s.err, "samenclaim: ") {
		t.Errorf("code %d, out %q, err %q: want one line on stderr and a code that is not zero", s.code, s.out, s.err)
	}
	if !strings.Contains(s.err, words) {
		t.Errorf("it says %q, want %q in it", s.err, words)
	}
}

// fine expects success and these words.
func (s said) fine(t testing.TB, words ...string) said {
	t.Helper()
	if s.code != 0 || s.err != "" {
		t.Fatalf("code %d, err %q, out %q: want success", s.code, s.err, s.out)
	}
	for _, w := range words {
		if !strings.Contains(s.out, w) {
			t.Errorf("it prints %q, want %q in it", s.out, w)
		}
	}
	return s
}

// durable is a PostgreSQL that keeps what it promises; the server of the other
// tests is faster because it doesn't, and the program refuses that one.
var durable struct {
	once   sync.Once
	dir    string
	server *pgembed.Server
	err    error
	serial atomic.Int64
}

// newest is the template of databases at the newest schema, made once.
const newest = "newest"

// database makes an own database at the newest schema, and gives its address for the owner.
func database(t testing.TB) (dsn string) { return copyOf(t, newest) }

// emptyDatabase makes an own database without a schema.
func emptyDatabase(t testing.TB) (dsn string) { return copyOf(t, "template0") }

func copyOf(t testing.TB, template string) (dsn string) {
	t.Helper()
	durable.once.Do(func() {
		if durable.dir, durable.err = os.MkdirTemp("", "samenclaim"); durable.err == nil {
			durable.err = os.Chmod(durable.dir, 0o711)
		}
		if durable.err == nil {
			durable.server, durable.err = pgembed.Start(context.Background(), pgembed.Options{Dir: filepath.Join(durable.dir, "pg"), Throwaway: true})
		}
		if durable.err == nil {
			durable.err = makeNewest(context.Background())
		}
	})
	if durable.err != nil {
		t.Fatal(durable.err)
	}
	name := fmt.Sprintf("test_%d", durable.serial.Add(1))
	if err := createDatabase(t.Context(), name, template); err != nil {
		t.Fatal(err)
	}
	return durableDSN(name)
}

func durableDSN(name string) string {
	return strings.Replace(durable.server.DSN, "/samenclaim?", "/"+name+"?", 1)
}

func createDatabase(ctx context.Context, name, template string) error {
	conn, err := pgx.Connect(ctx, durable.server.DSN)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	return errors.Join(err, conn.Close(ctx))
}

func makeNewest(ctx context.Context) error {
	if err := createDatabase(ctx, newest, "template0"); err != nil {
		return err
	}
	owner, err := openOwner(ctx, durableDSN(newest))
	if err != nil {
		return err
	}
	defer owner.Close()
	return migrations.Up(ctx, owner)
}

// realKey writes a master key for real data, closed to others, and returns the file and the opened key.
func realKey(t testing.TB) (file string, v *vault.Vault) {
	t.Helper()
	key, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err = vault.Open(key); err != nil {
		t.Fatal(err)
	}
	return file, v
}

// freePort is a port that nobody listens on now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// query reads one value with the rights of the owner.
func query[T any](t testing.TB, dsn, sql string, args ...any) (v T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// soon waits for something that must happen.
func soon(t testing.TB, what string, limit time.Duration, there func() bool) {
	t.Helper()
	if !within(limit, there) {
		t.Fatalf("waited %s in vain for %s", limit, what)
	}
}

// within waits for something of another process, which can only be looked at again and again, and reports whether it came.
func within(limit time.Duration, there func() bool) bool {
	for end := time.Now().Add(limit); !there(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// built is the real program, made once.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// realProgram builds the program and returns its file.
func realProgram(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "samenclaim-bin"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(built.dir, "samenclaim"), ".").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build: %w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "samenclaim")
}
