package claims_test

import (
	"errors"
	"testing"
	"time"

	"samenclaim/claims/claimstest"
)

// Who began and did not sign hears when signing ends, once for each announcement; nobody else does.
func TestWhoHasNotSignedHearsWhenSigningEnds(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	half, signs := c.Next(), c.Next()
	c.Ready(half)
	token := c.Ready(signs)
	closing(c, c.Watch.Now().Add(20*24*time.Hour))
	c.Reload()
	told := func(want int) {
		t.Helper()
		failed := claimstest.Eight(func(int) error {
			for _, d := range c.Claims.Drains() {
				for more, n := d.Name == "closing", 0; more; n++ {
					if n == 5 {
						return errors.New("whom to tell never ends")
					}
					var err error
					if more, err = d.Run(c.Ctx()); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if failed[nil] != 8 {
			t.Fatalf("eight at once: %v", failed)
		}
		if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'closing'`); n != want {
			t.Fatalf("%d mails, want %d", n, want)
		}
	}
	told(0)
	c.Watch.Advance(6*24*time.Hour + time.Minute)
	told(2)
	told(2)
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'closing' AND recipient = ? AND data::text NOT LIKE '%' || ? || '%'`, half.Email, half.LastName); n != 1 {
		t.Errorf("%d mails to who began, want 1 without a name", n)
	}
	if _, err := c.Claims.Sign(c.Ctx(), c.Reload(), token, c.Form(signs)); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(11 * 24 * time.Hour)
	told(3)
	c.Ready(c.Next()) // begun just now: at work
	c.Watch.Advance(2 * 24 * time.Hour)
	c.Ready(c.Next())
	told(5)
	c.Watch.Advance(24 * time.Hour)
	told(5)
}
