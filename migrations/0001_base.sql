-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- The program works as this role: what a table's GRANT leaves out, it cannot do.
-- +goose StatementBegin
DO $$ BEGIN
    CREATE ROLE samenclaim_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- +goose StatementEnd
GRANT samenclaim_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO samenclaim_app;

-- unaccent is not immutable by itself, because its dictionary may change.
CREATE FUNCTION f_unaccent(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT public.unaccent('public.unaccent', $1) $$;

-- is_sealed tells ciphertext from plaintext: version byte 1, nonce and tag.
CREATE FUNCTION is_sealed(b bytea) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT b IS NULL OR (octet_length(b) >= 29 AND get_byte(b, 0) = 1) $$;

-- append_only refuses every change of a row, by the owner of the table as well.
-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TABLE audit_events (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text        NOT NULL CHECK (actor <> ''),
    action  text        NOT NULL CHECK (action <> ''),
    subject text        NOT NULL CHECK (subject <> ''),
    detail  jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_events_subject ON audit_events (subject, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON audit_events TO samenclaim_app;

-- A mail is a row here, in the transaction of the fact it tells of.
CREATE TABLE outbox (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key            text        NOT NULL UNIQUE,
    recipient      text        NOT NULL CHECK (recipient <> '' AND recipient !~ '[\r\n]'),
    lang           text        NOT NULL CHECK (lang IN ('nl', 'en')),
    template       text        NOT NULL,
    data           jsonb       NOT NULL DEFAULT '{}',
    policy         text        NOT NULL CHECK (policy IN ('hold', 'resend')),
    status         text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
    attempts       int         NOT NULL DEFAULT 0,
    next_try_at    timestamptz NOT NULL,
    expires_at     timestamptz,
    message_id     text        NOT NULL DEFAULT '',
    sent_at        timestamptz,
    last_error     text        NOT NULL DEFAULT '',
    participant_id bigint,
    created_at     timestamptz NOT NULL,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
-- What expires goes first: a login code does not wait behind a mailing.
CREATE INDEX outbox_due ON outbox (expires_at, next_try_at, id) WHERE status = 'queued';
CREATE INDEX outbox_lease ON outbox (next_try_at) WHERE status = 'sending';
CREATE INDEX outbox_participant ON outbox (participant_id, id) WHERE participant_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON outbox TO samenclaim_app;
