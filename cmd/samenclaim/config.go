package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"samenclaim/claims/letter"
	"samenclaim/internal/clamav"
	"samenclaim/payments"
	"samenclaim/payments/sepa"
)

// settings are what the program is told by its environment. A name with _FILE
// behind it names a file that holds the value, for what has to stay secret.
type settings struct {
	DatabaseURL    string        `env:"DATABASE_URL"`
	BaseURL        string        `env:"BASE_URL"`
	Listen         string        `env:"LISTEN"          envDefault:"127.0.0.1:8080"`
	OpsListen      string        `env:"OPS_LISTEN"      envDefault:"127.0.0.1:9090"`
	TrustedProxies string        `env:"TRUSTED_PROXIES"` // networks, or "none"
	FilesDir       string        `env:"FILES_DIR"       envDefault:"/var/lib/samenclaim/files"`
	MasterKeyFile  string        `env:"MASTER_KEY_FILE"`
	MollieKey      string        `env:"MOLLIE_KEY"`
	MollieToken    string        `env:"MOLLIE_TOKEN"` // of the organisation; empty: settlements and the balance can't be asked for
	MollieURL      string        `env:"MOLLIE_URL"      envDefault:"https://api.mollie.com/"`
	SMTPAddr       string        `env:"SMTP_ADDR"` // host:port
	SMTPUser       string        `env:"SMTP_USER"`
	SMTPPassword   string        `env:"SMTP_PASSWORD"`
	SMTPFrom       string        `env:"SMTP_FROM"`
	MailPace       int           `env:"MAIL_PACE"       envDefault:"0"`  // mails of mailings a second at most; 0: as many as the relay takes
	MailConns      int           `env:"MAIL_CONNECTIONS" envDefault:"4"` // conversations with the relay at once, for mailings
	BounceSecret   string        `env:"BOUNCE_SECRET"`                   // of who reports bounced mails at /webhooks/bounces; empty: nobody can
	TSAURL         string        `env:"TSA_URL"`                         // a time stamp authority by RFC 3161; empty: none
	LetterCert     string        `env:"LETTER_CERT_FILE"`                // the certificate that letters are signed with, and who vouches for it; empty: they are not signed
	LetterKey      string        `env:"LETTER_KEY"`
	ClamdAddr      string        `env:"CLAMD_ADDR"`                                    // host:port or a socket; empty: files are not scanned
	StartsASecond  int           `env:"STARTS_PER_SECOND" envDefault:"30"`             // sign-ups begun on the whole site before people wait in line
	PayoutFile     int           `env:"PAYOUT_FILE_SIZE" envDefault:"10000"`           // payments in one file for the bank at most
	PayoutFormat   string        `env:"PAYOUT_FORMAT"    envDefault:"pain.001.001.09"` // or pain.001.001.03
	PayoutText     string        `env:"PAYOUT_REMITTANCE" envDefault:"text"`           // or reference: RF and the number
	PayoutDayLimit int64         `env:"PAYOUT_DAY_LIMIT" envDefault:"0"`               // euros that go out for one day at most; 0: no limit
	PayoutNames    string        `env:"PAYOUT_NAMES"     envDefault:"required"`        // the bank compares names before a run is released; or optional
	DrainDelay     time.Duration `env:"DRAIN_DELAY"     envDefault:"5s"`               // between "not ready" and the end of new requests
}

// secrets may be given in a file.
var secrets = []string{"DATABASE_URL", "MOLLIE_KEY", "MOLLIE_TOKEN", "SMTP_PASSWORD", "BOUNCE_SECRET", "LETTER_KEY"}

// errSettings means that the environment does not say what the program needs.
var errSettings = errors.New("settings")

// loadSettings reads the environment; whether it is enough, each command says.
func loadSettings(environ []string) (settings, error) {
	var s settings
	vars := env.ToMap(environ)
	for _, name := range secrets {
		file := vars[name+"_FILE"]
		if file == "" {
			continue
		}
		if vars[name] != "" {
			return s, fmt.Errorf("%w: %s and %s_FILE are both set; keep one", errSettings, name, name)
		}
		value, err := readSecret(name+"_FILE", file)
		if err != nil {
			return s, err
		}
		vars[name] = strings.TrimSpace(string(value))
	}
	if err := env.ParseWithOptions(&s, env.Options{Environment: vars}); err != nil {
		return s, fmt.Errorf("%w: DRAIN_DELAY is a time such as 5s, and STARTS_PER_SECOND, PAYOUT_FILE_SIZE, PAYOUT_DAY_LIMIT, MAIL_PACE and MAIL_CONNECTIONS are numbers such as 30", errSettings) // all others are text
	}
	return s, nil
}

// mounted is where container runtimes put secrets; who can read them is decided outside the container.
const mounted = "/run/secrets/"

// readSecret reads a file that nobody else may read. Its errors never repeat the content.
func readSecret(setting, name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", errSettings, setting, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s: %s is not a file", errSettings, setting, name)
	case info.Mode()&0o007 != 0 && !strings.HasPrefix(name, mounted):
		return nil, fmt.Errorf("%w: %s: everybody on this machine can read %s; run chmod o-rwx %s", errSettings, setting, name, name)
	case info.Size() > 64<<10:
		return nil, fmt.Errorf("%w: %s: %s is too large to be a secret", errSettings, setting, name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errSettings, setting, err)
	}
	return b, nil
}

// check refuses what would not work, or would not be safe, for a real foundation.
func (s settings) check() error {
	for _, need := range []struct{ name, value, what string }{
		{"DATABASE_URL", s.DatabaseURL, "the address of the database, such as postgres://samenclaim@db/samenclaim"},
		{"BASE_URL", s.BaseURL, "the public address of the site, such as https://claims.example.org"},
		{"MASTER_KEY_FILE", s.MasterKeyFile, "the file with the master key; make one with: samenclaim keys new --out FILE"},
		{"SMTP_ADDR", s.SMTPAddr, "the mail server, such as smtp.example.org:587"},
		{"SMTP_FROM", s.SMTPFrom, "the address that mail comes from"},
		{"MOLLIE_KEY", s.MollieKey, "the key of your account with Mollie (or MOLLIE_KEY_FILE)"},
	} {
		if need.value == "" {
			return fmt.Errorf("%w: %s is missing: %s", errSettings, need.name, need.what)
		}
	}
	base, err := s.checkBase()
	if err != nil {
		return err
	}
	if _, _, err := s.smtpServer(); err != nil {
		return err
	}
	if s.TrustedProxies == "" && base.Scheme == "https" {
		return fmt.Errorf("%w: TRUSTED_PROXIES is missing: the networks of your own proxy, such as 10.0.0.0/8, or none", errSettings)
	}
	if _, err := s.proxies(); err != nil {
		return err
	}
	if _, err := s.scanner(); err != nil {
		return err
	}
	if _, err := s.certificate(); err != nil {
		return err
	}
	if s.StartsASecond < 1 || s.StartsASecond > 1_000_000 {
		return fmt.Errorf("%w: STARTS_PER_SECOND is a number from 1 to 1000000", errSettings)
	}
	if s.MailPace < 0 || s.MailConns < 1 || s.MailConns > 100 {
		return fmt.Errorf("%w: MAIL_PACE is 0 or more mails a second, and MAIL_CONNECTIONS a number from 1 to 100", errSettings)
	}
	if s.BounceSecret != "" && len(s.BounceSecret) < 32 {
		return fmt.Errorf("%w: BOUNCE_SECRET is shorter than 32 characters; make one with: openssl rand -hex 32", errSettings)
	}
	if _, err := s.payouts(); err != nil {
		return err
	}
	if s.DrainDelay < 0 || s.DrainDelay > time.Minute {
		return fmt.Errorf("%w: DRAIN_DELAY is between 0s and 1m", errSettings)
	}
	return s.checkFiles()
}

// payouts are the settings of payout runs.
func (s settings) payouts() (payments.Config, error) {
	format := sepa.Version(s.PayoutFormat)
	switch {
	case s.PayoutFile < 1 || s.PayoutFile > 100_000:
		return payments.Config{}, fmt.Errorf("%w: PAYOUT_FILE_SIZE is a number from 1 to 100000", errSettings)
	case format != sepa.V09 && format != sepa.V03:
		return payments.Config{}, fmt.Errorf("%w: PAYOUT_FORMAT is %s or %s", errSettings, sepa.V09, sepa.V03)
	case s.PayoutText != "text" && s.PayoutText != "reference":
		return payments.Config{}, fmt.Errorf("%w: PAYOUT_REMITTANCE is text or reference", errSettings)
	case s.PayoutDayLimit < 0 || s.PayoutDayLimit > 10_000_000_000:
		return payments.Config{}, fmt.Errorf("%w: PAYOUT_DAY_LIMIT is a number of whole euros, or 0", errSettings)
	case s.PayoutNames != "required" && s.PayoutNames != "optional":
		return payments.Config{}, fmt.Errorf("%w: PAYOUT_NAMES is required or optional", errSettings)
	}
	return payments.Config{
		FilePart: s.PayoutFile, Format: format, Reference: s.PayoutText == "reference", DayLimit: payments.Cents(s.PayoutDayLimit * 100), CheckNames: s.PayoutNames == "required",
	}, nil
}

// checkBase refuses an address that is not one, or that the whole world would reach in the clear.
func (s settings) checkBase() (*url.URL, error) {
	base, err := url.Parse(s.BaseURL)
	switch {
	case err != nil || base.Hostname() == "" || base.Scheme != "https" && base.Scheme != "http" || base.Path != "" || base.RawQuery != "" || base.User != nil || base.Fragment != "":
		return nil, fmt.Errorf("%w: BASE_URL is an address such as https://claims.example.org, without anything behind it", errSettings)
	case base.Scheme == "http" && !loopback(base.Hostname()):
		return nil, fmt.Errorf("%w: BASE_URL must begin with https://; http is for this machine only", errSettings)
	case base.Scheme == "http" && strings.HasPrefix(s.MollieKey, "live_"):
		return nil, fmt.Errorf("%w: MOLLIE_KEY is a live key, and BASE_URL begins with http://; use https, or a test key", errSettings)
	}
	return base, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// smtpServer is the mail server's host and port.
func (s settings) smtpServer() (host string, port int, err error) {
	host, text, err := net.SplitHostPort(s.SMTPAddr)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || host == "" || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("%w: SMTP_ADDR is a host and a port, such as smtp.example.org:587", errSettings)
	}
	if (s.SMTPUser == "") != (s.SMTPPassword == "") {
		return "", 0, fmt.Errorf("%w: SMTP_USER and SMTP_PASSWORD go together", errSettings)
	}
	return host, port, nil
}

// scanner is the virus scanner, or nil where there is none.
func (s settings) scanner() (*clamav.Client, error) {
	if s.ClamdAddr == "" {
		return nil, nil
	}
	c, err := clamav.New(s.ClamdAddr)
	if err != nil {
		return nil, fmt.Errorf("%w: CLAMD_ADDR is host:port, such as clamd:3310, or the path of a socket", errSettings)
	}
	return c, nil
}

// certificate is what letters are signed with, or nil where there is none. That it ends does not keep the program from starting: sending a letter then says so.
func (s settings) certificate() (*letter.Certificate, error) {
	if s.LetterCert == "" && s.LetterKey == "" {
		return nil, nil
	}
	if s.LetterCert == "" || s.LetterKey == "" {
		return nil, fmt.Errorf("%w: LETTER_CERT_FILE and LETTER_KEY_FILE go together", errSettings)
	}
	chain, err := os.ReadFile(s.LetterCert)
	if err != nil {
		return nil, fmt.Errorf("%w: LETTER_CERT_FILE: %w", errSettings, err)
	}
	c, err := letter.OpenCertificate(chain, []byte(s.LetterKey))
	if err != nil {
		return nil, fmt.Errorf("%w: LETTER_CERT_FILE and LETTER_KEY_FILE: %w", errSettings, err)
	}
	return c, nil
}

// proxies are the networks whose word about a visitor's address is believed.
func (s settings) proxies() ([]netip.Prefix, error) {
	if s.TrustedProxies == "none" {
		return nil, nil
	}
	var all []netip.Prefix
	for text := range strings.FieldsFuncSeq(s.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(text)
		if a, err2 := netip.ParseAddr(text); err2 == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", errSettings, text)
		}
		if p.Bits() == 0 {
			return nil, fmt.Errorf("%w: TRUSTED_PROXIES: %s would believe everybody about where they come from", errSettings, text)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// checkFiles refuses a folder for evidence that others on the machine can look into.
func (s settings) checkFiles() error {
	info, err := os.Stat(s.FilesDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil // it is made, closed
	case err != nil:
		return fmt.Errorf("%w: FILES_DIR: %w", errSettings, err)
	case !info.IsDir():
		return fmt.Errorf("%w: FILES_DIR: %s is not a folder", errSettings, s.FilesDir)
	case info.Mode()&0o007 != 0:
		return fmt.Errorf("%w: FILES_DIR: everybody on this machine can look into %s; run chmod o-rwx %s", errSettings, s.FilesDir, s.FilesDir)
	}
	return nil
}
