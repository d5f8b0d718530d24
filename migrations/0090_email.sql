-- +goose Up

-- A code can also prove the address that somebody wants to have from now on.
ALTER TABLE login_codes DROP CONSTRAINT login_codes_purpose_check;
ALTER TABLE login_codes ADD CONSTRAINT login_codes_purpose_check CHECK (purpose IN ('signup', 'login', 'resume', 'confirm', 'email'));

-- Another address for somebody who lost the old one, so that it cannot confirm:
-- staff ask for it, the new address proves itself, and it counts after a week in
-- which the old address was told and can stop it.
CREATE TABLE email_requests (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id bigint      NOT NULL REFERENCES participants,
    email          bytea       NOT NULL CHECK (is_sealed(email)), -- with the person's key
    token_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    reason         text        NOT NULL CHECK (reason IN ('document', 'in_person', 'letter')),
    asked_by       text        NOT NULL,
    asked_at       timestamptz NOT NULL,
    usable_from    timestamptz NOT NULL CHECK (usable_from >= asked_at + interval '7 days'),
    proven_at      timestamptz CHECK (proven_at >= asked_at),
    done_at        timestamptz CHECK (done_at >= usable_from),
    stopped_at     timestamptz,
    stopped_by     text,
    CHECK (done_at IS NULL OR proven_at IS NOT NULL AND stopped_at IS NULL),
    CHECK ((stopped_at IS NULL) = (stopped_by IS NULL))
);
CREATE UNIQUE INDEX email_requests_one_open ON email_requests (participant_id) WHERE done_at IS NULL AND stopped_at IS NULL;
CREATE INDEX email_requests_due ON email_requests (usable_from) WHERE proven_at IS NOT NULL AND done_at IS NULL AND stopped_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON email_requests TO samenclaim_app;
