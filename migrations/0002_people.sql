-- +goose Up

-- The foundation itself: data, so that another foundation needs no code.
CREATE TABLE foundations (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name             text        NOT NULL CHECK (name <> ''),
    legal_name       text        NOT NULL,
    register_number  text        NOT NULL CHECK (register_number ~ '^[0-9]{8}$'),
    street           text        NOT NULL,
    postcode         text        NOT NULL,
    city             text        NOT NULL,
    postal_address   text        NOT NULL DEFAULT '',
    email            text        NOT NULL,
    phone            text        NOT NULL,
    phone_hours_nl   text        NOT NULL,
    phone_hours_en   text        NOT NULL,
    iban             text        NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
    bic              text        NOT NULL DEFAULT '',
    logo_svg         text        NOT NULL DEFAULT '',
    theme_color      text        NOT NULL CHECK (theme_color ~ '^#[0-9a-f]{6}$'),
    founded_year     int         NOT NULL,
    website          text        NOT NULL DEFAULT '',
    signatory_name   text        NOT NULL,
    signatory_role   text        NOT NULL,
    people           jsonb       NOT NULL DEFAULT '[]',
    lawyer_recipient text        NOT NULL DEFAULT '', -- age public key of the lawyer, for named annexes
    updated_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX foundations_one ON foundations ((true)); -- one installation serves one foundation

CREATE TABLE claims (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug              text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'
                                  AND slug NOT IN ('mijn', 'beheer', 'demo', 'static', 'webhooks', 'theme', 'zo-werkt-het')),
    name_nl           text        NOT NULL,
    name_en           text        NOT NULL,
    defendant_name    text        NOT NULL,
    defendant_address text        NOT NULL,
    number_prefix     text        NOT NULL UNIQUE CHECK (number_prefix ~ '^[A-Z]{2}$'),
    status            text        NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'open', 'letter_ready', 'letter_sent', 'letter_delivered',
                                  'negotiation', 'litigation', 'stayed', 'settlement_proposed', 'settled', 'won', 'lost', 'discontinued',
                                  'distributing', 'refunding', 'closed', 'archived')),
    max_award_cents   bigint      NOT NULL CHECK (max_award_cents > 0),
    flat_fee_cents    bigint      NOT NULL CHECK (flat_fee_cents > 0),
    rate_bp           bigint      NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    cap_bp            bigint      NOT NULL DEFAULT 10000 CHECK (cap_bp BETWEEN 0 AND 10000),
    vat_bp            bigint      NOT NULL DEFAULT 2100 CHECK (vat_bp BETWEEN 0 AND 10000),
    class_nl          text        NOT NULL,
    class_en          text        NOT NULL,
    period_from       date        NOT NULL,
    period_to         date        NOT NULL CHECK (period_to >= period_from),
    limitation_on     date        NOT NULL,
    articles          text        NOT NULL,
    demand_nl         text        NOT NULL,
    demand_en         text        NOT NULL,
    term_days         int         NOT NULL CHECK (term_days BETWEEN 1 AND 365),
    counters          jsonb       NOT NULL DEFAULT '{}',
    facts             jsonb       NOT NULL DEFAULT '[]',
    stayed_from       text        CHECK (stayed_from IN ('negotiation', 'litigation')),
    opened_at         timestamptz,
    cutoff_at         timestamptz, -- moment of the first annex: sign-up was free until then
    ended_at          timestamptz, -- settled, won, lost or discontinued
    closed_at         timestamptz,
    created_at        timestamptz NOT NULL,
    CHECK ((status = 'draft') = (opened_at IS NULL)),
    CHECK (status NOT IN ('draft', 'open', 'letter_ready') OR cutoff_at IS NULL),
    CHECK (status IN ('draft', 'open', 'letter_ready', 'discontinued', 'refunding', 'closed', 'archived') OR cutoff_at IS NOT NULL),
    CHECK ((status IN ('settled', 'won', 'lost', 'discontinued', 'distributing', 'refunding', 'closed', 'archived')) = (ended_at IS NOT NULL)),
    CHECK ((status IN ('closed', 'archived')) = (closed_at IS NOT NULL)),
    CHECK ((status = 'stayed') = (stayed_from IS NOT NULL))
);

-- Every move of a claim: proposed by one, made when nobody else is needed or another has approved.
CREATE TABLE claim_moves (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id    bigint      NOT NULL REFERENCES claims,
    from_status text        NOT NULL,
    to_status   text        NOT NULL,
    reason      text        NOT NULL CHECK (reason <> ''),
    proposed_by text        NOT NULL,
    proposed_at timestamptz NOT NULL,
    approved_by text        CHECK (approved_by <> proposed_by),
    made_at     timestamptz,
    dropped_at  timestamptz,
    CHECK (made_at IS NULL OR dropped_at IS NULL)
);
CREATE UNIQUE INDEX claim_moves_one_open ON claim_moves (claim_id) WHERE made_at IS NULL AND dropped_at IS NULL;

-- Texts people read or sign: never changed, only followed by a newer version.
CREATE TABLE texts (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL REFERENCES claims,
    kind         text        NOT NULL CHECK (kind IN ('page', 'faq', 'mandate', 'agreement', 'privacy', 'consent')),
    key          text        NOT NULL,
    lang         text        NOT NULL CHECK (lang IN ('nl', 'en')),
    version      text        NOT NULL,
    title        text        NOT NULL,
    body         text        NOT NULL,
    source       text        NOT NULL DEFAULT '',
    source_date  date,
    sha256       bytea       NOT NULL,
    published_at timestamptz NOT NULL,
    UNIQUE (claim_id, key, lang, version),
    CHECK (sha256 = sha256(convert_to(title || E'\n' || body, 'UTF8')))
);
CREATE INDEX texts_current ON texts (claim_id, lang, key, published_at DESC, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON texts FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE participants (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email             text        NOT NULL,
    email_key         text        NOT NULL UNIQUE, -- how addresses compare: lower case, domain in ASCII
    first_names       text        NOT NULL,
    infix             text        NOT NULL DEFAULT '',
    last_name         text        NOT NULL,
    name_search       text        GENERATED ALWAYS AS (lower(f_unaccent(first_names || ' ' || CASE WHEN infix = '' THEN '' ELSE infix || ' ' END || last_name))) STORED,
    lang              text        NOT NULL CHECK (lang IN ('nl', 'en')),
    email_verified_at timestamptz NOT NULL,
    key_wrapped       bytea       CHECK (is_sealed(key_wrapped)), -- NULL: destroyed, that is the erasure
    address           bytea       CHECK (is_sealed(address)),
    postcode_index    bytea,
    synthetic         boolean     NOT NULL DEFAULT false,
    erased_at         timestamptz,
    created_at        timestamptz NOT NULL,
    CHECK (erased_at IS NULL OR (key_wrapped IS NULL AND address IS NULL AND postcode_index IS NULL))
);
CREATE INDEX participants_name ON participants USING gin (name_search gin_trgm_ops);
CREATE INDEX participants_postcode ON participants (postcode_index) WHERE postcode_index IS NOT NULL;

CREATE TABLE participations (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref            text        NOT NULL UNIQUE, -- what strangers see: 128 bit of chance
    number         text        NOT NULL UNIQUE COLLATE "C" CHECK (number ~ '^[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}$'),
    claim_id       bigint      NOT NULL REFERENCES claims,
    participant_id bigint      NOT NULL REFERENCES participants,
    status         text        NOT NULL CHECK (status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid',
                               'withdrawn', 'opted_out', 'estate', 'erased', 'unclaimed', 'closed_lost')),
    country        text        NOT NULL DEFAULT 'NL',
    used_for       text        NOT NULL CHECK (used_for IN ('private', 'work', 'school', 'care')),
    used_from      date,
    used_to        date        CHECK (used_to >= used_from),
    evidence_plan  text        NOT NULL CHECK (evidence_plan IN ('now', 'later', 'no')),
    key_wrapped    bytea       CHECK (is_sealed(key_wrapped)),
    usage          bytea       CHECK (is_sealed(usage)), -- the address of the account used, if another
    signed_at      timestamptz NOT NULL,
    letter_id      bigint, -- the annex that covers it
    limitation_on  date,
    ended_at       timestamptz,
    review_mark    text        NOT NULL DEFAULT '', -- a mark for staff; never drops anyone
    created_at     timestamptz NOT NULL,
    CHECK ((status IN ('withdrawn', 'opted_out', 'erased')) = (ended_at IS NOT NULL)),
    CHECK (status NOT IN ('included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid', 'unclaimed') OR letter_id IS NOT NULL),
    CHECK ((status = 'erased') = (key_wrapped IS NULL))
);
CREATE UNIQUE INDEX participations_one_live ON participations (claim_id, participant_id) WHERE status NOT IN ('withdrawn', 'opted_out', 'erased');
CREATE INDEX participations_participant ON participations (participant_id);
CREATE INDEX participations_claim ON participations (claim_id, id);
CREATE INDEX participations_status ON participations (claim_id, status, id);
CREATE INDEX participations_signed ON participations (claim_id, signed_at);

-- A sign-up that is not finished: kept page by page, wiped after thirty days.
CREATE TABLE signups (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash       bytea       NOT NULL UNIQUE, -- of the cookie of the browser that fills it in
    claim_id         bigint      NOT NULL REFERENCES claims,
    lang             text        NOT NULL CHECK (lang IN ('nl', 'en')),
    status           text        NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'email_pending', 'mandate_pending', 'signed', 'known')),
    key_wrapped      bytea       NOT NULL CHECK (is_sealed(key_wrapped)), -- becomes the participation's key
    answers          bytea       NOT NULL CHECK (is_sealed(answers)),
    email_index      bytea,
    email_proven_at  timestamptz,
    participation_id bigint      REFERENCES participations,
    version          int         NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    CHECK ((status = 'signed') = (participation_id IS NOT NULL)),
    CHECK (status NOT IN ('mandate_pending', 'signed') OR email_proven_at IS NOT NULL)
);
CREATE INDEX signups_expires ON signups (expires_at);
CREATE INDEX signups_claim ON signups (claim_id);

-- Six digits by mail: ten minutes, five tries, for the browser that asked.
CREATE TABLE login_codes (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose      text        NOT NULL CHECK (purpose IN ('signup', 'login')),
    email_index  bytea       NOT NULL,
    participant_id bigint    REFERENCES participants, -- NULL: nobody we know, and the asker cannot tell
    browser_hash bytea       NOT NULL,
    code_mac     bytea       NOT NULL,
    tries        int         NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at <= created_at + interval '10 minutes'),
    used_at      timestamptz CHECK (used_at BETWEEN created_at AND expires_at)
);
CREATE INDEX login_codes_browser ON login_codes (browser_hash, purpose, id DESC);
CREATE INDEX login_codes_expires ON login_codes (expires_at);

-- What was signed: hashes stay for ever, what is personal is sealed with the participation's key.
CREATE TABLE mandates (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id  bigint      NOT NULL REFERENCES participations,
    mandate_text_id   bigint      NOT NULL REFERENCES texts,
    agreement_text_id bigint      NOT NULL REFERENCES texts,
    mandate_sha256    bytea       NOT NULL, -- of the exact bytes shown
    agreement_sha256  bytea       NOT NULL,
    record            bytea       NOT NULL CHECK (is_sealed(record)), -- who, how, what was ticked and typed
    record_sha256     bytea       NOT NULL CHECK (octet_length(record_sha256) = 32),
    request_id        text        NOT NULL UNIQUE, -- the form that was sent: twice is once
    signed_at         timestamptz NOT NULL
);
CREATE INDEX mandates_participation ON mandates (participation_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mandates FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE fee_options (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    option           text        NOT NULL CHECK (option IN ('flat', 'percentage')),
    mandate_id       bigint      NOT NULL REFERENCES mandates,
    chosen_at        timestamptz NOT NULL,
    superseded_at    timestamptz,
    locked_at        timestamptz, -- frozen with the annex
    CHECK (superseded_at IS NULL OR locked_at IS NULL)
);
CREATE UNIQUE INDEX fee_options_one_open ON fee_options (participation_id) WHERE superseded_at IS NULL;

CREATE TABLE consents (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    kind             text        NOT NULL CHECK (kind IN ('newsletter', 'interview', 'data_request', 'research')),
    text_id          bigint      NOT NULL REFERENCES texts,
    given_at         timestamptz NOT NULL,
    withdrawn_at     timestamptz CHECK (withdrawn_at >= given_at)
);
CREATE UNIQUE INDEX consents_one_open ON consents (participation_id, kind) WHERE withdrawn_at IS NULL;

-- Where the money goes; asked for only when there is money.
CREATE TABLE payee_accounts (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    iban             bytea       NOT NULL CHECK (is_sealed(iban)),
    iban_index       bytea       NOT NULL,
    holder           bytea       NOT NULL CHECK (is_sealed(holder)),
    set_at           timestamptz NOT NULL,
    usable_from      timestamptz NOT NULL CHECK (usable_from >= set_at),
    superseded_at    timestamptz
);
CREATE UNIQUE INDEX payee_accounts_one_open ON payee_accounts (participation_id) WHERE superseded_at IS NULL;
CREATE INDEX payee_accounts_iban ON payee_accounts (iban_index);

CREATE TABLE evidence (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref              text        NOT NULL UNIQUE,
    participation_id bigint      REFERENCES participations,
    signup_id        bigint      REFERENCES signups,
    kind             text        NOT NULL CHECK (kind IN ('file', 'statement')),
    name             bytea       CHECK (is_sealed(name)),      -- file name as sent, cleaned
    content          bytea       CHECK (is_sealed(content)),   -- of a statement
    media_type       text        NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png', 'text/plain')),
    bytes            bigint      NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
    sha256           bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    storage_name     text        UNIQUE,
    key_wrapped      bytea       CHECK (is_sealed(key_wrapped)), -- NULL: destroyed when taken back
    created_at       timestamptz NOT NULL,
    retracted_at     timestamptz,
    CHECK ((participation_id IS NULL) <> (signup_id IS NULL)),
    CHECK ((retracted_at IS NULL) = (key_wrapped IS NOT NULL)),
    CHECK (retracted_at IS NULL OR (name IS NULL AND content IS NULL)),
    CHECK (retracted_at IS NOT NULL OR (kind = 'file') = (storage_name IS NOT NULL))
);
CREATE INDEX evidence_participation ON evidence (participation_id);
CREATE UNIQUE INDEX evidence_once ON evidence (participation_id, sha256) WHERE retracted_at IS NULL AND participation_id IS NOT NULL;
CREATE INDEX evidence_signup ON evidence (signup_id) WHERE signup_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON foundations, claims, claim_moves, participants, participations, signups, login_codes,
    fee_options, consents, payee_accounts, evidence TO samenclaim_app;
GRANT DELETE ON signups, login_codes, evidence TO samenclaim_app;
GRANT SELECT, INSERT ON texts, mandates TO samenclaim_app;
