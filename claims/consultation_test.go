package claims_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// question is what participants are asked.
func question(c *claimstest.Case) claims.Consultation {
	return claims.Consultation{
		TitleNL: "Het voorstel", TitleEN: "The proposal", BodyNL: "U krijgt 400 euro.", BodyEN: "You get 400 euros.",
		ClosesAt: c.Watch.Now().Add(8 * 24 * time.Hour), RequestID: "form",
	}
}

// proposal is a claim with so many people and a proposed settlement.
func proposal(t *testing.T, n int) (*claimstest.Case, []claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	members := c.Join(n)
	c.Send()
	c.Arrive(1)
	c.MoveTo(claims.Negotiation)
	c.MoveTo(claims.SettlementProposed)
	return c, members
}

// consulted is a claim with an open consultation.
func consulted(t *testing.T, n int) (*claimstest.Case, []claimstest.Member) {
	t.Helper()
	c, members := proposal(t, n)
	must(t, c.Claims.WriteConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, question(c)))
	must(t, c.Claims.OpenConsultation(t.Context(), claimstest.Board, c.Claim.ID, 1))
	return c, members
}

func vote(c *claimstest.Case, m claimstest.Member, choice string) error {
	p := c.Participation(m)
	return c.Claims.CastVote(c.Ctx(), audit.Participant(p.ParticipantID), p, choice, c.Watch.Now())
}

// ended lets the consultation come to its end, and counts it.
func ended(c *claimstest.Case) claims.Consultation {
	c.Helper()
	c.Watch.Advance(8*24*time.Hour + time.Minute)
	c.Drain("consultations")
	all, err := c.Claims.Consultations(c.Ctx(), c.Claim.ID)
	if err != nil {
		c.Fatal(err)
	}
	return all[0]
}

func TestAConsultationFromQuestionToTotals(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 30)
	if n := mails(c, "consultation"); n != 30 {
		t.Errorf("%d people are asked, want 30", n)
	}
	choices := map[string]int{claims.VoteFor: 14, claims.VoteAgainst: 4, claims.VoteNone: 2}
	var voted []claimstest.Member
	for _, choice := range claims.Choices {
		for range choices[choice] {
			m := members[len(voted)]
			must(t, vote(c, m, choice))
			voted = append(voted, m)
		}
	}
	pending, err := c.Claims.VoteReceipt(t.Context(), c.Participation(voted[0]))
	must(t, err)
	if f, err := letter.VerifyFile(pending, nil); err != nil || len(f.Proven) != 0 || len(f.Open) != 1 {
		t.Errorf("before the end the receipt proves %v and leaves %v, %v", f.Proven, f.Open, err)
	}
	gone := c.Participation(voted[13])
	must(t, c.Claims.Leave(t.Context(), audit.Participant(gone.ParticipantID), gone))

	done := ended(c)
	if done.Status != claims.ConsultationClosed || *done.VotesFor != 13 || *done.VotesAgainst != 4 || *done.VotesNone != 2 || *done.Mandates != 29 {
		t.Fatalf("counted: %d for, %d against, %d without, of %d (%s); want 13, 4, 2 of 29: a mandate that ended has no vote", *done.VotesFor, *done.VotesAgainst, *done.VotesNone, *done.Mandates, done.Status)
	}
	roots := map[string]bool{}
	for i, m := range voted {
		file, err := c.Claims.VoteReceipt(t.Context(), c.Participation(m))
		must(t, err)
		r, err := letter.ParseVote(file)
		must(t, err)
		f, err := r.Verify()
		if m.Number == gone.Number {
			if r.Tree != nil || err != nil {
				t.Errorf("a vote of who left is in the tree, %v", err)
			}
			continue
		}
		if err != nil || r.Tree == nil || len(f.Proven) != 2 || r.Vote.Number != m.Number {
			t.Errorf("receipt %d does not hold: %v %+v", i, err, r)
			continue
		}
		roots[r.Tree.Root] = true
		for _, other := range voted {
			if other.Number != m.Number && bytes.Contains(file, []byte(other.Number)) {
				t.Errorf("the receipt of %s names %s", m.Number, other.Number)
			}
		}
	}
	must(t, c.Claims.CountPublicly(t.Context(), c.Claim.ID))
	a, err := c.Claims.PublicAccount(t.Context(), c.Claim.ID)
	must(t, err)
	p := a.Consultations[0]
	// 4 and 2 are fewer than ten, and together too: the next smallest group goes with them, so that neither can be reckoned out.
	if diff := cmp.Diff([]claims.Group{{claims.VoteFor, 13}, {claims.OtherGroup, 16}}, p.Votes); diff != "" {
		t.Errorf("what is published (-want +got):\n%s", diff)
	}
	if len(roots) != 1 || !roots[p.Root] || p.Root == "" {
		t.Errorf("the receipts lead to %v, published is %q", roots, p.Root)
	}
	if b, err := json.Marshal(a); err != nil || strings.Contains(string(b), members[0].Number) {
		t.Error("the public account names a participation")
	}
	if err := vote(c, members[25], claims.VoteFor); !errors.Is(err, claims.ErrVoteLate) {
		t.Errorf("vote after the end = %v, want %v", err, claims.ErrVoteLate)
	}
	// An erased vote stays counted, and nobody can say any more what it was.
	c.Exec(`UPDATE consultation_votes SET choice = NULL, salt = NULL WHERE participation_id = ?`, c.Participation(voted[3]).ID)
	if _, err := c.Claims.VoteReceipt(t.Context(), c.Participation(voted[3])); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("receipt of an erased vote = %v, want %v", err, claims.ErrNotFound)
	}
}

func TestAVoteCanBeChangedUntilTheEnd(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 2)
	receipts := map[string]bool{}
	for _, choice := range []string{claims.VoteFor, claims.VoteAgainst, claims.VoteAgainst, claims.VoteNone} {
		must(t, vote(c, members[0], choice))
		b, err := c.Claims.VoteReceipt(t.Context(), c.Participation(members[0]))
		must(t, err)
		receipts[string(b)] = true
	}
	if len(receipts) != 3 || logged(c, "consultation.voted") != 3 {
		t.Errorf("%d receipts and %d lines in the log of three different votes, want 3: the same vote again is none", len(receipts), logged(c, "consultation.voted"))
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'consultation.voted' AND detail::text ~ 'for|against|none'`); n != 0 {
		t.Error("the log says what somebody voted")
	}
	done := ended(c)
	if *done.VotesFor != 0 || *done.VotesAgainst != 0 || *done.VotesNone != 1 {
		t.Errorf("counted %d, %d, %d, want the last vote only", *done.VotesFor, *done.VotesAgainst, *done.VotesNone)
	}
}

func TestNobodyVoted(t *testing.T) {
	t.Parallel()
	c, _ := consulted(t, 2)
	if done := ended(c); done.Status != claims.ConsultationClosed || done.Root != nil || *done.Mandates != 2 {
		t.Errorf("a consultation without votes ends %s with root %x", done.Status, done.Root)
	}
}

func TestWhoVotesAndWhen(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 4)
	p := c.Participation(members[0])
	by := audit.Participant(p.ParticipantID)
	closes := claimstest.One[time.Time](c, `SELECT closes_at FROM consultations`)
	other := p
	other.ParticipantID++
	left := c.Participation(members[1])
	must(t, c.Claims.Leave(t.Context(), audit.Participant(left.ParticipantID), left))
	for _, tt := range []struct {
		name   string
		p      participants.Participation
		choice string
		at     time.Time
		want   error
	}{
		{"another word than the choices", p, "misschien", closes.Add(-time.Hour), claims.ErrChoice},
		{"nothing", p, "", closes.Add(-time.Hour), claims.ErrChoice},
		{"the participation of somebody else", other, claims.VoteFor, closes.Add(-time.Hour), claims.ErrNotFound},
		{"who left", left, claims.VoteFor, closes.Add(-time.Hour), claims.ErrWrongState},
		{"at the end, which is too late", p, claims.VoteFor, closes, claims.ErrVoteLate},
		{"just before it", p, claims.VoteFor, closes.Add(-time.Microsecond), nil},
	} {
		if err := c.Claims.CastVote(t.Context(), by, tt.p, tt.choice, tt.at); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestAConsultationTakesTwoPeopleAndAWeek(t *testing.T) {
	t.Parallel()
	c, _ := proposal(t, 3)
	write := func(change func(*claims.Consultation)) error {
		in := question(c)
		change(&in)
		return c.Claims.WriteConsultation(t.Context(), claimstest.Board, c.Claim.ID, in)
	}
	for name, tt := range map[string]struct {
		change func(*claims.Consultation)
		want   error
	}{
		"no title in Dutch":        {func(in *claims.Consultation) { in.TitleNL = " " }, claims.ErrConsultation},
		"no text in English":       {func(in *claims.Consultation) { in.BodyEN = "" }, claims.ErrConsultation},
		"a text without end":       {func(in *claims.Consultation) { in.BodyNL = strings.Repeat("x", claims.MostNews+1) }, claims.ErrConsultation},
		"less than a week":         {func(in *claims.Consultation) { in.ClosesAt = c.Watch.Now().Add(claims.LeastConsultation - time.Minute) }, claims.ErrConsultationEnd},
		"more than a hundred days": {func(in *claims.Consultation) { in.ClosesAt = c.Watch.Now().Add(claims.MostConsultation + time.Minute) }, claims.ErrConsultationEnd},
		"no form":                  {func(in *claims.Consultation) { in.RequestID = "" }, claims.ErrWrongState},
	} {
		if err := write(tt.change); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", name, err, tt.want)
		}
	}
	open := func(by audit.Actor) error {
		return c.Claims.OpenConsultation(t.Context(), by, c.Claim.ID, 1)
	}
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"opened before it is written", func() error { return open(claimstest.Board2) }, claims.ErrNotFound},
		{"written", func() error { return write(func(*claims.Consultation) {}) }, nil},
		{"the same form twice", func() error { return write(func(*claims.Consultation) {}) }, nil},
		{"another beside it", func() error { return write(func(in *claims.Consultation) { in.RequestID = "b" }) }, claims.ErrWrongState},
		{"opened by who wrote it", func() error { return open(claimstest.Board) }, claims.ErrSamePerson},
		{"thrown away", func() error {
			return c.Claims.DropConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, 1)
		}, nil},
		{"opened after that", func() error { return open(claimstest.Board2) }, claims.ErrWrongState},
		{"written again", func() error { return write(func(in *claims.Consultation) { in.RequestID = "c" }) }, nil},
		{"opened", func() error {
			return c.Claims.OpenConsultation(t.Context(), claimstest.Board2, c.Claim.ID, 2)
		}, nil},
		{"thrown away while open", func() error {
			return c.Claims.DropConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, 2)
		}, claims.ErrWrongState},
	}
	for _, step := range steps {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s = %v, want %v", step.name, err, step.want)
		}
	}
	// The board decides once people were heard.
	moves, err := c.Claims.Moves(t.Context(), c.Reload())
	must(t, err)
	for _, m := range moves {
		if m.To == claims.Settled && (m.Allowed || !strings.Contains(strings.Join(m.Why, " "), "consultation")) {
			t.Errorf("the claim can be settled while people are asked: %v", m.Why)
		}
	}
}

// What the schema refuses even when the program forgets.
func TestTheSchemaKeepsAConsultation(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 3)
	must(t, vote(c, members[0], claims.VoteFor))
	refused := func(when string, all ...string) {
		for _, sql := range all {
			for who, err := range map[string]error{"the program": c.DB.WithContext(t.Context()).Exec(sql).Error, "the owner": c.OwnerDB(t).Exec(sql).Error} {
				if err == nil {
					t.Errorf("%s, %s may: %s", when, who, sql)
				}
			}
		}
	}
	refused("while it is open", `UPDATE consultations SET title_nl = 'x'`, `UPDATE consultations SET closes_at = closes_at + interval '1 day'`, `UPDATE consultations SET status = 'draft'`,
		`DELETE FROM consultation_votes`, `UPDATE consultation_votes SET choice = 'maybe'`,
		`INSERT INTO consultation_votes SELECT consultation_id, participation_id, choice, salt, leaf, cast_at FROM consultation_votes`,
		`UPDATE consultations SET status = 'closed', closed_at = closes_at, mandates = 1, votes_for = 2, votes_against = 0, votes_none = 0, root = sha256('x'), tree = 'x'`)
	ended(c)
	refused("when it is over", `UPDATE consultations SET votes_for = 0`, `UPDATE consultations SET root = sha256('x')`, `UPDATE consultations SET status = 'open'`, `DELETE FROM consultations`,
		`DELETE FROM consultation_votes`, `UPDATE consultation_votes SET choice = 'against'`, `UPDATE consultation_votes SET position = 7`,
		`INSERT INTO consultation_votes SELECT 1, max(id), 'for', sha256('s'), sha256('l'), now() FROM participations`)
	if err := c.OwnerDB(t).Exec(`INSERT INTO consultations (claim_id, ordinal, status, title_nl, title_en, body_nl, body_en, closes_at, request_id, written_by, written_at, opened_by, opened_at)
		VALUES (?, 9, 'open', 'x', 'x', 'x', 'x', now() + interval '9 days', 'x', 'staff:4', now(), 'staff:4', now())`, c.Claim.ID).Error; err == nil {
		t.Error("the schema takes a consultation that is opened by who wrote it")
	}
}

func TestEightVoteAtOnceWithOneMandate(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 1)
	ends := claimstest.Eight(func(i int) error { return vote(c, members[0], claims.Choices[i%2]) })
	if ends[nil] != 8 || claimstest.One[int](c, `SELECT count(*) FROM consultation_votes`) != 1 {
		t.Errorf("eight votes at once = %v, want one row", ends)
	}
	b, err := c.Claims.VoteReceipt(t.Context(), c.Participation(members[0]))
	must(t, err)
	if _, err := letter.VerifyFile(b, nil); err != nil {
		t.Errorf("the receipt of the last vote = %v", err)
	}
	ends = claimstest.Eight(func(i int) error {
		return c.Claims.OpenConsultation(context.Background(), audit.Staff(int64(20+i)), c.Claim.ID, 1)
	}, claims.ErrWrongState)
	if ends[claims.ErrWrongState] != 8 {
		t.Errorf("opened again eight times at once = %v", ends)
	}
}

func TestOpenedAndCountedOnceByEight(t *testing.T) {
	t.Parallel()
	open := func(c *claimstest.Case) map[error]int {
		return claimstest.Eight(func(i int) error {
			return c.Claims.OpenConsultation(context.Background(), audit.Staff(int64(20+i)), c.Claim.ID, 1)
		}, claims.ErrWrongState)
	}
	c, members := proposal(t, 3)
	must(t, c.Claims.WriteConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, question(c)))
	if ends := open(c); ends[nil] != 1 || ends[claims.ErrWrongState] != 7 || mails(c, "consultation") != 3 || logged(c, "consultation.opened") != 1 {
		t.Errorf("opened eight times at once = %v, with %d mails", ends, mails(c, "consultation"))
	}
	must(t, vote(c, members[0], claims.VoteFor))
	c.Watch.Advance(8*24*time.Hour + time.Minute)
	ends := claimstest.Eight(func(int) error { c.Drain("consultations"); return nil })
	if ends[nil] != 8 || logged(c, "consultation.closed") != 1 {
		t.Errorf("counted eight times at once = %v, with %d lines in the log", ends, logged(c, "consultation.closed"))
	}

	c, _ = proposal(t, 1)
	must(t, c.Claims.WriteConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, question(c)))
	unguarded(c, `WHERE "?id"? = (\$\d+) AND "?status"? = 'draft'`, `WHERE id = $1`)
	ownerDoes(c, `ALTER TABLE consultations DISABLE TRIGGER consultation_kept`)
	meet(c, 8, `FROM "consultations"`)
	if ends := open(c); ends[nil] < 2 && logged(c, "consultation.opened") < 2 {
		t.Errorf("without its lock a consultation is opened %v: the test above does not see what it is for", ends)
	}
}

// A vote that came in in time, and is still being written when the end comes, is counted.
func TestAVoteOnItsWayIsCounted(t *testing.T) {
	t.Parallel()
	race := func(c *claimstest.Case, m claimstest.Member, guarded bool) int64 {
		open := halt(c, "consultation_votes")
		voted := make(chan error, 1)
		p := c.Participation(m)
		received := c.Watch.Now()
		go func() {
			voted <- c.Claims.CastVote(c.Ctx(), audit.Participant(p.ParticipantID), p, claims.VoteFor, received)
		}()
		stopped(c, voted)
		c.Watch.Advance(8*24*time.Hour + time.Minute)
		counted := make(chan error, 1)
		go func() {
			c.Drain("consultations")
			counted <- nil
		}()
		if guarded {
			waiting(c, 2, counted)
		} else {
			<-counted
		}
		open()
		if err := <-voted; err != nil {
			t.Errorf("the vote = %v", err)
		}
		if guarded {
			<-counted
		}
		return claimstest.One[int64](c, `SELECT votes_for FROM consultations`)
	}
	c, members := consulted(t, 2)
	if n := race(c, members[0], true); n != 1 {
		t.Errorf("%d votes counted, want 1", n)
	}
	c, members = consulted(t, 2)
	unguarded(c)
	ownerDoes(c, `ALTER TABLE consultation_votes DISABLE TRIGGER vote_kept`)
	if n := race(c, members[0], false); n != 0 {
		t.Errorf("without its lock %d votes are counted: the test above does not see what it is for", n)
	}
}

// waiting returns when so many stand before a lock.
func waiting(c *claimstest.Case, n int, done <-chan error) {
	c.Helper()
	owner := c.OwnerDB(c)
	for now := 0; now < n; {
		select {
		case err := <-done:
			c.Fatalf("it did not wait: %v", err)
		default:
		}
		if err := owner.Raw(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&now).Error; err != nil {
			c.Fatal(err)
		}
	}
}

func TestAProposalOffTheTableEndsItsConsultation(t *testing.T) {
	t.Parallel()
	c, members := consulted(t, 2)
	must(t, vote(c, members[0], claims.VoteFor))
	c.MoveTo(claims.Negotiation)
	all, err := c.Claims.Consultations(t.Context(), c.Claim.ID)
	if err != nil || all[0].Status != claims.ConsultationDropped || all[0].OpenedAt == nil {
		t.Errorf("the consultation is %+v, %v, want it ended", all[0], err)
	}
	if err := vote(c, members[1], claims.VoteFor); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("vote about what is off the table = %v, want %v", err, claims.ErrWrongState)
	}
	c.MoveTo(claims.SettlementProposed)
	again := question(c)
	again.RequestID = "again"
	must(t, c.Claims.WriteConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, again))
	must(t, c.Claims.OpenConsultation(t.Context(), claimstest.Board, c.Claim.ID, 2))
	must(t, vote(c, members[1], claims.VoteAgainst))
}
