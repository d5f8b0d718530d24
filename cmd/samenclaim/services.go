package main

import (
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/internal/clamav"
	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/internal/tsa"
	"samenclaim/internal/vault"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web/staff"
)

// tools are what the domain works with.
type tools struct {
	vault   *vault.Vault
	files   *files.Store
	mollie  *mollie.Client
	baseURL string
	webhook string
	wake    func(drain string)
	scanner *clamav.Client      // nil: files are not scanned
	now     func() time.Time    // nil: the real time
	stamps  *tsa.Client         // nil: no time stamp authority
	letters *letter.Certificate // that letters are signed with; nil: they are not

	payouts  payments.Config // how payout runs are made; zero is what the demo has
	mailFrom string          // the address that mails come from
}

// services are the domain over one database.
type services struct {
	db     *gorm.DB
	people *participants.Service
	money  *payments.Service
	claims *claims.Service
	staff  *staff.Service
}

// newServices puts the domain together.
func newServices(pool *pgxpool.Pool, t tools) (services, error) {
	db, err := jobs.OpenDB(pool, t.now)
	if err != nil {
		return services{}, err
	}
	if t.wake == nil {
		t.wake = func(string) {} // the schedule will find it
	}
	people := participants.New(db, t.vault)
	t.payouts.BaseURL, t.payouts.WebhookURL = t.baseURL, t.webhook
	money := payments.New(db, t.vault, t.mollie, t.payouts)
	cases := claims.New(db, t.vault, t.files, people, money, t.wake)
	cases.ScanWith(t.scanner)
	cases.MailFrom(t.baseURL, t.mailFrom)
	cases.SignLettersWith(t.letters)
	if t.stamps != nil {
		cases.StampAt(t.stamps)
	}
	return services{
		db: db, people: people, money: money, claims: cases,
		staff: staff.New(db, t.vault, t.baseURL),
	}, nil
}

// openVault reads the master key of a real foundation.
func (s settings) openVault() (*vault.Vault, error) {
	content, err := readSecret("MASTER_KEY_FILE", s.MasterKeyFile)
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(content)
	if err != nil {
		return nil, fmt.Errorf("%w: MASTER_KEY_FILE: %w", errSettings, err)
	}
	return v, nil
}

// diskSpare is how much of the disk of the evidence stays free.
const diskSpare = 100 << 20

// openFiles opens the folder of the evidence, and makes it closed to others if it is not there.
func openFiles(dir string) (*files.Store, error) {
	store, err := files.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: FILES_DIR: %w", errSettings, err)
	}
	store.KeepFree(diskSpare)
	return store, os.Chmod(dir, 0o700) //nolint:gosec // a folder: its owner has to enter
}
