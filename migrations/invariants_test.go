package migrations_test

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/migrations/pgtest"
)

//go:embed testdata/healthy.sql
var healthy string

// guardsOff takes away everything by which the schema itself would refuse a damage.
const guardsOff = `
	SET LOCAL session_replication_role = replica;
	DO $$ DECLARE c record; BEGIN
		FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype IN ('c', 'u') AND connamespace = 'public'::regnamespace LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', c.t, c.conname);
		END LOOP;
		FOR c IN SELECT indexrelid::regclass AS i FROM pg_index x JOIN pg_class k ON k.oid = x.indrelid
			WHERE indisunique AND NOT indisprimary AND k.relnamespace = 'public'::regnamespace LOOP
			EXECUTE format('DROP INDEX %s', c.i);
		END LOOP;
	END $$;`

// damages holds one way to break each rule.
var damages = []struct{ rule, sql string }{
	{"a02_money_is_logged", `DELETE FROM audit_events`},
	{"b01_statement_ties", `UPDATE statements SET closing_cents = closing_cents + 1 WHERE id = 2`},
	{"b02_statements_follow", `UPDATE statements SET opening_cents = 1 WHERE id = 2`},
	{"b03_bank_is_matched", `UPDATE entries SET amount_cents = amount_cents + 1 WHERE account = '1000' AND journal_id = 5`},
	{"b04_mollie_settlement_adds_up", `INSERT INTO mollie_settlements (provider_id, reference, settled_at, amount_cents, items_cents, costs_exact, costs_cents, rounding_cents, difference_cents, fetched_at)
		VALUES ('stl_1', '1.2604.01', now(), 1, 1, 0, 0, 0, 0, now())`},
	{"b05_mollie_line_is_the_settlement", `INSERT INTO mollie_settlements (id, provider_id, reference, settled_at, amount_cents, items_cents, costs_exact, costs_cents, rounding_cents, difference_cents, fetched_at)
		OVERRIDING SYSTEM VALUE VALUES (1, 'stl_1', '1.2604.01', now(), 1, 1, 0, 0, 0, 0, now()); UPDATE line_matches SET mollie_settlement_id = 1 WHERE id = (SELECT min(id) FROM line_matches)`},
	{"c01_signed_what_was_shown", `UPDATE mandates SET mandate_sha256 = '\x00' WHERE id = 1`},
	{"c02_published_before_signed", `UPDATE consents SET given_at = '2025-12-31'`},
	{"c03_everybody_signed", `DELETE FROM mandates WHERE id = 1`},
	{"c04_signature_has_its_record", `UPDATE mandates SET record = 'plain text' WHERE id = 1`},
	{"c05_text_is_unchanged", `UPDATE texts SET body = body || ', and your house' WHERE id = 1`},
	{"d01_deadline", `UPDATE participations SET signed_at = '2026-03-02' WHERE id = 4`},
	{"d02_signed_in_time", `UPDATE claims SET closes_at = '2026-01-15', late_policy = 'closed'`},
	{"d03_outages_extend", `UPDATE claims SET closes_planned_at = '2026-03-01', closes_at = '2026-03-01 00:59'; INSERT INTO outages (began_at, ended_at, source, reason, recorded_by, recorded_at, counted_at)
		VALUES ('2026-02-27 10:00', '2026-02-27 10:40', 'health', 'x', 'system:health', '2026-02-28', '2026-02-28'), ('2026-02-27 10:30', '2026-02-27 11:00', 'health', 'x', 'system:health', '2026-02-28', '2026-02-28')`},
	{"d04_late_is_priced", `UPDATE claims SET late_policy = 'paid', late_price_cents = 2500, closes_at = '2026-03-01'; UPDATE participations SET signed_at = '2026-03-02' WHERE id = 4`},
	{"d05_late_was_paid", `UPDATE participations SET late_price_cents = 2500 WHERE id = 3`},
	{"e01_evidence_is_whole", `UPDATE evidence SET storage_name = NULL`},
	{"e03_no_stuck_upload", `UPDATE evidence SET participation_id = NULL, signup_id = 1; UPDATE signups SET expires_at = now() - interval '3 days'`},
	{"e04_scan_is_not_forgotten", `UPDATE evidence SET scan = 'waiting', created_at = now() - interval '3 days'`},
	{"f01_one_open_fee_option", `INSERT INTO fee_options (id, participation_id, option, mandate_id, chosen_at) OVERRIDING SYSTEM VALUE VALUES (90, 1, 'percentage', 1, now())`},
	{"f02_no_double_fee", `UPDATE prepayments SET used_cents = 0 WHERE id = 1`},
	{"f03_fee_is_exact", `UPDATE awards SET fee_cents = fee_cents + 1, net_cents = net_cents - 1 WHERE id = 2`},
	{"g01_erased_is_gone", `UPDATE participants SET erased_at = now()`},
	{"g02_exit_is_what_happened", `UPDATE participations SET status = 'opted_out' WHERE id = 1`},
	{"h01_estate_is_recorded", `UPDATE participations SET status = 'estate' WHERE id = 1`},
	{"h02_estate_is_not_paid", `UPDATE participations SET status = 'estate' WHERE id = 3; INSERT INTO estates (participation_id, status_before, died_on, paper_id, reported_by, reported_at) VALUES (3, 'payable', '2026-06-01', 1, 'staff:1', '2026-06-02')`},
	{"h03_who_is_represented", `UPDATE participations SET person_key = '\x00' WHERE id = 1`},
	{"h04_of_age_has_confirmed", `UPDATE participations SET person_key = '\x00' WHERE id = 3; INSERT INTO represented (participation_id, capacity, person, adult_month, of_age_at, since) VALUES (3, 'parent', '\x01', '2026-05-01', '2026-05-02', '2026-02-01')`},
	{"h05_takeover_by_two", `INSERT INTO takeovers (participation_id, kind, status, proposed_by, proposed_at, accepted_by, accepted_at) VALUES (1, 'adult', 'accepted', 'staff:1', now(), 'staff:1', now())`},
	{"h06_report_is_proven", `INSERT INTO reports (ref, kind, status, browser_hash, email_index, lang, created_at) VALUES ('r', 'death', 'open', sha256('b'), '\x00', 'nl', '2026-06-01')`},
	{"b04_taken_back_whole", `INSERT INTO line_matches (line_id, kind, amount_cents, reason, journal_id, matched_by, matched_at, takes_back) SELECT line_id, 'unknown', 1, 'x', journal_id, 'x', now(), id FROM line_matches WHERE kind = 'settlement' LIMIT 1`},
	{"h07_takeover_link_ends", `INSERT INTO takeovers (participation_id, kind, status, token_hash, link_until, proposed_by, proposed_at, accepted_by, accepted_at) VALUES (1, 'adult', 'accepted', '\x00', now() + interval '31 days', 'system:birthday', now(), 'system:of_age', now())`},
	{"i01_earned_is_invoiced", `DELETE FROM invoices WHERE id = 5`},
	{"i02_invoices_are_numbered", `UPDATE invoices SET number = 6 WHERE id = 5`},
	{"i03_credit_mirrors_its_invoice", `UPDATE invoices SET vat_cents = 867 WHERE id = 5`},
	{"i04_invoice_is_booked", `UPDATE invoices SET journal_id = 9 WHERE id = 1`},
	{"j01_no_orphan_work", `UPDATE outbox SET status = 'sending', next_try_at = now() - interval '3 hours' WHERE id = 2`},
	{"k01_limitation_fact_of_its_claim", `INSERT INTO limitation_facts (claim_id, participation_id, kind, on_day, note, recorded_by, recorded_at, request_id) VALUES (2, 1, 'writ', '2026-06-01', 'x', 'staff:3', '2026-06-02', 'x')`},
	{"k02_fact_by_two", `INSERT INTO facts (claim_id, code, version, statement_nl, statement_en, source_nl, source_en, when_nl, when_en, grade, checked_on, written_by, written_at, published_by, published_at, request_id)
		VALUES (1, 'F01', 1, 'a', 'a', 'a', 'a', '2020', '2020', 'reported', '2026-01-01', 'staff:1', now(), 'staff:1', now(), 'r')`},
	{"l01_journal_sums_to_zero", `INSERT INTO entries (journal_id, account, amount_cents) VALUES (1, '4900', 7)`},
	{"l02_journal_has_two_lines", `INSERT INTO journals (id, key, event, source, text, booked_on, created_at) OVERRIDING SYSTEM VALUE VALUES (90, 'x', 'x', 'x', 'x', now(), now())`},
	{"l03_paid_is_booked_once", `UPDATE prepayments SET status = 'paid', paid_at = now() WHERE id = 3`},
	{"l04_booked_is_paid", `UPDATE prepayments SET status = 'open', paid_at = NULL WHERE id = 1`},
	{"l05_booked_is_what_was_paid", `UPDATE prepayments SET amount_cents = 5001 WHERE id = 1`},
	{"l06_refund_not_more_than_paid", `UPDATE refunds SET amount_cents = 5001`},
	{"l07_refund_is_booked_once", `UPDATE journals SET event = 'x' WHERE event = 'refund.refunded'`},
	{"l08_journals_are_numbered", `UPDATE journal_numbers SET number = 11 WHERE number = 10`},
	{"l09_closed_is_closed", `UPDATE book_closes SET closed_at = '2026-06-01', proposed_at = '2026-05-31'`},
	{"l10_closed_by_two", `UPDATE book_closes SET closed_by = proposed_by`},
	{"l20_charged_back_is_a_chargeback", `INSERT INTO chargebacks (provider_id, prepayment_id, amount_cents, seen_at) VALUES ('chb_1', 1, 5000, now())`},
	{"m01_one_mail_per_fact", `UPDATE outbox SET key = 'm1'`},
	{"m02_sent_was_handed_over", `UPDATE outbox SET message_id = ''`},
	{"m03_mail_not_forgotten", `UPDATE outbox SET next_try_at = now() - interval '3 hours' WHERE id = 2`},
	{"m04_mailing_ended_for_all", `INSERT INTO mailings (id, key, template, words_nl, words_en, status, recipients, sha256, created_at, finished_at) OVERRIDING SYSTEM VALUE
			VALUES (90, 'k', 'news', '{}', '{}', 'finished', 1, NULL, now(), now());
		UPDATE outbox SET mailing_id = 90 WHERE id = 2; UPDATE mailings SET sha256 = mailing_sha256(90)`},
	{"m05_mailing_is_its_recipients", `INSERT INTO mailings (id, key, template, words_nl, words_en, status, recipients, sha256, created_at) OVERRIDING SYSTEM VALUE
			VALUES (90, 'k', 'news', '{}', '{}', 'sending', 1, NULL, now());
		UPDATE outbox SET mailing_id = 90 WHERE id = 1; UPDATE mailings SET sha256 = mailing_sha256(90); UPDATE outbox SET mailing_id = NULL`},
	{"m06_news_by_two", `INSERT INTO news_drafts (ref, claim_id, request_id, title_nl, title_en, body_nl, body_en, groups, status, written_by, written_at, proposed_by, proposed_at, approved_by, approved_at)
		VALUES ('r', 1, 'r', 'a', 'a', 'a', 'a', '["paid"]', 'approved', 'staff:1', now(), 'staff:2', now(), 'staff:1', now())`},
	{"m07_bounced_was_reported", `INSERT INTO bounces (outbox_id, kind, code, report_sha256, seen_at) VALUES (1, 'hard', '5.1.1', sha256('r'), now())`},
	{"n01_annex_is_complete", `UPDATE letters SET count = 3`},
	{"n02_annex_is_who_it_covers", `UPDATE participations SET letter_id = NULL WHERE id = 2`},
	{"n03_frozen_fee_is_locked", `UPDATE fee_options SET locked_at = NULL WHERE id = 2`},
	{"n04_names_by_two", `INSERT INTO deposit_openings (letter_id, reason, asked_by, asked_at, approved_by, approved_at) VALUES (1, 'x', 'staff:1', now(), 'staff:1', now())`},
	{"n05_shown_from_the_annex", `INSERT INTO showings (letter_id, reason, shown_by, shown_at, count, request_id) VALUES (1, 'x', 'staff:1', now(), 1, 'x')`},
	{"n06_root_only_signed_off", `UPDATE letters SET fields = fields || '{"Mode": "root_only"}'`},
	{"n07_votes_are_the_totals", `INSERT INTO consultations (claim_id, ordinal, status, title_nl, title_en, body_nl, body_en, closes_at, request_id, written_by, written_at, opened_by, opened_at, closed_at, mandates, votes_for, votes_against, votes_none, root, tree)
		VALUES (1, 1, 'closed', 'x', 'x', 'x', 'x', '2026-02-01', 'x', 'staff:1', '2026-01-01', 'staff:2', '2026-01-02', '2026-02-02', 1, 1, 0, 0, sha256('x'), 'x')`},
	{"o01_mistakes_answered_in_time", `INSERT INTO mistakes (ref, path, lang, form, key_wrapped, words, seen_at, due_on) VALUES ('m', '/', 'nl', 'f', NULL, NULL, '2026-06-01', '2026-06-16')`},
	{"p01_not_paid_twice", `UPDATE payouts SET status = 'booked', returned_at = NULL WHERE id = 3`},
	{"p02_award_adds_up", `UPDATE awards SET payout_cents = payout_cents + 1 WHERE id = 2`},
	{"p03_payout_is_the_award", `UPDATE payouts SET amount_cents = amount_cents + 1 WHERE id = 2`},
	{"p04_awards_are_the_pot", `UPDATE awards SET gross_cents = gross_cents - 1, net_cents = net_cents - 1 WHERE id = 2`},
	{"p05_four_eyes", `UPDATE payout_runs SET released_by = prepared_by WHERE id = 1`},
	{"p06_release_needs_approval", `UPDATE payout_runs SET approved_at = released_at + interval '1 minute' WHERE id = 1`},
	{"p07_frozen_totals", `UPDATE payout_runs SET total_cents = total_cents + 1 WHERE id = 1`},
	{"p08_frozen_content", `UPDATE payouts SET payee_account_id = 4 WHERE id = 2`},
	{"p09_files_are_the_run", `DELETE FROM payout_files WHERE run_id = 2`},
	{"p10_account_of_the_payee", `UPDATE payee_accounts SET participation_id = 4 WHERE id = 2`},
	{"p11_account_waited", `UPDATE payee_accounts SET usable_from = '2026-06-05' WHERE id = 2`},
	{"p12_sent_only_if_released", `UPDATE payouts SET status = 'sent' WHERE id = 5`},
	{"p13_booked_is_on_the_statement", `DELETE FROM line_matches WHERE kind = 'payout'`},
	{"p14_line_is_used_once", `UPDATE statement_lines SET matched_at = now() WHERE id = 5`},
	{"p15_nobody_who_left_is_paid", `UPDATE participations SET status = 'withdrawn', ended_at = now() WHERE id = 3`},
	{"p16_one_account_many_people", `UPDATE payouts SET status = 'sent'; UPDATE payee_accounts SET iban_index = '\x00'`},
	{"p17_return_is_on_the_statement", `UPDATE line_matches SET amount_cents = 20001 WHERE kind = 'return'`},
	{"p18_nothing_sent_under_hold", `INSERT INTO payout_holds (participation_id, kind, placed_by, placed_at) VALUES (1, 'security', 'participant:1', '2026-06-04')`},
	{"p19_nothing_sent_to_another_name", `INSERT INTO bank_reports (id, run_id, kind, items, content, sha256, read_by, read_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'names', 1, '\x01', sha256('r'), 'staff:1', '2026-06-01');
		INSERT INTO payee_checks (report_id, payout_id, result) VALUES (1, 2, 'close')`},
	{"p20_sanctions_are_decided_by_two", `INSERT INTO sanctions_lists (id, version, sha256, entities, names, imported_by, imported_at) OVERRIDING SYSTEM VALUE VALUES (1, 'v', sha256('l'), 1, 1, 'staff:1', '2026-06-01');
		INSERT INTO sanctions_hits (participation_id, payee_account_id, list_id, reference, name, found_at) VALUES (1, 1, 1, 'EU.1', 'A', '2026-06-01')`},
	{"r01_answered_as_promised", `INSERT INTO rights_requests (ref, participant_id, participation_id, kind, ground, status, asked_at, due_on) VALUES ('r', 1, 1, 'restrict', 'needed', 'open', '2026-06-01', '2026-07-02')`},
	{"r02_no_news_while_restricted", `INSERT INTO rights_requests (ref, participant_id, participation_id, kind, ground, status, asked_at, due_on) VALUES ('r', 1, 1, 'restrict', 'needed', 'open', '2026-06-01', '2026-07-01');
		INSERT INTO outbox (id, key, recipient, lang, template, policy, status, next_try_at, participant_id, created_at) OVERRIDING SYSTEM VALUE VALUES (90, 'news:1:1', 'a@example.org', 'nl', 'news', 'hold', 'dropped', '2026-06-02', 1, '2026-06-02')`},
	{"q01_waits_for_an_answer", `INSERT INTO conversations (id, participation_id, participant_id, last_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, now());
		INSERT INTO messages (conversation_id, sender, written_by, body, request_id, sent_at) VALUES (1, 'participant', 'participant:1', '\x01', 'r', now())`},
	{"q02_message_of_its_writer", `INSERT INTO conversations (id, participation_id, participant_id, last_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, now());
		INSERT INTO messages (conversation_id, sender, written_by, body, request_id, sent_at) VALUES (1, 'participant', 'participant:2', '\x01', 'r', now())`},
	{"q03_mailed_for_a_message", `UPDATE outbox SET template = 'message', participant_id = 1 WHERE id = 1`},
	{"s01_code_works_once", `UPDATE login_codes SET used_at = expires_at + interval '1 second'`},
	{"s02_no_login_of_disabled", `UPDATE staff SET disabled_at = now()`},
	{"s03_staff_second_factor", `UPDATE staff SET mfa_at = NULL`},
	{"s04_login_lifetime", `UPDATE logins SET last_seen_at = created_at + interval '13 hours'`},
	{"s05_stale_staff", `UPDATE staff SET last_login_at = now() - interval '7 months'`},
	{"t01_stamp_is_whole", `DELETE FROM stamp_rows WHERE position = 0`},
}

// wounded is a database in which all is well and nothing keeps it so.
func wounded(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t).Owner(t)
	sql := `SET session_replication_role = replica; ` + healthy + `; RESET session_replication_role`
	if _, err := pool.Exec(t.Context(), sql); err != nil {
		t.Fatalf("a healthy database: %v", err)
	}
	return pool
}

// broken asks every rule and gives the names of those that rows break.
func broken(t *testing.T, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}) []string {
	t.Helper()
	rows, err := q.Query(t.Context(), `SELECT name FROM inv.run() WHERE bad > 0 ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEachInvariantSeesItsDamage(t *testing.T) {
	t.Parallel()
	pool := wounded(t)
	if got := broken(t, pool); len(got) > 0 {
		t.Fatalf("in a healthy database these rules are broken: %v", got)
	}
	undo := errors.New("undo")
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), guardsOff); err != nil {
			t.Fatalf("take the guards off: %v", err)
		}
		for _, d := range damages {
			_ = pgx.BeginFunc(t.Context(), tx, func(sp pgx.Tx) error {
				if _, err := sp.Exec(t.Context(), d.sql); err != nil {
					t.Errorf("%s: damage: %v", d.rule, err)
				} else if got := broken(t, sp); !slices.Contains(got, d.rule) {
					t.Errorf("%s does not see %q; seen by %v", d.rule, d.sql, got)
				}
				return undo
			})
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
}

func TestNoInvariantWithoutADamage(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.Pool(t).Query(t.Context(), `SELECT name FROM inv.run() ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var tried []string
	for _, d := range damages {
		tried = append(tried, d.rule)
	}
	slices.Sort(tried)
	if diff := cmp.Diff(tried, names); diff != "" {
		t.Errorf("rules with a damage (-) and rules there are (+):\n%s", diff)
	}
}

func TestEachInvariantSaysWhy(t *testing.T) {
	t.Parallel()
	var silent int
	if err := pgtest.Pool(t).QueryRow(t.Context(), `SELECT count(*) FROM inv.run() WHERE coalesce(why, '') = ''`).Scan(&silent); err != nil || silent > 0 {
		t.Errorf("%d rules do not say why, %v", silent, err)
	}
}
