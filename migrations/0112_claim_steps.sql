-- +goose Up

-- Every step that a claim can make, as in claims/lifecycle.go: a test compares the two.
CREATE TABLE claim_steps (
    from_status text    NOT NULL,
    to_status   text    NOT NULL,
    two_people  boolean NOT NULL, -- somebody of the board has to approve it
    PRIMARY KEY (from_status, to_status)
);
INSERT INTO claim_steps (from_status, to_status, two_people) VALUES
    ('draft', 'open', true),
    ('open', 'letter_ready', false), ('letter_ready', 'open', false),
    ('letter_ready', 'letter_sent', false), ('letter_sent', 'letter_delivered', false),
    ('letter_delivered', 'negotiation', false), ('letter_delivered', 'litigation', true),
    ('negotiation', 'litigation', true), ('litigation', 'negotiation', false),
    ('negotiation', 'stayed', false), ('litigation', 'stayed', false), ('stayed', 'negotiation', false), ('stayed', 'litigation', false),
    ('negotiation', 'settlement_proposed', true), ('litigation', 'settlement_proposed', true),
    ('settlement_proposed', 'negotiation', false), ('settlement_proposed', 'litigation', false),
    ('settlement_proposed', 'settled', true), ('litigation', 'won', true), ('litigation', 'lost', true),
    ('open', 'discontinued', true), ('letter_ready', 'discontinued', true), ('letter_delivered', 'discontinued', true),
    ('negotiation', 'discontinued', true), ('litigation', 'discontinued', true),
    ('settled', 'distributing', false), ('won', 'distributing', false), ('lost', 'refunding', false), ('discontinued', 'refunding', false),
    ('distributing', 'closed', true), ('refunding', 'closed', true), ('closed', 'archived', true);
GRANT SELECT ON claim_steps TO samenclaim_app;

ALTER TABLE claim_moves ADD CONSTRAINT claim_moves_step FOREIGN KEY (from_status, to_status) REFERENCES claim_steps;

-- What a move rests on: a judgment or an agreement, and since when nobody can appeal.
ALTER TABLE claim_moves ADD COLUMN document bytea CHECK (is_sealed(document)),
    ADD COLUMN document_type text CHECK (document_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    ADD COLUMN document_sha256 bytea CHECK (octet_length(document_sha256) = 32),
    ADD COLUMN final_on date,
    ADD CONSTRAINT claim_moves_document CHECK ((document IS NULL) = (document_type IS NULL) AND (document IS NULL) = (document_sha256 IS NULL)),
    ADD CONSTRAINT claim_moves_proven CHECK (to_status NOT IN ('settled', 'won', 'lost') OR document IS NOT NULL) NOT VALID,
    ADD CONSTRAINT claim_moves_final CHECK (to_status NOT IN ('won', 'lost') OR final_on IS NOT NULL) NOT VALID;

-- A move that takes two is made with the second one; what was made or dropped stays as it is.
-- +goose StatementBegin
CREATE FUNCTION claim_move_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND (OLD.made_at IS NOT NULL OR OLD.dropped_at IS NOT NULL) THEN
        RAISE EXCEPTION 'move % of a claim is over', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.made_at IS NOT NULL AND NEW.approved_by IS NULL
       AND (SELECT two_people FROM claim_steps s WHERE s.from_status = NEW.from_status AND s.to_status = NEW.to_status) THEN
        RAISE EXCEPTION 'this move of a claim takes two people' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER claim_move_made BEFORE INSERT OR UPDATE OR DELETE ON claim_moves FOR EACH ROW EXECUTE FUNCTION claim_move_made();

-- The class of a claim, beside its words and its period: which service, and where people lived. Two letters each, or EEA.
ALTER TABLE claims ADD COLUMN service text NOT NULL DEFAULT '',
    ADD COLUMN countries jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(countries) = 'array');

-- What happens to who comes after the first letter, or after the day that was announced for it.
ALTER TABLE claims ADD COLUMN late_policy text DEFAULT 'waitlist' CHECK (late_policy IN ('closed', 'waitlist', 'paid')),
    ADD COLUMN late_price_cents bigint CHECK (late_price_cents > 0 AND late_price_cents <= flat_fee_cents),
    ADD CONSTRAINT claims_late_price CHECK ((late_policy IS NOT DISTINCT FROM 'paid') = (late_price_cents IS NOT NULL)),
    ADD CONSTRAINT claims_late_chosen CHECK (status = 'draft' OR late_policy IS NOT NULL);

-- A claim goes to another state by a move that was written down as the last one; and what people
-- signed for stays as it was from its opening on.
-- +goose StatementBegin
CREATE FUNCTION claim_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) IS DISTINCT FROM (SELECT (m.from_status, m.to_status) FROM claim_moves m
            WHERE m.claim_id = NEW.id AND m.made_at IS NOT NULL ORDER BY m.made_at DESC, m.id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'claim % does not go from % to % without a move', NEW.id, OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> 'draft' AND (NEW.slug, NEW.number_prefix, NEW.max_award_cents, NEW.flat_fee_cents, NEW.rate_bp, NEW.cap_bp, NEW.class_nl, NEW.class_en,
            NEW.period_from, NEW.period_to, NEW.service, NEW.countries, NEW.late_policy, NEW.late_price_cents)
        IS DISTINCT FROM (OLD.slug, OLD.number_prefix, OLD.max_award_cents, OLD.flat_fee_cents, OLD.rate_bp, OLD.cap_bp, OLD.class_nl, OLD.class_en,
            OLD.period_from, OLD.period_to, OLD.service, OLD.countries, OLD.late_policy, OLD.late_price_cents) THEN
        RAISE EXCEPTION 'what people sign for in claim % is frozen since it opened', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER claim_moved BEFORE UPDATE ON claims FOR EACH ROW EXECUTE FUNCTION claim_moved();
