-- +goose Up

-- What of the annex goes with a letter: the list of numbers and codes, that and a list with names, or
-- nothing but the root. It stands with the other fields of the letter.
ALTER TABLE letters
    ADD COLUMN annex_mode text GENERATED ALWAYS AS (coalesce(nullif(fields->>'Mode', ''), 'pseudonymous')) STORED
        CHECK (annex_mode IN ('pseudonymous', 'named', 'root_only')),
    ADD COLUMN signed_off_by text,
    ADD COLUMN signed_off_name text NOT NULL DEFAULT '',
    ADD COLUMN signed_off_words text NOT NULL DEFAULT '',
    ADD COLUMN signed_off_at timestamptz,
    ADD CONSTRAINT letters_signed_off_whole CHECK ((signed_off_by IS NULL) = (signed_off_at IS NULL)
        AND (signed_off_by IS NULL) = (signed_off_name = '') AND (signed_off_by IS NULL) = (signed_off_words = '')),
    ADD CONSTRAINT letters_signed_off_by_other CHECK (signed_off_by IS NULL OR proposed_by IS NOT NULL AND signed_off_by <> proposed_by AND annex_mode = 'root_only'),
    -- With the root only, the other side may say that it does not know who claims: a second lawyer has to agree first.
    ADD CONSTRAINT letters_root_only_signed_off CHECK (annex_mode <> 'root_only' OR approved_by IS NULL OR signed_off_by IS NOT NULL);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION letter_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What goes with a proposed letter rests: another choice takes the proposal back first.
    IF TG_OP = 'UPDATE' AND OLD.status = 'proposed' AND NEW.status <> 'draft'
       AND coalesce(NEW.fields->>'Mode', '') <> coalesce(OLD.fields->>'Mode', '') THEN
        RAISE EXCEPTION 'letter % is proposed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.sent_at IS NULL AND TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
    IF OLD.sent_at IS NULL AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    -- annex_mode is made of the fields, after this trigger.
    IF TG_OP = 'UPDATE' AND OLD.status = 'sent' AND NEW.status = 'delivered'
       AND (to_jsonb(NEW) - 'status' - 'delivered_at' - 'tree' - 'annex_mode') = (to_jsonb(OLD) - 'status' - 'delivered_at' - 'tree' - 'annex_mode')
       AND NEW.tree = OLD.tree THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'letter % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

-- The annex with names, where it goes with the letter, is kept sealed; sha256 is then of the file as it went out.
ALTER TABLE letter_files DROP CONSTRAINT letter_files_kind_check, DROP CONSTRAINT letter_files_check;
ALTER TABLE letter_files
    ADD CONSTRAINT letter_files_kind_check CHECK (kind IN ('letter_pdf', 'annex_csv', 'annex_pdf', 'annex_named', 'names_csv', 'names_pdf')),
    ADD CONSTRAINT letter_files_check CHECK (CASE WHEN kind IN ('names_csv', 'names_pdf') THEN is_sealed(bytes) ELSE sha256 = sha256(bytes) END);

CREATE VIEW inv.n06_root_only_signed_off AS
    SELECT 'letter:' || id AS what FROM letters WHERE annex_mode = 'root_only' AND approved_by IS NOT NULL
    AND (signed_off_by IS NULL OR signed_off_by = proposed_by OR signed_off_words = '')
    UNION ALL SELECT 'letter:' || l.id FROM letters l WHERE l.annex_mode <> 'named'
    AND EXISTS (SELECT FROM letter_files f WHERE f.letter_id = l.id AND f.kind IN ('names_csv', 'names_pdf'));
COMMENT ON VIEW inv.n06_root_only_signed_off IS 'no letter goes out with its root only without a second lawyer, and names go out only where that was chosen';
GRANT SELECT ON inv.n06_root_only_signed_off TO samenclaim_app;
