package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// safe are settings with which a real foundation may run.
func safe(t *testing.T) map[string]string {
	t.Helper()
	key, _ := realKey(t)
	return map[string]string{
		"DATABASE_URL": "postgres://samenclaim@db/samenclaim", "BASE_URL": "https://claims.example.org", "TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1",
		"FILES_DIR": filepath.Join(t.TempDir(), "files"), "MASTER_KEY_FILE": key, "MOLLIE_KEY": "live_abcdefghijklmnopqrstuvwxyz0123", "SMTP_ADDR": "smtp.example.org:587",
		"SMTP_USER": "claims", "SMTP_PASSWORD": "correct horse", "SMTP_FROM": "claims@example.org",
	}
}

func TestSafeSettingsAreTaken(t *testing.T) {
	t.Parallel()
	s, err := loadSettings(environ(safe(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.check(); err != nil {
		t.Errorf("check: %v, want nil", err)
	}
	if _, err := s.openVault(); err != nil {
		t.Errorf("open the vault: %v, want nil", err)
	}
	if p, err := s.proxies(); err != nil || len(p) != 2 {
		t.Errorf("proxies = %v, %v, want two", p, err)
	}
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "open")
	for name, content := range map[string]string{"open": "x", "default": "changeme", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	demoKey := demoFolder(dir)
	if _, err := demoKey.openVault(); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, setting, value, words string }{
		{"no database", "DATABASE_URL", "", "DATABASE_URL is missing"},
		{"no address of the site", "BASE_URL", "", "BASE_URL is missing"},
		{"the site in the clear", "BASE_URL", "http://claims.example.org", "must begin with https"},
		{"a path behind the address", "BASE_URL", "https://claims.example.org/app", "BASE_URL is an address"},
		{"a password in the address", "BASE_URL", "https://me:secret@claims.example.org", "BASE_URL is an address"},
		{"real money in the clear", "BASE_URL", "http://localhost:8080", "MOLLIE_KEY is a live key"},
		{"no master key", "MASTER_KEY_FILE", "", "MASTER_KEY_FILE is missing"},
		{"a master key that is not there", "MASTER_KEY_FILE", "/nonexistent", "MASTER_KEY_FILE"},
		{"an empty master key", "MASTER_KEY_FILE", filepath.Join(dir, "empty"), "empty"},
		{"a master key that anyone guesses", "MASTER_KEY_FILE", filepath.Join(dir, "default"), "guess"},
		{"the master key of a demonstration", "MASTER_KEY_FILE", demoKey.masterKey(), "demonstration"},
		{"a master key that everybody reads", "MASTER_KEY_FILE", open, "everybody on this machine can read"},
		{"a folder as master key", "MASTER_KEY_FILE", dir, "is not a file"},
		{"no mail server", "SMTP_ADDR", "", "SMTP_ADDR is missing"},
		{"a mail server without a port", "SMTP_ADDR", "smtp.example.org", "SMTP_ADDR is a host and a port"},
		{"no sender of mail", "SMTP_FROM", "", "SMTP_FROM is missing"},
		{"a user without a password", "SMTP_PASSWORD", "", "go together"},
		{"a secret for bounces that can be guessed", "BOUNCE_SECRET", "geheim", "BOUNCE_SECRET is shorter than 32 characters"},
		{"no conversation for mailings", "MAIL_CONNECTIONS", "0", "MAIL_CONNECTIONS a number from 1 to 100"},
		{"a pace below zero", "MAIL_PACE", "-1", "MAIL_PACE is 0 or more"},
		{"a pace in words", "MAIL_PACE", "snel", "MAIL_PACE and MAIL_CONNECTIONS are numbers"},
		{"no Mollie", "MOLLIE_KEY", "", "MOLLIE_KEY is missing"},
		{"a Mollie key that is not one", "MOLLIE_KEY", "password", "mollie needs a key"},
		{"a Mollie token that is not one", "MOLLIE_TOKEN", "password", "access token begins with access_"},
		{"Mollie in the clear", "MOLLIE_URL", "http://mollie.example.org/", "https"},
		{"nobody said who the proxy is", "TRUSTED_PROXIES", "", "TRUSTED_PROXIES is missing"},
		{"a proxy that is not a network", "TRUSTED_PROXIES", "the balancer", "is not a network"},
		{"everybody as proxy", "TRUSTED_PROXIES", "0.0.0.0/0", "would believe everybody"},
		{"a virus scanner without a port", "CLAMD_ADDR", "clamd", "CLAMD_ADDR is host:port"},
		{"a certificate without its key", "LETTER_CERT_FILE", open, "go together"},
		{"a key without its certificate", "LETTER_KEY", "x", "go together"},
		{"a very long drain", "DRAIN_DELAY", "1h", "DRAIN_DELAY"},
		{"nobody may begin", "STARTS_PER_SECOND", "0", "STARTS_PER_SECOND"},
		{"files of no payments", "PAYOUT_FILE_SIZE", "0", "PAYOUT_FILE_SIZE"},
		{"a format no bank takes", "PAYOUT_FORMAT", "pain.001.001.02", "PAYOUT_FORMAT"},
		{"a text for payees that is none", "PAYOUT_REMITTANCE", "poem", "PAYOUT_REMITTANCE"},
		{"less than nothing a day", "PAYOUT_DAY_LIMIT", "-1", "PAYOUT_DAY_LIMIT"},
		{"names compared now and then", "PAYOUT_NAMES", "sometimes", "PAYOUT_NAMES"},
		{"evidence that everybody looks into", "FILES_DIR", dir, "can look into"},
		{"a file as folder for evidence", "FILES_DIR", open, "is not a folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := safe(t)
			set[tt.setting] = tt.value
			got := invoke(t, environ(set), "serve")
			got.refused(t, tt.words)
			for _, secret := range []string{set["SMTP_PASSWORD"], set["MOLLIE_KEY"], set["MOLLIE_TOKEN"], "me:secret"} {
				if secret != "" && strings.Contains(got.err, secret) {
					t.Errorf("it repeats a secret: %q", got.err)
				}
			}
		})
	}
}

func environ(set map[string]string) []string {
	var all []string
	for name, value := range set {
		all = append(all, name+"="+value)
	}
	return all
}
