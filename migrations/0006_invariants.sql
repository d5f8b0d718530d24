-- +goose Up

-- What must always be true, beyond what a constraint can say: each view below
-- must be empty. They are asked after every road in the tests, at night, and by
-- "samenclaim verify"; migrations/invariants_test.go damages the data for each of them.
--
-- Not here, and why: that a stored file is the one that was uploaded (files lie
-- outside the database, the store checks the hash when it reads), files without a row
-- (the store sweeps them itself), jobs that died (the queue's tables are its own, and
-- the schedule repeats its work: what must not stay behind is j01 and m03), and the
-- hash of a payout file (its bytes are sealed: it is recounted at release, at each
-- download and by verify).
CREATE SCHEMA IF NOT EXISTS inv;

-- clock is the time by which waiting is measured; tests and night jobs set their own.
CREATE OR REPLACE FUNCTION inv.clock() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT coalesce(nullif(current_setting('samenclaim.now', true), '')::timestamptz, now()) $$;

CREATE VIEW inv.l01_journal_sums_to_zero AS
    SELECT journal_id, sum(amount_cents) AS cents FROM entries GROUP BY journal_id HAVING sum(amount_cents) <> 0;
COMMENT ON VIEW inv.l01_journal_sums_to_zero IS 'every journal balances';

CREATE VIEW inv.l02_journal_has_two_lines AS
    SELECT j.id FROM journals j LEFT JOIN entries e ON e.journal_id = j.id GROUP BY j.id HAVING count(e.id) < 2;
COMMENT ON VIEW inv.l02_journal_has_two_lines IS 'no journal is empty or has one leg';

CREATE VIEW inv.l03_paid_is_booked_once AS
    SELECT p.id FROM prepayments p LEFT JOIN journals j ON j.source = 'prepayment:' || p.id AND j.event = 'prepayment.paid'
    WHERE p.status IN ('paid', 'charged_back') GROUP BY p.id HAVING count(j.id) <> 1;
COMMENT ON VIEW inv.l03_paid_is_booked_once IS 'money that came in is booked exactly once';

CREATE VIEW inv.l04_booked_is_paid AS
    SELECT j.id FROM journals j LEFT JOIN prepayments p ON j.source = 'prepayment:' || p.id AND p.status IN ('paid', 'charged_back')
    WHERE j.event = 'prepayment.paid' AND p.id IS NULL;
COMMENT ON VIEW inv.l04_booked_is_paid IS 'nothing is booked as received that was not paid';

CREATE VIEW inv.l05_booked_is_what_was_paid AS
    SELECT p.id FROM prepayments p JOIN journals j ON j.source = 'prepayment:' || p.id AND j.event = 'prepayment.paid'
    JOIN entries e ON e.journal_id = j.id AND e.account = '1100'
    GROUP BY p.id HAVING sum(e.amount_cents) <> p.amount_cents;
COMMENT ON VIEW inv.l05_booked_is_what_was_paid IS 'the amount booked is the amount asked for';

CREATE VIEW inv.l06_refund_not_more_than_paid AS
    SELECT p.id FROM prepayments p JOIN refunds r ON r.prepayment_id = p.id AND r.status NOT IN ('failed', 'canceled')
    GROUP BY p.id HAVING sum(r.amount_cents) + p.used_cents > p.amount_cents OR p.status NOT IN ('paid', 'charged_back');
COMMENT ON VIEW inv.l06_refund_not_more_than_paid IS 'nobody gets more back than was paid and not used';

CREATE VIEW inv.l07_refund_is_booked_once AS
    SELECT r.id FROM refunds r LEFT JOIN journals j ON j.source = 'refund:' || r.id
    GROUP BY r.id HAVING count(*) FILTER (WHERE j.event = 'refund.required') <> 1
    OR r.status = 'refunded' AND count(*) FILTER (WHERE j.event = 'refund.refunded') <> 1;
COMMENT ON VIEW inv.l07_refund_is_booked_once IS 'a refund is booked once when it is due, and once when it is done';

CREATE VIEW inv.p01_not_paid_twice AS
    SELECT a.distribution_id, p.participation_id, count(*) AS live FROM payouts p JOIN awards a ON a.id = p.award_id
    WHERE p.status IN ('planned', 'sent', 'booked') GROUP BY 1, 2 HAVING count(*) > 1;
COMMENT ON VIEW inv.p01_not_paid_twice IS 'one live payout per participation and distribution';

CREATE VIEW inv.p02_award_adds_up AS
    SELECT id FROM awards WHERE gross_cents <> fee_cents + net_cents OR payout_cents <> net_cents + prepaid_cents
    OR fee_cents NOT BETWEEN 0 AND gross_cents OR vat_cents NOT BETWEEN 0 AND fee_cents OR prepaid_cents NOT BETWEEN 0 AND fee_cents;
COMMENT ON VIEW inv.p02_award_adds_up IS 'gross is fee and net; what is paid out is net and the prepaid part of the fee';

CREATE VIEW inv.p03_payout_is_the_award AS
    SELECT p.id FROM payouts p JOIN awards a ON a.id = p.award_id JOIN distributions d ON d.id = a.distribution_id
    WHERE p.status <> 'cancelled' AND (p.amount_cents <> a.payout_cents OR p.participation_id <> a.participation_id OR d.status <> 'approved');
COMMENT ON VIEW inv.p03_payout_is_the_award IS 'nobody gets another amount than was awarded, nor somebody else''s';

CREATE VIEW inv.p04_awards_are_the_pot AS
    SELECT d.id FROM distributions d LEFT JOIN awards a ON a.distribution_id = d.id WHERE d.status <> 'dropped' GROUP BY d.id
    HAVING coalesce(sum(a.gross_cents), 0) <> d.pot_cents OR count(a.id) <> d.count OR coalesce(sum(a.fee_cents), 0) <> d.fee_cents
    OR coalesce(sum(a.vat_cents), 0) <> d.vat_cents OR coalesce(sum(a.prepaid_cents), 0) <> d.prepaid_cents OR coalesce(sum(a.payout_cents), 0) <> d.payout_cents;
COMMENT ON VIEW inv.p04_awards_are_the_pot IS 'a distribution divides the pot to the cent';

CREATE VIEW inv.p05_four_eyes AS
    SELECT 'payout_run:' || id AS what FROM payout_runs WHERE status IN ('approved', 'released', 'booked', 'closed')
    AND (approved_by IS NULL OR approved_by = prepared_by OR released_by = prepared_by)
    UNION ALL SELECT 'distribution:' || id FROM distributions WHERE status = 'approved' AND (approved_by IS NULL OR approved_by = calculated_by)
    UNION ALL SELECT 'letter:' || id FROM letters WHERE sent_at IS NOT NULL AND (approved_by IS NULL OR approved_by = proposed_by);
COMMENT ON VIEW inv.p05_four_eyes IS 'who approves or releases is somebody else than who prepared';

CREATE VIEW inv.p06_release_needs_approval AS
    SELECT id FROM payout_runs WHERE status IN ('released', 'booked', 'closed')
    AND (approved_at IS NULL OR released_at IS NULL OR released_by IS NULL OR released_at < approved_at);
COMMENT ON VIEW inv.p06_release_needs_approval IS 'nothing leaves without an approval before it';

CREATE VIEW inv.p07_frozen_totals AS
    SELECT r.id FROM payout_runs r LEFT JOIN payouts p ON p.run_id = r.id GROUP BY r.id
    HAVING count(p.id) <> r.item_count OR coalesce(sum(p.amount_cents), 0) <> r.total_cents;
COMMENT ON VIEW inv.p07_frozen_totals IS 'count and total that were approved are what is in the run now';

CREATE VIEW inv.p08_frozen_content AS
    SELECT r.id FROM payout_runs r WHERE r.items_sha256 IS DISTINCT FROM (
        SELECT sha256(convert_to(string_agg(concat_ws('|', award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents),
            E'\n' ORDER BY end_to_end_id COLLATE "C"), 'UTF8')) FROM payouts WHERE run_id = r.id);
COMMENT ON VIEW inv.p08_frozen_content IS 'the hash over the payouts is the hash that was prepared';

CREATE VIEW inv.p09_files_are_the_run AS
    SELECT r.id, p.part FROM payout_runs r JOIN (SELECT run_id, part, count(*) AS n, sum(amount_cents) AS cents FROM payouts GROUP BY 1, 2) p ON p.run_id = r.id
    FULL JOIN payout_files f ON f.run_id = p.run_id AND f.part = p.part
    WHERE f.run_id IS NULL OR p.run_id IS NULL OR f.count <> p.n OR f.total_cents <> p.cents;
COMMENT ON VIEW inv.p09_files_are_the_run IS 'the files hold every payout of the run, in count and total';

CREATE VIEW inv.p10_account_of_the_payee AS
    SELECT p.id FROM payouts p JOIN payee_accounts a ON a.id = p.payee_account_id WHERE a.participation_id <> p.participation_id;
COMMENT ON VIEW inv.p10_account_of_the_payee IS 'money goes to an account of the same participation';

CREATE VIEW inv.p11_account_waited AS
    SELECT p.id FROM payouts p JOIN payee_accounts a ON a.id = p.payee_account_id JOIN payout_runs r ON r.id = p.run_id
    WHERE p.status IN ('sent', 'booked', 'returned') AND a.usable_from > r.released_at;
COMMENT ON VIEW inv.p11_account_waited IS 'no money goes to an account inside its waiting period';

CREATE VIEW inv.p12_sent_only_if_released AS
    SELECT p.id FROM payouts p JOIN payout_runs r ON r.id = p.run_id
    WHERE (p.status IN ('sent', 'booked', 'returned')) <> (r.status IN ('released', 'booked', 'closed')) OR (p.status = 'cancelled') <> (r.status = 'cancelled');
COMMENT ON VIEW inv.p12_sent_only_if_released IS 'nothing was sent from a run that was not released';

CREATE VIEW inv.p13_booked_is_on_the_statement AS
    SELECT p.id FROM payouts p
    LEFT JOIN line_matches m ON m.kind = 'payout' AND m.payout_id = p.id OR m.kind = 'payout_file' AND m.run_id = p.run_id AND m.part = p.part
    LEFT JOIN payout_files f ON m.kind = 'payout_file' AND f.run_id = m.run_id AND f.part = m.part
    GROUP BY p.id HAVING count(m.id) <> CASE WHEN p.status IN ('booked', 'returned') THEN 1 ELSE 0 END
    OR bool_or(m.amount_cents <> -CASE WHEN m.kind = 'payout' THEN p.amount_cents ELSE f.total_cents END);
COMMENT ON VIEW inv.p13_booked_is_on_the_statement IS 'booked means seen on the statement, once, for the same amount';

CREATE VIEW inv.p14_line_is_used_once AS
    SELECT l.id FROM statement_lines l LEFT JOIN line_matches m ON m.line_id = l.id GROUP BY l.id
    HAVING (l.matched_at IS NOT NULL) <> (count(m.id) > 0) OR count(m.id) > 0 AND sum(m.amount_cents) <> l.amount_cents;
COMMENT ON VIEW inv.p14_line_is_used_once IS 'a bank line is booked whole or not at all';

CREATE VIEW inv.p15_nobody_who_left_is_paid AS
    SELECT p.id FROM payouts p JOIN participations a ON a.id = p.participation_id
    WHERE p.status IN ('planned', 'sent') AND a.status IN ('withdrawn', 'opted_out', 'erased', 'closed_lost', 'unclaimed');
COMMENT ON VIEW inv.p15_nobody_who_left_is_paid IS 'no payout is under way to somebody who left';

CREATE VIEW inv.p16_one_account_many_people AS
    SELECT encode(a.iban_index, 'hex') AS account, count(DISTINCT p.participation_id) AS people FROM payouts p
    JOIN payee_accounts a ON a.id = p.payee_account_id WHERE p.status IN ('planned', 'sent') GROUP BY 1 HAVING count(DISTINCT p.participation_id) > 3;
COMMENT ON VIEW inv.p16_one_account_many_people IS 'one account that gets the money of more than three is looked at first';

CREATE VIEW inv.p17_return_is_on_the_statement AS
    SELECT p.id FROM payouts p LEFT JOIN line_matches m ON m.kind = 'return' AND m.payout_id = p.id GROUP BY p.id
    HAVING count(m.id) <> CASE WHEN p.status = 'returned' THEN 1 ELSE 0 END OR sum(m.amount_cents) NOT BETWEEN 1 AND p.amount_cents;
COMMENT ON VIEW inv.p17_return_is_on_the_statement IS 'a returned payout came back on the statement, and not for more than was sent';

CREATE VIEW inv.b01_statement_ties AS
    SELECT s.id FROM statements s LEFT JOIN statement_lines l ON l.statement_id = s.id GROUP BY s.id
    HAVING count(l.id) = s.line_count AND s.opening_cents + coalesce(sum(l.amount_cents), 0) <> s.closing_cents OR count(l.id) > s.line_count;
COMMENT ON VIEW inv.b01_statement_ties IS 'opening balance and lines make the closing balance';

CREATE VIEW inv.b02_statements_follow AS
    SELECT id FROM (SELECT id, opening_cents, lag(closing_cents) OVER (PARTITION BY account ORDER BY id) AS before FROM statements) s
    WHERE before IS DISTINCT FROM opening_cents AND before IS NOT NULL;
COMMENT ON VIEW inv.b02_statements_follow IS 'each statement opens with what the one before it closed with';

CREATE VIEW inv.b03_bank_is_matched AS
    SELECT booked, matched FROM (SELECT (SELECT coalesce(sum(amount_cents), 0) FROM entries WHERE account = '1000') AS booked,
        (SELECT coalesce(sum(amount_cents), 0) FROM line_matches) AS matched) x WHERE booked <> matched;
COMMENT ON VIEW inv.b03_bank_is_matched IS 'what the books say is in the bank is what was matched on statements';

CREATE VIEW inv.c01_signed_what_was_shown AS
    SELECT m.id FROM mandates m JOIN texts t ON t.id = m.mandate_text_id JOIN texts u ON u.id = m.agreement_text_id
    WHERE t.sha256 <> m.mandate_sha256 OR u.sha256 <> m.agreement_sha256 OR t.kind <> 'mandate' OR u.kind <> 'agreement';
COMMENT ON VIEW inv.c01_signed_what_was_shown IS 'what was signed is the text that was shown, of the right kind';

CREATE VIEW inv.c02_published_before_signed AS
    SELECT 'mandate:' || m.id AS what FROM mandates m JOIN texts t ON t.id IN (m.mandate_text_id, m.agreement_text_id) WHERE m.signed_at < t.published_at
    UNION ALL SELECT 'consent:' || c.id FROM consents c JOIN texts t ON t.id = c.text_id WHERE c.given_at < t.published_at;
COMMENT ON VIEW inv.c02_published_before_signed IS 'nobody agreed to a text before it was published';

CREATE VIEW inv.c03_everybody_signed AS
    SELECT p.id FROM participations p WHERE NOT EXISTS (SELECT FROM mandates m WHERE m.participation_id = p.id);
COMMENT ON VIEW inv.c03_everybody_signed IS 'every participation has a signed mandate';

CREATE VIEW inv.c04_signature_has_its_record AS
    SELECT id FROM mandates WHERE NOT is_sealed(record) OR octet_length(record_sha256) <> 32 OR request_id = '';
COMMENT ON VIEW inv.c04_signature_has_its_record IS 'every signature has a sealed record, its hash and its request';

CREATE VIEW inv.c05_text_is_unchanged AS
    SELECT id FROM texts WHERE sha256 <> sha256(convert_to(title || E'\n' || body, 'UTF8'));
COMMENT ON VIEW inv.c05_text_is_unchanged IS 'a text still has its hash';

CREATE VIEW inv.f01_one_open_fee_option AS
    SELECT p.id FROM participations p LEFT JOIN fee_options f ON f.participation_id = p.id AND f.superseded_at IS NULL
    WHERE p.status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid') GROUP BY p.id HAVING count(f.id) <> 1;
COMMENT ON VIEW inv.f01_one_open_fee_option IS 'one fee option is open per participation that goes on';

CREATE VIEW inv.f02_no_double_fee AS
    SELECT a.id FROM awards a JOIN distributions d ON d.id = a.distribution_id AND d.status = 'approved'
    LEFT JOIN prepayments p ON p.participation_id = a.participation_id AND p.status IN ('paid', 'charged_back')
    LEFT JOIN refunds r ON r.prepayment_id = p.id AND r.status NOT IN ('failed', 'canceled')
    GROUP BY a.id HAVING a.prepaid_cents <> coalesce(sum(p.used_cents), 0)
    OR bool_or(p.status = 'paid' AND r.id IS NULL AND p.used_cents < p.amount_cents AND a.fee_cents > a.prepaid_cents);
COMMENT ON VIEW inv.f02_no_double_fee IS 'what was prepaid is used for the fee, or goes back';

CREATE VIEW inv.f03_fee_is_exact AS
    SELECT a.id FROM awards a JOIN distributions d ON d.id = a.distribution_id AND d.status <> 'dropped'
    JOIN claims c ON c.id = d.claim_id JOIN settlements s ON s.id = d.settlement_id
    WHERE a.fee_cents <> least(CASE a.fee_option WHEN 'flat' THEN c.flat_fee_cents ELSE a.gross_cents * c.rate_bp / 10000 END,
        a.gross_cents * c.cap_bp / 10000, coalesce(s.court_cap_cents, a.gross_cents));
COMMENT ON VIEW inv.f03_fee_is_exact IS 'the fee is the chosen one, never above a cap; fractions of a cent are left to the participant';

CREATE VIEW inv.d01_deadline AS
    SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id LEFT JOIN letters l ON l.id = p.letter_id
    WHERE p.signed_at > c.ended_at OR p.signed_at > l.sent_at;
COMMENT ON VIEW inv.d01_deadline IS 'nobody signed after the claim ended, and no annex holds who signed after it was frozen';

CREATE VIEW inv.n01_annex_is_complete AS
    SELECT l.id FROM letters l LEFT JOIN annex_rows a ON a.letter_id = l.id WHERE l.sent_at IS NOT NULL
    GROUP BY l.id HAVING count(a.*) <> l.count OR max(a.position) <> l.count - 1;
COMMENT ON VIEW inv.n01_annex_is_complete IS 'an annex has as many rows as its letter says, numbered without a hole';

CREATE VIEW inv.n02_annex_is_who_it_covers AS
    SELECT coalesce(p.id, a.participation_id) AS id FROM annex_rows a FULL JOIN participations p ON p.id = a.participation_id
    WHERE p.letter_id IS DISTINCT FROM a.letter_id;
COMMENT ON VIEW inv.n02_annex_is_who_it_covers IS 'a participation names the letter whose annex it stands in';

CREATE VIEW inv.n03_frozen_fee_is_locked AS
    SELECT a.participation_id FROM annex_rows a JOIN fee_options f ON f.id = a.fee_option_id
    WHERE f.locked_at IS NULL OR f.superseded_at IS NOT NULL OR f.participation_id <> a.participation_id;
COMMENT ON VIEW inv.n03_frozen_fee_is_locked IS 'the fee option in an annex is locked and still the one that counts';

CREATE VIEW inv.m01_one_mail_per_fact AS
    SELECT key, count(*) AS mails FROM outbox GROUP BY key HAVING count(*) > 1;
COMMENT ON VIEW inv.m01_one_mail_per_fact IS 'a fact is mailed once';

CREATE VIEW inv.m02_sent_was_handed_over AS
    SELECT id FROM outbox WHERE status = 'sent' AND (sent_at IS NULL OR message_id = '');
COMMENT ON VIEW inv.m02_sent_was_handed_over IS 'sent means handed to the mail server, under a message id';

CREATE VIEW inv.m03_mail_not_forgotten AS
    SELECT id FROM outbox WHERE status = 'queued' AND next_try_at < inv.clock() - interval '2 hours';
COMMENT ON VIEW inv.m03_mail_not_forgotten IS 'no mail waits more than two hours after its turn';

CREATE VIEW inv.j01_no_orphan_work AS
    SELECT 'outbox:' || id AS what FROM outbox WHERE status = 'sending' AND next_try_at < inv.clock() - interval '2 hours'
    UNION ALL SELECT 'refund:' || id FROM refunds WHERE status IN ('required', 'requested') AND next_try_at < inv.clock() - interval '1 day';
COMMENT ON VIEW inv.j01_no_orphan_work IS 'nothing that was begun stays half done';

CREATE VIEW inv.e01_evidence_is_whole AS
    SELECT id FROM evidence WHERE retracted_at IS NULL AND (key_wrapped IS NULL OR kind = 'file' AND storage_name IS NULL OR kind = 'statement' AND content IS NULL);
COMMENT ON VIEW inv.e01_evidence_is_whole IS 'evidence that was not taken back has its key, and a file its place in the store';

CREATE VIEW inv.e03_no_stuck_upload AS
    SELECT e.id FROM evidence e JOIN signups s ON s.id = e.signup_id WHERE s.expires_at < inv.clock() - interval '2 days' OR s.status = 'signed' AND s.updated_at < inv.clock() - interval '2 days';
COMMENT ON VIEW inv.e03_no_stuck_upload IS 'no evidence outlives the sign-up it was for';

CREATE VIEW inv.s01_code_works_once AS
    SELECT id FROM login_codes WHERE tries > 5 OR used_at NOT BETWEEN created_at AND expires_at OR expires_at > created_at + interval '10 minutes';
COMMENT ON VIEW inv.s01_code_works_once IS 'a code is used in its ten minutes, with five tries at most';

CREATE VIEW inv.s02_no_login_of_disabled AS
    SELECT l.id FROM logins l JOIN staff s ON s.id = l.staff_id WHERE l.ended_at IS NULL AND s.disabled_at IS NOT NULL;
COMMENT ON VIEW inv.s02_no_login_of_disabled IS 'who was shut out is not logged in';

CREATE VIEW inv.s03_staff_second_factor AS
    SELECT l.id FROM logins l JOIN staff s ON s.id = l.staff_id WHERE l.ended_at IS NULL AND s.mfa_at IS NULL;
COMMENT ON VIEW inv.s03_staff_second_factor IS 'no member of staff is logged in without a second factor';

CREATE VIEW inv.s04_login_lifetime AS
    SELECT id FROM logins WHERE last_seen_at > created_at + CASE WHEN staff_id IS NULL THEN interval '24 hours' ELSE interval '12 hours' END;
COMMENT ON VIEW inv.s04_login_lifetime IS 'no login lasts longer than it may: 12 hours for staff, 24 for others';

CREATE VIEW inv.s05_stale_staff AS
    SELECT id FROM staff WHERE disabled_at IS NULL AND coalesce(last_login_at, created_at) < inv.clock() - interval '6 months';
COMMENT ON VIEW inv.s05_stale_staff IS 'an account that was not used for six months is switched off';

CREATE VIEW inv.a02_money_is_logged AS
    SELECT r.id FROM payout_runs r LEFT JOIN audit_events a ON a.action = 'run.released' AND a.subject = 'payout_run:' || r.id
    GROUP BY r.id HAVING count(a.id) <> CASE WHEN r.status IN ('released', 'booked', 'closed') THEN 1 ELSE 0 END;
COMMENT ON VIEW inv.a02_money_is_logged IS 'each release stands in the log once';

-- run asks every rule: how many rows break it, and the first three of them.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION inv.run() RETURNS TABLE (name text, why text, bad bigint, sample jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE v record;
BEGIN
    FOR v IN SELECT c.relname, obj_description(c.oid) AS why FROM pg_class c
             WHERE c.relnamespace = 'inv'::regnamespace AND c.relkind = 'v' ORDER BY c.relname LOOP
        name := v.relname;
        why := v.why;
        EXECUTE format('SELECT count(*), coalesce(jsonb_agg(to_jsonb(t) - ''rn'') FILTER (WHERE rn <= 3), ''[]'')
            FROM (SELECT row_number() OVER () AS rn, x.* FROM inv.%I x) t', v.relname) INTO bad, sample;
        RETURN NEXT;
    END LOOP;
END $$;
-- +goose StatementEnd
GRANT USAGE ON SCHEMA inv TO samenclaim_app;
GRANT SELECT ON ALL TABLES IN SCHEMA inv TO samenclaim_app;
GRANT EXECUTE ON FUNCTION inv.clock(), inv.run() TO samenclaim_app;
