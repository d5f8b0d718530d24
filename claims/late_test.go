package claims_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

const latePrice = payments.Cents(2500)

// late is a claim of a policy whose first letter went an hour ago.
func late(t *testing.T, p claims.LatePolicy) *claimstest.Case {
	t.Helper()
	c := claimstest.New(t)
	var price any
	if p == claims.LatePaid {
		price = latePrice
	}
	policy(c, p, price)
	c.Join(2)
	c.Send()
	c.Watch.Advance(time.Hour)
	return c
}

// signLate signs a claim as the page of a late sign-up would.
func signLate(c *claimstest.Case, shown payments.Cents, option claims.FeeOption) (claimstest.Member, error) {
	c.Helper()
	p := c.Next()
	p.FeeOption = string(option)
	token, form := c.Ready(p), c.Form(p)
	form.LateCents = shown
	j, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form)
	return claimstest.Member{Joined: j, Person: p, Token: token}, err
}

// joinLate is signLate for the price that counts.
func joinLate(c *claimstest.Case, shown payments.Cents, option claims.FeeOption) claimstest.Member {
	c.Helper()
	m, err := signLate(c, shown, option)
	if err != nil {
		c.Fatal(err)
	}
	return m
}

func TestWhereLateIsTheEnd(t *testing.T) {
	t.Parallel()
	c := late(t, claims.LateClosed)
	if _, err := signLate(c, 0, claims.Flat); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("sign after the letter = %v, want %v", err, claims.ErrClosed)
	}
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	form.ReceivedAt = c.Claim.CutoffAt.Add(-time.Millisecond) // it waited for the letter
	j, err := c.Claims.Sign(t.Context(), c.Claim, token, form)
	if err != nil {
		t.Fatalf("received in time: %v", err)
	}
	if again, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p)); err != nil || again.Number != j.Number {
		t.Errorf("sent again an hour later = %+v, %v, want the same participation", again, err)
	}
	if l := c.Send(); l.Ordinal != 2 || *l.Count != 1 {
		t.Errorf("letter %d with %d people, want a supplementary letter with the one in time", l.Ordinal, *l.Count)
	}
}

func TestWhereLateIsForTheNextLetter(t *testing.T) {
	t.Parallel()
	c := late(t, claims.LateWaitlist)
	m, err := signLate(c, 0, claims.Percentage)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Participation(m); p.LatePriceCents != nil {
		t.Errorf("it costs %d ahead, want nothing", *p.LatePriceCents)
	}
	if l := c.Send(); l.Ordinal != 2 || *l.Count != 1 {
		t.Errorf("letter %d with %d people, want a supplementary letter with one", l.Ordinal, *l.Count)
	}
}

// An outage that is counted afterwards makes who was late in time: who had not paid owes nothing ahead, and what was paid stays.
func TestAnOutageCountedLaterMakesInTime(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	policy(c, claims.LatePaid, latePrice)
	c.Watch.Advance(2 * time.Hour) // it was open for so long
	c.Join(2)
	c.Send()
	c.Watch.Advance(time.Hour)
	pays, owes := joinLate(c, latePrice, claims.Percentage), joinLate(c, latePrice, claims.Flat)
	c.Prepay(pays)
	now := c.Watch.Now()
	must(t, c.Claims.RecordOutage(t.Context(), claimstest.Register, now.Add(-3*time.Hour), now, "De stroom viel uit"))
	id := claimstest.One[int64](c, `SELECT max(id) FROM outages`)
	c.Watch.Advance(2 * time.Hour) // beyond what the outage adds
	after := joinLate(c, latePrice, claims.Flat)
	must(t, c.Claims.ApproveOutage(t.Context(), claimstest.Board, id))
	owing := claimstest.One[string](c, `SELECT string_agg(number, ' ' ORDER BY id) FROM participations WHERE late_price_cents IS NOT NULL`)
	if owing != pays.Number+" "+after.Number {
		t.Errorf("a price ahead is with %s, want %s, who paid it, and %s, who is late still", owing, pays.Number, after.Number)
	}
	must(t, changeFee(c, owes, claims.Percentage))
}

// Who is late pays what the page said, before a letter covers them; it is an advance on the fee, whichever they chose.
func TestWhereLateIsPaid(t *testing.T) {
	t.Parallel()
	c := late(t, claims.LatePaid)
	for _, wrong := range []payments.Cents{0, -1, latePrice - 1, c.Claim.FlatFeeCents} {
		if _, err := signLate(c, wrong, claims.Flat); !errors.Is(err, claims.ErrLatePrice) {
			t.Errorf("shown %d: %v, want %v", wrong, err, claims.ErrLatePrice)
		}
	}
	pays, owes, revokes := joinLate(c, latePrice, claims.Percentage), joinLate(c, latePrice, claims.Flat), joinLate(c, latePrice, claims.Flat)
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'welcome' AND data->>'Late' = 'yes'`); n != 3 {
		t.Errorf("%d welcomes say that they pay ahead, want 3", n)
	}
	c.Prepay(pays)
	c.Prepay(revokes)
	if got := claimstest.One[payments.Cents](c, `SELECT -sum(amount_cents) FROM entries WHERE account = '2000'`); got != 2*latePrice {
		t.Errorf("the books owe %d for what was prepaid, want %d", got, 2*latePrice)
	}
	if _, err := c.Claims.Prepay(t.Context(), c.Claim, c.Participation(pays), "nl", "http://localhost/terug"); !errors.Is(err, payments.ErrAlreadyPaid) {
		t.Errorf("paying twice = %v, want %v", err, payments.ErrAlreadyPaid)
	}
	if err := c.Claims.Revoke(t.Context(), visitor, c.Participation(revokes)); err != nil {
		t.Fatal(err)
	}
	c.Drain("refunds")
	if got := claimstest.One[string](c, `SELECT r.reason || ' ' || r.amount_cents FROM refunds r JOIN prepayments y ON y.id = r.prepayment_id WHERE y.participation_id = ?`, revokes.ParticipationID); got != "withdrawn 2500" {
		t.Errorf("who revoked gets back %q, want all of it", got)
	}
	l := c.Send()
	if *l.Count != 1 || *c.Participation(pays).LetterID != l.ID || c.Participation(owes).LetterID != nil {
		t.Errorf("%d in the supplementary letter, want only who paid", *l.Count)
	}
	c.Prepay(owes)
	if l := c.Send(); *l.Count != 1 || *c.Participation(owes).LetterID != l.ID {
		t.Errorf("%d in the letter after that, want who has paid now", *l.Count)
	}
}

// What was paid ahead settles the fee as far as it goes, with the percentage as well; what is too much goes back.
func TestAnAdvanceIsSetOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name              string
		option            claims.FeeOption
		gross             payments.Cents
		fee, used, payout payments.Cents
		back              payments.Cents
	}{
		{"the flat fee is higher", claims.Flat, 20_000, 5000, 2500, 17_500, 0},
		{"the percentage is higher", claims.Percentage, 20_000, 4000, 2500, 18_500, 0},
		{"the percentage is lower", claims.Percentage, 10_000, 2000, 2000, 10_000, 500},
		{"the award is lower than all of it", claims.Flat, 1000, 1000, 1000, 1000, 1500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := late(t, claims.LatePaid)
			m := joinLate(c, latePrice, tt.option)
			c.Prepay(m)
			c.Send()
			c.Arrive(1)
			c.Arrive(2)
			pot := 3 * tt.gross
			c.Settle(pot)
			c.Receive(pot)
			c.Distribute()
			var a claims.Award
			if err := c.DB.Raw(`SELECT * FROM awards WHERE participation_id = ?`, m.ParticipationID).Scan(&a).Error; err != nil {
				t.Fatal(err)
			}
			if a.GrossCents != tt.gross || a.FeeCents != tt.fee || a.PrepaidCents != tt.used || a.PayoutCents != tt.payout {
				t.Errorf("fee %d, of it paid ahead %d, payout %d; want %d, %d, %d", a.FeeCents, a.PrepaidCents, a.PayoutCents, tt.fee, tt.used, tt.payout)
			}
			if got := claimstest.One[payments.Cents](c, `SELECT coalesce(sum(r.amount_cents), 0) FROM refunds r JOIN prepayments y ON y.id = r.prepayment_id WHERE y.participation_id = ?`, m.ParticipationID); got != tt.back {
				t.Errorf("%d goes back, want %d", got, tt.back)
			}
		})
	}
}

func TestAnAdvanceGoesBackWhenTheCaseIsLost(t *testing.T) {
	t.Parallel()
	c := late(t, claims.LatePaid)
	m := joinLate(c, latePrice, claims.Percentage)
	c.Prepay(m)
	c.Send()
	c.Arrive(1)
	c.MoveTo(claims.Litigation)
	c.MoveTo(claims.Lost)
	c.Drain("refunds")
	if got := claimstest.One[payments.Cents](c, `SELECT sum(r.amount_cents) FROM refunds r JOIN prepayments y ON y.id = r.prepayment_id WHERE y.participation_id = ? AND r.reason = 'lost'`, m.ParticipationID); got != latePrice {
		t.Errorf("%d goes back, want all of %d", got, latePrice)
	}
}

// Another fee option keeps the advance: it is one on either.
func TestAnotherOptionKeepsTheAdvance(t *testing.T) {
	t.Parallel()
	c := late(t, claims.LatePaid)
	m := joinLate(c, latePrice, claims.Flat)
	c.Prepay(m)
	if err := c.Claims.ChangeFee(t.Context(), c.Claim, c.Participation(m), claims.Percentage, c.Form(m.Person)); err != nil {
		t.Fatal(err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM refunds`); n != 0 {
		t.Errorf("%d refunds, want none", n)
	}
	if l := c.Send(); *l.Count != 1 {
		t.Errorf("%d in the letter, want 1", *l.Count)
	}
}

// Two hundred sign while the annex freezes, under each policy: each is in the annex, or outside it, and told so.
func TestTwoHundredRaceTheFreeze(t *testing.T) {
	t.Parallel()
	for _, p := range claims.LatePolicies {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			var price any
			if p == claims.LatePaid {
				price = latePrice
			}
			policy(c, p, price)
			c.Join(2)
			race(c, 200)
			signed := claimstest.One[int](c, `SELECT count(*) FROM participations`)
			inside := claimstest.One[int](c, `SELECT count(*) FROM participations t JOIN annex_rows a ON a.participation_id = t.id AND a.letter_id = t.letter_id
				JOIN fee_options f ON f.id = a.fee_option_id AND f.locked_at IS NOT NULL WHERE t.status = 'included'`)
			outside := claimstest.One[int](c, `SELECT count(*) FROM participations t WHERE status = 'active' AND letter_id IS NULL AND late_price_cents IS NULL
				AND NOT EXISTS (SELECT FROM annex_rows a WHERE a.participation_id = t.id)`)
			if inside+outside != signed {
				t.Errorf("%d in the annex and %d outside it, of %d", inside, outside, signed)
			}
			if p != claims.LateWaitlist && outside > 0 {
				t.Errorf("%d signed after the freeze, for free; want them to be told that it is too late", outside)
			}
			t.Logf("%d in, %d outside, %d told that they were late", inside, outside, 202-signed)
		})
	}
}

// race has many sign while the first letter goes out, and expects each to be told how that ended.
func race(c *claimstest.Case, many int) {
	c.Helper()
	type ready struct {
		token string
		form  claims.SignForm
	}
	all := make([]ready, many)
	for i := range all {
		p := c.Next()
		all[i] = ready{c.Ready(p), c.Form(p)}
	}
	c.Approved()
	var wg sync.WaitGroup
	for i, r := range all {
		if i == many/2 {
			wg.Go(func() {
				if err := c.Claims.SendLetter(c.Ctx(), claimstest.Board, c.Claim.ID, 1); err != nil {
					c.Errorf("send the letter: %v", err)
				}
			})
		}
		wg.Go(func() {
			j, err := c.Claims.Sign(c.Ctx(), c.Claim, r.token, r.form)
			told, lookup := c.People.Signup(c.Ctx(), c.Claim.ID, r.token)
			switch {
			case lookup != nil:
				c.Errorf("look at the sign-up: %v", lookup)
			case err == nil && (told.ParticipationID == nil || *told.ParticipationID != j.ParticipationID):
				c.Errorf("told that number %s takes part, which does not", j.Number)
			case err != nil && told.ParticipationID != nil:
				c.Errorf("told %v, and takes part", err)
			case err != nil && !errors.Is(err, claims.ErrClosed) && !errors.Is(err, claims.ErrLatePrice):
				c.Errorf("Sign = %v", err)
			}
		})
	}
	wg.Wait()
}

// overtaken sends the letter between a signature's look at the claim and its rows: the signature goes on once the letter
// is out, or waits for it. It returns how sending ends.
func overtaken(c *claimstest.Case) (sent error) {
	c.Helper()
	policy(c, claims.LateClosed, nil)
	c.Join(2)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	c.Approved()
	owner, done := c.OwnerDB(c.TB), make(chan error, 1)
	waits := func() (n int) {
		if err := owner.Raw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n).Error; err != nil {
			c.Error(err)
		}
		return n
	}
	var once sync.Once
	err := c.DB.Callback().Row().After("gorm:row").Register("overtaken", func(db *gorm.DB) {
		if !strings.Contains(db.Statement.SQL.String(), "late_price_cents FROM claims") {
			return
		}
		once.Do(func() {
			go func() { done <- c.Claims.SendLetter(context.WithoutCancel(c.Ctx()), claimstest.Board, c.Claim.ID, 1) }()
			for len(done) == 0 && waits() == 0 && c.Ctx().Err() == nil {
			}
		})
	})
	if err != nil {
		c.Fatal(err)
	}
	if _, err := c.Claims.Sign(c.Ctx(), c.Claim, token, form); err != nil {
		c.Fatal(err)
	}
	return <-done
}

// A letter waits for the signatures that are under way.
func TestTheLetterWaitsForASignature(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	if err := overtaken(c); err != nil {
		t.Fatal(err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM annex_rows`); n != 3 {
		t.Errorf("%d in the annex, want all 3", n)
	}
}

// The control: without the locks the letter overtakes it, and who was told to be in is in no annex, after the end.
func TestTheControlOfTheFreeze(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	unguarded(c)
	if err := overtaken(c); err != nil {
		t.Fatalf("send without locks: %v", err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM participations WHERE status = 'active' AND letter_id IS NULL`); n != 1 {
		t.Errorf("%d signed after the end, want one: else the tests beside this see nothing", n)
	}
}
