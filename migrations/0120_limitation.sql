-- +goose Up

-- From when people could know their damage and who is liable for it: the first term of
-- limitation runs from the next day and lasts five years (art. 3:310 BW). NULL: of before this was asked.
ALTER TABLE claims ADD COLUMN known_on date;
UPDATE claims SET known_on = (limitation_on + 1 - interval '5 years')::date - 1;
-- A leap day can make it a day longer or shorter.
ALTER TABLE claims ADD CONSTRAINT claims_first_term CHECK (limitation_on < (known_on + 2 + interval '5 years')::date);

-- Once a claim is open, its first term only ever turns out to end sooner.
-- +goose StatementBegin
CREATE FUNCTION first_term_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.opened_at IS NOT NULL AND NEW.limitation_on > OLD.limitation_on THEN
        RAISE EXCEPTION 'the first term of claim % does not move forward', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER first_term_kept BEFORE UPDATE OF limitation_on ON claims FOR EACH ROW EXECUTE FUNCTION first_term_kept();

-- What else a date of limitation rests on, each with its document. A delivered letter is in deliveries.
-- An act with no participation counts for everybody who had signed before that day.
CREATE TABLE limitation_facts (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id         bigint      NOT NULL REFERENCES claims,
    participation_id bigint      REFERENCES participations,
    kind             text        NOT NULL CHECK (kind IN ('knowledge', 'writ', 'acknowledgement', 'withdrawal')),
    on_day           date        NOT NULL,
    note             text        NOT NULL CHECK (note <> ''),
    document         bytea       CHECK (is_sealed(document)), -- with the key of the participation, if it is about one
    document_type    text        CHECK (document_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    document_sha256  bytea       CHECK (octet_length(document_sha256) = 32),
    withdraws        bigint      UNIQUE REFERENCES limitation_facts,
    recorded_by      text        NOT NULL,
    recorded_at      timestamptz NOT NULL,
    request_id       text        NOT NULL UNIQUE,
    CHECK ((kind = 'withdrawal') = (withdraws IS NOT NULL)),
    CHECK (kind = 'withdrawal' OR document IS NOT NULL AND document_type IS NOT NULL AND document_sha256 IS NOT NULL),
    CHECK (kind <> 'knowledge' OR participation_id IS NOT NULL)
);
CREATE INDEX limitation_facts_claim ON limitation_facts (claim_id, id);
CREATE INDEX limitation_facts_one ON limitation_facts (participation_id) WHERE participation_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limitation_facts FOR EACH ROW EXECUTE FUNCTION append_only();

-- The dates near, per claim, as a job counts them: how many people, and how near it was when the log was told.
CREATE TABLE limitation_watch (
    claim_id      bigint      NOT NULL REFERENCES claims,
    limitation_on date        NOT NULL,
    people        bigint      NOT NULL CHECK (people > 0),
    outside       bigint      NOT NULL CHECK (outside BETWEEN 0 AND people), -- of them in no letter
    warned        int         NOT NULL,
    checked_at    timestamptz NOT NULL,
    PRIMARY KEY (claim_id, limitation_on)
);

-- The date follows from deliveries and limitation_facts; nothing else can move it.
ALTER TABLE participations DROP COLUMN limitation_on;

-- A page of who is in one annex, or in none, by key.
DROP INDEX participations_letter;
CREATE INDEX participations_letter ON participations (letter_id, id) WHERE letter_id IS NOT NULL;
CREATE INDEX participations_outside ON participations (claim_id, id) WHERE letter_id IS NULL;

CREATE VIEW inv.k01_limitation_fact_of_its_claim AS
    SELECT f.id FROM limitation_facts f LEFT JOIN participations t ON t.id = f.participation_id LEFT JOIN limitation_facts w ON w.id = f.withdraws
    WHERE f.participation_id IS NOT NULL AND t.claim_id IS DISTINCT FROM f.claim_id OR f.withdraws IS NOT NULL AND (w.claim_id, w.participation_id) IS DISTINCT FROM (f.claim_id, f.participation_id)
       OR f.on_day > f.recorded_at::date + 1;
COMMENT ON VIEW inv.k01_limitation_fact_of_its_claim IS 'what a date of limitation rests on belongs to that claim, and had happened';

GRANT SELECT, INSERT ON limitation_facts TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON limitation_watch TO samenclaim_app;
GRANT SELECT ON inv.k01_limitation_fact_of_its_claim TO samenclaim_app;
