-- +goose Up

-- What mail servers report about mails that they could not deliver. The same report twice is one.
CREATE TABLE bounces (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outbox_id     bigint      NOT NULL REFERENCES outbox,
    kind          text        NOT NULL CHECK (kind IN ('hard', 'soft')), -- soft: the address may be good
    code          text        NOT NULL CHECK (code = '' OR code ~ '^[245]\.\d{1,3}\.\d{1,3}$'), -- RFC 3463
    report_sha256 bytea       NOT NULL CHECK (octet_length(report_sha256) = 32),
    seen_at       timestamptz NOT NULL,
    UNIQUE (outbox_id, report_sha256)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON bounces FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON bounces TO samenclaim_app;

-- Somebody whom mail does not reach: staff look for another way, and note which.
CREATE TABLE reach_tasks (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref            text        NOT NULL UNIQUE,
    participant_id bigint      NOT NULL REFERENCES participants,
    outbox_id      bigint      NOT NULL REFERENCES outbox, -- the first mail that came back
    opened_at      timestamptz NOT NULL,
    done_at        timestamptz CHECK (done_at >= opened_at),
    done_by        text,
    note           bytea       CHECK (is_sealed(note)), -- with the person's key
    CHECK ((done_at IS NULL) = (done_by IS NULL)),
    CHECK (note IS NULL OR done_at IS NOT NULL)
);
CREATE UNIQUE INDEX reach_tasks_one_open ON reach_tasks (participant_id) WHERE done_at IS NULL;
CREATE INDEX reach_tasks_done ON reach_tasks (done_at DESC) WHERE done_at IS NOT NULL;
CREATE INDEX reach_tasks_participant ON reach_tasks (participant_id);
GRANT SELECT, INSERT, UPDATE ON reach_tasks TO samenclaim_app;

CREATE VIEW inv.m07_bounced_was_reported AS
    SELECT id FROM outbox o WHERE (bounced_at IS NOT NULL) <> EXISTS (SELECT FROM bounces b WHERE b.outbox_id = o.id AND b.kind = 'hard')
        OR status = 'sent' AND bounced_at IS NOT NULL;
COMMENT ON VIEW inv.m07_bounced_was_reported IS 'a mail that came back was reported so, and is not called sent';
GRANT SELECT ON inv.m07_bounced_was_reported TO samenclaim_app;
