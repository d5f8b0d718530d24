-- +goose Up

-- A document by which somebody may act for another, or that shows a death:
-- encrypted with a key of its own before it reaches the store.
CREATE TABLE papers (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref              text        NOT NULL UNIQUE,
    participation_id bigint      NOT NULL REFERENCES participations,
    purpose          text        NOT NULL CHECK (purpose IN ('death', 'heir', 'representative')),
    media_type       text        NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    bytes            bigint      NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
    sha256           bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    storage_name     text        NOT NULL UNIQUE,
    key_wrapped      bytea       CHECK (is_sealed(key_wrapped)),
    uploaded_by      text        NOT NULL,
    created_at       timestamptz NOT NULL
);

-- A participation of somebody who died: what was frozen, and how it ended.
CREATE TABLE estates (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    status_before    text        NOT NULL CHECK (status_before IN ('active', 'included', 'payee_pending', 'payable')),
    died_on          date        NOT NULL,
    paper_id         bigint      NOT NULL REFERENCES papers,
    contact          bytea       CHECK (is_sealed(contact)), -- of the heirs: name and address
    reported_by      text        NOT NULL,
    reported_at      timestamptz NOT NULL,
    ended_at         timestamptz CHECK (ended_at >= reported_at),
    outcome          text        CHECK (outcome IN ('taken_over', 'mistake', 'ended', 'unclaimed', 'lost')),
    ended_by         text,
    CHECK ((ended_at IS NULL) = (outcome IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)),
    CHECK (outcome NOT IN ('mistake', 'ended', 'unclaimed') OR ended_by <> reported_by)
);
CREATE UNIQUE INDEX estates_one_open ON estates (participation_id) WHERE ended_at IS NULL;

-- Somebody else becomes the holder of a participation: the child that came of age,
-- the representative of heirs, another representative. Proposed by one member of
-- staff, accepted by another, and done when that person has signed.
CREATE TABLE takeovers (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    kind             text        NOT NULL CHECK (kind IN ('adult', 'heir', 'representative')),
    status           text        NOT NULL CHECK (status IN ('proposed', 'accepted', 'signed', 'refused')),
    contact          bytea       CHECK (is_sealed(contact)),
    scope            text        NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'no_money')),
    until_on         date,
    paper_id         bigint      REFERENCES papers,
    proposed_by      text        NOT NULL,
    proposed_at      timestamptz NOT NULL,
    accepted_by      text        CHECK (accepted_by <> proposed_by),
    accepted_at      timestamptz,
    token_hash       bytea       UNIQUE, -- of the link that was mailed
    signed_at        timestamptz,
    mandate_id       bigint      REFERENCES mandates,
    participant_id   bigint      REFERENCES participants, -- who took it over
    refused_by       text,
    CHECK ((kind = 'adult') = (paper_id IS NULL)),
    CHECK ((status IN ('accepted', 'signed')) = (accepted_by IS NOT NULL AND accepted_at IS NOT NULL)),
    CHECK ((status = 'signed') = (signed_at IS NOT NULL AND mandate_id IS NOT NULL AND participant_id IS NOT NULL)),
    CHECK ((status = 'refused') = (refused_by IS NOT NULL)),
    CHECK (status <> 'accepted' OR token_hash IS NOT NULL)
);
CREATE UNIQUE INDEX takeovers_one_open ON takeovers (participation_id) WHERE status IN ('proposed', 'accepted');

GRANT SELECT, INSERT, UPDATE ON papers, estates, takeovers TO samenclaim_app;

CREATE VIEW inv.h01_estate_is_recorded AS
    SELECT coalesce(p.id, e.participation_id) AS id FROM (SELECT id FROM participations WHERE status = 'estate') p
    FULL JOIN (SELECT participation_id FROM estates WHERE ended_at IS NULL) e ON e.participation_id = p.id
    WHERE p.id IS NULL OR e.participation_id IS NULL;
COMMENT ON VIEW inv.h01_estate_is_recorded IS 'a participation stands still for the heirs exactly while a death is recorded';

CREATE VIEW inv.h02_estate_is_not_paid AS
    SELECT p.id FROM payouts p JOIN participations t ON t.id = p.participation_id WHERE t.status = 'estate' AND p.status IN ('planned', 'sent');
COMMENT ON VIEW inv.h02_estate_is_not_paid IS 'no payout is under way to somebody who died';

CREATE VIEW inv.h03_who_is_represented AS
    SELECT t.id FROM participations t LEFT JOIN represented r ON r.participation_id = t.id AND r.ended_at IS NULL
    WHERE t.status <> 'erased' GROUP BY t.id HAVING count(r.id) <> CASE WHEN t.person_key IS NULL THEN 0 ELSE 1 END;
COMMENT ON VIEW inv.h03_who_is_represented IS 'a participation for another names that person, and no other participation does';

CREATE VIEW inv.h04_of_age_has_confirmed AS
    SELECT p.id FROM payouts p JOIN payout_runs n ON n.id = p.run_id JOIN represented r ON r.participation_id = p.participation_id
    WHERE r.ended_at IS NULL AND r.of_age_at <= n.prepared_at AND p.status IN ('planned', 'sent');
COMMENT ON VIEW inv.h04_of_age_has_confirmed IS 'nobody who came of age is paid before they signed themselves';

CREATE VIEW inv.h05_takeover_by_two AS
    SELECT id FROM takeovers WHERE accepted_by = proposed_by OR kind <> 'adult' AND paper_id IS NULL
    OR status = 'signed' AND NOT EXISTS (SELECT FROM mandates m WHERE m.id = mandate_id AND m.participation_id = takeovers.participation_id);
COMMENT ON VIEW inv.h05_takeover_by_two IS 'a takeover rests on a document, two people and a mandate of its own';

GRANT SELECT ON ALL TABLES IN SCHEMA inv TO samenclaim_app;
