package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"samenclaim/claims/letter"
	"samenclaim/internal/pgembed"
	"samenclaim/internal/vault"
)

// demoFolder is everything that the demo keeps between runs.
type demoFolder string

func (d demoFolder) database() string    { return filepath.Join(string(d), "postgres") }
func (d demoFolder) masterKey() string   { return filepath.Join(string(d), "master.key") }
func (d demoFolder) certificate() string { return filepath.Join(string(d), "letter.pem") }
func (d demoFolder) files() string       { return filepath.Join(string(d), "files") }
func (d demoFolder) mollie() string      { return filepath.Join(string(d), "mollie.json") }
func (d demoFolder) ready() string       { return filepath.Join(string(d), "demo.json") }
func (d demoFolder) statement() string   { return filepath.Join(string(d), "fitband-camt053.xml") }

// openDemoFolder finds the folder of the demo, or makes it.
func openDemoFolder(dir string) (demoFolder, error) {
	d, err := findDemoFolder(dir)
	if err != nil {
		return "", err
	}
	// PostgreSQL's own account passes through; what is in it is closed by itself.
	if err := os.MkdirAll(string(d), 0o711); err != nil { //nolint:gosec // to enter, not to list
		return "", fmt.Errorf("the demo's folder: %w", err)
	}
	return d, nil
}

// findDemoFolder tells where the demo keeps its things: in DATA_DIR, or where a program of this kind does.
func findDemoFolder(dir string) (demoFolder, error) {
	if dir == "" {
		postgres, err := pgembed.DefaultDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Dir(postgres)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("the demo's folder: %w", err)
	}
	return demoFolder(dir), nil
}

// clear throws everything away, to start over. It removes by name, so that a
// wrong DATA_DIR loses nothing of somebody else's.
func (d demoFolder) clear(ctx context.Context) error {
	if err := pgembed.StopDetached(ctx, d.database()); err != nil { // refuses while another demo runs on it
		return err
	}
	for _, name := range []string{d.ready(), d.masterKey(), d.certificate(), d.mollie(), d.statement(), d.files(), d.database()} {
		if err := os.RemoveAll(name); err != nil {
			return fmt.Errorf("start over: %w", err)
		}
	}
	return nil
}

// openVault reads the demo's own key, and makes it the first time.
func (d demoFolder) openVault() (*vault.Vault, error) {
	content, err := os.ReadFile(d.masterKey()) //nolint:gosec // the folder of whoever starts the demo
	if errors.Is(err, fs.ErrNotExist) {
		if content, err = vault.NewDemoMaster(); err == nil {
			err = os.WriteFile(d.masterKey(), content, 0o600) //nolint:gosec // the same
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the demo's key: %w", err)
	}
	return vault.OpenDemo(content)
}

// openCertificate reads the self-made certificate that the demo signs letters with, and makes it the first time.
func (d demoFolder) openCertificate() (*letter.Certificate, error) {
	both, err := os.ReadFile(d.certificate()) //nolint:gosec // the folder of whoever starts the demo
	if errors.Is(err, fs.ErrNotExist) {
		var chain, key []byte
		if chain, key, err = letter.SelfSigned("Samenclaim demonstratie", time.Now().AddDate(-5, 0, 0)); err == nil {
			both = slices.Concat(chain, key)
			err = os.WriteFile(d.certificate(), both, 0o600) //nolint:gosec // the same
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the demo's certificate: %w", err)
	}
	return letter.OpenCertificate(both, both)
}

// besideDemo points a command at the demo that runs on this machine.
func besideDemo(ctx context.Context, s settings) (settings, tools, error) {
	d, err := findDemoFolder(os.Getenv("DATA_DIR"))
	if err != nil {
		return s, tools{}, err
	}
	dsn, ok := pgembed.Attach(ctx, d.database())
	if !ok {
		return s, tools{}, fmt.Errorf("%w: DATABASE_URL is missing, and no demo is running on this machine", errSettings)
	}
	t := tools{baseURL: "http://localhost:8080"}
	if t.vault, err = d.openVault(); err != nil {
		return s, t, err
	}
	if t.letters, err = d.openCertificate(); err != nil {
		return s, t, err
	}
	s.DatabaseURL = dsn
	return s, t, nil
}
