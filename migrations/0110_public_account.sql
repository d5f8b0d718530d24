-- +goose Up

-- A claim never stands where another page of the site does.
ALTER TABLE claims DROP CONSTRAINT claims_slug_check;
ALTER TABLE claims ADD CONSTRAINT claims_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'
    AND slug NOT IN ('mijn', 'beheer', 'demo', 'static', 'webhooks', 'theme', 'zo-werkt-het', 'afmelden', 'overlijden-melden', 'rechten', 'meldingen',
        'fout-melden', 'correcties', 'fouten', 'verstrekkingen'));

-- Who works with people's data for the foundation, and the papers that it answers with: told on the public account.
ALTER TABLE foundations ADD COLUMN processors jsonb NOT NULL DEFAULT '[]', ADD COLUMN papers jsonb NOT NULL DEFAULT '[]';

-- What a claim tells the public about itself: counted by a job, so that no page counts a million rows.
CREATE TABLE public_accounts (
    claim_id   bigint      PRIMARY KEY REFERENCES claims,
    counted_at timestamptz NOT NULL,
    figures    jsonb       NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON public_accounts TO samenclaim_app;

-- Requests by others for people's data, and breaches: what the foundation tells about them. What was written wrong is written again.
CREATE TABLE disclosures (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id    bigint      REFERENCES claims, -- NULL: about the foundation as a whole
    kind        text        NOT NULL CHECK (kind IN ('authority', 'third_party', 'breach')),
    happened_on date        NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('given', 'partly', 'refused', 'pending', 'told', 'not_told')),
    people      bigint      NOT NULL CHECK (people >= 0), -- about how many
    summary_nl  text        NOT NULL CHECK (summary_nl <> ''),
    summary_en  text        NOT NULL CHECK (summary_en <> ''),
    replaces_id bigint      UNIQUE REFERENCES disclosures,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK ((kind = 'breach') = (outcome IN ('told', 'not_told')))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON disclosures FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON disclosures TO samenclaim_app;

-- "Fout gezien?": what readers say is wrong on a page, and what was done about it.
-- Their words and address are sealed with a key of their own, which is destroyed 90 days after the answer.
CREATE TABLE mistakes (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref           text        NOT NULL UNIQUE,
    path          text        NOT NULL CHECK (path ~ '^/[ -~]*$' AND length(path) <= 200),
    lang          text        NOT NULL CHECK (lang IN ('nl', 'en')),
    form          text        NOT NULL UNIQUE, -- the form it came with: sent twice it is one
    key_wrapped   bytea       CHECK (is_sealed(key_wrapped)), -- NULL: forgotten
    words         bytea       CHECK (is_sealed(words)),
    email         bytea       CHECK (is_sealed(email)),
    seen_at       timestamptz NOT NULL, -- when the foundation got it
    due_on        date        NOT NULL,
    answered_at   timestamptz CHECK (answered_at >= seen_at),
    answered_by   text,
    answer        bytea       CHECK (is_sealed(answer)),
    correction_nl text        CHECK (correction_nl <> ''), -- what is told in public; NULL: nothing was wrong
    correction_en text        CHECK (correction_en <> ''),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CHECK ((answered_at IS NULL) = (answer IS NULL) OR key_wrapped IS NULL),
    CHECK (answered_at IS NOT NULL OR key_wrapped IS NOT NULL AND words IS NOT NULL),
    CHECK ((correction_nl IS NULL) = (correction_en IS NULL) AND (correction_nl IS NULL OR answered_at IS NOT NULL)),
    CHECK (key_wrapped IS NOT NULL OR words IS NULL AND email IS NULL AND answer IS NULL)
);
CREATE INDEX mistakes_due ON mistakes (due_on, id) WHERE answered_at IS NULL;
CREATE INDEX mistakes_corrected ON mistakes (answered_at DESC) WHERE correction_nl IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON mistakes TO samenclaim_app;

-- What was answered stays: only the sealed words go.
-- +goose StatementBegin
CREATE FUNCTION mistake_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL AND (TG_OP = 'DELETE' OR
        (to_jsonb(NEW) - 'key_wrapped' - 'words' - 'email' - 'answer') IS DISTINCT FROM (to_jsonb(OLD) - 'key_wrapped' - 'words' - 'email' - 'answer')
        OR NEW.key_wrapped IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'mistake % was answered', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mistake_answered BEFORE UPDATE OR DELETE ON mistakes FOR EACH ROW EXECUTE FUNCTION mistake_answered();

CREATE VIEW inv.o01_mistakes_answered_in_time AS
    SELECT id FROM mistakes WHERE due_on <> (seen_at AT TIME ZONE 'Europe/Amsterdam')::date + 14;
COMMENT ON VIEW inv.o01_mistakes_answered_in_time IS 'who reports a mistake is promised an answer in 14 days';
GRANT SELECT ON inv.o01_mistakes_answered_in_time TO samenclaim_app;
