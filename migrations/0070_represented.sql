-- +goose Up

-- A participation can be about another person than the holder of the account:
-- a child, somebody who died, somebody under a representative. That person is
-- known by a keyed hash, so that each takes part once, whoever acts for them.
ALTER TABLE participations ADD COLUMN person_key bytea CHECK (octet_length(person_key) = 16);
DROP INDEX participations_one_live;
CREATE UNIQUE INDEX participations_one_live ON participations (claim_id, participant_id)
    WHERE status NOT IN ('withdrawn', 'opted_out', 'erased') AND person_key IS NULL;
CREATE UNIQUE INDEX participations_one_person ON participations (claim_id, person_key)
    WHERE status NOT IN ('withdrawn', 'opted_out', 'erased') AND person_key IS NOT NULL;

-- Who is represented in a participation, and in which capacity. Name, birth date
-- and address are sealed with the participation's key: they go when it goes.
CREATE TABLE represented (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    capacity         text        NOT NULL CHECK (capacity IN ('parent', 'guardian', 'heir', 'representative')),
    person           bytea       NOT NULL CHECK (is_sealed(person)),
    adult_month      date        CHECK (extract(day FROM adult_month) = 1), -- month of the eighteenth birthday: only then is the date opened
    of_age_at        timestamptz, -- when it was found that the child is eighteen
    scope            text        NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'no_money')),
    until_on         date,
    since            timestamptz NOT NULL,
    ended_at         timestamptz CHECK (ended_at >= since),
    CHECK ((capacity IN ('parent', 'guardian')) = (adult_month IS NOT NULL)),
    CHECK (of_age_at IS NULL OR adult_month IS NOT NULL)
);
CREATE UNIQUE INDEX represented_one_open ON represented (participation_id) WHERE ended_at IS NULL;
CREATE INDEX represented_adults ON represented (adult_month) WHERE ended_at IS NULL AND of_age_at IS NULL AND adult_month IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON represented TO samenclaim_app;
