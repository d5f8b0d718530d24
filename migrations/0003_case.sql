-- +goose Up

CREATE TABLE letters (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL REFERENCES claims,
    ordinal      int         NOT NULL CHECK (ordinal >= 1), -- annex 1 is the claim letter, 2 and on are supplementary
    lang         text        NOT NULL CHECK (lang IN ('nl', 'en')),
    status       text        NOT NULL CHECK (status IN ('draft', 'proposed', 'sent', 'delivered')),
    fields       jsonb       NOT NULL, -- what the template asks for
    drafted_by   text        NOT NULL,
    proposed_by  text,
    proposed_at  timestamptz,
    approved_by  text        CHECK (approved_by <> proposed_by),
    sent_at      timestamptz, -- freezing and sending are one moment: the cut-off of the annex
    count        bigint,
    root         bytea,
    tree         bytea,      -- the Merkle tree's hashes, 32 bytes each, read by offset
    delivered_at timestamptz,
    created_at   timestamptz NOT NULL,
    UNIQUE (claim_id, ordinal),
    CHECK ((status = 'draft') = (proposed_at IS NULL) AND (proposed_at IS NULL) = (proposed_by IS NULL)),
    CHECK ((status IN ('sent', 'delivered')) = (sent_at IS NOT NULL AND approved_by IS NOT NULL AND root IS NOT NULL AND tree IS NOT NULL AND count >= 1)),
    CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK (delivered_at >= sent_at)
);
ALTER TABLE letters ALTER COLUMN tree SET STORAGE EXTERNAL; -- uncompressed, so that a slice is read without the rest
CREATE UNIQUE INDEX letters_one_open ON letters (claim_id) WHERE status IN ('draft', 'proposed');

-- A sent letter changes in one way only: it is delivered.
-- +goose StatementBegin
CREATE FUNCTION letter_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NULL AND TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
    IF OLD.sent_at IS NULL AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'sent' AND NEW.status = 'delivered'
       AND (to_jsonb(NEW) - 'status' - 'delivered_at' - 'tree') = (to_jsonb(OLD) - 'status' - 'delivered_at' - 'tree')
       AND NEW.tree = OLD.tree THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'letter % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER letter_frozen BEFORE UPDATE OR DELETE ON letters FOR EACH ROW EXECUTE FUNCTION letter_frozen();

CREATE TABLE letter_files (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter_id bigint NOT NULL REFERENCES letters,
    kind      text   NOT NULL CHECK (kind IN ('letter_pdf', 'annex_csv', 'annex_pdf', 'annex_named')),
    bytes     bytea  NOT NULL,
    sha256    bytea  NOT NULL CHECK (octet_length(sha256) = 32),
    UNIQUE (letter_id, kind),
    CHECK (sha256 = sha256(bytes))
);
ALTER TABLE letter_files ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON letter_files FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE annex_rows (
    letter_id        bigint NOT NULL REFERENCES letters,
    position         bigint NOT NULL CHECK (position >= 0), -- index of the leaf in the tree
    participation_id bigint NOT NULL REFERENCES participations,
    number           text   NOT NULL COLLATE "C",
    mandate_id       bigint NOT NULL REFERENCES mandates,
    fee_option_id    bigint NOT NULL REFERENCES fee_options,
    mandate_sha256   bytea  NOT NULL,
    commitment       bytea  NOT NULL,
    PRIMARY KEY (letter_id, position)
);
CREATE UNIQUE INDEX annex_rows_once ON annex_rows (participation_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annex_rows FOR EACH ROW EXECUTE FUNCTION append_only();

-- Apart from the annex, because destroying the salt is how a leaf becomes nobody's.
CREATE TABLE annex_salts (
    participation_id bigint NOT NULL PRIMARY KEY REFERENCES participations,
    salt             bytea  NOT NULL CHECK (octet_length(salt) = 32),
    identity         bytea  NOT NULL CHECK (is_sealed(identity)) -- the identity as frozen, sealed with the participation's key
);

CREATE TABLE deliveries (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter_id    bigint      NOT NULL UNIQUE REFERENCES letters,
    channel      text        NOT NULL CHECK (channel IN ('registered_post', 'bailiff', 'email', 'portal')),
    tracking     text        NOT NULL DEFAULT '',
    delivered_at timestamptz NOT NULL,
    proof        bytea       NOT NULL CHECK (is_sealed(proof)),
    proof_type   text        NOT NULL CHECK (proof_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    proof_sha256 bytea       NOT NULL CHECK (octet_length(proof_sha256) = 32),
    recorded_by  text        NOT NULL,
    recorded_at  timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON deliveries FOR EACH ROW EXECUTE FUNCTION append_only();
ALTER TABLE participations ADD FOREIGN KEY (letter_id) REFERENCES letters;
CREATE INDEX participations_letter ON participations (letter_id) WHERE letter_id IS NOT NULL;

CREATE TABLE news (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL REFERENCES claims,
    title_nl     text        NOT NULL CHECK (title_nl <> ''),
    title_en     text        NOT NULL CHECK (title_en <> ''),
    body_nl      text        NOT NULL CHECK (body_nl <> ''),
    body_en      text        NOT NULL CHECK (body_en <> ''),
    written_by   text        NOT NULL,
    published_at timestamptz NOT NULL,
    recipients   bigint      NOT NULL DEFAULT 0, -- how many mails went into the outbox with it
    request_id   text        NOT NULL UNIQUE
);
CREATE INDEX news_claim ON news (claim_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON news FOR EACH ROW EXECUTE FUNCTION append_only();

-- What the register's search box was asked, so that no name stands in a URL.
CREATE TABLE register_searches (
    key        text        NOT NULL PRIMARY KEY,
    staff_id   bigint      NOT NULL,
    term       bytea       NOT NULL CHECK (is_sealed(term)),
    created_at timestamptz NOT NULL
);
CREATE INDEX register_searches_age ON register_searches (created_at);

GRANT SELECT, INSERT, UPDATE ON letters TO samenclaim_app;
GRANT DELETE ON annex_salts, register_searches TO samenclaim_app;
GRANT SELECT, INSERT ON letter_files, annex_rows, annex_salts, deliveries, news, register_searches TO samenclaim_app;
