-- +goose Up

-- Money that the payer's bank took back, as Mollie names it, and perhaps gave back later. Each is booked once,
-- each way, in whatever order the news comes.
CREATE TABLE chargebacks (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id   text        NOT NULL UNIQUE,
    prepayment_id bigint      NOT NULL REFERENCES prepayments,
    amount_cents  bigint      NOT NULL CHECK (amount_cents > 0),
    reversed_at   timestamptz, -- the money is with us again
    seen_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX chargebacks_one_stands ON chargebacks (prepayment_id) WHERE reversed_at IS NULL;
CREATE INDEX chargebacks_prepayment ON chargebacks (prepayment_id);
-- It is only ever reversed, once.
-- +goose StatementBegin
CREATE FUNCTION chargeback_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.reversed_at IS NULL
       AND (NEW.id, NEW.provider_id, NEW.prepayment_id, NEW.amount_cents, NEW.seen_at) = (OLD.id, OLD.provider_id, OLD.prepayment_id, OLD.amount_cents, OLD.seen_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'chargeback % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER chargeback_frozen BEFORE UPDATE OR DELETE ON chargebacks FOR EACH ROW EXECUTE FUNCTION chargeback_frozen();
GRANT SELECT, INSERT, UPDATE ON chargebacks TO samenclaim_app;

CREATE VIEW inv.l20_charged_back_is_a_chargeback AS
    SELECT p.id FROM prepayments p JOIN chargebacks c ON c.prepayment_id = p.id
    GROUP BY p.id HAVING (p.status = 'charged_back') <> bool_or(c.reversed_at IS NULL);
COMMENT ON VIEW inv.l20_charged_back_is_a_chargeback IS 'a prepayment is charged back as long as a chargeback stands';
GRANT SELECT ON inv.l20_charged_back_is_a_chargeback TO samenclaim_app;
