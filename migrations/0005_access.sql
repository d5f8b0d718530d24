-- +goose Up

CREATE TABLE staff (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email          text        NOT NULL UNIQUE CHECK (email = lower(email)), -- never given to somebody else
    name           text        NOT NULL,
    roles          text[]      NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['intake', 'register', 'lawyer', 'board', 'accountant', 'privacy', 'admin']),
    password_hash  text        NOT NULL DEFAULT '',
    totp_secret    bytea       CHECK (is_sealed(totp_secret)),
    totp_last_step bigint      NOT NULL DEFAULT 0, -- a code works once
    mfa_at         timestamptz,
    invite_hash    bytea       UNIQUE,
    invite_expires_at timestamptz,
    failures       int         NOT NULL DEFAULT 0,
    blocked_until  timestamptz,
    last_login_at  timestamptz,
    disabled_at    timestamptz,
    created_at     timestamptz NOT NULL,
    CHECK ((mfa_at IS NULL) = (totp_secret IS NULL OR password_hash = ''))
);

-- Who is logged in: a session is worth nothing without its live row here.
CREATE TABLE logins (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref            text        NOT NULL UNIQUE,
    staff_id       bigint      REFERENCES staff,
    participant_id bigint      REFERENCES participants,
    browser        text        NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL CHECK (last_seen_at <= created_at + interval '24 hours'),
    ended_at       timestamptz,
    CHECK ((staff_id IS NULL) <> (participant_id IS NULL)),
    CHECK (staff_id IS NULL OR last_seen_at <= created_at + interval '12 hours')
);
CREATE INDEX logins_staff ON logins (staff_id) WHERE ended_at IS NULL AND staff_id IS NOT NULL;
CREATE INDEX logins_participant ON logins (participant_id) WHERE ended_at IS NULL AND participant_id IS NOT NULL;

CREATE TABLE sessions (
    token  text        NOT NULL PRIMARY KEY,
    data   bytea       NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE UNLOGGED TABLE rate_limits (
    key text        NOT NULL PRIMARY KEY,
    tat timestamptz NOT NULL -- theoretical arrival time: one row is one limit, over all replicas
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON staff, logins TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, rate_limits TO samenclaim_app;
