package claims_test

import (
	"errors"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// halt stops whoever writes to a table at a gate, until open lets them through.
func halt(c *claimstest.Case, table string) (open func()) {
	c.Helper()
	owner := c.OwnerDB(c)
	gate := owner.Begin()
	for _, sql := range []string{`CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1, 1); RETURN NULL; END $$`,
		`CREATE TRIGGER gate BEFORE INSERT ON ` + table + ` FOR EACH STATEMENT EXECUTE FUNCTION gate()`} {
		if err := owner.Exec(sql).Error; err != nil {
			c.Fatal(err)
		}
	}
	if err := gate.Exec(`SELECT pg_advisory_xact_lock(1, 1)`).Error; err != nil {
		c.Fatal(err)
	}
	return func() {
		if err := gate.Rollback().Error; err != nil {
			c.Error(err)
		}
	}
}

// stopped returns when somebody stands before a lock.
func stopped(c *claimstest.Case, done <-chan error) {
	c.Helper()
	owner := c.OwnerDB(c)
	for waiting := 0; waiting == 0; {
		select {
		case err := <-done:
			c.Fatalf("it ended before the gate: %v", err)
		default:
		}
		if err := owner.Raw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting).Error; err != nil {
			c.Fatal(err)
		}
	}
}

// impatient lets every new session wait so long for a lock, as the program's sessions do.
func impatient(c *claimstest.Case, limit string) {
	c.Helper()
	owner := c.OwnerDB(c)
	var name string
	if err := owner.Raw(`SELECT current_database()`).Scan(&name).Error; err != nil {
		c.Fatal(err)
	}
	if err := owner.Exec(`ALTER DATABASE ` + name + ` SET lock_timeout = '` + limit + `'`).Error; err != nil {
		c.Fatal(err)
	}
	c.Pool.Reset()
}

// While a letter freezes, for as long as it takes, everybody else goes on; who signs is told to wait.
func TestPeopleGoOnWhileALetterIsSent(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	letter := c.Approved()
	open := halt(c, "letter_files")
	done := make(chan error, 1)
	go func() { done <- c.Claims.SendLetter(c.Ctx(), claimstest.Board, c.Claim.ID, letter.Ordinal) }()
	stopped(c, done)

	impatient(c, "50ms")
	if _, _, err := c.People.StartSignup(c.Ctx(), c.Claim.ID, "nl"); err != nil {
		t.Errorf("begin a sign-up: %v", err)
	}
	if err := c.People.AskResume(c.Ctx(), c.Claim.ID, p.Email, "nl", "another browser"); err != nil {
		t.Errorf("ask for a code: %v", err)
	}
	if _, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form); !errors.Is(err, claims.ErrBusy) {
		t.Errorf("sign: %v, want %v", err, claims.ErrBusy)
	}
	impatient(c, "0")
	open()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form); err != nil {
		t.Errorf("sign afterwards: %v", err)
	}
	c.Sound()
}
