-- +goose Up

-- Where a report stands and where staff work, no claim stands.
ALTER TABLE claims DROP CONSTRAINT claims_slug_check;
ALTER TABLE claims ADD CONSTRAINT claims_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'
    AND slug NOT IN ('mijn', 'beheer', 'demo', 'static', 'webhooks', 'theme', 'zo-werkt-het', 'afmelden', 'overlijden-melden', 'rechten', 'meldingen'));

ALTER TABLE login_codes DROP CONSTRAINT login_codes_purpose_check;
ALTER TABLE login_codes ADD CONSTRAINT login_codes_purpose_check CHECK (purpose IN ('signup', 'login', 'resume', 'confirm', 'email', 'report'));

-- What somebody tells us about a participant: that they died, or that they are
-- represented. It is not compared with the register until staff do so, and
-- sealed with a key of its own: whose it is, nobody knows yet.
CREATE TABLE reports (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref              text        NOT NULL UNIQUE,
    kind             text        NOT NULL CHECK (kind IN ('death', 'representative')),
    status           text        NOT NULL CHECK (status IN ('unproven', 'open', 'closed')),
    browser_hash     bytea       NOT NULL CHECK (octet_length(browser_hash) = 32), -- of who fills it in
    email_index      bytea       NOT NULL,
    lang             text        NOT NULL CHECK (lang IN ('nl', 'en')),
    key_wrapped      bytea       CHECK (is_sealed(key_wrapped)), -- NULL: destroyed
    content          bytea       CHECK (is_sealed(content)),
    created_at       timestamptz NOT NULL,
    proven_at        timestamptz CHECK (proven_at >= created_at),
    participation_id bigint      REFERENCES participations, -- whom it is about, as staff found
    linked_by        text,
    linked_at        timestamptz,
    outcome          text        CHECK (outcome IN ('recorded', 'unknown', 'mistake')),
    closed_by        text,
    closed_at        timestamptz CHECK (closed_at >= proven_at),
    CHECK ((key_wrapped IS NULL) = (content IS NULL)),
    CHECK ((status = 'unproven') = (proven_at IS NULL)),
    CHECK ((participation_id IS NULL) = (linked_by IS NULL) AND (participation_id IS NULL) = (linked_at IS NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL) AND (status = 'closed') = (closed_by IS NOT NULL) AND (status = 'closed') = (outcome IS NOT NULL)),
    CHECK (status <> 'unproven' OR participation_id IS NULL),
    CHECK (outcome <> 'recorded' OR participation_id IS NOT NULL)
);
CREATE UNIQUE INDEX reports_one_in_a_browser ON reports (browser_hash) WHERE status = 'unproven';
CREATE INDEX reports_open ON reports (id) WHERE status = 'open';
CREATE INDEX reports_participation ON reports (participation_id);
CREATE INDEX reports_email ON reports (email_index);
GRANT SELECT, INSERT, UPDATE, DELETE ON reports TO samenclaim_app;

CREATE VIEW inv.h06_report_is_proven AS
    SELECT id FROM reports WHERE status <> 'unproven' AND proven_at IS NULL OR outcome = 'recorded' AND participation_id IS NULL
    OR status = 'unproven' AND created_at < inv.clock() - interval '2 days';
COMMENT ON VIEW inv.h06_report_is_proven IS 'staff act on no report of which the address was not proven, and none that was not is kept';
GRANT SELECT ON inv.h06_report_is_proven TO samenclaim_app;
