package claims_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

// The controls: what keeps eight at once apart is taken out of what a case asks of its
// database, everybody looks before anybody writes, and then it goes wrong. Else the
// tests beside them would see nothing.

// unguarded takes the locks out of every statement, and what the pairs say: a pattern and what stands in its place.
func unguarded(c *claimstest.Case, pairs ...string) {
	c.Helper()
	c.Damaged = true
	pairs = append(pairs, `pg_advisory_xact_lock(_shared)?\((\$\d+), (\$\d+)\)`, `int4pl($2, $3)`, `pg_advisory_xact_lock\((\$\d+), 0\)`, `int4pl($1, 0)`,
		`pg_advisory_xact_lock\(hashtext\((\$\d+)\)\)`, `hashtext($1)`, ` FOR (NO KEY )?UPDATE( OF \w+)?( SKIP LOCKED)?`, ``)
	out := func(db *gorm.DB) {
		delete(db.Statement.Clauses, "FOR")
		sql := db.Statement.SQL.String()
		for i := 0; i < len(pairs); i += 2 {
			sql = regexp.MustCompile(pairs[i]).ReplaceAllString(sql, pairs[i+1])
		}
		db.Statement.SQL.Reset()
		db.Statement.SQL.WriteString(sql)
	}
	on := c.DB.Callback()
	for _, err := range []error{
		on.Query().Before("gorm:query").Register("unguarded", out), on.Row().Before("gorm:row").Register("unguarded", out), on.Raw().Before("gorm:raw").Register("unguarded", out),
	} {
		if err != nil {
			c.Fatal(err)
		}
	}
}

// meet has the first n who asked this wait for each other with the answer in hand.
func meet(c *claimstest.Case, n int, asked string) {
	c.Helper()
	var mu sync.Mutex
	left, all := n, make(chan struct{})
	wait := func(db *gorm.DB) {
		if !strings.Contains(db.Statement.SQL.String(), asked) {
			return
		}
		mu.Lock()
		late := left == 0
		if left--; left == 0 {
			close(all)
		}
		mu.Unlock()
		if late {
			return
		}
		select {
		case <-all:
		case <-c.Ctx().Done():
		}
	}
	on := c.DB.Callback()
	for _, err := range []error{on.Query().After("gorm:query").Register("meet", wait), on.Row().After("gorm:row").Register("meet", wait)} {
		if err != nil {
			c.Fatal(err)
		}
	}
}

// ownerDoes changes the schema.
func ownerDoes(c *claimstest.Case, sql string) {
	c.Helper()
	if err := c.OwnerDB(c.TB).Exec(sql).Error; err != nil {
		c.Fatal(err)
	}
}

// logged counts the lines of the log about something.
func logged(c *claimstest.Case, action string) int {
	return claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = ?`, action)
}

// anyState takes the state out of a move: it no longer matters where somebody came from.
var anyState = []string{`WHERE status = (\$\d+) AND \(`, `WHERE $1::text <> '' AND (`}

func TestWithoutItsGuardsAnEstateEndsTwice(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := die(c, m, "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	p := c.Participation(m)
	unguarded(c, anyState...)
	meet(c, 8, `FROM "estates"`)
	ends := claimstest.Eight(func(int) error { return c.Claims.EndEstate(c.Ctx(), claimstest.Register, p, "mistake") }, claims.ErrWrongState)
	if ends[nil] < 2 || logged(c, "participation.estate_ended") < 2 {
		t.Errorf("without its guards an estate ends %v: the test of its end does not see what they are for", ends)
	}
}

func TestWithoutItsLockALetterIsApprovedByMany(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	l := c.Proposed()
	unguarded(c)
	meet(c, 8, `FROM "letters"`)
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.ApproveLetter(c.Ctx(), audit.Staff(int64(20+i)), c.Claim.ID, l.Ordinal)
	}, claims.ErrWrongState)
	if ends[nil] < 2 || logged(c, "letter.approved") < 2 {
		t.Errorf("without its lock a letter is approved %v: TestProposedAndSentOnceByEight does not see what it is for", ends)
	}
}

func TestWithoutItsGuardsADeathIsRecordedTwice(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if ends := claimstest.Eight(func(int) error { return die(c, m, "2026-10-20") }); ends[nil] != 1 || logged(c, "participation.death_reported") != 1 {
		t.Errorf("recorded eight times at once = %v, want once", ends)
	}
	c = claimstest.New(t)
	m = c.Join(1)[0]
	p := c.Participation(m)
	ownerDoes(c, `DROP INDEX estates_one_open`)
	unguarded(c, anyState...)
	meet(c, 8, `FROM "participations"`)
	ends := claimstest.Eight(func(int) error { return dieAs(c, p, "2026-10-20") })
	if ends[nil] < 2 || claimstest.One[int](c, `SELECT count(*) FROM estates`) < 2 {
		t.Errorf("without its guards a death is recorded %v: the test above does not see what they are for", ends)
	}
}

func TestTheIndexIsWhatHoldsOneTakeover(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	ownerDoes(c, `DROP INDEX takeovers_one_open`)
	c.Damaged = true
	wish := claims.TakeoverWish{Kind: claims.TakeoverRepresentative, Scope: "all", Contact: claims.Contact{Name: "C", Email: "c@proef.example", Lang: "nl"}}
	ends := claimstest.Eight(func(int) error {
		return c.Claims.ProposeTakeover(c.Ctx(), claimstest.Intake, c.Participation(m), wish, proofPaper())
	}, claims.ErrTakeoverOpen)
	if ends[nil] < 2 {
		t.Errorf("without the index %v: the test of proposing does not see what it is for", ends)
	}
}

// proposed is a takeover that waits for its second person.
func proposed(t *testing.T) (*claimstest.Case, claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	wish := claims.TakeoverWish{Kind: claims.TakeoverRepresentative, Scope: "all", Contact: claims.Contact{Name: "C", Email: "c@proef.example", Lang: "nl"}}
	if err := c.Claims.ProposeTakeover(t.Context(), claimstest.Intake, c.Participation(m), wish, proofPaper()); err != nil {
		t.Fatal(err)
	}
	return c, m
}

func TestATakeoverIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	accept := func(c *claimstest.Case, m claimstest.Member) map[error]int {
		p := c.Participation(m)
		return claimstest.Eight(func(int) error { return c.Claims.AcceptTakeover(c.Ctx(), claimstest.Register, p) }, claims.ErrWrongState)
	}
	c, m := proposed(t)
	if ends := accept(c, m); ends[nil] != 1 || ends[claims.ErrWrongState] != 7 || logged(c, "takeover.accepted") != 1 || mails(c, "takeover") != 1 {
		t.Errorf("accepted eight times at once = %v, want once", ends)
	}
	c, m = proposed(t)
	unguarded(c)
	meet(c, 8, `FROM "takeovers"`)
	if ends := accept(c, m); ends[nil] < 2 || logged(c, "takeover.accepted") < 2 {
		t.Errorf("without its lock it is accepted %v: the test above does not see what it is for", ends)
	}
}

func TestWithoutItsLockASignatureOfATakeoverGoesWrong(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := die(c, m, "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	link := inherit(c, m)
	token, form, err := takingOver(c, link, "erfgenaam@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	unguarded(c)
	meet(c, 8, `FROM "signups"`)
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.SignTakeover(c.Ctx(), c.Claim, link, token, form)
		return err
	})
	if ends[nil] == 8 {
		t.Error("without the lock eight signatures give the same: the test of signing does not see what it is for")
	}
}

func TestWithoutItsLockAChildOfAgeIsAskedTwice(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	w := sam
	w.Born = locale.Today(c.Watch.Now()).AddDate(-18, 0, 2).Format(participants.DateForm)
	if err := signAs(c, c.Join(1)[0], w); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(48 * time.Hour)
	ownerDoes(c, `DROP INDEX takeovers_one_open`)
	unguarded(c, `SELECT EXISTS \(SELECT FROM takeovers WHERE participation_id = (\$\d+) AND status IN \('proposed', 'accepted'\)\)`, `SELECT $1::bigint < 0`)
	meet(c, 8, `FROM represented r JOIN participations`)
	claimstest.Eight(func(int) error { c.Drain("of-age"); return nil })
	if mails(c, "of_age") < 2 {
		t.Error("without its guards a child is asked once: the test of coming of age does not see what they are for")
	}
}

func TestTwinsAreToldOnceByEight(t *testing.T) {
	t.Parallel()
	twins := func() *claimstest.Case {
		c := claimstest.New(t)
		p := c.Next()
		c.JoinAs(p)
		p.Email = "second." + p.Email
		c.JoinAs(p)
		return c
	}
	compare := func(c *claimstest.Case) map[error]int {
		return claimstest.Eight(func(int) error {
			for _, d := range c.Claims.Drains() {
				if d.Name == "twins" {
					_, err := d.Run(c.Ctx())
					return err
				}
			}
			return claims.ErrNotFound
		})
	}
	c := twins()
	if ends := compare(c); ends[nil] != 8 || logged(c, "participation.marked") != 2 || mails(c, "twin") != 1 {
		t.Errorf("compared eight times at once = %v with %d marks and %d mails, want two and one", ends, logged(c, "participation.marked"), mails(c, "twin"))
	}
	c = twins()
	unguarded(c, ` AND NOT (\$\d+) = ANY \(string_to_array\(review_mark, ' '\)\)`, ` AND $1::text <> ''`, `WHERE compared_at IS NULL ORDER BY id`, `ORDER BY id`)
	compare(c)
	if logged(c, "participation.marked") <= 2 {
		t.Error("without the guards twins are marked once: the test above does not see what they are for")
	}
}

func TestWithoutItsLockAnAccountOfManyPeopleIsNotSeen(t *testing.T) {
	t.Parallel()
	c, m := awarded(t, 4)
	unguarded(c)
	meet(c, 4, `FROM payee_accounts y JOIN participations t`)
	claimstest.Eight(func(i int) error {
		if i >= len(m) {
			return nil
		}
		return c.Claims.SetPayee(c.Ctx(), visitor, m[i].ParticipationID, "NL91ABNA0417164300", "De Familie")
	})
	if n := claimstest.One[int](c, `SELECT count(*) FROM payout_holds WHERE kind = 'shared_account'`); n == 4 {
		t.Error("without the lock all four are held: the test of shared accounts does not see what it is for")
	}
}
