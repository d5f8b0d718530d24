-- +goose Up

-- A proposal that is off the table takes its consultation along: nobody is asked about it any more, and nothing is counted.
-- +goose StatementBegin
DO $$
DECLARE old text;
BEGIN
    FOR old IN SELECT conname FROM pg_constraint WHERE conrelid = 'consultations'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%opened_at IS NOT NULL%' LOOP
        EXECUTE format('ALTER TABLE consultations DROP CONSTRAINT %I', old);
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION consultation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.status, NEW.status) IN (('draft', 'open'), ('draft', 'dropped'), ('open', 'dropped'), ('open', 'closed'))
       AND (NEW.id, NEW.claim_id, NEW.ordinal, NEW.title_nl, NEW.title_en, NEW.body_nl, NEW.body_en, NEW.closes_at, NEW.request_id, NEW.written_by, NEW.written_at)
         = (OLD.id, OLD.claim_id, OLD.ordinal, OLD.title_nl, OLD.title_en, OLD.body_nl, OLD.body_en, OLD.closes_at, OLD.request_id, OLD.written_by, OLD.written_at)
       AND (OLD.opened_at IS NULL OR (NEW.opened_at, NEW.opened_by) = (OLD.opened_at, OLD.opened_by)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consultation % is a record', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
ALTER TABLE consultations ADD CONSTRAINT consultations_opened CHECK ((opened_at IS NULL) = (opened_by IS NULL)
    AND (status <> 'draft' OR opened_at IS NULL) AND (status NOT IN ('open', 'closed') OR opened_at IS NOT NULL));
