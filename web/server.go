// Package web is the site: public pages, the sign-up, the participant's portal
// and the back office. It turns requests into calls and results into pages; it decides nothing.
package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/internal/vault"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/i18n"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// Config is what the site must be told.
type Config struct {
	BaseURL        string         // "https://claim.example": where the site is for its visitors
	TrustedProxies []netip.Prefix // whose word about a visitor's address is believed; empty: nobody's
	Demo           bool           // shows that this is a demonstration
	DemoLinks      []ui.Link      // mail viewer, simulated provider
	DemoPages      http.Handler   // what answers below /demo/; nil: nothing
	StartsASecond  int            // sign-ups that the whole site begins before people wait in line; 0 is 30
	BounceSecret   string         // what who reports bounced mails must know; empty: nobody can
	Ease           int            // how many times looser the limits per place are; 0 is 1. For where everybody comes from one address
}

// Deps are what the pages call.
type Deps struct {
	Pool   *pgxpool.Pool // sessions, log-ins and limits
	Vault  *vault.Vault
	Claims *claims.Service
	People *participants.Service
	Money  *payments.Service
	Staff  *staff.Service
	Now    func() time.Time // the clock of the database handle
	Log    *slog.Logger
	Wake   func(drain string) // asks for work in the background to be done soon; nil: the clock does
	Config Config
}

// Server holds what the pages need. Pages hang off it; it knows none of them.
type Server struct {
	pool   *pgxpool.Pool
	vault  *vault.Vault
	claims *claims.Service
	people *participants.Service
	money  *payments.Service
	staff  *staff.Service
	now    func() time.Time
	log    *slog.Logger
	wake   func(drain string)
	cfg    Config
	base   *url.URL
	words  *i18n.Bundle
	mine   *scs.SessionManager // of participants
	desk   *scs.SessionManager // of staff
}

var errConfig = errors.New("the address of the site is not like https://claim.example")

// New puts the site together.
func New(d Deps) (*Server, error) {
	base, err := url.Parse(d.Config.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.Path != "" {
		return nil, errConfig
	}
	words, err := i18n.New()
	if err != nil {
		return nil, err
	}
	s := &Server{
		pool: d.Pool, vault: d.Vault, claims: d.Claims, people: d.People, money: d.Money, staff: d.Staff,
		now: d.Now, log: d.Log, cfg: d.Config, base: base, words: words,
		mine: newSessions(d.Pool, "__Host-mijn", http.SameSiteLaxMode, mineLife),
		desk: newSessions(d.Pool, "__Host-beheer", http.SameSiteStrictMode, deskLife),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.wake = d.Wake; s.wake == nil {
		s.wake = func(string) {}
	}
	return s, nil
}

// How long somebody stays logged in, and how long they may sit still.
const (
	mineLife = 24 * time.Hour
	mineIdle = 30 * time.Minute
	deskLife = 12 * time.Hour
	deskIdle = 15 * time.Minute
)

// newSessions keeps sessions in the database, by the hash of their id. Rows
// that ended are removed by a drain, not by a timer in each process.
func newSessions(pool *pgxpool.Pool, cookie string, sameSite http.SameSite, life time.Duration) *scs.SessionManager {
	m := scs.New()
	m.Store = pgxstore.NewWithCleanupInterval(pool, 0)
	m.HashTokenInStore = true
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, _ error) { // set once: requests share it
		http.Error(w, "Probeer het zo opnieuw. / Please try again in a moment.", http.StatusServiceUnavailable)
	}
	m.Lifetime = life
	m.Cookie.Name, m.Cookie.Path = cookie, "/"
	m.Cookie.Secure, m.Cookie.HttpOnly, m.Cookie.Persist = true, true, false
	m.Cookie.SameSite = sameSite
	return m
}
