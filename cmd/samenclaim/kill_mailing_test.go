package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/mailer/mailtest"
)

// TestKilledWhileMailing kills the program while a mailing is on its way, and has the mail server fail in between: nobody
// gets the mail twice, nobody is passed over, and it is finished only when each recipient has one final state.
func TestKilledWhileMailing(t *testing.T) {
	t.Parallel()
	c, s := prepared(t, 4, "outbox")
	c.most = 3
	claim := s.zoomOpen(t)
	people := demo.Crowd{Seed: 1, Count: killCrowd, From: s.days(98), Until: s.days(2), UsedFrom: claim.PeriodFrom, UsedTo: claim.PeriodTo}.People()
	all, err := s.arrivals(claim, 1, people)
	if err == nil {
		_, err = s.claims.ImportSigned(s.ctx, byDemo, claim, all)
	}
	if err == nil {
		err = s.mailed()
	}
	if err == nil {
		err = s.publish(claim, claims.DraftNews{TitleNL: "Nieuws", TitleEN: "News", BodyNL: "Beste {{naam}}", BodyEN: "Dear {{name}}", RequestID: "kill"})
	}
	if err != nil {
		t.Fatal(err)
	}
	waiting := func() int {
		return query[int](t, c.dsn, `SELECT count(*) FROM outbox WHERE mailing_id IS NOT NULL AND status IN ('queued', 'sending')`)
	}
	for round := 0; waiting() > 0 && round < 30; round++ {
		if fails := round%3 == 1; fails {
			c.sink.SetFault(func(mailtest.Message) mailtest.Fault { return mailtest.Fault{Code: []int{421, 451}[rand.IntN(2)]} })
		} else {
			c.sink.SetFault(nil)
		}
		c.cut(func(*running) {
			before := waiting()
			within(time.Second, func() bool { // until some went, or the server let none
				now := waiting()
				return now == 0 || before-now > 150
			})
		}, 80*time.Millisecond)
		// What a killed program left as being sent is settled after five minutes: they are over.
		if _, err := c.watch.Exec(t.Context(), `UPDATE outbox SET next_try_at = now() - interval '1 second' WHERE mailing_id IS NOT NULL AND status IN ('queued', 'sending')`); err != nil {
			t.Fatal(err)
		}
	}
	c.whole(s, fmt.Sprintf("after %d kills", c.kills))
	soonFinished := func() bool { return query[string](t, c.dsn, `SELECT status FROM mailings`) == "finished" }
	if !soonFinished() {
		r := c.serve(c.program)
		soon(t, "the mailing to be finished", 30*time.Second, soonFinished)
		r.stop()
	}
	seen := map[string]int{}
	for _, m := range c.sink.Messages(mailtest.Filter{}, 10*killCrowd) {
		seen[m.To]++
	}
	twice := 0
	for _, n := range seen {
		if n > 1 {
			twice++
		}
	}
	sent := query[int](t, c.dsn, `SELECT count(*) FROM outbox WHERE mailing_id IS NOT NULL AND status = 'sent'`)
	unknown := query[int](t, c.dsn, `SELECT count(*) FROM outbox WHERE mailing_id IS NOT NULL AND status = 'unknown'`)
	t.Logf("%d sent, %d unknown, %d people got a mail; %d kills, %d of them hit an open transaction", sent, unknown, len(seen), c.kills, c.hits)
	if twice > 0 || sent+unknown != killCrowd || len(seen) < sent || c.kills == 0 {
		t.Errorf("%d got it twice, %d are called sent and %d unknown of %d, %d got it", twice, sent, unknown, killCrowd, len(seen))
	}
}
