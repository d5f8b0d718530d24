-- +goose Up

-- When the program served: each run of it keeps its row up to date, twice a minute, as long as it can take signatures.
-- What no row covers is time in which nobody could sign.
CREATE TABLE served (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    CHECK (last_at >= began_at)
);
CREATE INDEX served_last ON served (last_at);

-- Times in which nobody could sign. The program's own record counts at once; what staff enter, when a second person has seen it.
CREATE TABLE outages (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    source      text        NOT NULL CHECK (source IN ('health', 'staff')),
    reason      text        NOT NULL CHECK (reason <> ''),
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    approved_by text        CHECK (approved_by <> recorded_by),
    counted_at  timestamptz, -- from then on it adds to deadlines
    dropped_at  timestamptz,
    CHECK (began_at < ended_at AND ended_at <= recorded_at),
    CHECK (counted_at IS NULL OR dropped_at IS NULL),
    CHECK ((source = 'health') = (counted_at IS NOT NULL AND approved_by IS NULL) OR source = 'staff'),
    CHECK (source = 'health' OR (counted_at IS NULL) = (approved_by IS NULL))
);
CREATE INDEX outages_time ON outages (began_at);
-- +goose StatementBegin
CREATE FUNCTION outage_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.counted_at IS NOT NULL OR OLD.dropped_at IS NOT NULL
       OR (to_jsonb(NEW) - 'approved_by' - 'counted_at' - 'dropped_at') <> (to_jsonb(OLD) - 'approved_by' - 'counted_at' - 'dropped_at') THEN
        RAISE EXCEPTION 'outage % stays as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER outage_settled BEFORE UPDATE OR DELETE ON outages FOR EACH ROW EXECUTE FUNCTION outage_settled();
GRANT SELECT, INSERT, UPDATE ON served, outages TO samenclaim_app;

-- The deadline as it was announced; closes_at is that moment, and every minute longer that nobody could sign.
ALTER TABLE claims ADD COLUMN closes_planned_at timestamptz;
UPDATE claims SET closes_at = coalesce(closes_at, cutoff_at), closes_planned_at = coalesce(closes_at, cutoff_at);
ALTER TABLE claims ADD CONSTRAINT claims_deadline CHECK ((closes_at IS NULL) = (closes_planned_at IS NULL) AND closes_at >= closes_planned_at);

-- A draft that somebody worked on while nobody could sign, or just before: it waits for staff, and counts as in time once they say so.
ALTER TABLE signups ADD COLUMN outage_id bigint REFERENCES outages,
    ADD COLUMN admitted_by text,
    ADD COLUMN admitted_until timestamptz,
    ADD CONSTRAINT signups_admitted CHECK ((admitted_by IS NULL) = (admitted_until IS NULL) AND (admitted_by IS NULL OR outage_id IS NOT NULL));
CREATE INDEX signups_outage ON signups (outage_id, claim_id) WHERE outage_id IS NOT NULL;

-- Who signed late, and what they pay ahead for it; who was held up by an outage counts as in time.
ALTER TABLE participations ADD COLUMN late_price_cents bigint CHECK (late_price_cents > 0),
    ADD COLUMN admitted boolean NOT NULL DEFAULT false;

CREATE OR REPLACE VIEW inv.d02_signed_in_time AS
    SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id
    WHERE p.signed_at >= c.closes_at AND c.late_policy = 'closed' AND NOT p.admitted
    AND NOT (coalesce(c.closes_planned_at = c.cutoff_at, false) AND EXISTS (SELECT FROM letters l WHERE l.id = p.letter_id AND l.ordinal = 1)); -- the first letter was the deadline, and took them along
COMMENT ON VIEW inv.d02_signed_in_time IS 'nobody signed at the deadline or after it where that is the end';

CREATE VIEW inv.d03_outages_extend AS
    SELECT c.id FROM claims c CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(r) - lower(r)), interval '0') AS down
        FROM (SELECT unnest(range_agg(tstzrange(greatest(o.began_at, c.opened_at), o.ended_at))) AS r FROM outages o
            WHERE o.counted_at IS NOT NULL AND o.ended_at > c.opened_at AND o.began_at < c.closes_at) x) d
    WHERE c.status NOT IN ('closed', 'archived') AND c.closes_at < c.closes_planned_at + d.down;
COMMENT ON VIEW inv.d03_outages_extend IS 'a deadline lies at least as much later as nobody could sign';

CREATE VIEW inv.d04_late_is_priced AS
    SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id
    WHERE c.late_policy = 'paid' AND NOT p.admitted AND (p.signed_at >= c.closes_at AND p.signed_at > c.cutoff_at) <> (p.late_price_cents IS NOT NULL)
    UNION ALL SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id WHERE p.late_price_cents IS NOT NULL AND (p.admitted OR c.late_policy <> 'paid');
COMMENT ON VIEW inv.d04_late_is_priced IS 'who signs late pays ahead where the claim says so, and nobody else';

CREATE VIEW inv.d05_late_was_paid AS
    SELECT a.participation_id FROM annex_rows a JOIN participations p ON p.id = a.participation_id
    WHERE p.late_price_cents IS NOT NULL AND NOT EXISTS (SELECT FROM prepayments y WHERE y.participation_id = p.id AND y.paid_at IS NOT NULL);
COMMENT ON VIEW inv.d05_late_was_paid IS 'nobody is in an annex who still has to pay for coming late';
GRANT SELECT ON inv.d03_outages_extend, inv.d04_late_is_priced, inv.d05_late_was_paid TO samenclaim_app;

-- A claim never stands where a page of the back office does.
ALTER TABLE claims ADD CONSTRAINT claims_slug_desk CHECK (slug NOT IN ('storingen', 'verwerkers'));
