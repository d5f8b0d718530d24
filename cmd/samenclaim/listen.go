package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// newHTTP is a server that nobody can keep busy by being slow. Routes that take
// files lengthen their own time.
func newHTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ErrorLog: slog.NewLogLogger(quieter{log.Handler()}, slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 60 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
}

// quieter keeps what the server says of broken connections out of the log: it names addresses of visitors.
type quieter struct{ slog.Handler }

// Handle writes that something happened, and not to whom.
func (q quieter) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "a connection failed", r.PC))
}

// listenAll opens the ports before anything is promised, and serves on them.
func (a *app) listenAll(ctx context.Context, site http.Handler) error {
	var err error
	if a.http, a.address, err = a.serveOn(ctx, "LISTEN", a.listen, site); err != nil || a.opsListen == "" {
		return err
	}
	a.ops, _, err = a.serveOn(ctx, "OPS_LISTEN", a.opsListen, a.opsHandler())
	return err
}

func (a *app) serveOn(ctx context.Context, setting, address string, h http.Handler) (server *http.Server, at string, err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %s: %w", errSettings, setting, err)
	}
	server = newHTTP(h, a.log)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serve on %s: %w", address, err)
		}
	}()
	a.log.Info("listening", "setting", setting, "address", l.Addr().String())
	return server, l.Addr().String(), nil
}
