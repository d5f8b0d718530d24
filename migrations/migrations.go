// Package migrations holds the schema: numbered SQL files, applied once, in order.
package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// AppRole is the role the program works as: it can't do what the schema does not grant.
	AppRole = "samenclaim_app"
	// JobSchema is where the queue of background jobs keeps its tables.
	JobSchema = "river"

	// lockKey is the advisory lock that lets one replica migrate while the others wait.
	lockKey  = 704112026
	maxConns = 4
)

// ErrPending means that the database does not have the newest schema yet.
var ErrPending = errors.New("the database needs migrating: run samenclaim migrate")

// Files are the migrations. A file is never edited after it has been released.
//
//go:embed *.sql
var Files embed.FS

// Up brings the database to the newest schema, the job queue included. Any
// number of replicas may call it at once: one works, the others wait and find
// it done. It needs the rights of the owner of the database.
func Up(ctx context.Context, pool *pgxpool.Pool) error {
	own, err := ownerPool(ctx, pool)
	if err != nil {
		return err
	}
	defer own.Close()

	lock, err := own.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("migrate: wait for another replica: %w", err)
	}
	for _, step := range []func(context.Context, *pgxpool.Pool) error{schema, jobs, grants} {
		if err := step(ctx, own); err != nil {
			return err
		}
	}
	return nil // closing the session gives the lock back
}

// ownerPool opens sessions of their own: without the role and the time limits
// that the program's sessions get.
func ownerPool(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	cfg := pool.Config()
	cfg.MaxConns, cfg.MinConns, cfg.MinIdleConns = maxConns, 0, 0
	cfg.AfterConnect, cfg.PrepareConn, cfg.AfterRelease = nil, nil, nil
	for _, limit := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"} {
		delete(cfg.ConnConfig.RuntimeParams, limit)
	}
	own, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return own, nil
}

// schema applies our own files.
func schema(ctx context.Context, pool *pgxpool.Pool) (err error) {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := goose.NewProvider(goose.DialectPostgres, db, Files, goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// jobs applies the migrations of the job queue.
func jobs(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+JobSchema); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	m, err := jobMigrator(pool)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

func jobMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("migrations of the job queue: %w", err)
	}
	return m, nil
}

// grants lets the program work with the tables that are not ours: the job queue
// and the list of applied migrations.
func grants(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, strings.NewReplacer("ROLE", AppRole, "JOBS", JobSchema).Replace(`
		GRANT USAGE ON SCHEMA JOBS TO ROLE;
		GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA JOBS TO ROLE;
		GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA JOBS TO ROLE;
		GRANT SELECT ON goose_db_version TO ROLE;`))
	if err != nil {
		return fmt.Errorf("grant the job queue to %s: %w", AppRole, err)
	}
	return nil
}

// Newest is the version of the schema that this program was built for.
func Newest() int64 {
	names, _ := fs.Glob(Files, "*.sql") // fails on a malformed pattern only; sorted
	if len(names) == 0 {
		return 0
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	v, _ := strconv.ParseInt(number, 10, 64)
	return v
}

// Version is the version of the schema that the database has, 0 if it is empty.
func Version(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	var v int64
	err := pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&v)
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) && e.Code == "42P01" { // no such table
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("version of the schema: %w", err)
	}
	return v, nil
}

// Ready fails with ErrPending until the database has the schema this program
// was built for, the job queue included. A newer schema is fine: a newer
// replica is taking over.
func Ready(ctx context.Context, pool *pgxpool.Pool) error {
	v, err := Version(ctx, pool)
	if err != nil {
		return err
	}
	if v < Newest() {
		return fmt.Errorf("%w: its schema is version %d, this program needs %d", ErrPending, v, Newest())
	}
	m, err := jobMigrator(pool)
	if err != nil {
		return err
	}
	known := m.AllVersions()
	done, err := m.ExistingVersions(ctx)
	if err != nil {
		return fmt.Errorf("version of the job queue: %w", err)
	}
	if len(done) < len(known) {
		return fmt.Errorf("%w: the job queue is at version %d of %d", ErrPending, len(done), len(known))
	}
	return nil
}
