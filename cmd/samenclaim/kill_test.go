package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/staff"
)

// The kills of this test are like power cuts: SIGKILL to the real program, at
// moments drawn from a fixed seed, while transactions are open. Afterwards
// nothing may be lost that was answered, and nothing may be half.
const (
	killSigners = 48
	killCrowd   = 800 // in the annex, so that freezing takes a while
	killPayees  = 300
)

// cutter kills the program while it works.
type cutter struct {
	*site
	program string
	table   string // written to by what is to be cut
	watch   *pgxpool.Pool
	dice    *rand.Rand
	most    int // kills
	kills   int
	hits    int // kills that hit an open transaction which had written something
}

// open counts the transactions of the program that have written to the table and are not over.
func (c *cutter) open() int {
	var n int
	err := c.watch.QueryRow(c.t.Context(), `SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		WHERE a.datname = current_database() AND a.application_name = 'samenclaim' AND l.relation = $1::text::regclass AND l.mode = 'RowExclusiveLock'`, c.table).Scan(&n)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// cut starts the program, lets work go on in it, waits until something is being
// written, a little longer, and kills. After enough kills it lets the work end.
func (c *cutter) cut(work func(r *running), most time.Duration) {
	c.t.Helper()
	r := c.serve(c.program)
	defer func() {
		if log := r.log.String(); strings.Contains(log, "@") {
			c.t.Errorf("an address stands in the log: %s", log)
		}
	}()
	if c.kills >= c.most {
		work(r)
		if code := r.stop(); code != 0 {
			c.t.Errorf("the program ended with %d: %s", code, r.log)
		}
		return
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		work(r)
	}()
	for c.open() == 0 {
		select {
		case <-finished:
			r.kill()
			return
		default:
		}
	}
	time.Sleep(time.Duration(c.dice.Int64N(int64(most) * int64(c.kills+1) / int64(c.most)))) // later each time
	n := c.open()
	r.kill()
	c.kills++
	if n > 0 {
		c.hits++
	}
	<-finished
	soon(c.t, "the database to end the sessions", 20*time.Second, func() bool {
		var n int
		err := c.watch.QueryRow(c.t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'samenclaim'`).Scan(&n)
		return err == nil && n == 0
	})
}

// whole expects that a recount finds nothing.
func (c *cutter) whole(s *seeder, when string) {
	c.t.Helper()
	found, err := payments.Verify(c.t.Context(), s.db)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range found {
		c.t.Errorf("%s: %+v", when, d)
	}
}

func TestKilledWhileSigning(t *testing.T) {
	t.Parallel()
	c, s := prepared(t, 1, "mandates")
	s.zoomOpen(t)
	signers := c.signers(s)
	for round := 0; len(signers) > 0 && round < 20; round++ {
		var mu sync.Mutex
		var left []*signer
		c.cut(func(*running) {
			var all sync.WaitGroup
			for hand := range 8 {
				all.Go(func() {
					for i := hand; i < len(signers); i += 8 {
						done := signers[i].sign()
						mu.Lock()
						if !done {
							left = append(left, signers[i])
						}
						mu.Unlock()
					}
				})
			}
			all.Wait()
		}, 60*time.Millisecond)
		for _, p := range signers {
			if p.answered {
				if n := query[int](t, c.dsn, `SELECT count(*) FROM participations t JOIN participants p ON p.id = t.participant_id
					JOIN mandates m ON m.participation_id = t.id JOIN fee_options f ON f.participation_id = t.id
					JOIN outbox o ON o.key = 'welcome:' || t.id WHERE p.email = $1`, p.email); n != 1 {
					t.Errorf("round %d: %d whole participations of a signature that was answered, want 1", round, n)
				}
			}
		}
		c.whole(s, fmt.Sprintf("after kill %d", c.kills))
		signers = left
	}
	if n := query[int](t, c.dsn, `SELECT count(*) FROM participations`); n != killSigners {
		t.Errorf("%d participations in the end, want %d: one for each who signed", n, killSigners)
	}
	t.Logf("%d kills, %d of them hit an open transaction", c.kills, c.hits)
	if c.hits == 0 {
		t.Error("no kill hit an open transaction: this test proves nothing")
	}
}

func TestKilledWhileFreezing(t *testing.T) {
	t.Parallel()
	c, s := prepared(t, 2, "annex_rows")
	claim := s.zoomProposed(t)
	board := c.enter(s.login(staff.Board))
	for round := 0; round < 20; round++ {
		sent := false
		c.cut(func(*running) {
			a := board.post("/nl/beheer/zoom/brieven/1", "/nl/beheer/zoom/brieven/1/versturen")
			sent = a.status == http.StatusSeeOther && strings.HasSuffix(a.place, "/brieven/1") // and not where it tells how far it is
		}, 900*time.Millisecond)
		status := query[string](t, c.dsn, `SELECT status FROM letters WHERE claim_id = $1`, claim.ID)
		rows := query[int](t, c.dsn, `SELECT count(*) FROM annex_rows`)
		included := query[int](t, c.dsn, `SELECT count(*) FROM participations WHERE status = 'included'`)
		files := query[int](t, c.dsn, `SELECT count(*) FROM letter_files`)
		switch {
		case status == "proposed" && rows+included+files == 0 && !sent:
		case status == "sent" && rows == killCrowd && included == killCrowd && files == 4:
			c.whole(s, "after sending")
			c.enough()
			return
		default:
			t.Fatalf("round %d: the letter is %s (answered: %v) with %d rows, %d included and %d files: half", round, status, sent, rows, included, files)
		}
		c.whole(s, fmt.Sprintf("after kill %d", c.kills))
	}
	t.Error("the letter was never sent")
}

func TestKilledWhileReleasing(t *testing.T) {
	t.Parallel()
	c, s := prepared(t, 3, "payouts")
	run := s.fitbandApproved(t)
	address := fmt.Sprintf("/nl/beheer/fitband/uitbetalingen/%d", run.ID)
	second := c.enter(s.login(staff.Board))
	for round := 0; round < 20; round++ {
		released := false
		c.cut(func(*running) {
			a := second.post(address, address+"/vrijgeven", "total", run.TotalCents.String())
			released = a.status == http.StatusSeeOther
		}, 150*time.Millisecond)
		status := query[string](t, c.dsn, `SELECT status FROM payout_runs`)
		out := query[int](t, c.dsn, `SELECT count(*) FROM payouts WHERE status = 'sent'`)
		booked := query[int](t, c.dsn, `SELECT count(*) FROM journals WHERE key LIKE 'run:%:released'`)
		switch {
		case status == "approved" && out+booked == 0 && !released:
		case status == "released" && int64(out) == run.ItemCount && booked == 1:
			c.whole(s, "after releasing")
			c.enough()
			return
		default:
			t.Fatalf("round %d: the run is %s (answered: %v) with %d payouts sent and %d bookings: half", round, status, released, out, booked)
		}
		c.whole(s, fmt.Sprintf("after kill %d", c.kills))
	}
	t.Error("the run was never released")
}

// enough expects that at least one kill hit what was meant.
func (c *cutter) enough() {
	c.t.Helper()
	c.t.Logf("%d kills, %d of them hit an open transaction", c.kills, c.hits)
	if c.hits == 0 {
		c.t.Error("no kill hit an open transaction: this test proves nothing")
	}
}

// prepared is an installation with staff, and the means to kill it.
func prepared(t *testing.T, seed uint64, table string) (*cutter, *seeder) {
	t.Helper()
	site := install(t)
	watch, err := openOwner(t.Context(), site.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(watch.Close)
	s := site.seeder()
	if err := s.at(s.days(100)).team(); err != nil {
		t.Fatal(err)
	}
	if err := s.mailed(); err != nil {
		t.Fatal(err)
	}
	return &cutter{site: site, program: realProgram(t), table: table, most: 5, watch: watch, dice: rand.New(rand.NewPCG(seed, 9))}, s
}

// enter logs in while nothing is cut; the log-in outlives the program.
func (c *cutter) enter(l demoLogin) *surfer {
	c.t.Helper()
	r := c.serve(c.program)
	member := c.logIn(l)
	if code := r.stop(); code != 0 {
		c.t.Fatalf("the program ended with %d: %s", code, r.log)
	}
	return member
}

func (s *seeder) login(role staff.Role) demoLogin {
	for _, l := range s.logins {
		if l.Role == role {
			return l
		}
	}
	return demoLogin{}
}

// zoomOpen opens the claim for sign-ups.
func (s *seeder) zoomOpen(t testing.TB) claims.Claim {
	t.Helper()
	c, err := s.at(s.days(99)).claims.ClaimBySlug(s.ctx, "zoom")
	if err == nil {
		err = s.move(&c, claims.Open, "for the test")
	}
	if err != nil {
		t.Fatal(err)
	}
	s.at(s.today)
	return c
}

// zoomProposed has a crowd in the claim, and a letter that waits for its third person.
func (s *seeder) zoomProposed(t testing.TB) claims.Claim {
	t.Helper()
	c := s.zoomOpen(t)
	people := demo.Crowd{Seed: 1, Count: killCrowd, From: s.days(98), Until: s.days(2), UsedFrom: c.PeriodFrom, UsedTo: c.PeriodTo}.People()
	all, err := s.arrivals(c, 1, people)
	if err == nil {
		_, err = s.claims.ImportSigned(s.ctx, byDemo, c, all)
	}
	if err == nil {
		_, err = s.claims.DraftLetter(s.ctx, s.by(staff.Lawyer, false), c.ID, "nl")
	}
	if err == nil {
		err = s.move(&c, claims.LetterReady, "for the test")
	}
	if err == nil {
		err = s.claims.ProposeLetter(s.ctx, s.by(staff.Lawyer, false), c.ID, 1)
	}
	if err == nil {
		err = s.claims.ApproveLetter(s.ctx, s.by(staff.Board, true), c.ID, 1)
	}
	if err == nil {
		err = s.mailed()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fitbandApproved has a payout run that waits for its release.
func (s *seeder) fitbandApproved(t testing.TB) (run payments.Run) {
	t.Helper()
	s.fitbandCount = killPayees + fitbandSilent
	s.payOut = func(c claims.Claim) (err error) {
		run, err = s.fitbandRun(c)
		return err
	}
	err := s.fitband()
	if err == nil {
		err = s.at(s.today).mailed()
	}
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// signer has everything filled in but the signature.
type signer struct {
	*surfer
	email, name string
	answered    bool
}

// signers fill in the sign-up up to its last page, by the functions behind the pages.
func (c *cutter) signers(s *seeder) []*signer {
	c.t.Helper()
	claim, err := s.claims.ClaimBySlug(s.ctx, "zoom")
	if err != nil {
		c.t.Fatal(err)
	}
	people := demo.Crowd{Seed: 3, Count: killSigners, From: s.days(3), Until: s.today, UsedFrom: claim.PeriodFrom, UsedTo: claim.PeriodTo}.People()
	all := make([]*signer, len(people))
	s.at(time.Now())
	for i, p := range people {
		token, _, err := s.people.StartSignup(s.ctx, claim.ID, "nl")
		if err == nil {
			_, err = s.people.Answer(s.ctx, claim.ID, token, func(a *participants.Answers) { *a = arrival(p, nil).Answers })
		}
		if err == nil {
			err = s.people.AskSignupCode(s.ctx, claim.ID, token)
		}
		if err == nil {
			code := query[string](c.t, c.dsn, `SELECT data->>'Code' FROM outbox WHERE recipient = $1 ORDER BY id DESC LIMIT 1`, p.Email)
			_, err = s.people.ProveSignup(s.ctx, claim.ID, token, code)
		}
		if err != nil {
			c.t.Fatal(err)
		}
		all[i] = &signer{&surfer{c.site, map[string]string{"__Host-aanmelding-zoom": token}}, p.Email, participants.FullName(p.FirstNames, p.Infix, p.LastName), false}
	}
	return all
}

// sign sends the last page; it may be repeated after a power cut.
func (p *signer) sign() bool {
	const page = "/nl/zoom/meedoen/ondertekenen"
	values, ok := p.form(page)
	if !ok { // signed before the cut, without an answer: the page leads on
		a := p.do(http.MethodGet, page, nil)
		p.answered = p.answered || a.status == http.StatusSeeOther && strings.Contains(a.place, "/meedoen/")
		return p.answered
	}
	values.Set("mandate", "yes")
	values.Set("agreement", "yes")
	values.Set("name", p.name)
	a := p.do(http.MethodPost, page, values)
	p.answered = a.status == http.StatusSeeOther
	return p.answered
}
