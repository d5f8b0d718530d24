// Package claimstest is a whole case for tests: a foundation, an open claim,
// people who join it, a simulated Mollie and a bank that writes statements.
// Everything goes through the same functions as in the program.
package claimstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
	"samenclaim/internal/files"
	"samenclaim/internal/locale"
	"samenclaim/internal/vault"
	"samenclaim/migrations/pgtest"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie/mollietest"
)

// The members of staff of every case, one for each role; their accounts exist.
const (
	Intake     = audit.Actor("staff:1")
	Register   = audit.Actor("staff:2")
	Lawyer     = audit.Actor("staff:3")
	Board      = audit.Actor("staff:4")
	Accountant = audit.Actor("staff:5")
	Privacy    = audit.Actor("staff:6")
	Admin      = audit.Actor("staff:7")
	Board2     = audit.Actor("staff:8")
	Lawyer2    = audit.Actor("staff:9")
)

var roles = []string{"intake", "register", "lawyer", "board", "accountant", "privacy", "admin", "board", "lawyer"}

// Case is a foundation with one open claim.
type Case struct {
	testing.TB
	pgtest.Database
	Vault  *vault.Vault
	Files  *files.Store
	Mollie *mollietest.Simulator
	People *participants.Service
	Money  *payments.Service
	Claims *claims.Service
	Claim  claims.Claim // as it was when somebody last looked: Reload looks again

	// Damaged keeps the end of the test from asking whether all rules still hold.
	Damaged bool

	crowd  []demo.Person
	joined int
	days   int            // of the bank's statements
	bank   payments.Cents // what the bank says there is
}

// New returns a case with the claim "zoom", open for sign-ups. At the end of
// the test the whole database is recounted.
func New(t testing.TB) *Case {
	t.Helper()
	return Of(t, "zoom")
}

// sealedKey opens the vault of all tests.
var sealedKey = sync.OnceValues(vault.NewDemoMaster)

// Of returns a case with one of the demo's claims, open for sign-ups.
func Of(t testing.TB, slug string) *Case {
	t.Helper()
	c := over(t, pgtest.Seeded(t, slug, func(d pgtest.Database) { over(t, d).open(slug) }))
	var err error
	c.Claim, err = c.Claims.ClaimBySlug(c.Ctx(), slug)
	c.must(err)
	t.Cleanup(func() {
		if !t.Failed() && !t.Skipped() && !c.Damaged {
			if c.Watch.Now().After(pgtest.Clock) {
				c.Post() // no mail may wait for long
			}
			c.Sound()
		}
	})
	return c
}

// open gives an empty installation its staff, the foundation and an open claim.
func (c *Case) open(slug string) {
	c.Helper()
	for i, role := range roles {
		c.Exec(`INSERT INTO staff (email, name, roles, created_at) VALUES (?, ?, ARRAY[?], ?)`,
			fmt.Sprintf("staff%d@samenclaim.example", i+1), role, role, c.Watch.Now())
	}
	foundation, err := claims.ParseFoundation(demo.Files, "foundation.json")
	c.must(err)
	file, err := claims.ParseClaim(demo.Files, "claims/"+slug+".json")
	c.must(err)
	c.must(c.Claims.ImportFoundation(c.Ctx(), Admin, foundation))
	c.Claim, err = c.Claims.ImportClaim(c.Ctx(), Admin, file)
	c.must(err)
	c.MoveTo(claims.Open)
}

// over is the program on a database.
func over(t testing.TB, d pgtest.Database) *Case {
	t.Helper()
	c := &Case{TB: t, Database: d}
	key, err := sealedKey()
	c.must(err)
	c.Vault, err = vault.OpenDemo(key)
	c.must(err)
	c.Files, err = files.Open(t.TempDir())
	c.must(err)
	t.Cleanup(func() { _ = c.Files.Close() })
	sim, client := mollietest.Start(t, func(o *mollietest.Options) { o.Now = c.Watch.Now })
	c.Mollie = sim
	c.People = participants.New(c.DB, c.Vault)
	c.Money = payments.New(c.DB, c.Vault, client, payments.Config{BaseURL: "http://localhost", FilePart: 5})
	c.Claims = claims.New(c.DB, c.Vault, c.Files, c.People, c.Money, func(string) {})
	c.Claims.SignLettersWith(certificate(t))
	c.Claims.MailFrom("http://localhost", "zaak@samenclaim.example")
	return c
}

// selfMade is the certificate of all tests.
var selfMade = sync.OnceValues(func() (*letter.Certificate, error) {
	chain, key, err := letter.SelfSigned("Stichting Proef", NewYear.AddDate(-2, 0, 0))
	if err != nil {
		return nil, err
	}
	return letter.OpenCertificate(chain, key)
})

func certificate(t testing.TB) *letter.Certificate {
	t.Helper()
	c, err := selfMade()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Ctx is the time the test has.
func (c *Case) Ctx() context.Context { return c.Context() }

func (c *Case) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// Exec runs a statement with the rights of the program.
func (c *Case) Exec(sql string, args ...any) {
	c.Helper()
	c.must(c.DB.WithContext(c.Ctx()).Exec(sql, args...).Error)
}

// One reads one value.
func One[T any](c *Case, sql string, args ...any) T {
	c.Helper()
	var v T
	c.must(c.DB.WithContext(c.Ctx()).Raw(sql, args...).Scan(&v).Error)
	return v
}

// Reload looks at the claim again.
func (c *Case) Reload() claims.Claim {
	c.Helper()
	var err error
	c.Claim, err = c.Claims.Claim(c.Ctx(), c.Claim.ID)
	c.must(err)
	return c.Claim
}

// Paper is a document that a move can rest on.
var Paper = []byte("%PDF-1.4\n%%EOF\n")

// Judgment proposes a move with all that any move can need: a reason, a document, and a judgment that is final today.
func Judgment(to claims.Status, now time.Time) claims.Proposal {
	today := locale.Today(now)
	return claims.Proposal{To: to, Reason: "for the test", Document: Paper, FinalOn: &today}
}

// MoveTo moves the claim to a state that follows, with as many people as that takes.
func (c *Case) MoveTo(to claims.Status) {
	c.Helper()
	c.must(c.Claims.ProposeMove(c.Ctx(), Lawyer, []string{"lawyer", "board", "accountant"}, c.Claim.ID, Judgment(to, c.Watch.Now())))
	if c.Reload().Status == to {
		return
	}
	if open, err := c.Claims.OpenMove(c.Ctx(), c.Claim.ID); err != nil || open != nil {
		c.must(err)
		c.must(c.Claims.ApproveMove(c.Ctx(), Board, c.Claim.ID))
	}
	c.Reload()
}

// Status expects the claim to be in a state.
func (c *Case) Status(want claims.Status) {
	c.Helper()
	if got := c.Reload().Status; got != want {
		c.Errorf("the claim is %s, want %s", got, want)
	}
}

// Sound expects that no rule of the database is broken, and that a recount finds no difference.
func (c *Case) Sound() {
	c.Helper()
	found, err := payments.Verify(context.Background(), c.DB) // the test's own context may be over
	if err != nil {
		c.Errorf("verify: %v", err)
	}
	for _, d := range found {
		c.Errorf("verify finds: %+v", d)
	}
}

// Eight does the same eight times at once and counts how each ended, by the sentinel it wraps.
func Eight(do func(i int) error, sentinels ...error) map[error]int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	ends := map[error]int{}
	for i := range 8 {
		wg.Go(func() {
			err := do(i)
			for _, known := range sentinels {
				if errors.Is(err, known) {
					err = known
				}
			}
			mu.Lock()
			ends[err]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return ends
}

// Drain does the work that waits for one drain, until there is no more.
func (c *Case) Drain(name string) {
	c.Helper()
	for _, d := range c.Claims.Drains() {
		for more := d.Name == name; more; {
			var err error
			more, err = d.Run(c.Ctx())
			c.must(err)
		}
	}
}
