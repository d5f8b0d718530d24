-- +goose Up

-- A copy of everything that is held about somebody: asked for, made by a job, taken once.
CREATE TABLE data_exports (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref            text        NOT NULL UNIQUE,
    participant_id bigint      NOT NULL REFERENCES participants,
    status         text        NOT NULL CHECK (status IN ('wanted', 'ready', 'taken', 'gone')),
    key_wrapped    bytea       CHECK (is_sealed(key_wrapped)), -- NULL: there is nothing to open (any more)
    storage_name   text        UNIQUE,
    bytes          bigint,
    wanted_at      timestamptz NOT NULL,
    tried_at       timestamptz,
    ready_at       timestamptz,
    expires_at     timestamptz,
    taken_at       timestamptz,
    CHECK ((status = 'ready') = (key_wrapped IS NOT NULL AND storage_name IS NOT NULL)),
    CHECK (status <> 'ready' OR ready_at IS NOT NULL AND expires_at IS NOT NULL),
    CHECK ((status = 'taken') = (taken_at IS NOT NULL))
);
CREATE UNIQUE INDEX data_exports_one_open ON data_exports (participant_id) WHERE status IN ('wanted', 'ready');
CREATE INDEX data_exports_due ON data_exports (id) WHERE status IN ('wanted', 'ready');

-- No money goes to a participation while a hold is open.
CREATE TABLE payout_holds (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    kind             text        NOT NULL CHECK (kind IN ('security', 'shared_account')),
    placed_by        text        NOT NULL,
    placed_at        timestamptz NOT NULL,
    lifted_by        text,
    lifted_at        timestamptz CHECK (lifted_at >= placed_at),
    lift_reason      text        CHECK (lift_reason IN ('called', 'written', 'checked', 'mistake')),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);
CREATE UNIQUE INDEX payout_holds_one_open ON payout_holds (participation_id, kind) WHERE lifted_at IS NULL;
CREATE INDEX payout_holds_participation ON payout_holds (participation_id);

CREATE VIEW inv.p18_nothing_sent_under_hold AS
    SELECT p.id FROM payouts p JOIN payout_runs r ON r.id = p.run_id JOIN payout_holds h ON h.participation_id = p.participation_id
    WHERE p.status IN ('sent', 'booked', 'returned') AND h.placed_at < r.released_at AND (h.lifted_at IS NULL OR h.lifted_at > r.released_at);
COMMENT ON VIEW inv.p18_nothing_sent_under_hold IS 'no money went to somebody whose payouts were on hold';
GRANT SELECT ON inv.p18_nothing_sent_under_hold TO samenclaim_app;

GRANT SELECT, INSERT, UPDATE ON data_exports, payout_holds TO samenclaim_app;
