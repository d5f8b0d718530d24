-- +goose Up

-- A mailing: the same words to many people. Its recipients are rows of the outbox, written in
-- one transaction with it; the words stand here once. The mailer works it off.
CREATE TABLE mailings (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         text        NOT NULL UNIQUE CHECK (key <> ''),
    template    text        NOT NULL,
    words_nl    jsonb       NOT NULL,
    words_en    jsonb       NOT NULL,
    status      text        NOT NULL CHECK (status IN ('sending', 'paused', 'finished')),
    recipients  bigint      CHECK (recipients >= 0),
    sha256      bytea       CHECK (octet_length(sha256) = 32), -- of the list of recipients: mailing_sha256
    created_at  timestamptz NOT NULL,
    paused_at   timestamptz,
    stopped_at  timestamptz, -- who had not got it then, does not get it
    finished_at timestamptz,
    CHECK ((recipients IS NULL) = (sha256 IS NULL)),
    CHECK (status = 'sending' OR sha256 IS NOT NULL),
    CHECK ((status = 'paused') = (paused_at IS NOT NULL)),
    CHECK ((status = 'finished') = (finished_at IS NOT NULL)),
    CHECK (status <> 'paused' OR stopped_at IS NULL)
);
CREATE INDEX mailings_open ON mailings (id) WHERE status <> 'finished';
GRANT SELECT, INSERT, UPDATE ON mailings TO samenclaim_app;

ALTER TABLE outbox ADD COLUMN mailing_id bigint REFERENCES mailings, ADD COLUMN bounced_at timestamptz;
ALTER TABLE outbox DROP CONSTRAINT outbox_status_check, DROP CONSTRAINT outbox_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_status_check CHECK (status IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'unknown', 'dropped'));
ALTER TABLE outbox ADD CONSTRAINT outbox_sent_check CHECK ((status IN ('sent', 'bounced')) = (sent_at IS NOT NULL));
ALTER TABLE outbox ADD CONSTRAINT outbox_bounced_check CHECK (status <> 'bounced' OR bounced_at IS NOT NULL);

-- Mails of a mailing stand in a queue of their own: a million of them, or a mailing that is paused, keeps no other mail waiting.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (expires_at, next_try_at, id) WHERE status = 'queued' AND mailing_id IS NULL;
CREATE INDEX outbox_mailing_due ON outbox (mailing_id, next_try_at, id) WHERE status = 'queued' AND mailing_id IS NOT NULL;
CREATE INDEX outbox_mailing ON outbox (mailing_id, status) WHERE mailing_id IS NOT NULL;

-- The hash over the recipients of a mailing: first of each group of ten thousand, then of those. What it is
-- made of never changes, also not when somebody is erased.
CREATE FUNCTION mailing_sha256(mailing bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(string_agg(part, ''::bytea ORDER BY at), '')) FROM (
        SELECT id / 10000 AS at, sha256(convert_to(string_agg(key || ' ' || coalesce(participant_id, 0) || ' ' || lang, E'\n' ORDER BY id), 'UTF8')) AS part
        FROM outbox WHERE mailing_id = mailing GROUP BY id / 10000) parts $$;
GRANT EXECUTE ON FUNCTION mailing_sha256(bigint) TO samenclaim_app;

-- A mailing keeps its words and its recipients, and has ended only when each of them has.
-- +goose StatementBegin
CREATE FUNCTION mailing_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'mailing % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.key, NEW.template, NEW.words_nl, NEW.words_en, NEW.created_at) IS DISTINCT FROM (OLD.key, OLD.template, OLD.words_nl, OLD.words_en, OLD.created_at)
        OR OLD.sha256 IS NOT NULL AND (NEW.recipients, NEW.sha256) IS DISTINCT FROM (OLD.recipients, OLD.sha256)
        OR OLD.stopped_at IS NOT NULL AND NEW.stopped_at IS DISTINCT FROM OLD.stopped_at THEN
        RAISE EXCEPTION 'mailing % stands', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'finished' AND OLD.status <> 'finished' AND EXISTS (SELECT FROM outbox WHERE mailing_id = OLD.id AND status IN ('queued', 'sending')) THEN
        RAISE EXCEPTION 'mailing % is still on its way to somebody', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mailing_moves BEFORE UPDATE OR DELETE ON mailings FOR EACH ROW EXECUTE FUNCTION mailing_moves();

-- A mail stays in its mailing.
-- +goose StatementBegin
CREATE FUNCTION mailing_of_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'mail % stays in its mailing', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER mailing_of_mail BEFORE UPDATE OF mailing_id ON outbox FOR EACH ROW EXECUTE FUNCTION mailing_of_mail();

-- Which of these mails nobody waits for any more: who left the case, asked us not to write, or ended the newsletter
-- since the recipients were written down. The rule is the case's; the mailer asks it when a mail's turn has come.
CREATE FUNCTION mailing_unwanted(mails bigint[], at timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH due AS MATERIALIZED (
        SELECT id, template, participant_id, CASE WHEN key ~ '^mailing:\d+:\d+$' THEN split_part(key, ':', 3)::bigint END AS fact
        FROM outbox WHERE id = ANY(mails) AND template IN ('news', 'newsletter'))
    SELECT o.id FROM due o
    LEFT JOIN consents c ON o.template = 'newsletter' AND c.id = o.fact
    LEFT JOIN participations t ON t.id = CASE o.template WHEN 'newsletter' THEN c.participation_id ELSE o.fact END
    LEFT JOIN restrictions(at) r ON r.participation_id = t.id
    WHERE o.fact IS NOT NULL AND (t.id IS NULL OR t.participant_id IS DISTINCT FROM o.participant_id
        OR o.template = 'news' AND (t.status NOT IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid') OR r.participation_id IS NOT NULL)
        OR o.template = 'newsletter' AND (c.withdrawn_at IS NOT NULL OR t.status IN ('erased', 'estate') OR r.since >= c.given_at)) $$;
GRANT EXECUTE ON FUNCTION mailing_unwanted(bigint[], timestamptz) TO samenclaim_app;

-- News before it is published: written by one, approved by another.
CREATE TABLE news_drafts (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref         text        NOT NULL UNIQUE,
    claim_id    bigint      NOT NULL REFERENCES claims,
    request_id  text        NOT NULL UNIQUE,
    title_nl    text        NOT NULL CHECK (title_nl <> ''),
    title_en    text        NOT NULL CHECK (title_en <> ''),
    body_nl     text        NOT NULL CHECK (body_nl <> ''),
    body_en     text        NOT NULL CHECK (body_en <> ''),
    newsletter  boolean     NOT NULL DEFAULT false,
    groups      jsonb       NOT NULL CHECK (jsonb_typeof(groups) = 'array' AND groups <> '[]' AND groups <@ '["signed", "included", "awarded", "paid", "left"]'),
    lang        text        NOT NULL DEFAULT '' CHECK (lang IN ('', 'nl', 'en')),
    status      text        NOT NULL CHECK (status IN ('draft', 'proposed', 'approved', 'dropped')),
    version     int         NOT NULL DEFAULT 1 CHECK (version > 0), -- so that nobody approves what they did not read
    written_by  text        NOT NULL,
    written_at  timestamptz NOT NULL,
    proposed_by text,
    proposed_at timestamptz,
    approved_by text        CHECK (approved_by <> written_by AND approved_by <> proposed_by),
    approved_at timestamptz,
    news_id     bigint      UNIQUE REFERENCES news,
    mailing_id  bigint      UNIQUE REFERENCES mailings,
    CHECK ((status IN ('proposed', 'approved')) = (proposed_by IS NOT NULL) AND (proposed_by IS NULL) = (proposed_at IS NULL)),
    CHECK ((status = 'approved') = (approved_by IS NOT NULL) AND (approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (news_id IS NULL) AND (approved_by IS NULL) = (mailing_id IS NULL))
);
CREATE INDEX news_drafts_claim ON news_drafts (claim_id, id DESC);
GRANT SELECT, INSERT, UPDATE ON news_drafts TO samenclaim_app;

-- Words change in a draft only; what was approved or dropped changes no more.
-- +goose StatementBegin
CREATE FUNCTION news_draft_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status IN ('approved', 'dropped') OR OLD.status = 'draft' AND NEW.status = 'approved'
        OR (NEW.ref, NEW.claim_id, NEW.request_id) IS DISTINCT FROM (OLD.ref, OLD.claim_id, OLD.request_id)
        OR (OLD.status, NEW.status) IS DISTINCT FROM ('draft', 'draft')
            AND (NEW.title_nl, NEW.title_en, NEW.body_nl, NEW.body_en, NEW.newsletter, NEW.groups, NEW.lang, NEW.version, NEW.written_by)
                IS DISTINCT FROM (OLD.title_nl, OLD.title_en, OLD.body_nl, OLD.body_en, OLD.newsletter, OLD.groups, OLD.lang, OLD.version, OLD.written_by) THEN
        RAISE EXCEPTION 'news % can not change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER news_draft_moves BEFORE UPDATE OR DELETE ON news_drafts FOR EACH ROW EXECUTE FUNCTION news_draft_moves();

-- News that went to some of those who take part only is no update for the others.
ALTER TABLE news ADD COLUMN partial boolean NOT NULL DEFAULT false, ADD COLUMN mailing_id bigint UNIQUE REFERENCES mailings;

CREATE OR REPLACE VIEW inv.r02_no_news_while_restricted AS
    SELECT o.id FROM outbox o LEFT JOIN consents c ON o.template = 'newsletter' AND c.id = split_part(o.key, ':', 3)::bigint
    JOIN rights_requests r ON r.participation_id = CASE o.template WHEN 'news' THEN split_part(o.key, ':', 3)::bigint ELSE c.participation_id END
        AND r.participant_id = o.participant_id
    WHERE o.template IN ('news', 'newsletter') AND o.key ~ '^(news|mailing):\d+:\d+$' AND o.created_at > r.asked_at
    AND o.created_at < coalesce(CASE WHEN r.status = 'refused' THEN r.answered_at END, r.ended_at, 'infinity')
    AND (c.given_at IS NULL OR c.given_at <= r.asked_at);

CREATE OR REPLACE VIEW inv.m02_sent_was_handed_over AS
    SELECT id FROM outbox WHERE status IN ('sent', 'bounced') AND (sent_at IS NULL OR message_id = '');

-- A mailing takes the time it takes, and may be paused.
CREATE OR REPLACE VIEW inv.m03_mail_not_forgotten AS
    SELECT id FROM outbox WHERE status = 'queued' AND mailing_id IS NULL AND next_try_at < inv.clock() - interval '2 hours';

CREATE VIEW inv.m04_mailing_ended_for_all AS
    SELECT id FROM mailings m WHERE status = 'finished' AND EXISTS (SELECT FROM outbox o WHERE o.mailing_id = m.id AND o.status IN ('queued', 'sending'));
COMMENT ON VIEW inv.m04_mailing_ended_for_all IS 'a mailing is finished only if every recipient has one final state';

CREATE VIEW inv.m05_mailing_is_its_recipients AS
    SELECT id FROM mailings m WHERE recipients IS DISTINCT FROM (SELECT count(*) FROM outbox o WHERE o.mailing_id = m.id) OR sha256 IS DISTINCT FROM mailing_sha256(id);
COMMENT ON VIEW inv.m05_mailing_is_its_recipients IS 'the recipients of a mailing are those who were written down when it was approved';

CREATE VIEW inv.m06_news_by_two AS
    SELECT id FROM news_drafts WHERE approved_by IN (written_by, proposed_by);
COMMENT ON VIEW inv.m06_news_by_two IS 'news is approved by somebody else than who wrote or proposed it';
GRANT SELECT ON inv.m04_mailing_ended_for_all, inv.m05_mailing_is_its_recipients, inv.m06_news_by_two TO samenclaim_app;
