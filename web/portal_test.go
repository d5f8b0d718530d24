package web

import (
	"log/slog"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/web/staff"
)

// caseSite is the whole site over a case whose people are in every state that a test brings them in.
type caseSite struct {
	*site
	*claimstest.Case
}

// setupCase starts a site over a case with one open claim.
func setupCase(t *testing.T, slug string) caseSite {
	t.Helper()
	return siteOver(t, claimstest.Of(t, slug), testBase)
}

func siteOver(t *testing.T, c *claimstest.Case, base string) caseSite {
	t.Helper()
	log := &journal{}
	server, err := New(Deps{
		Pool: c.Pool, Vault: c.Vault, Claims: c.Claims, People: c.People, Money: c.Money, Staff: staff.New(c.DB, c.Vault, base), Now: c.Watch.Now,
		Log: slog.New(slog.NewTextHandler(log, nil)), Config: Config{BaseURL: base},
	})
	must(t, err)
	return caseSite{&site{Server: server, handler: server.Handler(), data: c.Database, pool: c.Pool, mollie: c.Mollie, zoom: c.Claim, log: log, files: c.Files}, c}
}

// as is a browser in which a member is logged in, and the address of their case.
func (s caseSite) as(m claimstest.Member) (*client, string) {
	s.Helper()
	p := s.Participation(m)
	return s.loggedIn(s.TB, p.ParticipantID), "/nl/mijn/" + p.Ref
}

// joined is a site with one member, logged in.
func joined(t *testing.T, option claims.FeeOption) (caseSite, claimstest.Member, *client, string) {
	t.Helper()
	s := setupCase(t, "zoom")
	m := s.JoinWith(1, option)[0]
	b, home := s.as(m)
	return s, m, b, home
}
