-- +goose Up

-- How far the freezing of a letter is, for staff who wait. It is written beside the transaction that
-- freezes, which nobody can look into; what it says of a letter that is not sent binds nobody.
CREATE TABLE letter_progress (
    letter_id   bigint      NOT NULL PRIMARY KEY REFERENCES letters,
    started_by  text        NOT NULL,
    step        text        NOT NULL CHECK (step IN ('waiting', 'annex', 'files', 'done', 'failed')),
    done        bigint      NOT NULL CHECK (done >= 0),
    total       bigint      NOT NULL CHECK (total >= done),
    started_at  timestamptz NOT NULL,
    reported_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON letter_progress TO samenclaim_app;

-- A foreign key looks up each row by itself, and locks what it finds: of an annex of many that was two
-- thirds of the time. The same is asked here of all rows of a statement at once, and more: that number,
-- mandate and fee option are those of the participation. Whom a row names stays: mandates can't be
-- deleted, so participations can't, and below fee options and letters can't either.
ALTER TABLE annex_rows
    DROP CONSTRAINT annex_rows_letter_id_fkey, DROP CONSTRAINT annex_rows_participation_id_fkey,
    DROP CONSTRAINT annex_rows_mandate_id_fkey, DROP CONSTRAINT annex_rows_fee_option_id_fkey;
ALTER TABLE annex_salts DROP CONSTRAINT annex_salts_participation_id_fkey;

-- +goose StatementBegin
CREATE FUNCTION annex_rows_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM added a JOIN participations t ON t.id = a.participation_id AND t.number = a.number
            JOIN mandates m ON m.id = a.mandate_id AND m.participation_id = t.id AND m.mandate_sha256 = a.mandate_sha256
            JOIN fee_options f ON f.id = a.fee_option_id AND f.participation_id = t.id AND f.mandate_id = m.id
            JOIN letters l ON l.id = a.letter_id AND l.claim_id = t.claim_id) <> (SELECT count(*) FROM added) THEN
        RAISE EXCEPTION 'a row of the annex does not fit its participation' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION annex_salts_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE NOT EXISTS (SELECT FROM annex_rows r WHERE r.participation_id = a.participation_id)) THEN
        RAISE EXCEPTION 'a salt of nobody in an annex' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION annex_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'fee_options' AND EXISTS (SELECT FROM annex_rows WHERE fee_option_id = OLD.id AND participation_id = OLD.participation_id)
       OR TG_TABLE_NAME = 'letters' AND EXISTS (SELECT FROM annex_rows WHERE letter_id = OLD.id)
       OR TG_TABLE_NAME = 'participations' AND EXISTS (SELECT FROM annex_rows WHERE participation_id = OLD.id) THEN
        RAISE EXCEPTION '% % stands in an annex', TG_TABLE_NAME, OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER annex_rows_true AFTER INSERT ON annex_rows REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annex_rows_true();
CREATE TRIGGER annex_salts_true AFTER INSERT ON annex_salts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annex_salts_true();
CREATE TRIGGER annex_keeps BEFORE DELETE ON fee_options FOR EACH ROW EXECUTE FUNCTION annex_keeps();
CREATE TRIGGER annex_keeps BEFORE DELETE ON letters FOR EACH ROW EXECUTE FUNCTION annex_keeps();
CREATE TRIGGER annex_keeps BEFORE DELETE ON participations FOR EACH ROW EXECUTE FUNCTION annex_keeps();
