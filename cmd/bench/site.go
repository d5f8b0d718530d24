package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/internal/pgembed"
	"samenclaim/internal/vault"
	"samenclaim/migrations"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web"
	"samenclaim/web/staff"
)

// site is the whole program over a private database, as in earnest: fsync and synchronous_commit on.
type site struct {
	dir    string
	pg     *pgembed.Server
	owner  *pgxpool.Pool // as the owner of the schema: the bare measure
	pool   *pgxpool.Pool
	vault  *vault.Vault
	people *participants.Service
	claims *claims.Service
	staff  *staff.Service
	claim  claims.Claim
	base   string
	http   *http.Server
}

const bench = audit.Actor("system:bench")

func start(ctx context.Context) (*site, error) {
	dir, err := os.MkdirTemp("", "samenclaim-bench")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // PostgreSQL's own account passes through
		return nil, err
	}
	s := &site{dir: dir}
	if s.pg, err = pgembed.Start(ctx, pgembed.Options{Dir: dir + "/postgres", Params: map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB"}}); err != nil {
		return nil, err
	}
	if s.owner, err = pgxpool.New(ctx, s.pg.DSN); err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, s.owner); err != nil {
		return nil, err
	}
	if s.pool, err = appPool(ctx, s.pg.DSN); err != nil {
		return nil, err
	}
	if err := s.wire(); err != nil {
		return nil, err
	}
	return s, s.open(ctx)
}

func appPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 20
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	return pgxpool.NewWithConfig(ctx, cfg)
}

// wire puts the program together as the demo does, and serves it on a free port.
func (s *site) wire() error {
	master, err := vault.NewMaster()
	if err != nil {
		return err
	}
	if s.vault, err = vault.Open(master); err != nil {
		return err
	}
	db, err := jobs.OpenDB(s.pool, time.Now)
	if err != nil {
		return err
	}
	store, err := files.Open(s.dir + "/files")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.base = "http://" + listener.Addr().String()
	provider, err := mollie.New(mollie.Config{Key: "test_bench0000000000000000000000", BaseURL: s.base + "/nowhere/"})
	if err != nil {
		return err
	}
	s.people = participants.New(db, s.vault)
	money := payments.New(db, s.vault, provider, payments.Config{BaseURL: s.base})
	s.claims = claims.New(db, s.vault, store, s.people, money, func(string) {})
	s.staff = staff.New(db, s.vault, s.base)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	pages, err := web.New(web.Deps{
		Pool: s.pool, Vault: s.vault, Claims: s.claims, People: s.people, Money: money, Staff: s.staff, Now: time.Now, Log: quiet,
		Config: web.Config{BaseURL: s.base},
	})
	if err != nil {
		return err
	}
	s.http = &http.Server{Handler: pages.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return nil
}

// open imports the demo's foundation and opens its claim.
func (s *site) open(ctx context.Context) error {
	content := os.DirFS("cmd/samenclaim/demo") // the program is run from the root of the repository
	f, err := claims.ParseFoundation(content, "foundation.json")
	if err != nil {
		return err
	}
	if err := s.claims.ImportFoundation(ctx, bench, f); err != nil {
		return err
	}
	c, err := claims.ParseClaim(content, "claims/zoom.json")
	if err != nil {
		return err
	}
	if s.claim, err = s.claims.ImportClaim(ctx, bench, c); err != nil {
		return err
	}
	if err := s.claims.ProposeMove(ctx, "staff:1", []string{"board"}, s.claim.ID, claims.Open, "bench"); err != nil {
		return err
	}
	if err := s.claims.ApproveMove(ctx, "staff:2", s.claim.ID); err != nil {
		return err
	}
	s.claim, err = s.claims.Claim(ctx, s.claim.ID)
	return err
}

func (s *site) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_ = s.http.Close()
	s.pool.Close()
	s.owner.Close()
	if err := s.pg.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	_ = os.RemoveAll(s.dir)
}
