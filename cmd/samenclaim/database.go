package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/migrations"
)

var (
	errDatabase = errors.New("the database cannot be reached")
	errUnsafeDB = errors.New("the database is not safe to use")
)

// limits are how long a statement may take for pages and for work in the background.
const (
	pageLimit = "5s"
	workLimit = "60s"
	pageConns = 20
	workConns = 14 // eight drains at once, what they ask on the side, and the queue itself
)

// openPool connects as the role of the program, which cannot do what the schema does not grant.
func openPool(ctx context.Context, dsn, statementLimit string, conns int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil { // its text could repeat the password
		return nil, fmt.Errorf("%w: DATABASE_URL is an address such as postgres://samenclaim@db/samenclaim", errSettings)
	}
	cfg.MaxConns, cfg.MaxConnIdleTime = conns, 5*time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	for name, limit := range map[string]string{"statement_timeout": statementLimit, "lock_timeout": "2s",
		"idle_in_transaction_session_timeout": "10s", "application_name": "samenclaim"} {
		cfg.ConnConfig.RuntimeParams[name] = limit
	}
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDatabase, err)
	}
	return pool, nil
}

// openOwner connects as the owner of the schema, to bring it up to date.
func openOwner(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("%w: DATABASE_URL is an address such as postgres://samenclaim@db/samenclaim", errSettings)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("%w: %w", errDatabase, err)
	}
	return pool, nil
}

// mostSkew is how far the clocks of program and database may be apart: codes live ten minutes, signatures for years.
const mostSkew = 2 * time.Second

// checkDatabase refuses a database that is behind, or that could forget what it said was written.
func checkDatabase(ctx context.Context, owner *pgxpool.Pool) error {
	if err := migrations.Ready(ctx, owner); err != nil {
		return err
	}
	var sync, fsync string
	var theirs time.Time
	before := time.Now()
	err := owner.QueryRow(ctx, `SELECT current_setting('synchronous_commit'), current_setting('fsync'), clock_timestamp()`).Scan(&sync, &fsync, &theirs)
	if err != nil {
		return fmt.Errorf("%w: %w", errDatabase, err)
	}
	skew := theirs.Sub(before.Add(time.Since(before) / 2)).Abs()
	switch {
	case sync == "off":
		return fmt.Errorf("%w: synchronous_commit is off: what was signed or paid could be lost; turn it on", errUnsafeDB)
	case fsync == "off":
		return fmt.Errorf("%w: fsync is off: what was signed or paid could be lost; turn it on", errUnsafeDB)
	case skew > mostSkew:
		return fmt.Errorf("%w: its clock and ours are %s apart", errUnsafeDB, skew.Round(time.Millisecond))
	}
	return nil
}
