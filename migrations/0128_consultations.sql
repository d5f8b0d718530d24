-- +goose Up

-- What participants think of a proposed settlement: one vote for each mandate, in favour, against, or
-- without an opinion, until an instant. One person writes it, another opens it.
CREATE TABLE consultations (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id      bigint      NOT NULL REFERENCES claims,
    ordinal       int         NOT NULL CHECK (ordinal >= 1),
    status        text        NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'dropped')),
    title_nl      text        NOT NULL CHECK (title_nl <> ''),
    title_en      text        NOT NULL CHECK (title_en <> ''),
    body_nl       text        NOT NULL CHECK (body_nl <> ''),
    body_en       text        NOT NULL CHECK (body_en <> ''),
    closes_at     timestamptz NOT NULL, -- itself too late
    request_id    text        NOT NULL UNIQUE,
    written_by    text        NOT NULL,
    written_at    timestamptz NOT NULL,
    opened_by     text        CHECK (opened_by <> written_by),
    opened_at     timestamptz,
    dropped_at    timestamptz,
    closed_at     timestamptz,
    mandates      bigint,     -- active when it closed: who could vote
    votes_for     bigint,
    votes_against bigint,
    votes_none    bigint,
    root          bytea       CHECK (octet_length(root) = 32), -- NULL: nobody voted
    tree          bytea,      -- the Merkle tree's hashes, 32 bytes each, read by offset
    UNIQUE (claim_id, ordinal),
    CHECK ((status IN ('open', 'closed')) = (opened_at IS NOT NULL) AND (opened_at IS NULL) = (opened_by IS NULL)),
    CHECK ((status = 'dropped') = (dropped_at IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CHECK (num_nulls(closed_at, mandates, votes_for, votes_against, votes_none) IN (0, 5)),
    CHECK ((coalesce(votes_for + votes_against + votes_none, 0) > 0) = (root IS NOT NULL) AND (root IS NULL) = (tree IS NULL)),
    CHECK (votes_for + votes_against + votes_none <= mandates AND least(votes_for, votes_against, votes_none) >= 0),
    CHECK (closed_at >= closes_at AND closes_at > opened_at)
);
ALTER TABLE consultations ALTER COLUMN tree SET STORAGE EXTERNAL; -- uncompressed, so that a slice is read without the rest
CREATE UNIQUE INDEX consultations_one ON consultations (claim_id) WHERE status IN ('draft', 'open');
CREATE INDEX consultations_open ON consultations (closes_at) WHERE status = 'open';

-- What is asked stays as it was written, and what is over stays as it was counted.
-- +goose StatementBegin
CREATE FUNCTION consultation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.status, NEW.status) IN (('draft', 'open'), ('draft', 'dropped'), ('open', 'closed'))
       AND (NEW.id, NEW.claim_id, NEW.ordinal, NEW.title_nl, NEW.title_en, NEW.body_nl, NEW.body_en, NEW.closes_at, NEW.request_id, NEW.written_by, NEW.written_at)
         = (OLD.id, OLD.claim_id, OLD.ordinal, OLD.title_nl, OLD.title_en, OLD.body_nl, OLD.body_en, OLD.closes_at, OLD.request_id, OLD.written_by, OLD.written_at)
       AND (OLD.opened_at IS NULL OR (NEW.opened_at, NEW.opened_by) = (OLD.opened_at, OLD.opened_by)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consultation % is a record', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER consultation_kept BEFORE UPDATE OR DELETE ON consultations FOR EACH ROW EXECUTE FUNCTION consultation_kept();

CREATE TABLE consultation_votes (
    consultation_id  bigint      NOT NULL REFERENCES consultations,
    participation_id bigint      NOT NULL REFERENCES participations,
    choice           text        CHECK (choice IN ('for', 'against', 'none')), -- NULL: erased
    salt             bytea       CHECK (octet_length(salt) = 32),
    leaf             bytea       NOT NULL CHECK (octet_length(leaf) = 32),
    cast_at          timestamptz NOT NULL,
    position         bigint      CHECK (position >= 0), -- in the tree; NULL: not over yet, or not counted
    PRIMARY KEY (consultation_id, participation_id),
    CHECK ((choice IS NULL) = (salt IS NULL))
);
CREATE INDEX consultation_votes_who ON consultation_votes (participation_id);
CREATE UNIQUE INDEX consultation_votes_place ON consultation_votes (consultation_id, position) WHERE position IS NOT NULL;

-- A vote can be changed and counted while its consultation is open; afterwards only what it said can be destroyed.
-- +goose StatementBegin
CREATE FUNCTION vote_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND (SELECT status FROM consultations WHERE id = NEW.consultation_id) = 'open' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND NEW.choice IS NULL
       AND (to_jsonb(NEW) - 'choice' - 'salt') = (to_jsonb(OLD) - 'choice' - 'salt') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the consultation is not open' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER vote_kept BEFORE INSERT OR UPDATE OR DELETE ON consultation_votes FOR EACH ROW EXECUTE FUNCTION vote_kept();

CREATE VIEW inv.n07_votes_are_the_totals AS
    SELECT 'consultation:' || c.id AS what FROM consultations c LEFT JOIN consultation_votes v ON v.consultation_id = c.id AND v.position IS NOT NULL
    WHERE c.status = 'closed' GROUP BY c.id
    HAVING count(v.leaf) <> c.votes_for + c.votes_against + c.votes_none OR coalesce(max(v.position), -1) <> count(v.leaf) - 1
        OR count(*) FILTER (WHERE v.choice = 'for') > c.votes_for OR count(*) FILTER (WHERE v.choice = 'against') > c.votes_against OR count(*) FILTER (WHERE v.choice = 'none') > c.votes_none
    UNION ALL SELECT 'consultation:' || consultation_id FROM consultation_votes v JOIN consultations c ON c.id = v.consultation_id WHERE c.status <> 'closed' AND v.position IS NOT NULL;
COMMENT ON VIEW inv.n07_votes_are_the_totals IS 'each vote that was counted has one place in the tree, and the totals are those votes';

GRANT SELECT, INSERT, UPDATE ON consultations, consultation_votes TO samenclaim_app;
GRANT SELECT ON inv.n07_votes_are_the_totals TO samenclaim_app;
