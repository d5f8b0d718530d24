package ledger

import (
	"errors"
	"testing"

	"gorm.io/gorm"

	"samenclaim/migrations/pgtest"
)

func TestPostRowsRefuses(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	const (
		one  = `SELECT 'a' AS key, 'test' AS event, 'test:1' AS source, 'proef' AS text, NULL::bigint AS claim_id, '2026-11-02'::date AS booked_on`
		good = `VALUES ('a', '1000', 5, NULL::bigint), ('a', '2100', -5, 7), ('a', '2900', 0, NULL)`
	)
	tests := []struct {
		name, journals, lines string
		want                  error
	}{
		{"a journal that does not balance", one, `VALUES ('a', '1000', 5, NULL::bigint), ('a', '2100', -4, NULL)`, ErrUnbalanced},
		{"a journal of one line", one, `VALUES ('a', '1000', 0, NULL::bigint)`, ErrUnbalanced},
		{"a journal without lines beside a good one", one + ` UNION ALL SELECT 'b', 'test', 'test:1', 'proef', NULL, '2026-11-02'`, good, ErrUnbalanced},
		{"two that balance only together", one + ` UNION ALL SELECT 'b', 'test', 'test:1', 'proef', NULL, '2026-11-02'`,
			`VALUES ('a', '1000', 5, NULL::bigint), ('a', '2100', -4, NULL), ('b', '1000', 5, NULL), ('b', '2100', -6, NULL)`, ErrUnbalanced},
		{"a journal without a text", `SELECT 'a' AS key, 'test' AS event, 'test:1' AS source, '' AS text, NULL::bigint AS claim_id, '2026-11-02'::date AS booked_on`, good, ErrIncomplete},
		{"all is well", one, good, nil},
		{"the same fact again", one, good, ErrPosted},
	}
	for _, tt := range tests {
		err := db.Transaction(func(tx *gorm.DB) error { return PostRows(t.Context(), tx, tt.journals, tt.lines) })
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := db.Transaction(func(tx *gorm.DB) error {
		return PostRows(t.Context(), tx, `SELECT 'c' AS key, 'test' AS event, 'test:1' AS source, 'proef' AS text, NULL::bigint AS claim_id, '2026-11-02'::date AS booked_on`,
			`VALUES ('c', '1000', 5, NULL::bigint), ('c', '2100', -5, NULL), ('lost', '1000', 1, NULL), ('lost', '2100', -1, NULL)`)
	}); err == nil {
		t.Error("lines of no journal were written")
	}
	if err := PostRows(t.Context(), db, one, good); !errors.Is(err, ErrNoTransaction) {
		t.Errorf("outside a transaction: %v, want %v", err, ErrNoTransaction)
	}
	if cents, err := BalanceOf(t.Context(), db, "2100"); err != nil || cents != -5 {
		t.Errorf("balance = %d, %v, want -5", cents, err)
	}
}
