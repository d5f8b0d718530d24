package claims_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of the documentation.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("..", "docs", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func TestTheDiagramsAreTheTables(t *testing.T) {
	t.Parallel()
	golden(t, "states-claim.md", "# The states of a claim\n\nMade from the table in `claims/lifecycle.go` by its test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+claims.Diagram()+"```\n\nEvery move, with who makes it, what has to be true, what freezes with it, and which mails go out. The schema knows the same steps (`claim_steps`) and refuses any other.\n\n"+claims.Steps())
	golden(t, "states-news.md", "# The states of news and its mailing\n\nMade from the tables in `claims/news_draft.go` and `mailer/mailing.go` by a test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+claims.NewsDiagram()+"```\n")
	golden(t, "states-participation.md", "# The states of a participation\n\nMade from the table in `participants/lifecycle.go` by a test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+participants.Diagram()+"```\n")
}

// whole brings a claim to a state without the road that leads there: all moments that the state asks for are there.
// The owner does it with the triggers off: as the program, nobody can.
func whole(c *claimstest.Case, s claims.Status) {
	c.Helper()
	c.Force(c.TB, `UPDATE claims SET status = @s,
		opened_at = CASE WHEN @s = 'draft' THEN NULL ELSE created_at END,
		cutoff_at = CASE WHEN @s IN ('draft', 'open', 'letter_ready') THEN NULL ELSE created_at END,
		ended_at = CASE WHEN @s IN ('settled', 'won', 'lost', 'discontinued', 'distributing', 'refunding', 'closed', 'archived') THEN created_at END,
		closed_at = CASE WHEN @s IN ('closed', 'archived') THEN created_at END,
		stayed_from = CASE WHEN @s = 'stayed' THEN 'litigation' END WHERE id = @id`, map[string]any{"s": string(s), "id": c.Claim.ID})
	c.Reload()
}

func TestNoMoveButThoseOfTheTable(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	all := []string{"lawyer", "board", "accountant"}
	for _, from := range claims.Statuses {
		whole(c, from)
		moves, err := c.Claims.Moves(t.Context(), c.Claim)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range claims.Statuses {
			_, _, byHand := claims.CanMove(from, to)
			offered := slices.ContainsFunc(moves, func(m claims.Move) bool { return m.To == to })
			if offered != byHand {
				t.Errorf("%s to %s: offered %v, want %v", from, to, offered, byHand)
			}
			if byHand {
				continue
			}
			if err := c.Claims.ProposeMove(t.Context(), claimstest.Board, all, c.Claim.ID, claims.Proposal{To: to, Reason: "try"}); !errors.Is(err, claims.ErrWrongState) {
				t.Errorf("%s to %s = %v, want %v", from, to, err, claims.ErrWrongState)
			}
		}
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM claim_moves WHERE made_at IS NULL`); n != 0 {
		t.Errorf("%d moves wait, want none", n)
	}
	whole(c, claims.Open)
}

// obstacle is one way in which a guard fails, and how to mend it.
type obstacle struct{ breaks, mends func(c *claimstest.Case) }

func nothing(*claimstest.Case) {}

// obstacles are one for each guard.
var obstacles = map[string]obstacle{
	"texts": {
		func(c *claimstest.Case) {
			c.Force(c.TB, `UPDATE texts SET published_at = '2100-01-01' WHERE key = 'privacy' AND lang = 'en'`)
		},
		func(c *claimstest.Case) {
			c.Exec(`INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
				SELECT claim_id, kind, key, lang, '2026-02', title, body, sha256, '2026-02-01' FROM texts WHERE key = 'privacy' AND lang = 'en'`)
		},
	},
	"fee": {
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET cap_bp = 0`) },
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET cap_bp = 10000`) },
	},
	"late": {
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET late_policy = NULL`) },
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET late_policy = 'waitlist'`) },
	},
	"limitation": {
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET limitation_on = '2026-11-02'`) },
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET limitation_on = '2026-11-03'`) },
	},
	"class": {
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET countries = '[]'`) },
		func(c *claimstest.Case) { c.Exec(`UPDATE claims SET countries = '["NL"]'`) },
	},
	"processors": {
		func(c *claimstest.Case) {
			c.Force(c.TB, `UPDATE processors SET checked_on = '2025-11-01' WHERE name LIKE 'Mollie%'`)
		},
		func(c *claimstest.Case) {
			old := claimstest.One[int64](c, `SELECT id FROM processors WHERE name LIKE 'Mollie%'`)
			err := c.Claims.KeepProcessor(c.Ctx(), claimstest.Privacy, claims.KeptProcessor{
				Name: "Mollie B.V.", Country: "NL", PurposeNL: "betalingen", PurposeEN: "payments", CheckedOn: locale.Today(c.Watch.Now()), ReplacesID: &old,
			})
			if err != nil {
				c.Fatal(err)
			}
		},
	},
	"letter": {nothing, func(c *claimstest.Case) {
		if _, err := c.Claims.DraftLetter(c.Ctx(), claimstest.Lawyer, c.Claim.ID, "nl"); err != nil {
			c.Fatal(err)
		}
	}},
	"stayed": {
		func(c *claimstest.Case) {
			c.Exec(`UPDATE claims SET stayed_from = CASE stayed_from WHEN 'negotiation' THEN 'litigation' ELSE 'negotiation' END`)
		},
		func(c *claimstest.Case) {
			c.Exec(`UPDATE claims SET stayed_from = CASE stayed_from WHEN 'negotiation' THEN 'litigation' ELSE 'negotiation' END`)
		},
	},
	"terms": {nothing, func(c *claimstest.Case) {
		kind := "settlement"
		if c.Claim.Status == claims.Litigation {
			kind = "judgment"
		}
		err := c.Claims.RecordSettlement(c.Ctx(), claimstest.Lawyer, c.Claim.ID, claims.Settlement{Kind: kind, Reference: "S1", PotCents: 100, AgreedOn: locale.Today(c.Watch.Now())})
		if err != nil {
			c.Fatal(err)
		}
	}},
	"consultation": {
		func(c *claimstest.Case) {
			c.Exec(`INSERT INTO consultations (claim_id, ordinal, status, title_nl, title_en, body_nl, body_en, closes_at, request_id, written_by, written_at, opened_by, opened_at)
				VALUES (?, 1, 'open', 'x', 'x', 'x', 'x', now() + interval '9 days', 'x', 'staff:3', now(), 'staff:4', now())`, c.Claim.ID)
		},
		func(c *claimstest.Case) {
			c.Exec(`UPDATE consultations SET status = 'closed', closed_at = closes_at, mandates = 0, votes_for = 0, votes_against = 0, votes_none = 0`)
		},
	},
	"payouts": {
		func(c *claimstest.Case) {
			c.Exec(`INSERT INTO letters (claim_id, ordinal, lang, status, fields, drafted_by, created_at) VALUES (?, 1, 'nl', 'draft', '{}', 'staff:3', now())`, c.Claim.ID)
			c.Exec(`UPDATE participations SET status = 'payable', letter_id = (SELECT id FROM letters) WHERE claim_id = ?`, c.Claim.ID)
		},
		func(c *claimstest.Case) { c.Exec(`UPDATE participations SET status = 'paid'`) },
	},
	"refunds": {
		func(c *claimstest.Case) {
			c.Exec(`INSERT INTO prepayments (ref, participation_id, claim_id, amount_cents, status, provider_id, idempotency_key, paid_at, created_at)
				SELECT 'r', id, claim_id, 5000, 'paid', 'tr_x', 'k', now(), now() FROM participations`)
			c.Exec(`INSERT INTO refunds (ref, prepayment_id, amount_cents, reason, status, idempotency_key, next_try_at, created_at) SELECT 'r', id, 5000, 'lost', 'failed', 'k', now(), now() FROM prepayments`)
		},
		func(c *claimstest.Case) {
			c.Exec(`INSERT INTO refunds (ref, prepayment_id, amount_cents, reason, status, provider_id, idempotency_key, next_try_at, refunded_at, created_at)
				SELECT 'r2', id, 5000, 'lost', 'refunded', 're_x', 'k2', now(), now(), now() FROM prepayments`)
		},
	},
	"books": {
		func(c *claimstest.Case) { c.Bank(claimstest.Line{Cents: 1234, Text: "from somebody"}) },
		func(c *claimstest.Case) {
			id := claimstest.One[int64](c, `SELECT id FROM statement_lines WHERE matched_at IS NULL`)
			if err := c.Claims.MatchLine(c.Ctx(), claimstest.Accountant, id, "unknown", 0); err != nil {
				c.Fatal(err)
			}
		},
	},
}

// Each move, with each of its guards failing: it is not offered, says why, and can't be proposed; mended, it is.
func TestEveryMoveWithEachOfItsGuards(t *testing.T) {
	t.Parallel()
	for _, m := range claims.GuardedMoves() {
		for _, guard := range m.Guards {
			t.Run(fmt.Sprintf("%s to %s without %s", m.From, m.To, guard), func(t *testing.T) {
				t.Parallel()
				o, ok := obstacles[guard]
				if !ok {
					t.Fatalf("nothing tries the guard %q", guard)
				}
				c := claimstest.New(t)
				c.Damaged = true // the claim is put where no road has led it
				c.Join(1)
				whole(c, m.From)
				if m.From == claims.Stayed {
					c.Exec(`UPDATE claims SET stayed_from = ?`, m.To)
				}
				o.breaks(c)
				try := func() error {
					return c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer", "accountant"}, c.Claim.ID, claimstest.Judgment(m.To, c.Watch.Now()))
				}
				for _, g := range m.Guards { // those that nothing breaks have to be mended as well
					if why := offered(c, m.To); g != guard && slices.Contains(why, g) {
						obstacles[g].mends(c)
					}
				}
				if why := offered(c, m.To); !slices.Equal(why, []string{guard}) {
					t.Errorf("the move is held up by %v, want %q alone", why, guard)
				}
				if err := try(); !errors.Is(err, claims.ErrGuard) {
					t.Errorf("propose = %v, want %v", err, claims.ErrGuard)
				}
				o.mends(c)
				if why := offered(c, m.To); len(why) > 0 {
					t.Errorf("the move is held up by %v, want nothing", why)
				}
				if err := try(); err != nil {
					t.Errorf("propose when all is well = %v", err)
				}
			})
		}
	}
}

// A claim ends by a judgment that is final, and by a document that says so.
func TestWhatAMoveRestsOn(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Damaged = true
	whole(c, claims.Litigation)
	today := locale.Today(c.Watch.Now())
	tomorrow := today.AddDate(0, 0, 1)
	for _, tt := range []struct {
		name string
		p    claims.Proposal
		want error
	}{
		{"a judgment without the day it became final", claims.Proposal{Document: claimstest.Paper}, claims.ErrNotFinal},
		{"an appeal is possible until tomorrow", claims.Proposal{Document: claimstest.Paper, FinalOn: &tomorrow}, claims.ErrNotFinal},
		{"a judgment without its document", claims.Proposal{FinalOn: &today}, claims.ErrMoveProof},
		{"a document that is none", claims.Proposal{FinalOn: &today, Document: []byte("lost")}, claims.ErrMoveProof},
		{"a final judgment with its document", claims.Proposal{FinalOn: &today, Document: claimstest.Paper}, nil},
	} {
		tt.p.To, tt.p.Reason = claims.Lost, "judgment"
		if err := c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer"}, c.Claim.ID, tt.p); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := c.Claims.ApproveMove(t.Context(), claimstest.Board, c.Claim.ID); err != nil {
		t.Fatal(err)
	}
	id := claimstest.One[int64](c, `SELECT id FROM claim_moves WHERE to_status = 'lost'`)
	media, document, err := c.Claims.MoveDocument(t.Context(), claimstest.Board, c.Claim.ID, id)
	if err != nil || media != "application/pdf" || !bytes.Equal(document, claimstest.Paper) {
		t.Errorf("the document = %s, %d bytes, %v, want the PDF that was given", media, len(document), err)
	}
	if _, _, err := c.Claims.MoveDocument(t.Context(), claimstest.Board, c.Claim.ID+1, id); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("the document by another claim = %v, want %v", err, claims.ErrNotFound)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'claim.document_viewed'`); n != 1 {
		t.Errorf("%d looks are logged, want 1", n)
	}
}

// The schema knows the same steps as the program, and refuses everything else, whoever asks.
func TestTheSchemaKnowsTheSteps(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	type step struct {
		FromStatus, ToStatus claims.Status
		TwoPeople            bool
	}
	var steps []step
	if err := c.DB.Raw(`SELECT from_status, to_status, two_people FROM claim_steps`).Scan(&steps).Error; err != nil {
		t.Fatal(err)
	}
	known := map[step]bool{}
	for _, s := range steps {
		known[s] = true
	}
	owner := c.OwnerDB(t)
	for _, from := range claims.Statuses {
		for _, to := range claims.Statuses {
			ok, two, _ := claims.CanMove(from, to)
			if known[step{from, to, two}] != ok {
				t.Errorf("%s to %s: the schema knows it %v, want %v", from, to, !ok, ok)
			}
			if from == to {
				continue
			}
			whole(c, from)
			if err := owner.Exec(`UPDATE claims SET status = ? WHERE id = ?`, to, c.Claim.ID).Error; err == nil {
				t.Errorf("%s to %s without a move: the schema takes it", from, to)
			}
			err := owner.Exec(`INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at, made_at, dropped_at, final_on, document, document_type, document_sha256)
				VALUES (?, ?, ?, 'x', 'staff:3', now(), NULL, now(), now(), decode('01' || repeat('00', 28), 'hex'), 'application/pdf', sha256('x'))`, c.Claim.ID, from, to).Error
			if (err == nil) != ok {
				t.Errorf("%s to %s as a move: %v, want it taken %v", from, to, err, ok)
			}
		}
	}
	whole(c, claims.Open)
	for name, sql := range map[string]string{
		"a move by one that takes two": `INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at, made_at) VALUES (1, 'open', 'discontinued', 'x', 'staff:3', now(), now())`,
		"a move approved by oneself":   `INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at, approved_by, made_at) VALUES (1, 'open', 'discontinued', 'x', 'staff:3', now(), 'staff:3', now())`,
		"a judgment without a day":     `INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at, document, document_type, document_sha256) VALUES (1, 'litigation', 'lost', 'x', 'staff:3', now(), decode('01' || repeat('00', 28), 'hex'), 'application/pdf', sha256('x'))`,
		"a settlement without a paper": `INSERT INTO claim_moves (claim_id, from_status, to_status, reason, proposed_by, proposed_at) VALUES (1, 'settlement_proposed', 'settled', 'x', 'staff:3', now())`,
		"another history":              `UPDATE claim_moves SET reason = 'y' WHERE made_at IS NOT NULL`,
		"no history":                   `DELETE FROM claim_moves WHERE made_at IS NOT NULL`,
		"another fee after opening":    `UPDATE claims SET flat_fee_cents = flat_fee_cents + 1`,
		"another class after opening":  `UPDATE claims SET countries = '["US"]'`,
		"another late policy":          `UPDATE claims SET late_policy = 'closed'`,
	} {
		if err := owner.Exec(sql).Error; err == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

// offered tells what holds up a move.
func offered(c *claimstest.Case, to claims.Status) []string {
	c.Helper()
	moves, err := c.Claims.Moves(c.Ctx(), c.Reload())
	if err != nil {
		c.Fatal(err)
	}
	for _, m := range moves {
		if m.To == to {
			if m.Allowed != (len(m.Why) == 0) {
				c.Errorf("move to %s is allowed %v, with reasons %v", to, m.Allowed, m.Why)
			}
			return m.Why
		}
	}
	c.Fatalf("no move to %s is offered", to)
	return nil
}
