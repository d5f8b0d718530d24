package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/internal/vault"
)

// office is the domain for a command that runs beside the site.
type office struct {
	services
	pool  *pgxpool.Pool
	vault *vault.Vault
}

// openOffice connects a command to the database of the environment, or else to
// the demo that runs on this machine.
func openOffice(ctx context.Context, s settings) (office, error) {
	t := tools{baseURL: s.BaseURL}
	if s.DatabaseURL == "" {
		var err error
		if s, t, err = besideDemo(ctx, s); err != nil {
			return office{}, err
		}
	} else if s.MasterKeyFile != "" {
		var err error
		if t.vault, err = s.openVault(); err != nil {
			return office{}, err
		}
	}
	owner, err := openOwner(ctx, s.DatabaseURL)
	if err != nil {
		return office{}, err
	}
	err = checkDatabase(ctx, owner)
	owner.Close()
	if err != nil {
		return office{}, err
	}
	return connectOffice(ctx, s, t)
}

func connectOffice(ctx context.Context, s settings, t tools) (office, error) {
	pool, err := openPool(ctx, s.DatabaseURL, workLimit, workConns)
	if err != nil {
		return office{}, err
	}
	all, err := newServices(pool, t)
	if err != nil {
		pool.Close()
		return office{}, err
	}
	return office{all, pool, t.vault}, nil
}

// close gives the connections back.
func (o office) close() { o.pool.Close() }

// needVault refuses a command that has to open or seal what is encrypted when there is no key.
func (o office) needVault() error {
	if o.vault == nil {
		return fmt.Errorf("%w: MASTER_KEY_FILE is missing: this command opens what is encrypted", errSettings)
	}
	return nil
}

// openCommand is the office of a command that takes no more than the environment.
func openCommand(ctx context.Context) (office, error) {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return office{}, err
	}
	return openOffice(ctx, set)
}
