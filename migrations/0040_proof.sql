-- +goose Up

-- Signatures are fixed together: the hashes of their records stand in a tree,
-- whose root is signed by us and, where there is one, by a time stamp authority.
CREATE TABLE stamps (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    count       bigint      NOT NULL CHECK (count > 0),
    root        bytea       NOT NULL CHECK (octet_length(root) = 32),
    tree        bytea       NOT NULL, -- all stored hashes, 32 bytes each
    made_at     timestamptz NOT NULL,
    signature   bytea       NOT NULL CHECK (octet_length(signature) = 64), -- ours; the key is outside the database
    token       bytea,      -- RFC 3161, of the same message
    token_at    timestamptz, -- as the authority says
    tries       int         NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    CHECK ((token IS NULL) = (token_at IS NULL))
);
CREATE INDEX stamps_due ON stamps (next_try_at) WHERE token IS NULL;

CREATE TABLE stamp_rows (
    mandate_id bigint NOT NULL PRIMARY KEY REFERENCES mandates,
    stamp_id   bigint NOT NULL REFERENCES stamps,
    position   bigint NOT NULL CHECK (position >= 0),
    UNIQUE (stamp_id, position)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stamp_rows FOR EACH ROW EXECUTE FUNCTION append_only();

-- A stamp gets its token once; nothing else of it ever changes.
-- +goose StatementBegin
CREATE FUNCTION stamp_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.token IS NOT NULL
       OR (NEW.id, NEW.count, NEW.root, NEW.tree, NEW.made_at, NEW.signature) IS DISTINCT FROM (OLD.id, OLD.count, OLD.root, OLD.tree, OLD.made_at, OLD.signature) THEN
        RAISE EXCEPTION 'stamp % is fixed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON stamps FOR EACH ROW EXECUTE FUNCTION stamp_frozen();

-- The papers of a signature as they were first given out: the same bytes ever after.
CREATE TABLE signed_papers (
    mandate_id bigint      NOT NULL PRIMARY KEY REFERENCES mandates,
    pdf        bytea       NOT NULL CHECK (is_sealed(pdf)),
    html       bytea       NOT NULL CHECK (is_sealed(html)),
    sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32), -- of both, the PDF first
    made_at    timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signed_papers FOR EACH ROW EXECUTE FUNCTION append_only();

GRANT SELECT, INSERT, UPDATE ON stamps TO samenclaim_app;
GRANT SELECT, INSERT ON stamp_rows, signed_papers TO samenclaim_app;

CREATE VIEW inv.t01_stamp_is_whole AS
    SELECT s.id FROM stamps s LEFT JOIN stamp_rows r ON r.stamp_id = s.id
    GROUP BY s.id HAVING count(r.mandate_id) <> s.count OR max(r.position) <> s.count - 1;
COMMENT ON VIEW inv.t01_stamp_is_whole IS 'a stamp covers as many signatures as its root says, numbered without a hole';
GRANT SELECT ON inv.t01_stamp_is_whole TO samenclaim_app;
