package claims_test

import (
	"errors"
	"flag"
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
	golden(t, "states-claim.md", "# The states of a claim\n\nMade from the table in `claims/lifecycle.go` by its test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+claims.Diagram()+"```\n")
	golden(t, "states-news.md", "# The states of news and its mailing\n\nMade from the tables in `claims/news_draft.go` and `mailer/mailing.go` by a test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+claims.NewsDiagram()+"```\n")
	golden(t, "states-participation.md", "# The states of a participation\n\nMade from the table in `participants/lifecycle.go` by a test; `go test ./claims -run Diagrams -update` makes it again.\n\n```mermaid\n"+participants.Diagram()+"```\n")
}

// whole brings a claim to a state without the road that leads there: all moments that the state asks for are there.
func whole(c *claimstest.Case, s claims.Status) {
	c.Helper()
	c.Exec(`UPDATE claims SET status = @s,
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
			if err := c.Claims.ProposeMove(t.Context(), claimstest.Board, all, c.Claim.ID, to, "try"); !errors.Is(err, claims.ErrWrongState) {
				t.Errorf("%s to %s = %v, want %v", from, to, err, claims.ErrWrongState)
			}
		}
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM claim_moves WHERE made_at IS NULL`); n != 0 {
		t.Errorf("%d moves wait, want none", n)
	}
	whole(c, claims.Open)
}

func TestEveryGuardFailsAndHolds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		guard    string
		from, to claims.Status
		breaks   func(c *claimstest.Case)
		mends    func(c *claimstest.Case)
	}{
		{
			"nobody signs a text that is not there", "texts", claims.Draft, claims.Open,
			func(c *claimstest.Case) {
				owner := c.Owner(c.TB)
				for _, sql := range []string{`SET session_replication_role = replica`, `UPDATE texts SET published_at = '2100-01-01' WHERE key = 'mandate' AND lang = 'en'`} {
					if _, err := owner.Exec(c.Ctx(), sql); err != nil {
						c.Fatal(err)
					}
				}
			},
			func(c *claimstest.Case) {
				c.Exec(`INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
					SELECT claim_id, kind, key, lang, '2026-02', title, body, sha256, '2026-02-01' FROM texts WHERE key = 'mandate' AND lang = 'en'`)
			},
		},
		{
			"a claim that has lapsed stays shut", "limitation", claims.Draft, claims.Open,
			func(c *claimstest.Case) { c.Exec(`UPDATE claims SET limitation_on = '2026-11-02'`) },
			func(c *claimstest.Case) { c.Exec(`UPDATE claims SET limitation_on = '2026-11-03'`) },
		},
		{
			"no letter is announced that is not there", "letter", claims.Open, claims.LetterReady,
			func(*claimstest.Case) {},
			func(c *claimstest.Case) {
				if _, err := c.Claims.DraftLetter(c.Ctx(), claimstest.Lawyer, c.Claim.ID, "nl"); err != nil {
					c.Fatal(err)
				}
			},
		},
		{
			"after a stay the case goes on where it was", "stayed", claims.Stayed, claims.Negotiation,
			func(*claimstest.Case) {},
			func(c *claimstest.Case) { c.Exec(`UPDATE claims SET stayed_from = 'negotiation'`) },
		},
		{
			"nothing is settled without terms", "terms", claims.SettlementProposed, claims.Settled,
			func(*claimstest.Case) {},
			func(c *claimstest.Case) {
				err := c.Claims.RecordSettlement(c.Ctx(), claimstest.Lawyer, c.Claim.ID, claims.Settlement{Kind: "settlement", Reference: "S1", PotCents: 100, AgreedOn: locale.Today(c.Watch.Now())})
				if err != nil {
					c.Fatal(err)
				}
			},
		},
		{
			"nothing is settled while participants are asked", "consultation", claims.SettlementProposed, claims.Settled,
			func(c *claimstest.Case) {
				err := c.Claims.RecordSettlement(c.Ctx(), claimstest.Lawyer, c.Claim.ID, claims.Settlement{Kind: "settlement", Reference: "S1", PotCents: 100, AgreedOn: locale.Today(c.Watch.Now())})
				if err != nil {
					c.Fatal(err)
				}
				c.Exec(`INSERT INTO consultations (claim_id, ordinal, status, title_nl, title_en, body_nl, body_en, closes_at, request_id, written_by, written_at, opened_by, opened_at)
					VALUES (?, 1, 'open', 'x', 'x', 'x', 'x', now() + interval '9 days', 'x', 'staff:3', now(), 'staff:4', now())`, c.Claim.ID)
			},
			func(c *claimstest.Case) {
				c.Exec(`UPDATE consultations SET status = 'closed', closed_at = closes_at, mandates = 0, votes_for = 0, votes_against = 0, votes_none = 0`)
			},
		},
		{
			"nothing is closed while somebody waits for money", "payouts", claims.Distributing, claims.Closed,
			func(c *claimstest.Case) {
				c.Exec(`INSERT INTO letters (claim_id, ordinal, lang, status, fields, drafted_by, created_at) VALUES (?, 1, 'nl', 'draft', '{}', 'staff:3', now())`, c.Claim.ID)
				c.Exec(`UPDATE participations SET status = 'payable', letter_id = (SELECT id FROM letters) WHERE claim_id = ?`, c.Claim.ID)
			},
			func(c *claimstest.Case) { c.Exec(`UPDATE participations SET status = 'paid'`) },
		},
		{
			"nothing is closed while a prepayment goes back", "refunds", claims.Refunding, claims.Closed,
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
		{
			"nothing is closed while bank and books differ", "books", claims.Refunding, claims.Closed,
			func(c *claimstest.Case) { c.Bank(claimstest.Line{Cents: 1234, Text: "from somebody"}) },
			func(c *claimstest.Case) {
				id := claimstest.One[int64](c, `SELECT id FROM statement_lines WHERE matched_at IS NULL`)
				if err := c.Claims.MatchLine(c.Ctx(), claimstest.Accountant, id, "unknown", 0); err != nil {
					c.Fatal(err)
				}
			},
		},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		seen[tt.guard] = true
	}
	if diff := cmp.Diff(claims.Guards(), seen); diff != "" {
		t.Errorf("guards that are tried (-all +tried):\n%s", diff)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			c.Damaged = true // the claim is put where no road has led it
			c.Join(1)
			whole(c, tt.from)
			tt.breaks(c)
			try := func() error {
				return c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer", "accountant"}, c.Claim.ID, tt.to, "try")
			}
			if why := offered(c, tt.to); !slices.Contains(why, tt.guard) {
				t.Errorf("the move is held up by %v, want %q among them", why, tt.guard)
			}
			if err := try(); !errors.Is(err, claims.ErrGuard) {
				t.Errorf("propose = %v, want %v", err, claims.ErrGuard)
			}
			tt.mends(c)
			if why := offered(c, tt.to); len(why) > 0 {
				t.Errorf("the move is held up by %v, want nothing", why)
			}
			if err := try(); err != nil {
				t.Errorf("propose when all is well = %v", err)
			}
		})
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
