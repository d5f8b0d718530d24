package pgtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/migrations"
)

// lockKey is the advisory lock under which one test program makes the template.
const lockKey = 704112027

// recipe is part of the template's name: raise it when makeTemplate changes.
const recipe = 1

// template is the migrated database that every test's database is a copy of.
type template struct {
	server *server
	name   string
}

// makeTemplate migrates one database per schema. Test programs that start
// together wait for the first of them.
func makeTemplate() (template, error) {
	ctx := context.Background()
	s, err := connect(ctx)
	if err != nil {
		return template{}, err
	}
	name, err := templateName()
	if err != nil {
		return template{}, err
	}
	conn, err := pgx.Connect(ctx, s.base.String())
	if err != nil {
		return template{}, fmt.Errorf("test server: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }() // gives the lock back
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return template{}, fmt.Errorf("wait for the template: %w", err)
	}
	var ready bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&ready); err != nil {
		return template{}, fmt.Errorf("look for the template: %w", err)
	}
	if ready {
		return template{s, name}, nil
	}
	if s.private {
		s.sweep(ctx, conn)
	}
	return template{s, name}, s.migrate(ctx, name)
}

// migrate makes the template; only a complete one is marked as such.
func (s *server) migrate(ctx context.Context, name string) error {
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if err := s.exec(sql); err != nil {
			return err
		}
	}
	pool, err := pgxpool.New(ctx, s.address(name))
	if err != nil {
		return fmt.Errorf("open the template: %w", err)
	}
	err = migrations.Up(ctx, pool)
	pool.Close()
	if err != nil {
		return err
	}
	return s.exec("ALTER DATABASE " + name + " IS_TEMPLATE true ALLOW_CONNECTIONS false")
}

// sweep drops the databases of test programs that were killed.
func (s *server) sweep(ctx context.Context, conn *pgx.Conn) {
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname LIKE 'test\\_%\\_%\\_%'")
	if err != nil {
		return // a matter of tidiness only
	}
	names, _ := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		pid, err := strconv.Atoi(strings.Split(name, "_")[2])
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		}
	}
}

// templateName follows from everything that makes the schema.
func templateName() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, "recipe", recipe)
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return "", fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		b, err := migrations.Files.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read a migration: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n%s\n", name, len(b), b)
	}
	return fmt.Sprintf("test_%x", h.Sum(nil)[:6]), nil
}
