\set n random(1, 2000000000)
\set m random(1, 2000000000)
BEGIN;
SELECT pg_advisory_xact_lock_shared(7101, :claim);
SELECT status FROM claims WHERE id = :claim;
INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, created_at)
VALUES ('p' || :n || '-' || :m || '@deelnemer.example', 'p' || :n || '-' || :m || '@deelnemer.example', 'Anna Maria', 'van der', 'Meer' || :n, 'nl', now(),
    decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 150), 'hex'), decode(md5(:n::text), 'hex'), now()) RETURNING id AS person \gset
INSERT INTO participations (ref, number, claim_id, participant_id, status, country, used_for, evidence_plan, key_wrapped, usage, signed_at, created_at)
VALUES (md5(:n || '-' || :m), 'PB-' || upper(substr(md5(:n || 'x' || :m), 1, 4)) || '-' || upper(substr(md5(:n || 'x' || :m), 5, 4)), :claim, :person, 'active', 'NL', 'private', 'no',
    decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 28), 'hex'), now(), now()) RETURNING id AS part \gset
INSERT INTO mandates (participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at)
SELECT :part, m.id, a.id, m.sha256, a.sha256, decode('01' || repeat('ef', 9000), 'hex'), sha256('x'), md5(:m || 'r' || :n), now()
FROM texts m, texts a WHERE m.claim_id = :claim AND m.key = 'mandate' AND m.lang = 'nl' AND a.claim_id = :claim AND a.key = 'agreement' AND a.lang = 'nl' LIMIT 1 RETURNING id AS mandate \gset
INSERT INTO fee_options (participation_id, option, mandate_id, chosen_at) VALUES (:part, 'flat', :mandate, now());
UPDATE signups SET updated_at = now() WHERE id = (SELECT id FROM signups LIMIT 1 OFFSET :n % 100);
INSERT INTO outbox (key, recipient, lang, template, data, policy, next_try_at, participant_id, created_at)
VALUES ('welcome:' || :part, 'p' || :n || '@deelnemer.example', 'nl', 'welcome', '{"Name": "Anna Maria van der Meer", "Number": "ZM-0000-0000"}', 'hold', now(), :person, now());
INSERT INTO audit_events (at, actor, action, subject) VALUES (now(), 'participant:' || :person, 'participation.signed', 'participation:' || :part);
COMMIT;
