package migrations_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"samenclaim/migrations/pgtest"
)

// appendOnly are the tables that only grow. Another one belongs in here.
var appendOnly = []string{
	"annex_rows", "audit_events", "audit_seals", "awards", "bank_reports", "bounces", "corrections", "deliveries", "disclosures", "docket_entries", "docket_reminders", "entries", "erasures", "exits", "invoices", "journal_numbers", "journals", "letter_files", "limitation_facts", "line_matches", "mandates", "message_marks", "messages", "mollie_differences", "mollie_settlement_costs", "mollie_settlement_items", "mollie_settlements", "news", "next_steps", "payout_files", "processors", "sanctions_lists", "sanctions_names", "settlements", "showings", "shown_people", "signed_papers", "stamp_rows", "statement_import_parts",
	"statements", "texts", "vat_rates",
}

func TestAppendOnlyTablesAreGuardedTwice(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	rows, err := db.Pool.Query(t.Context(), `SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	guarded, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if diff := cmp.Diff(appendOnly, guarded); err != nil || diff != "" {
		t.Errorf("tables with the guard (-want +got): %v\n%s", err, diff)
	}
	rows, err = db.Pool.Query(t.Context(), `SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
		AND has_table_privilege('samenclaim_app', c.oid, 'INSERT') AND NOT has_table_privilege('samenclaim_app', c.oid, 'UPDATE')
		AND NOT has_table_privilege('samenclaim_app', c.oid, 'DELETE') AND NOT has_table_privilege('samenclaim_app', c.oid, 'TRUNCATE') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if granted, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || !slices.Equal(granted, appendOnly) {
		t.Errorf("tables to which the program may only add (-want +got): %v\n%s", err, cmp.Diff(appendOnly, granted))
	}
}

func TestAppendOnlyTablesRefuseChanges(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner := db.Owner(t)
	tx, err := owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SET LOCAL session_replication_role = replica;"+healthy); err != nil {
		t.Fatalf("healthy.sql: %v", err)
	}
	if _, err := tx.Exec(t.Context(), `
		SET LOCAL session_replication_role = replica;
		INSERT INTO audit_seals (id, ids, last_id, count, marks, sha256, sealed_at) VALUES (1, '{[1,2)}', 1, 1, '12345678', sha256('s'), now());
		INSERT INTO disclosures (kind, happened_on, outcome, people, summary_nl, summary_en, recorded_by, recorded_at) VALUES ('breach', '2026-06-01', 'told', 1, 'x', 'x', 'staff:1', now());
		INSERT INTO bounces (outbox_id, kind, code, report_sha256, seen_at) VALUES (1, 'soft', '', sha256('r'), now());
		INSERT INTO mollie_settlements (id, provider_id, reference, settled_at, amount_cents, items_cents, costs_exact, costs_cents, rounding_cents, difference_cents, fetched_at)
			OVERRIDING SYSTEM VALUE VALUES (1, 'stl_1', '1.2604.01', now(), 5000, 5035, 3509, 35, 0, 0, now());
		INSERT INTO mollie_settlement_items VALUES (1, 'payment', 'tr_1', 'tr_1', 5035);
		INSERT INTO mollie_settlement_costs VALUES (1, 1, '2026-04', 'iDEAL', 1, 3509);
		INSERT INTO mollie_differences VALUES (1, 1, 'x', 'staff:1', now());
		INSERT INTO bank_reports (run_id, kind, items, content, sha256, read_by, read_at) VALUES (1, 'names', 0, decode('01' || repeat('00', 28), 'hex'), sha256('r'), 'staff:1', now());
		INSERT INTO sanctions_lists (id, version, sha256, entities, names, imported_by, imported_at) OVERRIDING SYSTEM VALUE VALUES (1, 'v', sha256('l'), 1, 1, 'staff:1', now());
		INSERT INTO sanctions_names VALUES (1, 1, 'EU.1', 'A');
		INSERT INTO docket_entries (claim_id, step, on_day, note, document, document_type, document_sha256, recorded_by, recorded_at, request_id)
			VALUES (1, 'served', '2026-06-01', 'x', decode('01' || repeat('00', 28), 'hex'), 'application/pdf', sha256('d'), 'staff:3', '2026-06-02', 'x');
		INSERT INTO docket_reminders (claim_id, term, due_on, told_at) VALUES (1, 'register', '2026-06-03', now());
		INSERT INTO showings (letter_id, reason, shown_by, shown_at, count, request_id) VALUES (1, 'x', 'staff:1', now(), 1, 'x');
		INSERT INTO shown_people SELECT id, 1 FROM showings;
		INSERT INTO limitation_facts (claim_id, kind, on_day, note, document, document_type, document_sha256, recorded_by, recorded_at, request_id)
			VALUES (1, 'writ', '2026-06-01', 'x', decode('01' || repeat('00', 28), 'hex'), 'application/pdf', sha256('d'), 'staff:3', '2026-06-02', 'x');
		INSERT INTO processors (name, country, purpose_nl, purpose_en, checked_on, recorded_by, recorded_at) VALUES ('a', 'NL', 'a', 'a', '2026-01-01', 'staff:1', now());
		INSERT INTO letter_files (letter_id, kind, bytes, sha256) VALUES (1, 'letter_pdf', 'x', sha256('x'));
		INSERT INTO deliveries (letter_id, channel, delivered_at, proof, proof_type, proof_sha256, recorded_by, recorded_at)
			VALUES (1, 'email', now(), decode('01' || repeat('00', 28), 'hex'), 'application/pdf', sha256('p'), 'staff:1', now());
		INSERT INTO signed_papers (mandate_id, pdf, html, sha256, made_at)
			VALUES (1, decode('01' || repeat('00', 28), 'hex'), decode('01' || repeat('00', 28), 'hex'), sha256('p'), now());
		INSERT INTO exits (participation_id, kind, fee_stays, made_at) VALUES (1, 'ended', true, now());
		INSERT INTO corrections (participant_id, fields, before, made_by, made_at) VALUES (1, '{name}', decode('01' || repeat('00', 28), 'hex'), 'staff:1', now());
		INSERT INTO erasures (ref, participant_id, made_by, counts, made_at) VALUES ('r', 1, 'staff:1', '{}', now());
		INSERT INTO conversations (id, participation_id, participant_id, last_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, now());
		INSERT INTO messages (id, conversation_id, sender, written_by, body, request_id, sent_at) OVERRIDING SYSTEM VALUE
			VALUES (1, 1, 'staff', 'staff:1', decode('01' || repeat('00', 28), 'hex'), 'r', now());
		INSERT INTO message_marks (conversation_id, kind, message_id, made_by, made_at) VALUES (1, 'read_by_participant', 1, 'participant:1', now());
		INSERT INTO next_steps (claim_id, text_nl, text_en, earliest_on, set_by, set_at) VALUES (1, 'a', 'a', '2027-01-01', 'staff:1', now());
		INSERT INTO news (claim_id, title_nl, title_en, body_nl, body_en, written_by, published_at, request_id) VALUES (1, 'a', 'a', 'a', 'a', 'staff:1', now(), 'n')`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	const noRight, guarded = "42501", "23001"
	for _, table := range appendOnly {
		var column string
		err := owner.QueryRow(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attidentity = '' ORDER BY attnum LIMIT 1`, table).Scan(&column)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{"UPDATE " + table + " SET " + column + " = " + column, "DELETE FROM " + table} {
			if _, err := db.Pool.Exec(t.Context(), change); code(err) != noRight {
				t.Errorf("%s by the program = %v, want it to have no right", change, err)
			}
			if _, err := owner.Exec(t.Context(), change); code(err) != guarded {
				t.Errorf("%s by the owner = %v, want it refused", change, err)
			}
		}
	}
}

// code is PostgreSQL's number of an error.
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}
