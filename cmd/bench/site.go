package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/pgembed"
	"samenclaim/internal/vault"
	"samenclaim/mailer/mailtest"
	"samenclaim/migrations"
	"samenclaim/participants"
)

// site is one installation of the program, with a database, keys and a mail
// server of its own. The domain is at hand as well, to prepare what is measured.
type site struct {
	dir     string
	program string
	pg      *pgembed.Server
	owner   *pgxpool.Pool
	sink    *mailtest.Sink
	letters letterbox
	set     map[string]string // the settings of the program
	base    string
	ops     string
	running *process
	numbers map[participants.Number]bool // in the register
	kit
}

const bench = audit.Actor("system:bench")

// serverSettings are those of a small server of one's own; what is promised is kept.
var serverSettings = map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB", "fsync": "on", "synchronous_commit": "on", "max_connections": "150"}

func install(ctx context.Context, program string) (*site, error) {
	dir, err := os.MkdirTemp("", "samenclaim-bench")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // PostgreSQL's own account passes through
		return nil, err
	}
	s := &site{dir: dir, program: program, numbers: map[participants.Number]bool{}}
	if err := s.build(ctx); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *site) build(ctx context.Context) (err error) {
	if s.pg, err = pgembed.Start(ctx, pgembed.Options{Dir: filepath.Join(s.dir, "postgres"), Params: serverSettings}); err != nil {
		return err
	}
	if s.owner, err = pgxpool.New(ctx, s.pg.DSN); err != nil {
		return err
	}
	if err := migrations.Up(ctx, s.owner); err != nil {
		return err
	}
	if s.sink, err = mailtest.Start(mailtest.Options{Keep: 1, Fault: s.letters.put}); err != nil {
		return err
	}
	if err := s.settings(); err != nil {
		return err
	}
	if s.kit, err = newKit(s.owner, s.vault, s.dir); err != nil {
		return err
	}
	return s.open(ctx)
}

// settings are those of a real foundation behind a proxy on the same machine.
func (s *site) settings() error {
	master, err := vault.NewMaster()
	if err != nil {
		return err
	}
	if s.vault, err = vault.Open(master); err != nil {
		return err
	}
	key := filepath.Join(s.dir, "master.key")
	if err := os.WriteFile(key, master, 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	ops, err := freePort()
	if err != nil {
		return err
	}
	s.base, s.ops = "http://localhost:"+port, "127.0.0.1:"+ops
	s.set = map[string]string{
		"DATABASE_URL": s.pg.DSN, "BASE_URL": s.base, "LISTEN": "127.0.0.1:" + port, "OPS_LISTEN": s.ops, "MASTER_KEY_FILE": key,
		"FILES_DIR": filepath.Join(s.dir, "files"), "MOLLIE_KEY": "test_benchbenchbenchbenchbenchbench", "MOLLIE_URL": "http://127.0.0.1:1/",
		"SMTP_ADDR": s.sink.Address(), "SMTP_FROM": "claims@samenclaim.example", "DRAIN_DELAY": "0s", "TRUSTED_PROXIES": "127.0.0.1", "STARTS_PER_SECOND": "1000000",
	}
	return nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// open imports the demo's foundation, with a lawyer's key of its own, and opens its claim.
func (s *site) open(ctx context.Context) error {
	content := os.DirFS("cmd/samenclaim/demo")
	f, err := claims.ParseFoundation(content, "foundation.json")
	if err != nil {
		return err
	}
	lawyer, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	f.LawyerRecipient = lawyer.Recipient().String()
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
	if err := s.claims.ProposeMove(ctx, "staff:1", []string{"board"}, s.claim.ID, claims.Proposal{To: claims.Open, Reason: "bench"}); err != nil {
		return err
	}
	if err := s.claims.ApproveMove(ctx, "staff:2", s.claim.ID); err != nil {
		return err
	}
	s.claim, err = s.claims.Claim(ctx, s.claim.ID)
	return err
}

// remove ends all of it; nothing of it is kept.
func (s *site) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	err := s.stop()
	if s.sink != nil {
		err = errors.Join(err, s.sink.Close())
	}
	if s.owner != nil {
		s.owner.Close()
	}
	if s.pg != nil {
		err = errors.Join(err, s.pg.Stop(ctx))
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// restart runs the program, with other settings than before.
func (s *site) restart(ctx context.Context, settings map[string]string) error {
	if err := s.stop(); err != nil {
		return err
	}
	maps.Copy(s.set, settings)
	var err error
	s.running, err = launch(ctx, s.program, s.environ(), s.ops, filepath.Join(s.dir, "serve.log"))
	return err
}

// stop ends the program, if it runs.
func (s *site) stop() error {
	p := s.running
	if p == nil {
		return nil
	}
	s.running = nil
	return p.stop()
}

func (s *site) environ() (all []string) {
	for name, value := range s.set {
		all = append(all, name+"="+value)
	}
	return append(all, "PATH="+os.Getenv("PATH"))
}

// path is an address of the claim in Dutch.
func (s *site) path(format string, args ...any) string {
	return "/nl/" + s.claim.Slug + fmt.Sprintf(format, args...)
}
