package claims_test

import (
	"context"
	"errors"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
)

// far is how far the freezing of the first letter is told to be.
func far(c *claimstest.Case) claims.LetterProgress {
	c.Helper()
	l, err := c.Claims.Letter(c.Ctx(), c.Claim.ID, 1)
	if err != nil {
		c.Fatal(err)
	}
	p, err := c.Claims.LetterProgress(c.Ctx(), l.ID)
	if err != nil {
		c.Fatal(err)
	}
	if p == nil {
		return claims.LetterProgress{}
	}
	return *p
}

// While nobody can look into the transaction, the rows that it wrote are told.
func TestStaffSeeHowFarAFreezeIs(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Approved()
	if p := far(c); p.Step != "" {
		t.Errorf("before anybody sends it, progress is %+v", p)
	}
	open := halt(c, "letter_files")
	done := make(chan error, 1)
	go func() { done <- c.Claims.SendLetter(c.Ctx(), claimstest.Board, c.Claim.ID, 1) }()
	stopped(c, done)
	for far(c).Step != claims.StepFiles { // it is told beside the work
		if c.Ctx().Err() != nil {
			t.Fatal("the files are never told")
		}
	}
	p := far(c)
	if p.Done != 3 || p.Total != 3 || p.StartedBy != claimstest.Board || !p.Going() {
		t.Errorf("progress = %+v, want 3 of 3 rows, and going on", p)
	}
	open()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if p := far(c); p.Step != claims.StepDone || p.Going() {
		t.Errorf("afterwards progress = %+v, want done", p)
	}
}

func TestAFreezeThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Approved()
	c.Exec(`UPDATE participations SET status = 'withdrawn', ended_at = now()`)
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); !errors.Is(err, claims.ErrNobody) {
		t.Fatalf("send for nobody = %v", err)
	}
	if p := far(c); p.Step != claims.StepFailed || p.Going() {
		t.Errorf("progress = %+v, want failed", p)
	}
	c.Exec(`UPDATE participations SET status = 'active', ended_at = NULL`)
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); err != nil {
		t.Fatal(err)
	}
	if p := far(c); p.Step != claims.StepDone || p.Done != 1 {
		t.Errorf("progress of the second time = %+v, want done", p)
	}
}

func TestEightSendAndOneTellsHowFar(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Approved()
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.SendLetter(context.Background(), audit.Staff(int64(10+i)), c.Claim.ID, 1)
	}, claims.ErrWrongState)
	if p := far(c); ends[nil] != 1 || p.Done != 0 && p.Done != 3 {
		t.Errorf("sent eight times at once = %v, with progress %+v", ends, p)
	}
	c.Status(claims.LetterSent)
}

// What the annex says of a participation has to be so, whoever writes it.
func TestTheSchemaWantsATrueAnnex(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	c.Approved()
	owner := c.OwnerDB(t)
	const row = `INSERT INTO annex_rows (letter_id, position, participation_id, number, mandate_id, fee_option_id, mandate_sha256, commitment)
		SELECT 1, 0, t.id, t.number, m.id, f.id, m.mandate_sha256, sha256('c') FROM participations t JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = t.id WHERE t.id = 1`
	for name, sql := range map[string]string{
		"a participation that is none": `INSERT INTO annex_rows VALUES (1, 0, 99, 'ZM-2222-2222', 1, 1, sha256('x'), sha256('c'))`,
		"another number":               `INSERT INTO annex_rows SELECT 1, 0, t.id, 'ZM-2222-2222', m.id, f.id, m.mandate_sha256, sha256('c') FROM participations t JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = t.id WHERE t.id = 1`,
		"the mandate of another":       `INSERT INTO annex_rows SELECT 1, 0, t.id, t.number, m.id, f.id, m.mandate_sha256, sha256('c') FROM participations t JOIN mandates m ON m.participation_id = 2 JOIN fee_options f ON f.participation_id = t.id WHERE t.id = 1`,
		"the fee option of another":    `INSERT INTO annex_rows SELECT 1, 0, t.id, t.number, m.id, f.id, m.mandate_sha256, sha256('c') FROM participations t JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = 2 WHERE t.id = 1`,
		"another hash of the mandate":  `INSERT INTO annex_rows SELECT 1, 0, t.id, t.number, m.id, f.id, sha256('x'), sha256('c') FROM participations t JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = t.id WHERE t.id = 1`,
		"a letter that is none":        `INSERT INTO annex_rows SELECT 9, 0, t.id, t.number, m.id, f.id, m.mandate_sha256, sha256('c') FROM participations t JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = t.id WHERE t.id = 1`,
		"a salt of nobody in it":       `INSERT INTO annex_salts SELECT 1, sha256('s'), key_wrapped FROM participations WHERE id = 1`,
	} {
		if err := owner.Exec(sql).Error; err == nil {
			t.Errorf("the schema takes an annex with %s", name)
		}
	}
	tx := owner.Begin()
	defer tx.Rollback()
	must(t, tx.Exec(row).Error)
	for _, sql := range []string{`DELETE FROM fee_options WHERE id = 1`, `DELETE FROM participations WHERE id = 1`, `DELETE FROM letters`} {
		must(t, tx.Exec(`SAVEPOINT s`).Error)
		if err := tx.Exec(sql).Error; err == nil {
			t.Errorf("who stands in an annex can be taken away: %s", sql)
		}
		must(t, tx.Exec(`ROLLBACK TO s`).Error)
	}
}
