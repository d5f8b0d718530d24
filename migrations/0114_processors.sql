-- +goose Up

-- Who works with people's data for the foundation (GDPR art. 28), as the privacy officer keeps it. What changed is written again.
CREATE TABLE processors (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL CHECK (name <> ''),
    country     text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    purpose_nl  text        NOT NULL CHECK (purpose_nl <> ''),
    purpose_en  text        NOT NULL CHECK (purpose_en <> ''),
    checked_on  date        NOT NULL, -- when the contract was last looked at
    ended_on    date,                 -- works for the foundation no more
    replaces_id bigint      UNIQUE REFERENCES processors,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON processors FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON processors TO samenclaim_app;

INSERT INTO processors (name, country, purpose_nl, purpose_en, checked_on, recorded_by, recorded_at)
SELECT p->>'name', p->>'country', p->>'purpose_nl', p->>'purpose_en', (p->>'checked_on')::date, 'system:import', f.updated_at
FROM foundations f, jsonb_array_elements(f.processors) p;
ALTER TABLE foundations DROP COLUMN processors;
