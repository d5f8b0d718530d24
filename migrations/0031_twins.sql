-- +goose Up

-- Two participations of one person: found by a keyed hash of name, postcode and house number.
ALTER TABLE participants ADD COLUMN person_index bytea;
CREATE INDEX participants_person ON participants (person_index) WHERE person_index IS NOT NULL;

-- Erasing somebody erases this too, whoever does it.
-- +goose StatementBegin
CREATE FUNCTION forget_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.person_index := NULL;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER forget_person BEFORE UPDATE ON participants FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION forget_person();

-- When a participation was compared with others of the same name and address; NULL: not since its last change.
ALTER TABLE participations ADD COLUMN compared_at timestamptz;
CREATE INDEX participations_uncompared ON participations (id) WHERE compared_at IS NULL;

-- Joining is possible until this instant, and not at it; NULL: as long as the claim is open.
ALTER TABLE claims ADD COLUMN closes_at timestamptz;

CREATE VIEW inv.d02_signed_in_time AS
    SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id WHERE p.signed_at >= c.closes_at;
COMMENT ON VIEW inv.d02_signed_in_time IS 'nobody signed at the closing time or after it';
GRANT SELECT ON inv.d02_signed_in_time TO samenclaim_app;
