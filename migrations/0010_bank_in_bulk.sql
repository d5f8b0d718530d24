-- +goose Up

-- A bank file is kept packed and in sealed pieces, so that a large one is taken in and read in little memory.
CREATE TABLE statement_import_parts (
    import_id bigint NOT NULL REFERENCES statement_imports,
    part      int    NOT NULL CHECK (part >= 0),
    content   bytea  NOT NULL CHECK (is_sealed(content)),
    PRIMARY KEY (import_id, part)
);
ALTER TABLE statement_import_parts ALTER COLUMN content SET STORAGE EXTERNAL; -- ciphertext does not get smaller
INSERT INTO statement_import_parts SELECT id, 0, content FROM statement_imports;
ALTER TABLE statement_imports DROP COLUMN content;
ALTER TABLE statement_imports ADD COLUMN sheets jsonb; -- what reading it found; empty for files taken in before
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON statement_import_parts FOR EACH ROW EXECUTE FUNCTION append_only();
GRANT SELECT, INSERT ON statement_import_parts TO samenclaim_app;

-- The lines of a bank file get their numbers before they are written, so that each is written once, matched and all.
GRANT USAGE ON SEQUENCE statement_lines_id_seq TO samenclaim_app;

-- A payout moves from planned to sent to booked without touching an index: only a return makes it another one's turn.
ALTER TABLE payouts ADD COLUMN live boolean NOT NULL GENERATED ALWAYS AS (status IN ('planned', 'sent', 'booked')) STORED;
DROP INDEX payouts_one_live;
CREATE UNIQUE INDEX payouts_one_live ON payouts (award_id) WHERE live; -- nobody is paid twice
ALTER TABLE payouts SET (fillfactor = 50); -- room beside each row for its next state

-- What came in of a settlement is asked with every page and file.
CREATE INDEX line_matches_settlement ON line_matches (settlement_id) WHERE settlement_id IS NOT NULL;
