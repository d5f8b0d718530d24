package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/tsa"
	"samenclaim/mailer"
	"samenclaim/migrations"
	"samenclaim/payments/mollie"
)

// serveCmd runs the site and the work in the background until it is told to stop.
type serveCmd struct {
	Migrate bool `help:"Bring the schema of the database up to date first."`
}

// Run refuses to start on settings that are missing or unsafe, with one line that says which.
func (s *serveCmd) Run(ctx context.Context, c console) error {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return err
	}
	if err := set.check(); err != nil {
		return err
	}
	p, err := set.parts(slog.New(slog.NewJSONHandler(c.out, nil)))
	if err != nil {
		return err
	}
	defer func() { _ = p.files.Close() }()
	if err := s.prepare(ctx, set); err != nil {
		return err
	}
	a, err := newApp(ctx, p)
	if err != nil {
		return err
	}
	return a.run(ctx)
}

// parts is what the settings say, opened.
func (s settings) parts(log *slog.Logger) (p parts, err error) {
	p = parts{dsn: s.DatabaseURL, baseURL: s.BaseURL, listen: s.Listen, opsListen: s.OpsListen, webhook: s.BaseURL + "/webhooks/mollie",
		smtpFrom: s.SMTPFrom, mailing: mailer.DrainOptions{Pace: s.MailPace, Connections: s.MailConns}, bounceSecret: s.BounceSecret, starts: s.StartsASecond, drainDelay: s.DrainDelay, log: log}
	if p.vault, err = s.openVault(); err != nil {
		return p, err
	}
	if p.payouts, err = s.payouts(); err != nil {
		return p, err
	}
	if p.proxies, err = s.proxies(); err != nil {
		return p, err
	}
	if p.scanner, err = s.scanner(); err != nil {
		return p, err
	}
	if p.mollie, err = mollie.New(mollie.Config{Key: s.MollieKey, AccessToken: s.MollieToken, BaseURL: s.MollieURL}); err != nil {
		return p, fmt.Errorf("%w: MOLLIE_KEY: %w", errSettings, err)
	}
	if s.TSAURL != "" {
		if p.stamps, err = tsa.New(s.TSAURL); err != nil {
			return p, fmt.Errorf("%w: TSA_URL: %w", errSettings, err)
		}
	}
	if p.letters, err = s.certificate(); err != nil {
		return p, err
	}
	host, port, err := s.smtpServer()
	if err != nil {
		return p, err
	}
	p.smtp = mailer.SMTPConfig{Host: host, Port: port, User: s.SMTPUser, Password: s.SMTPPassword}
	p.files, err = openFiles(s.FilesDir)
	return p, err
}

// prepare looks at the database with the rights of its owner, and migrates it when asked.
func (s *serveCmd) prepare(ctx context.Context, set settings) error {
	owner, err := openOwner(ctx, set.DatabaseURL)
	if err != nil {
		return err
	}
	defer owner.Close()
	if s.Migrate {
		if err := migrations.Up(ctx, owner); err != nil {
			return err
		}
	}
	if err := checkDatabase(ctx, owner); err != nil {
		return err
	}
	return refuseDemoData(ctx, owner)
}

// refuseDemoData keeps a real foundation from sealing its annex for a key that
// everybody can download with this program.
func refuseDemoData(ctx context.Context, owner *pgxpool.Pool) error {
	example, err := claims.ParseFoundation(demo.Files, "foundation.json")
	if err != nil {
		return err
	}
	var same bool
	if err := owner.QueryRow(ctx, `SELECT EXISTS (SELECT FROM foundations WHERE lawyer_recipient = $1)`, example.LawyerRecipient).Scan(&same); err != nil {
		return fmt.Errorf("%w: %w", errDatabase, err)
	}
	if same {
		return fmt.Errorf("%w: the foundation's lawyer_recipient is the one of the demo, which everybody can open; put your lawyer's key in foundation.json and import it", errUnsafeDB)
	}
	return nil
}
