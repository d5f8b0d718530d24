package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims/letter"
	"samenclaim/internal/clamav"
	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/internal/tsa"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web"
	"samenclaim/web/ui"
)

// parts are what serve and demo each bring in their own way.
type parts struct {
	dsn          string
	baseURL      string
	listen       string
	opsListen    string // empty: nothing listens
	proxies      []netip.Prefix
	starts       int // sign-ups a second before people wait in line
	vault        *vault.Vault
	files        *files.Store
	scanner      *clamav.Client // nil: files are not scanned
	mollie       *mollie.Client
	stamps       *tsa.Client         // nil: no time stamp authority
	letters      *letter.Certificate // that letters are signed with; nil: they are not
	webhook      string
	smtp         mailer.SMTPConfig
	smtpFrom     string
	mailing      mailer.DrainOptions // pace and conversations of mailings; all other mails go at once
	bounceSecret string
	payouts      payments.Config
	drainDelay   time.Duration
	log          *slog.Logger
	demoLinks    []ui.Link
	demoPages    func(services) http.Handler // nil outside the demo
}

// app is the running program: the site, the work in the background, and what they share.
type app struct {
	parts
	pages   *pgxpool.Pool // short statements
	work    *pgxpool.Pool // long ones
	waker   *jobs.Waker
	runner  *jobs.Runner
	http    *http.Server
	ops     *http.Server
	failed  chan error
	ready   atomic.Bool
	silent  context.CancelFunc // ends the record of when we serve; nil until it begins
	address string             // on which the site is served
	count   *requestCounter
}

// connect opens the connections, and the way to wake up work.
func (a *app) connect(ctx context.Context) (err error) {
	if a.pages, err = openPool(ctx, a.dsn, pageLimit, pageConns); err != nil {
		return err
	}
	if a.work, err = openPool(ctx, a.dsn, workLimit, workConns); err != nil {
		return err
	}
	a.waker, err = jobs.NewWaker(a.pages, a.log)
	return err
}

// demoEase loosens the limits per place in the demo, where everybody is on one machine.
const demoEase = 50

// site is the web pages over the domain.
func (a *app) site(s services) (http.Handler, error) {
	cfg := web.Config{BaseURL: a.baseURL, TrustedProxies: a.proxies, Demo: a.demoPages != nil, DemoLinks: a.demoLinks, StartsASecond: a.starts, BounceSecret: a.bounceSecret}
	if cfg.Demo {
		cfg.Ease = demoEase
	}
	if a.demoPages != nil {
		cfg.DemoPages = a.demoPages(s)
	}
	server, err := web.New(web.Deps{
		Pool: a.pages, Vault: a.vault, Claims: s.claims, People: s.people, Money: s.money, Staff: s.staff,
		Now: s.db.NowFunc, Log: slog.New(counting{a.log.Handler(), a.count}), Wake: a.waker.Wake, Config: cfg,
	})
	if err != nil {
		return nil, err
	}
	return server.Handler(), nil
}

// mail are the drains that send what waits in the outbox, in the name of the foundation: mailings beside all other mails.
func (a *app) mail(ctx context.Context, s services) ([]jobs.Drain, error) {
	if _, err := s.claims.Foundation(ctx); err != nil {
		return nil, fmt.Errorf("the foundation is not described yet (run samenclaim content import DIR --yes): %w", err)
	}
	r, err := s.claims.MailWriter(ctx)
	if err != nil {
		return nil, err
	}
	smtp, err := mailer.NewSMTP(a.smtp)
	if err != nil {
		return nil, fmt.Errorf("%w: SMTP_ADDR, SMTP_USER, SMTP_PASSWORD: %w", errSettings, err)
	}
	mailing := a.mailing
	mailing.Logger = a.log
	return []jobs.Drain{mailer.NewDrain(s.db, smtp, r, mailer.DrainOptions{Logger: a.log}), mailer.NewMailingDrain(s.db, smtp, r, mailing)}, nil
}

// run works until ctx ends or a server fails, then stops in order.
func (a *app) run(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-a.failed:
	}
	return errors.Join(err, a.stop())
}

// How long a stop may take: requests first, then what runs in the background.
const (
	requestsEnd = 25 * time.Second
	jobsEnd     = 10 * time.Second
)

// stop ends in order: not ready, a while for the balancer to notice, no new
// requests, the running ones to their end, and then the work in the background.
func (a *app) stop() error {
	a.ready.Store(false)
	a.log.Info("stopping")
	if a.silent != nil {
		a.silent()
	}
	time.Sleep(a.drainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), requestsEnd)
	defer cancel()
	err := a.http.Shutdown(ctx)
	work, cancelWork := context.WithTimeout(context.Background(), jobsEnd)
	defer cancelWork()
	err = errors.Join(err, a.runner.Stop(work))
	if a.ops != nil {
		err = errors.Join(err, a.ops.Close())
	}
	a.close()
	a.log.Info("stopped")
	return err
}

// close gives the connections back, whatever was opened.
func (a *app) close() {
	if a.http != nil {
		_ = a.http.Close()
	}
	if a.ops != nil {
		_ = a.ops.Close()
	}
	if a.waker != nil {
		a.waker.Stop()
	}
	for _, pool := range []*pgxpool.Pool{a.pages, a.work} {
		if pool != nil {
			pool.Close()
		}
	}
}
