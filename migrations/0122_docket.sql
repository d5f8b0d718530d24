-- +goose Up

-- What happened in the collective action before the court, step by step, each with its document. The last entry
-- of a step counts; those before stay. Which days follow from them stands in the program (claims/docket.go).
CREATE TABLE docket_entries (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id        bigint      NOT NULL REFERENCES claims,
    step            text        NOT NULL CHECK (step IN ('served', 'registered', 'prolonged', 'exclusive', 'opt_out', 'opt_in', 'second_opt_out')),
    on_day          date        NOT NULL,
    until           date,       -- the last day that the court set
    organisation    text        NOT NULL DEFAULT '', -- who represents all exclusively
    note            text        NOT NULL CHECK (note <> ''),
    document        bytea       NOT NULL CHECK (is_sealed(document)),
    document_type   text        NOT NULL CHECK (document_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    document_sha256 bytea       NOT NULL CHECK (octet_length(document_sha256) = 32),
    recorded_by     text        NOT NULL,
    recorded_at     timestamptz NOT NULL,
    request_id      text        NOT NULL UNIQUE,
    CHECK ((until IS NOT NULL) = (step IN ('prolonged', 'opt_out', 'opt_in', 'second_opt_out'))),
    CHECK (step NOT IN ('opt_out', 'opt_in', 'second_opt_out') OR until >= (on_day + interval '1 month')::date), -- at least a month (art. 1018f, 1018h Rv)
    CHECK ((organisation <> '') = (step = 'exclusive'))
);
CREATE INDEX docket_entries_claim ON docket_entries (claim_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON docket_entries FOR EACH ROW EXECUTE FUNCTION append_only();

-- That the log was told of a day that came near, once each.
CREATE TABLE docket_reminders (
    claim_id  bigint      NOT NULL REFERENCES claims,
    term      text        NOT NULL,
    due_on    date        NOT NULL,
    told_at   timestamptz NOT NULL,
    PRIMARY KEY (claim_id, term, due_on)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON docket_reminders FOR EACH ROW EXECUTE FUNCTION append_only();

GRANT SELECT, INSERT ON docket_entries, docket_reminders TO samenclaim_app;
