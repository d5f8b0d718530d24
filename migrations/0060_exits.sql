-- +goose Up

-- How somebody stopped: each way has its own words and effects. Once per participation.
CREATE TABLE exits (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL UNIQUE REFERENCES participations,
    kind             text        NOT NULL CHECK (kind IN ('revoked', 'ended', 'opted_out')),
    told_on          date, -- when the court was told, as the person says
    fee_stays        boolean     NOT NULL, -- the award was fixed already: the fee is netted from it
    made_at          timestamptz NOT NULL,
    CHECK ((kind = 'opted_out') = (told_on IS NOT NULL))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON exits FOR EACH ROW EXECUTE FUNCTION append_only();

-- What was corrected: the value before, sealed with the person's key, and which fields.
CREATE TABLE corrections (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id bigint      NOT NULL REFERENCES participants,
    fields         text[]      NOT NULL CHECK (cardinality(fields) > 0),
    before         bytea       NOT NULL CHECK (is_sealed(before)),
    made_by        text        NOT NULL,
    made_at        timestamptz NOT NULL
);
CREATE INDEX corrections_participant ON corrections (participant_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON corrections FOR EACH ROW EXECUTE FUNCTION append_only();

-- Who was erased, and what that did: numbers only. It stays, so that a restored backup can be erased again.
CREATE TABLE erasures (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref            text        NOT NULL UNIQUE,
    participant_id bigint      NOT NULL UNIQUE REFERENCES participants,
    made_by        text        NOT NULL,
    counts         jsonb       NOT NULL, -- rows touched, by table
    made_at        timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON erasures FOR EACH ROW EXECUTE FUNCTION append_only();

-- A mail that has to reach somebody of whom nothing is kept: its address goes when the mail has ended.
ALTER TABLE outbox ADD COLUMN forget boolean NOT NULL DEFAULT false;
CREATE INDEX outbox_recipient ON outbox (lower(recipient));

-- A code can also confirm something that matters, by somebody who is logged in.
ALTER TABLE login_codes DROP CONSTRAINT login_codes_purpose_check;
ALTER TABLE login_codes ADD CONSTRAINT login_codes_purpose_check CHECK (purpose IN ('signup', 'login', 'resume', 'confirm'));

GRANT SELECT, INSERT ON exits, corrections, erasures TO samenclaim_app;

CREATE VIEW inv.g01_erased_is_gone AS
    SELECT p.id FROM participants p WHERE p.erased_at IS NOT NULL AND (
        p.first_names || p.infix || p.last_name <> '' OR p.email NOT LIKE '%.invalid' OR p.key_wrapped IS NOT NULL
        OR EXISTS (SELECT FROM participations t WHERE t.participant_id = p.id AND (t.status <> 'erased' OR t.usage IS NOT NULL
            OR EXISTS (SELECT FROM annex_salts s WHERE s.participation_id = t.id)
            OR EXISTS (SELECT FROM evidence e WHERE e.participation_id = t.id AND e.key_wrapped IS NOT NULL)
            OR EXISTS (SELECT FROM signups s WHERE s.participation_id = t.id)))
        OR EXISTS (SELECT FROM outbox o WHERE o.participant_id = p.id AND (o.data <> '{}' OR o.recipient NOT LIKE '%.invalid')
            AND NOT (o.forget AND o.status IN ('queued', 'sending')))
        OR EXISTS (SELECT FROM login_codes c WHERE c.participant_id = p.id));
COMMENT ON VIEW inv.g01_erased_is_gone IS 'of who was erased nothing is left that says who it was';

CREATE VIEW inv.g02_exit_is_what_happened AS
    SELECT t.id FROM participations t LEFT JOIN exits x ON x.participation_id = t.id
    WHERE t.status = 'opted_out' AND x.kind IS DISTINCT FROM 'opted_out' OR t.status NOT IN ('withdrawn', 'opted_out', 'erased') AND x.id IS NOT NULL AND NOT x.fee_stays;
COMMENT ON VIEW inv.g02_exit_is_what_happened IS 'who stopped before there was money takes part no longer, and each opt-out is on record';
GRANT SELECT ON inv.g01_erased_is_gone, inv.g02_exit_is_what_happened TO samenclaim_app;
CREATE INDEX participants_erased ON participants (id) WHERE erased_at IS NOT NULL;
