package claims_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
)

// closing sets the closing time of the claim.
func closing(c *claimstest.Case, at time.Time) {
	c.Helper()
	c.Exec(`UPDATE claims SET closes_planned_at = ?, closes_at = ? WHERE id = ?`, at, at, c.Claim.ID)
}

// policy sets what happens to who is late.
func policy(c *claimstest.Case, p claims.LatePolicy, price any) {
	c.Helper()
	c.Force(c.TB, `UPDATE claims SET late_policy = ?, late_price_cents = ? WHERE id = ?`, p, price, c.Claim.ID)
	c.Reload()
}

// moved writes down that the claim made a move, as the schema wants it before the state changes.
const moved = `INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at, approved_by, made_at) VALUES (?, 'open', 'discontinued', 'x', 'staff:3', now(), 'staff:4', now())`

func TestDeadline(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	closes := c.Watch.Now().Add(time.Hour)
	policy(c, claims.LateClosed, nil)
	closing(c, closes)
	tests := []struct {
		name string
		at   time.Duration // when the server received it, from the closing time
		want error
	}{
		{"a millisecond before", -time.Millisecond, nil},
		{"at the closing time itself", 0, claims.ErrClosed},
		{"a millisecond after", time.Millisecond, claims.ErrClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := c.Next()
			token, form := c.Ready(p), c.Form(p)
			form.ReceivedAt = closes.Add(tt.at)
			if _, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form); !errors.Is(err, tt.want) {
				t.Errorf("Sign = %v, want %v", err, tt.want)
			}
		})
	}
}

// What was received in time counts, also if the program comes to it later.
func TestReceivedInTimeIsInTime(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	policy(c, claims.LateClosed, nil)
	closing(c, c.Watch.Now().Add(time.Second))
	c.Watch.Advance(time.Minute)
	if _, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form); err != nil {
		t.Errorf("Sign = %v, want a signature", err)
	}
}

// Many sign while the board ends the case: each is in before the end, or told that it is over.
func TestSigningWhileTheClaimCloses(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	const many = 40
	people, tokens := make([]demo.Person, many), make([]string, many)
	for i := range many {
		people[i] = c.Next()
		tokens[i] = c.Ready(people[i])
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	signed := 0
	for i := range many {
		form := c.Form(people[i])
		wg.Go(func() {
			_, err := c.Claims.Sign(c.Ctx(), c.Claim, tokens[i], form)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				signed++
			case !errors.Is(err, claims.ErrClosed):
				t.Errorf("Sign = %v", err)
			}
		})
		if i == many/2 {
			wg.Go(func() {
				c.Exec(moved, c.Claim.ID)
				c.Exec(`UPDATE claims SET status = 'discontinued', ended_at = ? WHERE id = ?`, c.Watch.Now().Add(time.Hour), c.Claim.ID)
			})
		}
	}
	wg.Wait()
	var n int
	if err := c.DB.Raw(`SELECT count(*) FROM participations`).Scan(&n).Error; err != nil || n != signed {
		t.Errorf("participations = %d, %v, want the %d that were told so", n, err, signed)
	}
	p := c.Next()
	if _, err := c.Claims.Sign(c.Ctx(), c.Claim, c.Ready(p), c.Form(p)); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("Sign after the end = %v, want %v", err, claims.ErrClosed)
	}
}

// A signature that waits for whoever is closing the claim finds it closed.
func TestASignatureWaitsForWhoIsClosing(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	tx := c.DB.Begin()
	if err := tx.Exec(`SELECT 1 FROM claims WHERE id = ? FOR UPDATE`, c.Claim.ID).Error; err != nil {
		t.Fatal(err)
	}
	owner, done := c.OwnerDB(t), make(chan error)
	go func() {
		_, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form)
		done <- err
	}()
	for waiting := 0; waiting == 0; { // until the signature stands before the lock
		select {
		case err := <-done:
			t.Fatalf("Sign = %v while the claim is being closed, want it to wait", err)
		default:
		}
		err := owner.Raw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting).Error
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Exec(moved, c.Claim.ID).Error; err != nil {
		t.Fatal(err)
	}
	if err := tx.Exec(`UPDATE claims SET status = 'discontinued', ended_at = ? WHERE id = ?`, c.Watch.Now(), c.Claim.ID).Error; err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit().Error; err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, claims.ErrClosed) {
		t.Errorf("Sign = %v, want %v", err, claims.ErrClosed)
	}
}
