-- +goose Up

-- What Mollie paid out to the bank in one transfer, as Mollie tells it. What Mollie keeps has four decimals: exact
-- amounts are in ten-thousandths of a euro. What the parts leave over is a rounding of less than a cent, or a
-- difference that somebody has to explain.
CREATE TABLE mollie_settlements (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id      text        NOT NULL UNIQUE,
    reference        text        NOT NULL UNIQUE CHECK (reference <> ''), -- stands on the bank statement
    settled_at       timestamptz NOT NULL,
    amount_cents     bigint      NOT NULL CHECK (amount_cents > 0),
    items_cents      bigint      NOT NULL, -- payments less refunds and chargebacks
    costs_exact      bigint      NOT NULL CHECK (costs_exact >= 0),
    costs_cents      bigint      NOT NULL CHECK (costs_cents = round(costs_exact / 100.0)),
    rounding_cents   bigint      NOT NULL CHECK (rounding_cents BETWEEN -1 AND 1),
    difference_cents bigint      NOT NULL,
    fetched_at       timestamptz NOT NULL,
    CHECK (amount_cents = items_cents - costs_cents + rounding_cents + difference_cents),
    CHECK (rounding_cents = 0 OR difference_cents = 0)
);
CREATE INDEX mollie_settlements_order ON mollie_settlements (settled_at DESC, id DESC);

CREATE TABLE mollie_settlement_items (
    settlement_id bigint NOT NULL REFERENCES mollie_settlements,
    kind          text   NOT NULL CHECK (kind IN ('payment', 'refund', 'chargeback', 'reversal')),
    provider_id   text   NOT NULL,
    payment_id    text   NOT NULL, -- of Mollie; may be nobody's of ours
    amount_cents  bigint NOT NULL CHECK ((amount_cents > 0) = (kind IN ('payment', 'reversal')) AND amount_cents <> 0),
    PRIMARY KEY (settlement_id, kind, provider_id)
);
CREATE INDEX mollie_settlement_items_payment ON mollie_settlement_items (payment_id);

CREATE TABLE mollie_settlement_costs (
    settlement_id bigint NOT NULL REFERENCES mollie_settlements,
    ordinal       int    NOT NULL,
    month         text   NOT NULL,
    description   text   NOT NULL,
    count         int    NOT NULL,
    gross_exact   bigint NOT NULL, -- with VAT
    PRIMARY KEY (settlement_id, ordinal)
);

-- A difference that somebody explained, and what it was.
CREATE TABLE mollie_differences (
    settlement_id bigint      PRIMARY KEY REFERENCES mollie_settlements,
    amount_cents  bigint      NOT NULL CHECK (amount_cents <> 0),
    note          text        NOT NULL CHECK (note <> ''),
    booked_by     text        NOT NULL,
    booked_at     timestamptz NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mollie_settlements FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mollie_settlement_items FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mollie_settlement_costs FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mollie_differences FOR EACH ROW EXECUTE FUNCTION append_only();

ALTER TABLE line_matches ADD COLUMN mollie_settlement_id bigint REFERENCES mollie_settlements CHECK (mollie_settlement_id IS NULL OR kind = 'mollie');
CREATE UNIQUE INDEX line_matches_mollie_once ON line_matches (mollie_settlement_id) WHERE mollie_settlement_id IS NOT NULL;

GRANT SELECT, INSERT ON mollie_settlements, mollie_settlement_items, mollie_settlement_costs, mollie_differences TO samenclaim_app;

CREATE VIEW inv.b04_mollie_settlement_adds_up AS
    SELECT s.id FROM mollie_settlements s
    LEFT JOIN (SELECT settlement_id, sum(amount_cents) AS cents FROM mollie_settlement_items GROUP BY 1) i ON i.settlement_id = s.id
    LEFT JOIN (SELECT settlement_id, sum(gross_exact) AS exact FROM mollie_settlement_costs GROUP BY 1) c ON c.settlement_id = s.id
    LEFT JOIN mollie_differences d ON d.settlement_id = s.id
    WHERE coalesce(i.cents, 0) <> s.items_cents OR coalesce(c.exact, 0) <> s.costs_exact OR d.amount_cents <> s.difference_cents;
COMMENT ON VIEW inv.b04_mollie_settlement_adds_up IS 'what Mollie paid out is the sum of its parts';

CREATE VIEW inv.b05_mollie_line_is_the_settlement AS
    SELECT m.id FROM line_matches m JOIN mollie_settlements s ON s.id = m.mollie_settlement_id WHERE m.amount_cents <> s.amount_cents;
COMMENT ON VIEW inv.b05_mollie_line_is_the_settlement IS 'the bank received what Mollie says it paid out';
GRANT SELECT ON inv.b04_mollie_settlement_adds_up, inv.b05_mollie_line_is_the_settlement TO samenclaim_app;
