package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/migrations"
	"samenclaim/web"
)

// statement is one that a page sent to the database, with its values.
type statement struct {
	sql  string
	args []any
}

// finds tells whether a statement looks for people, and is not one that every page has.
func (s statement) finds() bool {
	return strings.Contains(s.sql, "particip") && !strings.Contains(s.sql, "logins")
}

// notebook writes down every statement.
type notebook struct {
	mu    sync.Mutex
	lines []statement
}

// TraceQueryStart notes a statement.
func (n *notebook) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, statement{q.SQL, q.Args})
	return ctx
}

// TraceQueryEnd has nothing to note.
func (n *notebook) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// observed is the site once more, in this process, on connections that note what is asked.
type observed struct {
	pool    *pgxpool.Pool
	notes   *notebook
	handler http.Handler
}

func (s *site) observed(ctx context.Context) (*observed, error) {
	cfg, err := pgxpool.ParseConfig(s.pg.DSN)
	if err != nil {
		return nil, err
	}
	o := &observed{notes: &notebook{}}
	cfg.ConnConfig.Tracer = o.notes
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET ROLE "+migrations.AppRole)
		return err
	}
	if o.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	k, err := newKit(o.pool, s.vault, s.dir)
	if err != nil {
		return nil, err
	}
	pages, err := web.New(web.Deps{
		Pool: o.pool, Vault: k.vault, Claims: k.claims, People: k.people, Money: k.money, Staff: k.staff, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Config: web.Config{BaseURL: s.base},
	})
	if err != nil {
		return nil, err
	}
	o.handler = pages.Handler()
	return o, nil
}

// statements are what a page asks the database when it was opened once before.
func (o *observed) statements(b *browser, path string) ([]statement, error) {
	for range 2 {
		o.notes.lines = nil
		req := httptest.NewRequest(http.MethodGet, b.base+path, nil)
		req.Header.Set("Cookie", b.cookies())
		rec := httptest.NewRecorder()
		o.handler.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			return nil, fmt.Errorf("%s answers %d", path, rec.Code)
		}
	}
	return o.notes.lines, nil
}

// bare sends statements to the database and reads all that comes back.
func bare(ctx context.Context, conn *pgx.Conn, all []statement) error {
	for _, s := range all {
		rows, err := conn.Query(ctx, s.sql, s.args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			_ = rows.RawValues()
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}
