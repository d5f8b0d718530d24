-- +goose Up

-- The log is sealed in blocks. A seal holds the hash over its lines and over
-- the seal before it, so a line that is changed, removed or slipped in later
-- shows, whoever did it. Lines are counted by their numbers: numbers of
-- transactions that were rolled back are in no seal, and a line that was
-- committed late stands in a later one.
CREATE TABLE audit_seals (
    id        bigint         NOT NULL PRIMARY KEY CHECK (id > 0), -- 1, 2, 3 …: one that is gone shows
    ids       int8multirange NOT NULL CHECK (NOT isempty(ids)),
    last_id   bigint         NOT NULL,
    count     bigint         NOT NULL CHECK (count > 0),
    marks     bytea          NOT NULL CHECK (octet_length(marks) = count * 8), -- the first eight bytes of each line's hash: tells which one was changed
    sha256    bytea          NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    sealed_at timestamptz    NOT NULL,
    CHECK (last_id = upper(ids) - 1)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON audit_seals TO samenclaim_app;
