-- A small foundation in which all is well: four participations in an annex, one
-- prepaid, one paid twice and refunded, a distribution of € 1000, a run paid by
-- the bank, one payout that came back. Written as the owner, with triggers off.
INSERT INTO foundations (name, legal_name, register_number, street, postcode, city, email, phone, phone_hours_nl, phone_hours_en, iban, theme_color, founded_year, signatory_name, signatory_role, updated_at)
VALUES ('Proef', 'Stichting Proef', '12345678', 'Straat 1', '1000AA', 'Stad', 'a@example.org', '020', 'x', 'x', 'NL91ABNA0417164300', '#123456', 2020, 'A', 'B', '2026-01-01');
INSERT INTO claims (id, slug, name_nl, name_en, defendant_name, defendant_address, number_prefix, status, max_award_cents, flat_fee_cents, rate_bp, class_nl, class_en, period_from, period_to, limitation_on, articles, demand_nl, demand_en, term_days, opened_at, cutoff_at, ended_at, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 'proef', 'P', 'P', 'D', 'D', 'PR', 'distributing', 50000, 5000, 2000, 'k', 'k', '2020-01-01', '2024-01-01', '2027-01-01', 'x', 'x', 'x', 14, '2026-01-02', '2026-03-01', '2026-06-01', '2026-01-01');
INSERT INTO texts (id, claim_id, kind, key, lang, version, title, body, sha256, published_at) OVERRIDING SYSTEM VALUE
SELECT id, 1, kind, kind, 'nl', '1', 't', 'b' || id, sha256(convert_to('t' || E'\n' || 'b' || id, 'UTF8')), '2026-01-01'
FROM (VALUES (1, 'mandate'), (2, 'agreement'), (3, 'consent')) x(id, kind);
INSERT INTO participants (id, email, email_key, first_names, last_name, lang, email_verified_at, created_at) OVERRIDING SYSTEM VALUE
SELECT n, n || '@example.org', n || '@example.org', 'A', 'B', 'nl', '2026-02-01', '2026-02-01' FROM generate_series(1, 4) n;
INSERT INTO letters (id, claim_id, ordinal, lang, status, fields, drafted_by, proposed_by, proposed_at, approved_by, approved_at, sent_by, sent_at, count, root, tree, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'nl', 'sent', '{}', 'staff:1', 'staff:1', '2026-02-28', 'staff:2', '2026-03-01', 'staff:3', '2026-03-01', 4, '\x00', '\x00', '2026-02-27');
INSERT INTO participations (id, ref, number, claim_id, participant_id, status, used_for, evidence_plan, key_wrapped, signed_at, letter_id, created_at) OVERRIDING SYSTEM VALUE
SELECT n, 'ref' || n, 'PR-000' || n || '-000' || n, 1, n, 'in_run', 'private', 'no', decode('01' || repeat('00', 28), 'hex'), '2026-02-01', 1, '2026-02-01' FROM generate_series(1, 4) n;
INSERT INTO mandates (id, participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at) OVERRIDING SYSTEM VALUE
SELECT n, n, 1, 2, (SELECT sha256 FROM texts WHERE id = 1), (SELECT sha256 FROM texts WHERE id = 2), decode('01' || repeat('00', 28), 'hex'), sha256('x'), 'r' || n, '2026-02-01' FROM generate_series(1, 4) n;
INSERT INTO stamps (id, count, root, tree, made_at, signature, next_try_at) OVERRIDING SYSTEM VALUE
VALUES (1, 4, sha256('r'), '\x00', '2026-02-01', decode(repeat('00', 64), 'hex'), '2026-02-01');
INSERT INTO stamp_rows (mandate_id, stamp_id, position) SELECT n, 1, n - 1 FROM generate_series(1, 4) n;
INSERT INTO fee_options (id, participation_id, option, mandate_id, chosen_at, locked_at) OVERRIDING SYSTEM VALUE
SELECT n, n, CASE n WHEN 2 THEN 'percentage' ELSE 'flat' END, n, '2026-02-01', '2026-03-01' FROM generate_series(1, 4) n;
INSERT INTO consents (participation_id, kind, text_id, given_at) VALUES (1, 'newsletter', 3, '2026-02-01');
INSERT INTO annex_rows SELECT 1, n - 1, n, 'PR-000' || n || '-000' || n, n, n, '\x00', '\x00' FROM generate_series(1, 4) n;
INSERT INTO payee_accounts (id, participation_id, iban, iban_index, holder, set_at, usable_from) OVERRIDING SYSTEM VALUE
SELECT n, n, decode('01' || repeat('00', 28), 'hex'), ('x' || n)::bytea, decode('01' || repeat('00', 28), 'hex'), '2026-06-02', '2026-06-02' FROM generate_series(1, 4) n;
INSERT INTO evidence (id, ref, participation_id, kind, media_type, bytes, sha256, storage_name, key_wrapped, created_at) OVERRIDING SYSTEM VALUE
VALUES (1, 'e1', 1, 'file', 'application/pdf', 5, sha256('e'), 's1', decode('01' || repeat('00', 28), 'hex'), '2026-02-02');
INSERT INTO signups (id, token_hash, claim_id, lang, status, key_wrapped, answers, created_at, updated_at, expires_at) OVERRIDING SYSTEM VALUE
VALUES (1, '\x01', 1, 'nl', 'draft', decode('01' || repeat('00', 28), 'hex'), decode('01' || repeat('00', 28), 'hex'), now(), now(), now() + interval '30 days');

-- prepayments: 1 is used for the fee, 2 was paid as well and went back
INSERT INTO prepayments (id, ref, participation_id, claim_id, amount_cents, status, provider_id, idempotency_key, used_cents, paid_at, created_at) OVERRIDING SYSTEM VALUE VALUES
    (1, 'p1', 1, 1, 5000, 'paid', 'tr_1', 'k1', 5000, '2026-02-03', '2026-02-03'),
    (2, 'p2', 1, 1, 5000, 'paid', 'tr_2', 'k2', 0, '2026-02-04', '2026-02-04');
INSERT INTO prepayments (id, ref, participation_id, claim_id, amount_cents, status, idempotency_key, created_at) OVERRIDING SYSTEM VALUE VALUES (3, 'p3', 2, 1, 5000, 'created', 'k3', '2026-02-04');
INSERT INTO refunds (id, ref, prepayment_id, amount_cents, reason, status, provider_id, idempotency_key, next_try_at, refunded_at, created_at) OVERRIDING SYSTEM VALUE
VALUES (1, 'f1', 2, 5000, 'paid_twice', 'refunded', 're_1', 'k4', '2026-02-04', '2026-02-05', '2026-02-04');
INSERT INTO settlements (id, claim_id, kind, reference, pot_cents, agreed_on, recorded_by, recorded_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'settlement', 'SCH-1', 100000, '2026-06-01', 'staff:1', '2026-06-01');
INSERT INTO distributions (id, claim_id, settlement_id, status, pot_cents, count, fee_cents, vat_cents, prepaid_cents, payout_cents, sha256, calculated_by, calculated_at, approved_by, approved_at) OVERRIDING SYSTEM VALUE
VALUES (1, 1, 1, 'approved', 100000, 4, 20000, 3472, 5000, 85000, sha256('d'), 'staff:1', '2026-06-03', 'staff:2', '2026-06-03');
INSERT INTO awards (id, distribution_id, participation_id, number, fee_option, gross_cents, fee_cents, vat_cents, net_cents, prepaid_cents, payout_cents) OVERRIDING SYSTEM VALUE
SELECT n, 1, n, 'PR-000' || n || '-000' || n, CASE n WHEN 2 THEN 'percentage' ELSE 'flat' END, 25000, 5000, 868, 20000, CASE n WHEN 1 THEN 5000 ELSE 0 END, CASE n WHEN 1 THEN 25000 ELSE 20000 END FROM generate_series(1, 4) n;

-- run 1 is paid by one batch, and payout 3 came back; run 2 is prepared with that one and not approved
INSERT INTO payouts (id, run_id, award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents, status, booked_at, returned_at, return_reason) OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 1, 1, 1, 1, 'PR-0001-0001-1', 25000, 'booked', '2026-06-06', NULL, ''),
    (2, 1, 2, 2, 2, 1, 'PR-0002-0002-1', 20000, 'booked', '2026-06-06', NULL, ''),
    (3, 1, 3, 3, 3, 1, 'PR-0003-0003-1', 20000, 'returned', '2026-06-06', '2026-06-07', 'AC04'),
    (4, 1, 4, 4, 4, 2, 'PR-0004-0004-1', 20000, 'booked', '2026-06-06', NULL, ''),
    (5, 2, 3, 3, 3, 1, 'PR-0003-0003-2', 20000, 'planned', NULL, NULL, '');
INSERT INTO payout_runs (id, claim_id, status, item_count, total_cents, items_sha256, execute_on, prepared_by, prepared_at, approved_by, approved_at, released_by, released_at, booked_at) OVERRIDING SYSTEM VALUE
SELECT run, 1, CASE run WHEN 1 THEN 'booked' ELSE 'prepared' END, count(*), sum(amount_cents), sha256(convert_to(string_agg(concat_ws('|', award_id, participation_id, payee_account_id, part, end_to_end_id, amount_cents), E'\n' ORDER BY end_to_end_id COLLATE "C"), 'UTF8')),
    '2026-06-05', 'staff:1', '2026-06-04', CASE run WHEN 1 THEN 'staff:2' END, CASE run WHEN 1 THEN '2026-06-04 12:00'::timestamptz END,
    CASE run WHEN 1 THEN 'staff:2' END, CASE run WHEN 1 THEN '2026-06-04 13:00'::timestamptz END, CASE run WHEN 1 THEN '2026-06-06'::timestamptz END
FROM payouts, generate_series(1, 2) run WHERE run_id = run GROUP BY run;
INSERT INTO payout_files (run_id, part, message_id, count, total_cents, content, sha256)
SELECT run_id, part, 'M' || run_id || part, count(*), sum(amount_cents), decode('01' || repeat('00', 28), 'hex'), sha256('f') FROM payouts GROUP BY run_id, part;
INSERT INTO audit_events (at, actor, action, subject) VALUES ('2026-06-04 13:00', 'staff:2', 'run.released', 'payout_run:1');

-- the bank: settlement in, file of part 1, the single payout of part 2, the return
INSERT INTO statement_imports (id, ref, file_name, sha256, uploaded_by, uploaded_at, booked_by, booked_at) OVERRIDING SYSTEM VALUE
VALUES (1, 'i1', 'x.xml', sha256('i'), 'staff:1', '2026-06-07', 'staff:1', '2026-06-07');
INSERT INTO statement_import_parts VALUES (1, 0, decode('01' || repeat('00', 28), 'hex'));
INSERT INTO statements (id, import_id, account, bank_id, opened_on, closed_on, opening_cents, closing_cents, line_count) OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 'NL91ABNA0417164300', 'a', '2026-06-02', '2026-06-02', 0, 100000, 1),
    (2, 1, 'NL91ABNA0417164300', 'b', '2026-06-03', '2026-06-07', 100000, 35100, 4);
INSERT INTO statement_lines (id, statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, matched_at) OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 1, '2026-06-02', 100000, '', '', '2026-06-07'),
    (2, 2, 1, '2026-06-06', -65000, '', 'M11', '2026-06-07'),
    (3, 2, 2, '2026-06-06', -20000, 'PR-0004-0004-1', '', '2026-06-07'),
    (4, 2, 3, '2026-06-07', 20000, 'PR-0003-0003-1', '', '2026-06-07'),
    (5, 2, 4, '2026-06-07', 100, '', '', NULL);
INSERT INTO journals (id, key, event, source, text, booked_on, created_at) OVERRIDING SYSTEM VALUE VALUES
    (1, 'prepayment:1:paid', 'prepayment.paid', 'prepayment:1', 't', '2026-02-03', now()),
    (2, 'prepayment:2:paid', 'prepayment.paid', 'prepayment:2', 't', '2026-02-04', now()),
    (3, 'refund:1:required', 'refund.required', 'refund:1', 't', '2026-02-04', now()),
    (4, 'refund:1:refunded', 'refund.refunded', 'refund:1', 't', '2026-02-05', now()),
    (5, 'line:1:settlement', 'line.settlement', 'statement_line:1', 't', '2026-06-02', now()),
    (6, 'distribution:1:approved', 'distribution.approved', 'distribution:1', 't', '2026-06-03', now()),
    (7, 'run:1:released', 'run.released', 'payout_run:1', 't', '2026-06-04', now()),
    (8, 'run:1:part:1:booked', 'payouts.booked', 'payout_run:1', 't', '2026-06-06', now()),
    (9, 'statement:2:2026-06-06:payouts', 'payouts.booked', 'statement:2', 't', '2026-06-06', now()),
    (10, 'payout:3:returned', 'payout.returned', 'payout:3', 't', '2026-06-07', now());
INSERT INTO line_matches (line_id, kind, amount_cents, run_id, part, payout_id, settlement_id, reason, journal_id, matched_by, matched_at) VALUES
    (1, 'settlement', 100000, NULL, NULL, NULL, 1, 'r', 5, 'system:bank', '2026-06-07'),
    (2, 'payout_file', -65000, 1, 1, NULL, NULL, 'r', 8, 'system:bank', '2026-06-07'),
    (3, 'payout', -20000, NULL, NULL, 4, NULL, 'r', 9, 'system:bank', '2026-06-07'),
    (4, 'return', 20000, NULL, NULL, 3, NULL, 'r', 10, 'system:bank', '2026-06-07');
INSERT INTO entries (journal_id, account, amount_cents, participation_id) VALUES
    (1, '1100', 5000, 1), (1, '2000', -5000, 1), (2, '1100', 5000, 1), (2, '2000', -5000, 1),
    (3, '2000', 5000, 1), (3, '2050', -5000, 1), (4, '2050', 5000, 1), (4, '1100', -5000, 1),
    (5, '1000', 100000, NULL), (5, '2100', -100000, NULL),
    (6, '2100', 100000, NULL), (6, '2000', 5000, 1), (6, '2110', -25000, 1), (6, '2110', -20000, 2), (6, '2110', -20000, 3), (6, '2110', -20000, 4),
    (6, '2120', -5000, 1), (6, '2120', -5000, 2), (6, '2120', -5000, 3), (6, '2120', -5000, 4),
    (7, '2110', 25000, 1), (7, '2110', 20000, 2), (7, '2110', 20000, 3), (7, '2110', 20000, 4), (7, '2200', -85000, NULL),
    (8, '2200', 65000, NULL), (8, '1000', -65000, NULL), (8, '2120', 5000, 1), (8, '8000', -4132, 1), (8, '2500', -868, 1),
    (8, '2120', 5000, 2), (8, '8000', -4132, 2), (8, '2500', -868, 2), (8, '2120', 5000, 3), (8, '8000', -4132, 3), (8, '2500', -868, 3),
    (9, '2200', 20000, NULL), (9, '1000', -20000, NULL), (9, '2120', 5000, 4), (9, '8000', -4132, 4), (9, '2500', -868, 4),
    (10, '1000', 20000, NULL), (10, '2110', -20000, 3), (10, '2120', -5000, 3), (10, '8000', 4132, 3), (10, '2500', 868, 3);
INSERT INTO journal_numbers SELECT 2026, id, id FROM journals;
INSERT INTO invoices (id, year, number, kind, award_id, participation_id, payout_id, credits, journal_id, dated, fee_cents, vat_cents, rate_bp) OVERRIDING SYSTEM VALUE VALUES
    (1, 2026, 1, 'invoice', 1, 1, 1, NULL, 8, '2026-06-06', 5000, 868, 2100), (2, 2026, 2, 'invoice', 2, 2, 2, NULL, 8, '2026-06-06', 5000, 868, 2100),
    (3, 2026, 3, 'invoice', 3, 3, 3, NULL, 8, '2026-06-06', 5000, 868, 2100), (4, 2026, 4, 'invoice', 4, 4, 4, NULL, 9, '2026-06-06', 5000, 868, 2100),
    (5, 2026, 5, 'credit', 3, 3, 3, 3, 10, '2026-06-07', 5000, 868, 2100);
INSERT INTO vat_rates VALUES (1, '2027-01-01', 2100);
INSERT INTO book_closes (id, until_on, status, proposed_by, proposed_at, closed_by, closed_at, journals, sha256) OVERRIDING SYSTEM VALUE
VALUES (1, '2026-06-30', 'closed', 'staff:1', now() + interval '1 minute', 'staff:2', now() + interval '2 minutes', 10, sha256('b'));

INSERT INTO outbox (id, key, recipient, lang, template, policy, status, next_try_at, message_id, sent_at, created_at) OVERRIDING SYSTEM VALUE VALUES
    (1, 'm1', 'a@example.org', 'nl', 'x', 'hold', 'sent', now(), 'outbox-1@x', now(), now()),
    (2, 'm2', 'a@example.org', 'nl', 'x', 'hold', 'queued', now(), '', NULL, now());
INSERT INTO staff (id, email, name, roles, password_hash, totp_secret, mfa_at, last_login_at, created_at) OVERRIDING SYSTEM VALUE
VALUES (1, 's@example.org', 'S', '{board}', 'h', decode('01' || repeat('00', 28), 'hex'), now(), now(), now());
INSERT INTO logins (id, ref, staff_id, created_at, last_seen_at) OVERRIDING SYSTEM VALUE VALUES (1, 'l1', 1, now(), now());
INSERT INTO login_codes (id, purpose, email_index, browser_hash, code_mac, created_at, expires_at, used_at) OVERRIDING SYSTEM VALUE
VALUES (1, 'login', '\x00', '\x00', '\x00', now(), now() + interval '10 minutes', now() + interval '1 minute');
