package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// beatEvery is how often the program writes down that it can take signatures: a silence of two minutes counts as an outage.
	beatEvery = 30 * time.Second
	beatLimit = 10 * time.Second
)

// errNotServing means that our own site does not answer as it should.
var errNotServing = errors.New("the site does not answer")

// keepServing writes down, as long as it is so, that the program can take signatures: the database has our schema, the
// disk takes a file, and the site answers on its own port.
func (a *app) keepServing(ctx context.Context, serving func(ctx context.Context, run int64) (int64, error)) {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	var run int64
	for {
		var err error
		if run, err = a.beat(ctx, run, serving); err != nil && ctx.Err() == nil {
			a.log.Warn("cannot take signatures", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

func (a *app) beat(ctx context.Context, run int64, serving func(ctx context.Context, run int64) (int64, error)) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	if !a.ready.Load() {
		return run, errNotServing
	}
	if err := a.checkReady(ctx); err != nil {
		return run, err
	}
	if err := a.askSite(ctx); err != nil {
		return run, err
	}
	return serving(ctx, run)
}

// askSite asks our own site whether it answers, by the port that visitors come in by.
func (a *app) askSite(ctx context.Context) error {
	base, err := url.Parse(a.baseURL)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(a.address)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(a.listen)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	request.Host = base.Host
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotServing, err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d", errNotServing, answer.StatusCode)
	}
	return nil
}
