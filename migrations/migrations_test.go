package migrations_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"samenclaim/migrations"
	"samenclaim/migrations/pgtest"
)

func TestEightReplicasMigrateOnce(t *testing.T) {
	t.Parallel()
	pool := empty(t)
	if err := migrations.Ready(t.Context(), pool); !errors.Is(err, migrations.ErrPending) {
		t.Errorf("Ready on an empty database = %v, want ErrPending", err)
	}
	var replicas errgroup.Group
	for range 8 {
		replicas.Go(func() error { return migrations.Up(t.Context(), pool) })
	}
	if err := replicas.Wait(); err != nil {
		t.Fatalf("Up: %v", err)
	}
	if err := migrations.Ready(t.Context(), pool); err != nil {
		t.Errorf("Ready after Up = %v", err)
	}
	v, err := migrations.Version(t.Context(), pool)
	if err != nil || v != migrations.Newest() || v == 0 {
		t.Errorf("Version = %d, %v, want %d", v, err, migrations.Newest())
	}
	var twice int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version").Scan(&twice); err != nil || twice != 0 {
		t.Errorf("migrations that ran twice = %d, %v", twice, err)
	}
}

func TestMigratingNeedsNoMoreThanTheOwnersSessions(t *testing.T) {
	t.Parallel()
	cfg := empty(t).Config()
	cfg.MaxConns = 1
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = "1" // a page's limit is not a migration's
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := migrations.Up(t.Context(), pool); err != nil {
		t.Errorf("Up through the program's own pool = %v", err)
	}
}

func TestTheProgramSeesThatTheSchemaIsReady(t *testing.T) {
	t.Parallel()
	if err := migrations.Ready(t.Context(), pgtest.Pool(t)); err != nil {
		t.Errorf("Ready as the application's role = %v", err)
	}
}

func TestTheProgramMayUseTheJobQueue(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	var missing []string
	rows, err := pool.Query(t.Context(), `
		SELECT tablename FROM pg_tables WHERE schemaname = $1
		AND NOT has_table_privilege($2, format('%I.%I', schemaname, tablename), 'SELECT, INSERT, UPDATE, DELETE')`,
		migrations.JobSchema, migrations.AppRole)
	if err == nil {
		missing, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil || len(missing) > 0 {
		t.Errorf("tables of the queue it may not use: %v, %v", missing, err)
	}
}

func TestAReplicaRefusesAHalfMigratedDatabase(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	if _, err := d.Owner(t).Exec(t.Context(), "DELETE FROM goose_db_version WHERE version_id = $1", migrations.Newest()); err != nil {
		t.Fatal(err)
	}
	err := migrations.Ready(t.Context(), d.Pool)
	if !errors.Is(err, migrations.ErrPending) || !strings.Contains(err.Error(), "samenclaim migrate") {
		t.Errorf("Ready = %v, want ErrPending saying what to run", err)
	}
}

// empty returns the owner's sessions on a database without a schema.
func empty(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t).Owner(t)
	for _, sql := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "DROP SCHEMA " + migrations.JobSchema + " CASCADE"} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}
