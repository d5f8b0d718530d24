-- +goose Up

-- What comes next in a claim and when at the earliest, as staff say it. The last one counts.
CREATE TABLE next_steps (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id    bigint      NOT NULL REFERENCES claims,
    text_nl     text        NOT NULL CHECK (text_nl <> ''),
    text_en     text        NOT NULL CHECK (text_en <> ''),
    earliest_on date        NOT NULL,
    set_by      text        NOT NULL,
    set_at      timestamptz NOT NULL
);
CREATE INDEX next_steps_claim ON next_steps (claim_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON next_steps FOR EACH ROW EXECUTE FUNCTION append_only();

-- How long those who still wait in a claim have heard nothing, as a job counted it.
CREATE TABLE heartbeats (
    claim_id   bigint      PRIMARY KEY REFERENCES claims,
    oldest_at  timestamptz NOT NULL, -- the last update of whoever waits longest
    waiting    bigint      NOT NULL, -- how many are near the limit
    checked_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON next_steps TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeats TO samenclaim_app;
