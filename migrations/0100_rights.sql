-- +goose Up

-- What people ask that we have to answer: to restrict the use of their data
-- (art. 18), or to object to it (art. 21). Until there is an answer we act as
-- if it were yes. Words, reasons and answers are sealed with the person's key.
CREATE TABLE rights_requests (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref              text        NOT NULL UNIQUE,
    participant_id   bigint      NOT NULL REFERENCES participants,   -- who asks
    participation_id bigint      NOT NULL REFERENCES participations, -- about which
    kind             text        NOT NULL CHECK (kind IN ('restrict', 'object')),
    ground           text        NOT NULL,
    words            bytea       CHECK (is_sealed(words)),
    status           text        NOT NULL CHECK (status IN ('open', 'granted', 'refused', 'withdrawn')),
    asked_at         timestamptz NOT NULL,
    due_on           date        NOT NULL,
    extended_at      timestamptz CHECK (extended_at >= asked_at),
    extended_by      text,
    extension        bytea       CHECK (is_sealed(extension)), -- why it takes longer
    answered_at      timestamptz CHECK (answered_at >= asked_at),
    answered_by      text,
    answer           bytea       CHECK (is_sealed(answer)),
    ended_at         timestamptz CHECK (ended_at >= asked_at), -- may lie ahead: people hear it before it ends (art. 18(3))
    ended_by         text,
    CHECK ((kind, ground) IN (('restrict', 'accuracy'), ('restrict', 'unlawful'), ('restrict', 'needed'),
        ('object', 'mailing'), ('object', 'statistics'), ('object', 'situation'))),
    CHECK ((extended_at IS NULL) = (extended_by IS NULL) AND (extended_at IS NULL) = (extension IS NULL)),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((status IN ('granted', 'refused')) = (answered_at IS NOT NULL)),
    CHECK (status <> 'refused' OR answer IS NOT NULL),
    CHECK (status <> 'open' OR ended_at IS NULL),
    CHECK (status <> 'withdrawn' OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX rights_requests_one_in_force ON rights_requests (participant_id, participation_id, kind, ground)
    WHERE status = 'open' OR status = 'granted' AND ended_at IS NULL;
CREATE INDEX rights_requests_participation ON rights_requests (participation_id);
CREATE INDEX rights_requests_due ON rights_requests (due_on, id) WHERE status = 'open';
GRANT SELECT, INSERT, UPDATE ON rights_requests TO samenclaim_app;

-- The participations of which the use is restricted at a moment; everything: not only news.
-- A request is that of who holds the participation: with another holder it ends.
CREATE FUNCTION restrictions(at timestamptz) RETURNS TABLE (participation_id bigint, everything boolean) LANGUAGE sql STABLE
    AS $$ SELECT r.participation_id, bool_or(r.ground <> 'mailing') FROM rights_requests r
        JOIN participations t ON t.id = r.participation_id AND t.participant_id = r.participant_id
        WHERE r.status IN ('open', 'granted') AND r.asked_at <= at AND (r.ended_at IS NULL OR r.ended_at > at) GROUP BY r.participation_id $$;
GRANT EXECUTE ON FUNCTION restrictions(timestamptz) TO samenclaim_app;

CREATE VIEW inv.r01_answered_as_promised AS
    SELECT id FROM rights_requests
    WHERE due_on > (asked_at AT TIME ZONE 'Europe/Amsterdam')::date + CASE WHEN extended_at IS NULL THEN interval '1 month' ELSE interval '3 months' END
    OR extended_at IS NOT NULL AND (extension IS NULL OR (extended_at AT TIME ZONE 'Europe/Amsterdam')::date > (asked_at AT TIME ZONE 'Europe/Amsterdam')::date + interval '1 month')
    OR status = 'refused' AND answer IS NULL;
COMMENT ON VIEW inv.r01_answered_as_promised IS 'a request about rights has a month, or three with a reason told in the first, and no refusal without a reason';

CREATE VIEW inv.r02_no_news_while_restricted AS
    SELECT o.id FROM outbox o LEFT JOIN consents c ON o.template = 'newsletter' AND c.id = split_part(o.key, ':', 3)::bigint
    JOIN rights_requests r ON r.participation_id = CASE o.template WHEN 'news' THEN split_part(o.key, ':', 3)::bigint ELSE c.participation_id END
        AND r.participant_id = o.participant_id
    WHERE o.template IN ('news', 'newsletter') AND o.key ~ '^news:\d+:\d+$' AND o.created_at > r.asked_at
    AND o.created_at < coalesce(CASE WHEN r.status = 'refused' THEN r.answered_at END, r.ended_at, 'infinity');
COMMENT ON VIEW inv.r02_no_news_while_restricted IS 'no news goes to somebody who asked not to use their data for it';
GRANT SELECT ON inv.r01_answered_as_promised, inv.r02_no_news_while_restricted TO samenclaim_app;
