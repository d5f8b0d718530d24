-- +goose Up
-- What is known of a piece of evidence: whether a scanner found a virus in it, and what staff and the sender should know.

ALTER TABLE evidence
    ADD COLUMN scan        text        NOT NULL DEFAULT 'none' CHECK (scan IN ('none', 'waiting', 'clean', 'infected')), -- none: there was no scanner
    ADD COLUMN scanned_at  timestamptz,
    ADD COLUMN virus       text        NOT NULL DEFAULT '' CHECK (length(virus) <= 200),
    ADD COLUMN active      boolean     NOT NULL DEFAULT false, -- a PDF that can do something by itself
    ADD COLUMN citizen_no  boolean     NOT NULL DEFAULT false, -- a number in it may be somebody's BSN
    ADD COLUMN sent_sha256 bytea       CHECK (octet_length(sent_sha256) = 32), -- of the file before it was made anew
    ADD CHECK ((scan IN ('clean', 'infected')) = (scanned_at IS NOT NULL)),
    ADD CHECK ((scan = 'infected') = (virus <> '')),
    ADD CHECK (kind = 'file' OR (scan = 'none' AND NOT active AND sent_sha256 IS NULL));

CREATE INDEX evidence_to_scan ON evidence (scanned_at NULLS FIRST, id) WHERE retracted_at IS NULL AND kind = 'file';
CREATE INDEX evidence_sha256 ON evidence (sha256) WHERE retracted_at IS NULL AND kind = 'file';

CREATE VIEW inv.e04_scan_is_not_forgotten AS
    SELECT id FROM evidence WHERE retracted_at IS NULL AND scan = 'waiting' AND created_at < inv.clock() - interval '2 days';
COMMENT ON VIEW inv.e04_scan_is_not_forgotten IS 'no file waits longer than two days for the virus scanner';
GRANT SELECT ON inv.e04_scan_is_not_forgotten TO samenclaim_app;
