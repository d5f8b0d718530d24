-- +goose Up

-- A letter takes three people: the lawyer proposes it, one of the board approves it, and another
-- of the board freezes and sends it. approved_by is the first of the board, sent_by the second.
ALTER TABLE letters ADD COLUMN approved_at timestamptz, ADD COLUMN sent_by text;

-- What was sent before took one approval, which was the sending. It stays so, and only that.
-- +goose StatementBegin
DO $$
DECLARE before bigint[];
BEGIN
    SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO before FROM letters WHERE sent_at IS NOT NULL;
    ALTER TABLE letters DISABLE TRIGGER letter_frozen;
    UPDATE letters SET approved_at = sent_at WHERE sent_at IS NOT NULL;
    ALTER TABLE letters ENABLE TRIGGER letter_frozen;
    EXECUTE format('ALTER TABLE letters ADD CONSTRAINT letters_sent_by_a_third CHECK (sent_at IS NULL OR sent_by IS NOT NULL OR id = ANY (%L::bigint[]))', before);
END $$;
-- +goose StatementEnd
ALTER TABLE letters
    ADD CONSTRAINT letters_approved_when CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    ADD CONSTRAINT letters_approved_what CHECK (approved_by IS NULL OR proposed_by IS NOT NULL),
    ADD CONSTRAINT letters_sent_by_other CHECK (sent_by IS NULL OR sent_at IS NOT NULL AND sent_by <> approved_by AND sent_by <> proposed_by);

CREATE OR REPLACE VIEW inv.p05_four_eyes AS
    SELECT 'payout_run:' || id AS what FROM payout_runs WHERE status IN ('approved', 'released', 'booked', 'closed')
    AND (approved_by IS NULL OR approved_by = prepared_by OR released_by = prepared_by)
    UNION ALL SELECT 'distribution:' || id FROM distributions WHERE status = 'approved' AND (approved_by IS NULL OR approved_by = calculated_by)
    UNION ALL SELECT 'letter:' || id FROM letters WHERE sent_at IS NOT NULL AND (approved_by IS NULL OR approved_by = proposed_by OR sent_by IN (proposed_by, approved_by));

-- The sealed annex with names is opened by two people, for a reason: who asked takes it, once.
CREATE TABLE deposit_openings (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter_id   bigint      NOT NULL REFERENCES letters,
    reason      text        NOT NULL CHECK (reason <> ''),
    asked_by    text        NOT NULL,
    asked_at    timestamptz NOT NULL,
    approved_by text        CHECK (approved_by <> asked_by),
    approved_at timestamptz,
    ended_by    text,
    ended_at    timestamptz, -- taken, or dropped
    taken       boolean     NOT NULL DEFAULT false,
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CHECK (NOT taken OR approved_by IS NOT NULL AND ended_by IS NOT NULL AND ended_by = asked_by)
);
CREATE UNIQUE INDEX deposit_openings_one ON deposit_openings (letter_id) WHERE ended_at IS NULL;

-- What was asked stays as it was asked, and what is over stays as it ended.
-- +goose StatementBegin
CREATE FUNCTION deposit_opening_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND (NEW.id, NEW.letter_id, NEW.reason, NEW.asked_by, NEW.asked_at) = (OLD.id, OLD.letter_id, OLD.reason, OLD.asked_by, OLD.asked_at)
       AND (OLD.approved_by IS NULL OR (NEW.approved_by, NEW.approved_at) = (OLD.approved_by, OLD.approved_at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'opening % of a sealed annex is a record', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER deposit_opening_kept BEFORE UPDATE OR DELETE ON deposit_openings FOR EACH ROW EXECUTE FUNCTION deposit_opening_kept();

CREATE VIEW inv.n04_names_by_two AS
    SELECT 'deposit_opening:' || id AS what FROM deposit_openings WHERE approved_by = asked_by OR taken AND (approved_by IS NULL OR ended_by IS DISTINCT FROM asked_by);
COMMENT ON VIEW inv.n04_names_by_two IS 'nobody opens the sealed names alone';

-- Whose names were shown to somebody outside, from one annex, with the reason.
CREATE TABLE showings (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter_id  bigint      NOT NULL REFERENCES letters,
    reason     text        NOT NULL CHECK (reason <> ''),
    shown_by   text        NOT NULL,
    shown_at   timestamptz NOT NULL,
    count      int         NOT NULL CHECK (count BETWEEN 1 AND 1000),
    request_id text        NOT NULL UNIQUE
);
CREATE INDEX showings_letter ON showings (letter_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON showings FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE shown_people (
    showing_id       bigint NOT NULL REFERENCES showings,
    participation_id bigint NOT NULL REFERENCES participations,
    PRIMARY KEY (showing_id, participation_id)
);
CREATE INDEX shown_people_who ON shown_people (participation_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON shown_people FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE VIEW inv.n05_shown_from_the_annex AS
    SELECT 'showing:' || s.id AS what FROM showings s LEFT JOIN shown_people p ON p.showing_id = s.id
    LEFT JOIN annex_rows a ON a.participation_id = p.participation_id AND a.letter_id = s.letter_id
    GROUP BY s.id HAVING count(p.participation_id) <> s.count OR count(a.participation_id) <> s.count;
COMMENT ON VIEW inv.n05_shown_from_the_annex IS 'names are shown of people in that annex, and all of them are noted';

-- A claim never stands where the page about checking receipts does.
ALTER TABLE claims DROP CONSTRAINT claims_slug_check;
ALTER TABLE claims ADD CONSTRAINT claims_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'
    AND slug NOT IN ('mijn', 'beheer', 'demo', 'static', 'webhooks', 'theme', 'zo-werkt-het', 'afmelden', 'overlijden-melden', 'rechten', 'meldingen',
        'fout-melden', 'correcties', 'fouten', 'verstrekkingen', 'controleren'));

GRANT SELECT, INSERT, UPDATE ON deposit_openings TO samenclaim_app;
GRANT SELECT, INSERT ON showings, shown_people TO samenclaim_app;
GRANT SELECT ON inv.n04_names_by_two, inv.n05_shown_from_the_annex TO samenclaim_app;
