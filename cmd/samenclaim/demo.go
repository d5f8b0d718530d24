package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/internal/jobs"
	"samenclaim/internal/pgembed"
	"samenclaim/mailer"
	"samenclaim/mailer/mailtest"
	"samenclaim/migrations"
	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
	"samenclaim/web/ui"
)

// mailsKept is how many mails the viewer shows: two mailings to everybody in the demo, and what people do themselves.
const mailsKept = 25_000

// demoCmd runs everything on one machine, with people who do not exist.
type demoCmd struct {
	Fresh bool   `help:"Start over with new data." env:"FRESH"`
	Port  int    `help:"Port of the site on this machine." env:"PORT" default:"8080"`
	Data  string `help:"Folder in which everything is kept." env:"DATA_DIR" placeholder:"DIR"`
}

// Run starts, loads what is missing, says where everything is, and stops in order.
func (d *demoCmd) Run(ctx context.Context, c console) error {
	if d.Port < 1 || d.Port > 65535 {
		return fmt.Errorf("%w: PORT is a number from 1 to 65535", errSettings)
	}
	w := &demoWorld{base: "http://localhost:" + strconv.Itoa(d.Port)}
	err := d.run(ctx, c, w)
	return errors.Join(err, w.close())
}

func (d *demoCmd) run(ctx context.Context, c console, w *demoWorld) (err error) {
	if w.folder, err = openDemoFolder(d.Data); err != nil {
		return err
	}
	if err := w.open(ctx, c, d.Fresh); err != nil {
		return err
	}
	p, err := w.parts(strconv.Itoa(d.Port), slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	a, err := newApp(run, p)
	if err != nil {
		return err
	}
	go func() { _ = w.sim.Run(run) }() // it ends with us
	w.announce(c, time.Now())
	return a.run(run)
}

// open brings database and data up, whatever an earlier run left behind.
func (w *demoWorld) open(ctx context.Context, c console, fresh bool) error {
	state, whole, err := w.folder.read()
	if err != nil && !fresh {
		return err
	}
	if fresh || !whole {
		if err := w.folder.clear(ctx); err != nil {
			return err
		}
	}
	if w.server, err = pgembed.Start(ctx, pgembed.Options{Dir: w.folder.database(), Params: demoParams}); err != nil {
		return err
	}
	if w.vault, err = w.folder.openVault(); err != nil {
		return err
	}
	if w.letter, err = w.folder.openCertificate(); err != nil {
		return err
	}
	if w.files, err = openFiles(w.folder.files()); err != nil {
		return err
	}
	pool, err := migrated(ctx, w.server.DSN)
	if err != nil {
		return err
	}
	defer pool.Close()
	if fresh || !whole {
		w.state, err = w.load(ctx, c, pool)
		return err
	}
	db, err := jobs.OpenDB(pool, nil)
	if err != nil {
		return err
	}
	w.state = state
	w.state.Base = w.base
	return w.folder.rebase(db.WithContext(ctx), state, w.base)
}

// demoParams suit a machine on which the database is not the only thing.
var demoParams = map[string]string{"max_connections": "60", "max_wal_size": "1GB"}

// migrated brings the schema up to date and connects as the program does, with time for long statements.
func migrated(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	owner, err := openOwner(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer owner.Close()
	if err := migrations.Up(ctx, owner); err != nil {
		return nil, err
	}
	// Half-loaded data is thrown away anyway, so nobody waits for the disk until it is whole.
	return openPool(ctx, dsn+"&synchronous_commit=off", "5min", 8)
}

// load fills the database, and notes that it is whole.
func (w *demoWorld) load(ctx context.Context, c console, pool *pgxpool.Pool) (demoState, error) {
	began := time.Now()
	c.say("Loading the demo's data, this once ...")
	s, err := newSeeder(ctx, pool, tools{vault: w.vault, letters: w.letter, files: w.files, baseURL: w.base}, w.folder)
	if err != nil {
		return demoState{}, err
	}
	state, err := s.load(func(step string, took time.Duration) { c.say("  %-24s %5.1f s", step, took.Seconds()) })
	if err != nil {
		return state, err
	}
	if _, err := pool.Exec(ctx, "RESET ROLE; ANALYZE; CHECKPOINT"); err != nil {
		return state, fmt.Errorf("load the demo: %w", err)
	}
	c.say("Loaded in %.1f s.", time.Since(began).Seconds())
	return state, w.folder.write(state)
}

// parts is the program with a mail sink and a simulated Mollie around it.
func (w *demoWorld) parts(port string, log *slog.Logger) (parts, error) {
	var err error
	if w.sink, err = mailtest.Start(mailtest.Options{Keep: mailsKept}); err != nil {
		return parts{}, err
	}
	w.sim, err = mollietest.New(mollietest.Options{BaseURL: w.base + mollieUnder, Store: mollietest.FileStore(w.folder.mollie())})
	if err != nil {
		return parts{}, err
	}
	client, err := mollie.New(mollie.Config{Key: mollietest.TestKey, AccessToken: mollietest.TestToken, BaseURL: w.base + mollieUnder})
	if err != nil {
		return parts{}, err
	}
	return parts{
		dsn: w.server.DSN, baseURL: w.base, listen: "localhost:" + port, vault: w.vault, letters: w.letter, files: w.files, mollie: client, webhook: w.base + "/webhooks/mollie",
		smtp: mailer.SMTPConfig{Host: w.sink.Host(), Port: w.sink.Port()}, smtpFrom: "deelnemers@samenclaim.example", log: log,
		demoLinks: []ui.Link{{Label: "Demo", URL: "/demo/"}, {Label: "Mail", URL: "/demo/mail"}, {Label: "Mollie", URL: mollieUnder}},
		demoPages: w.pages,
	}, nil
}

// announce says where everything is and how to get in.
func (w *demoWorld) announce(c console, now time.Time) {
	c.say("")
	c.say("Samenclaim runs on %s", w.base)
	c.say("  start of the demo   %s/demo/", w.base)
	c.say("  claim page          %s/nl/zoom", w.base)
	c.say("  my case             %s/nl/mijn/inloggen   as %s (the code comes by mail)", w.base, w.state.Claimants[0].Email)
	c.say("  mail viewer         %s/demo/mail", w.base)
	c.say("  simulated Mollie    %s%s", w.base, mollieUnder)
	c.say("  back office         %s/nl/beheer/inloggen", w.base)
	c.say("    password for all: %s   (a code is good for half a minute; /demo/ shows the current ones)", demoPassword)
	for _, l := range w.state.Logins {
		c.say("    %-12s %-34s code %s", l.Role, l.Email, l.code(now))
	}
	c.say("  bank statement      samenclaim statement import %s", w.folder.statement())
	c.say("Ctrl-C stops everything.")
}

// close stops what was started, the last first.
func (w *demoWorld) close() error {
	var err error
	if w.sim != nil {
		w.sim.Close()
	}
	if w.sink != nil {
		err = errors.Join(err, w.sink.Close())
	}
	if w.files != nil {
		err = errors.Join(err, w.files.Close())
	}
	if w.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		err = errors.Join(err, w.server.Stop(ctx))
	}
	return err
}

// pages is everything below /demo/.
func (w *demoWorld) pages(s services) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(mollieUnder, w.sim.Handler())
	(&demoPages{w, s}).mount(mux)
	return mux
}
