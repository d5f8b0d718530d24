// Package pgtest gives every test its own PostgreSQL database, at the newest
// schema, in a few tens of milliseconds, by copying a template database.
//
// The server is the one in TEST_DATABASE_URL, or else a private one that all
// test programs of this user share.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"samenclaim/migrations"
)

const (
	testConns  = 12 // sessions of one test: eight at once, and some to spare
	closeLimit = 10 * time.Second
)

// Database is the own database of one test.
type Database struct {
	// DB works as the program does: with the rights of the application's role, and the time of Watch.
	DB *gorm.DB
	// Pool has the rights of the application's role.
	Pool *pgxpool.Pool
	// DSN is the address for the owner, for programs that are started by a test.
	DSN string
	// Watch is the clock of DB.
	Watch *Watch
}

var (
	theTemplate = sync.OnceValues(makeTemplate)
	serial      atomic.Int64
)

// DB returns an empty database that is dropped when the test ends, and kept
// when it failed.
func DB(t testing.TB) *gorm.DB {
	t.Helper()
	return New(t).DB
}

// Pool is DB for code that doesn't use GORM.
func Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return New(t).Pool
}

// New is DB with everything a test can need.
func New(t testing.TB) Database {
	t.Helper()
	tmpl := ready(t)
	return tmpl.copied(t, tmpl.name)
}

// Seeded is New with what seed puts in: once for each name in a test program, every test gets a copy.
func Seeded(t testing.TB, name string, seed func(Database)) Database {
	t.Helper()
	tmpl := ready(t)
	found, _ := seeds.LoadOrStore(name, &seeded{})
	s := found.(*seeded)
	s.once.Do(func() {
		own := fmt.Sprintf("%s_%d_%s", tmpl.name, os.Getpid(), name)
		tmpl.create(t, own, tmpl.name)
		d := tmpl.opened(t, own)
		seed(d)
		shut(t, d.Pool) // a database is copied while nobody is in it
		s.name = own
	})
	if s.name == "" {
		t.Fatalf("what every test of %q begins with could not be made", name)
	}
	return tmpl.copied(t, s.name)
}

// seeded is a template with something in it; it has no name before it is whole.
type seeded struct {
	once sync.Once
	name string
}

var seeds sync.Map // of *seeded, by name

func ready(t testing.TB) template {
	t.Helper()
	tmpl, err := theTemplate()
	if err != nil {
		t.Fatalf("template database: %v", err)
	}
	return tmpl
}

// copied is a copy of a database, for one test.
func (tmpl template) copied(t testing.TB, from string) Database {
	t.Helper()
	name := fmt.Sprintf("%s_%d_%d", tmpl.name, os.Getpid(), serial.Add(1))
	tmpl.create(t, name, from)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("kept database %s", name)
			return
		}
		if err := tmpl.server.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return tmpl.opened(t, name)
}

func (tmpl template) create(t testing.TB, name, from string) {
	t.Helper()
	if err := tmpl.server.exec("CREATE DATABASE " + name + " TEMPLATE " + from + tmpl.server.strategy); err != nil {
		t.Fatalf("copy the template database: %v", err)
	}
}

func (tmpl template) opened(t testing.TB, name string) Database {
	t.Helper()
	d := Database{DSN: tmpl.server.address(name), Watch: NewWatch()}
	d.Pool = open(t, d.DSN, migrations.AppRole)
	d.DB = over(t, d.Pool, d.Watch)
	return d
}

// Owner returns sessions with the rights of the owner on the same database, for
// tests that damage data.
func (d Database) Owner(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, d.DSN, "")
}

// OwnerDB is Owner for GORM.
func (d Database) OwnerDB(t testing.TB) *gorm.DB {
	t.Helper()
	return over(t, d.Owner(t), d.Watch)
}

// Force writes what no road of the program leads to: as the owner, with the triggers off.
func (d Database) Force(t testing.TB, sql string, args ...any) {
	t.Helper()
	err := d.OwnerDB(t).WithContext(t.Context()).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec(`SET LOCAL session_replication_role = replica`).Error; err != nil {
			return err
		}
		return tx.Exec(sql, args...).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// open returns a pool whose sessions act as role.
func open(t testing.TB, dsn, role string) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatalf("address of the test database: %v", err)
	}
	cfg.MaxConns = testConns
	if role != "" {
		cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "SET ROLE "+role)
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() { shut(t, pool) })
	return pool
}

// over lays GORM over a pool.
func over(t testing.TB, pool *pgxpool.Pool, watch *Watch) *gorm.DB {
	t.Helper()
	conn := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = conn.Close() })
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: conn}), &gorm.Config{
		Logger:                 logger.Discard,
		TranslateError:         true,
		SkipDefaultTransaction: true,
		NowFunc:                watch.Now,
	})
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	return db
}

// shut closes a pool; one that waits for a session that was never given back
// must not hold up the whole run.
func shut(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		pool.Close()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(closeLimit):
		t.Errorf("a database session was not given back: close rows, end transactions, stop workers")
	}
}
