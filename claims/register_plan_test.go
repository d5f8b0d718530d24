package claims_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// many makes a hundred thousand participations by the database itself.
const many = `
WITH p AS (
	INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, postcode_index, created_at)
	SELECT 'p' || n || '@deelnemer.example', 'p' || n || '@deelnemer.example', initcap(substr(md5('f' || n % 5000), 1, 7)), CASE n % 3 WHEN 0 THEN 'van' ELSE '' END,
		initcap(translate(md5('l' || n), '0123456789', 'ghijklmnop')), 'nl', '2026-06-01', SEALED, decode(md5('pc' || n % 20000), 'hex'), '2026-06-01' FROM generate_series(1, 100000) n RETURNING id
), t AS (
	INSERT INTO participations (ref, number, claim_id, participant_id, status, used_for, evidence_plan, key_wrapped, signed_at, ended_at, created_at)
	SELECT 'r' || id, 'ZM-' || substr(upper(lpad(to_hex(id), 8, '0')), 1, 4) || '-' || substr(upper(lpad(to_hex(id), 8, '0')), 5, 4), CLAIM, id,
		CASE WHEN id % 1000 = 0 THEN 'withdrawn' ELSE 'active' END, 'private', 'no', SEALED, '2026-06-01', CASE WHEN id % 1000 = 0 THEN timestamptz '2026-06-02' END, '2026-06-01' FROM p RETURNING id
) SELECT count(*) FROM t`

func TestTheRegisterGoesByIndexAtAHundredThousand(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Damaged = true // rows without signatures
	owner := c.Owner(t)
	for _, sql := range []string{
		strings.NewReplacer("SEALED", `decode('01' || repeat('00', 28), 'hex')`, "CLAIM", "1").Replace(many), `VACUUM ANALYZE`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		filter claims.Filter
		index  string // that the plan goes by
	}{
		{"the first page", claims.Filter{}, "participations_"},
		{"a page in the middle", claims.Filter{AfterID: 50_000}, "participations_"},
		{"a page back", claims.Filter{BeforeID: 50_000}, "participations_"},
		{"one state", claims.Filter{Status: "withdrawn"}, "participations_status"},
		{"who had the use of their data restricted", claims.Filter{Limited: "yes"}, "participations_"},
		{"a number", claims.Filter{Term: "ZM-2222-222P"}, "participations_number_key"},
		{"an e-mail address", claims.Filter{Term: "p777@deelnemer.example"}, "participants_email_key_key"},
		{"a postcode", claims.Filter{Term: "1234 AB"}, "participants_postcode"},
		{"a name that few have", claims.Filter{Term: "jkpdho"}, "participations_"},
		{"a name that many have", claims.Filter{Term: "van"}, "participations_"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.filter.ClaimID = c.Claim.ID
			sql, args, err := claims.PageSQL(t.Context(), c.Claims, tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			plan := explain(t, c, sql, args)
			if !strings.Contains(plan, tt.index) || strings.Contains(plan, "Seq Scan on participa") {
				t.Errorf("the plan does not go by %s, or reads a whole table:\n%s", tt.index, plan)
			}
		})
	}
	sql, args := claims.NamesSQL("jkpdho")
	if plan := explain(t, c, sql, args); !strings.Contains(plan, "participants_name") || strings.Contains(plan, "Seq Scan") {
		t.Errorf("part of a name is not found by its index:\n%s", plan)
	}
	asksLittle(t, c)
}

func explain(t *testing.T, c *claimstest.Case, sql string, args []any) string {
	t.Helper()
	var lines []string
	if err := c.DB.WithContext(t.Context()).Raw("EXPLAIN "+sql, args...).Scan(&lines).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// asksLittle expects that no page of the register takes more than a few queries.
func asksLittle(t *testing.T, c *claimstest.Case) {
	t.Helper()
	counting := &counter{Interface: logger.Discard}
	service := claims.New(c.DB.Session(&gorm.Session{Logger: counting}), c.Vault, c.Files, c.People, c.Money, func(string) {})
	for _, term := range []string{"", "van", "jkpdho", "p777@deelnemer.example", "1234AB", "ZM-2222-222P"} {
		counting.n.Store(0)
		if _, err := service.Register(t.Context(), claims.Filter{ClaimID: c.Claim.ID, Term: term, Evidence: "no"}); err != nil {
			t.Fatal(err)
		}
		if n := counting.n.Load(); n < 2 || n > 6 {
			t.Errorf("searching %q takes %d queries, want 2 to 6", term, n)
		}
	}
}

// counter counts statements.
type counter struct {
	logger.Interface
	n atomic.Int64
}

func (c *counter) LogMode(logger.LogLevel) logger.Interface { return c }

func (c *counter) Trace(context.Context, time.Time, func() (string, int64), error) { c.n.Add(1) }
