-- +goose Up

-- What a claim says happened, each statement with its source: versions, of which nothing changes but that
-- somebody publishes one, once. The newest published version of a code is the one that counts.
CREATE TABLE facts (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL REFERENCES claims,
    code         text        NOT NULL CHECK (code ~ '^[A-Za-z][A-Za-z0-9-]{0,19}$'),
    version      int         NOT NULL CHECK (version >= 1),
    statement_nl text        NOT NULL CHECK (statement_nl <> ''),
    statement_en text        NOT NULL CHECK (statement_en <> ''),
    quote        text        NOT NULL DEFAULT '', -- what the source says itself, in its own language
    source_nl    text        NOT NULL CHECK (source_nl <> ''),
    source_en    text        NOT NULL CHECK (source_en <> ''),
    source_url   text        NOT NULL DEFAULT '' CHECK (source_url = '' OR source_url LIKE 'https://_%'),
    when_nl      text        NOT NULL CHECK (when_nl <> ''), -- of the source: a day, a season or a year in words
    when_en      text        NOT NULL CHECK (when_en <> ''),
    grade        text        NOT NULL CHECK (grade IN ('reported', 'self-declared', 'verified')),
    checked_on   date        NOT NULL, -- when somebody last held it against its source
    background   boolean     NOT NULL DEFAULT false, -- not for the letter
    withdrawn    boolean     NOT NULL DEFAULT false, -- from this version on it is no longer said
    reason       text        NOT NULL DEFAULT '' CHECK ((version = 1) = (reason = '')), -- why it differs from the version before
    imported     boolean     NOT NULL DEFAULT false, -- came with the file of the claim
    written_by   text        NOT NULL,
    written_at   timestamptz NOT NULL,
    published_by text        CHECK (published_by <> written_by),
    published_at timestamptz CHECK (published_at >= written_at),
    request_id   text        NOT NULL UNIQUE,
    UNIQUE (claim_id, code, version),
    CHECK ((published_at IS NULL) = (published_by IS NULL) OR imported),
    CHECK (NOT imported OR published_at IS NOT NULL)
);

-- +goose StatementBegin
CREATE FUNCTION fact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.published_at IS NULL AND NEW.published_at IS NOT NULL
       AND to_jsonb(NEW) - 'published_by' - 'published_at' = to_jsonb(OLD) - 'published_by' - 'published_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of fact % is kept', OLD.version, OLD.code USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

-- The facts so far came with the files of the claims.
INSERT INTO facts (claim_id, code, version, statement_nl, statement_en, source_nl, source_en, when_nl, when_en, grade, checked_on, imported, written_by, written_at, published_at, request_id)
SELECT c.id, f->>'id', 1, f->>'statement_nl', f->>'statement_en', f#>>'{source,name_nl}', f#>>'{source,name_en}', f#>>'{source,when_nl}', f#>>'{source,when_en}',
    CASE f#>>'{source,grade}' WHEN 'own' THEN 'reported' ELSE f#>>'{source,grade}' END, c.created_at::date, true, 'system:import', c.created_at, c.created_at, 'import:' || c.id || ':' || (f->>'id')
FROM claims c, jsonb_array_elements(c.facts) WITH ORDINALITY x(f, n) ORDER BY c.id, n;
ALTER TABLE claims DROP COLUMN facts;
CREATE TRIGGER fact_kept BEFORE UPDATE OR DELETE ON facts FOR EACH ROW EXECUTE FUNCTION fact_kept();

CREATE VIEW inv.k02_fact_by_two AS
    SELECT id FROM facts WHERE published_by = written_by OR published_at IS NOT NULL AND published_by IS NULL AND NOT imported;
COMMENT ON VIEW inv.k02_fact_by_two IS 'who writes a fact does not publish it';

GRANT SELECT, INSERT, UPDATE ON facts TO samenclaim_app;
GRANT SELECT ON inv.k02_fact_by_two TO samenclaim_app;
