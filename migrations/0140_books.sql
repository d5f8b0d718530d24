-- +goose Up

-- The rate of VAT by day: what a claim says holds until a row here says otherwise.
CREATE TABLE vat_rates (
    claim_id bigint NOT NULL REFERENCES claims,
    from_on  date   NOT NULL,
    rate_bp  bigint NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (claim_id, from_on)
);
CREATE FUNCTION vat_rate_on(claim bigint, day date) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT rate_bp FROM vat_rates WHERE claim_id = claim AND from_on <= day ORDER BY from_on DESC LIMIT 1), (SELECT vat_bp FROM claims WHERE id = claim)) $$;
-- vat_in is the tax in an amount that includes it; the part without tax is rounded half up.
CREATE FUNCTION vat_in(cents bigint, rate_bp bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT cents - (cents * 20000 + 10000 + rate_bp) / (2 * (10000 + rate_bp)) $$;

-- numbers_follow keeps a series of numbers without a hole: what is added goes on where it ended.
-- +goose StatementBegin
CREATE FUNCTION numbers_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT year, min(number) AS first, max(number) AS last, count(*) AS n FROM added GROUP BY year) a
        WHERE last - first + 1 <> n OR first > 1 AND NOT EXISTS (SELECT FROM %I t WHERE t.year = a.year AND t.number = a.first - 1)', TG_TABLE_NAME) INTO bad;
    IF bad > 0 THEN
        RAISE EXCEPTION 'the numbers of % leave a hole', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Journals are numbered once they are committed, in one series a year: a number given earlier would make all
-- bookings wait for each other, or leave a hole where one was taken back.
CREATE TABLE journal_numbers (
    year       int    NOT NULL,
    number     bigint NOT NULL CHECK (number >= 1),
    journal_id bigint NOT NULL UNIQUE REFERENCES journals,
    PRIMARY KEY (year, number)
);
INSERT INTO journal_numbers SELECT extract(year FROM booked_on), row_number() OVER (PARTITION BY extract(year FROM booked_on) ORDER BY id), id FROM journals;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_numbers FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER numbers_follow AFTER INSERT ON journal_numbers REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow();

-- What the foundation earned, invoiced: a number at the moment of the booking that earns the fee. What came back is credited.
CREATE TABLE invoices (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year             int    NOT NULL,
    number           bigint NOT NULL CHECK (number >= 1),
    kind             text   NOT NULL CHECK (kind IN ('invoice', 'credit')),
    award_id         bigint NOT NULL REFERENCES awards,
    participation_id bigint NOT NULL,
    payout_id        bigint REFERENCES payouts, -- empty when the fee took all there was
    credits          bigint UNIQUE REFERENCES invoices,
    journal_id       bigint NOT NULL REFERENCES journals,
    dated            date   NOT NULL,
    fee_cents        bigint NOT NULL CHECK (fee_cents > 0), -- VAT included; of a credit note, what is taken back
    vat_cents        bigint NOT NULL CHECK (vat_cents BETWEEN 0 AND fee_cents),
    rate_bp          bigint NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    UNIQUE (year, number),
    CHECK (year = extract(year FROM dated)),
    CHECK ((kind = 'credit') = (credits IS NOT NULL)),
    CHECK (vat_cents = vat_in(fee_cents, rate_bp))
);
CREATE UNIQUE INDEX invoices_payout ON invoices (payout_id) WHERE kind = 'invoice';
CREATE INDEX invoices_participation ON invoices (participation_id, id);
CREATE INDEX invoices_journal ON invoices (journal_id);

-- Fees that were earned before there were invoices.
INSERT INTO invoices (year, number, kind, award_id, participation_id, payout_id, journal_id, dated, fee_cents, vat_cents, rate_bp)
SELECT year, row_number() OVER (PARTITION BY year ORDER BY journal_id, o), 'invoice', award_id, participation_id, payout_id, journal_id, booked_on, fee_cents, vat_in(fee_cents, vat_bp), vat_bp
FROM (SELECT extract(year FROM j.booked_on) AS year, p.id AS o, a.id AS award_id, a.participation_id, p.id AS payout_id, j.id AS journal_id, j.booked_on, a.fee_cents, c.vat_bp
        FROM payouts p JOIN awards a ON a.id = p.award_id JOIN distributions d ON d.id = a.distribution_id JOIN claims c ON c.id = d.claim_id
        JOIN line_matches m ON m.kind = 'payout' AND m.payout_id = p.id OR m.kind = 'payout_file' AND m.run_id = p.run_id AND m.part = p.part JOIN journals j ON j.id = m.journal_id
        WHERE p.status IN ('booked', 'returned') AND a.fee_cents > 0
    UNION ALL SELECT extract(year FROM j.booked_on), a.id, a.id, a.participation_id, NULL, j.id, j.booked_on, a.fee_cents, c.vat_bp
        FROM awards a JOIN distributions d ON d.id = a.distribution_id JOIN claims c ON c.id = d.claim_id JOIN journals j ON j.key = 'distribution:' || d.id || ':zero'
        WHERE a.payout_cents = 0 AND a.fee_cents > 0) x;
INSERT INTO invoices (year, number, kind, award_id, participation_id, payout_id, credits, journal_id, dated, fee_cents, vat_cents, rate_bp)
SELECT extract(year FROM j.booked_on), coalesce((SELECT max(number) FROM invoices x WHERE x.year = extract(year FROM j.booked_on)), 0) + row_number() OVER (PARTITION BY extract(year FROM j.booked_on) ORDER BY j.id),
    'credit', i.award_id, i.participation_id, i.payout_id, i.id, j.id, j.booked_on, i.fee_cents, i.vat_cents, i.rate_bp
FROM invoices i JOIN line_matches m ON m.kind = 'return' AND m.payout_id = i.payout_id JOIN journals j ON j.id = m.journal_id;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER numbers_follow AFTER INSERT ON invoices REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow();

-- A rate is not changed for days that were invoiced.
-- +goose StatementBegin
CREATE FUNCTION vat_rate_is_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM invoices i JOIN awards a ON a.id = i.award_id JOIN distributions d ON d.id = a.distribution_id WHERE d.claim_id = NEW.claim_id AND i.dated >= NEW.from_on) THEN
        RAISE EXCEPTION 'there are invoices of % or later', NEW.from_on USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER vat_rate_is_new BEFORE INSERT ON vat_rates FOR EACH ROW EXECUTE FUNCTION vat_rate_is_new();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vat_rates FOR EACH ROW EXECUTE FUNCTION append_only();

-- books_sha256 is the hash over everything that is booked on days after one and up to another.
CREATE FUNCTION books_sha256(after_on date, until_on date) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(string_agg(h, '' ORDER BY id), '')) FROM (
        SELECT j.id, sha256(convert_to(concat_ws('|', j.id, n.year, n.number, j.key, j.event, j.source, j.text, j.claim_id, j.booked_on), 'UTF8')
            || convert_to(string_agg(concat_ws('|', e.id, e.account, e.amount_cents, e.participation_id), E'\n' ORDER BY e.id), 'UTF8')) AS h
        FROM journals j JOIN entries e ON e.journal_id = j.id LEFT JOIN journal_numbers n ON n.journal_id = j.id
        WHERE j.booked_on > after_on AND j.booked_on <= books_sha256.until_on GROUP BY j.id, n.year, n.number) x $$;

-- Months of the books that are closed, by two people.
CREATE TABLE book_closes (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    until_on     date        NOT NULL CHECK (until_on = (date_trunc('month', until_on) + interval '1 month' - interval '1 day')::date),
    status       text        NOT NULL CHECK (status IN ('proposed', 'closed', 'withdrawn')),
    proposed_by  text        NOT NULL,
    proposed_at  timestamptz NOT NULL,
    closed_by    text        CHECK (closed_by <> proposed_by),
    closed_at    timestamptz,
    withdrawn_by text,
    journals     bigint, -- how many were closed with it
    sha256       bytea       CHECK (octet_length(sha256) = 32), -- books_sha256 of the days since the close before
    CHECK ((status = 'closed') = (closed_by IS NOT NULL AND closed_at IS NOT NULL AND journals IS NOT NULL AND sha256 IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawn_by IS NOT NULL))
);
CREATE UNIQUE INDEX book_closes_one_proposed ON book_closes ((true)) WHERE status = 'proposed';
CREATE UNIQUE INDEX book_closes_once ON book_closes (until_on) WHERE status = 'closed';

-- Bookings hold the lock of the books shared, so they never wait for each other; closing holds it alone. So every
-- booking is in the closed days or after them, and none comes in unseen.
-- +goose StatementBegin
CREATE FUNCTION closed_until() RETURNS date LANGUAGE sql STABLE AS $$ SELECT coalesce(max(until_on), '-infinity') FROM book_closes WHERE status = 'closed' $$;
CREATE FUNCTION period_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('books'));
    IF EXISTS (SELECT FROM added WHERE booked_on <= (SELECT closed_until())) THEN
        RAISE EXCEPTION 'the books are closed until %', closed_until() USING ERRCODE = 'restrict_violation', CONSTRAINT = 'period_is_open';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION close_is_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.status <> 'proposed' OR (NEW.until_on, NEW.proposed_by, NEW.proposed_at) <> (OLD.until_on, OLD.proposed_by, OLD.proposed_at)) THEN
        RAISE EXCEPTION 'what is closed stays closed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'closed' THEN
        PERFORM pg_advisory_xact_lock(hashtext('books'));
    END IF;
    IF NEW.until_on <= closed_until() THEN
        RAISE EXCEPTION 'the books are closed until %', closed_until() USING ERRCODE = 'restrict_violation', CONSTRAINT = 'close_is_in_order';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER period_is_open AFTER INSERT ON journals REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION period_is_open();
CREATE TRIGGER close_is_in_order BEFORE INSERT OR UPDATE OR DELETE ON book_closes FOR EACH ROW EXECUTE FUNCTION close_is_in_order();
CREATE INDEX journals_day ON journals (booked_on, id);

INSERT INTO accounts VALUES ('0500', 'Resultaat van eerdere jaren', 'Result of earlier years', 'liability', false);

ALTER TABLE foundations ADD COLUMN vat_number text NOT NULL DEFAULT '' CHECK (vat_number ~ '^(NL[0-9]{9}B[0-9]{2})?$'); -- on invoices

GRANT SELECT, INSERT ON vat_rates, journal_numbers, invoices TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE ON book_closes TO samenclaim_app;

CREATE VIEW inv.l08_journals_are_numbered AS
    SELECT n.year, max(n.number) AS last FROM journal_numbers n JOIN journals j ON j.id = n.journal_id
    GROUP BY n.year HAVING max(n.number) <> count(*) OR min(n.number) <> 1 OR bool_or(extract(year FROM j.booked_on) <> n.year);
COMMENT ON VIEW inv.l08_journals_are_numbered IS 'the journals of a year are numbered without a hole';

CREATE VIEW inv.l09_closed_is_closed AS
    SELECT j.id FROM journals j JOIN book_closes c ON c.status = 'closed' AND j.booked_on <= c.until_on AND j.created_at > c.closed_at;
COMMENT ON VIEW inv.l09_closed_is_closed IS 'nothing is booked on a day after it was closed';

CREATE VIEW inv.l10_closed_by_two AS
    SELECT id FROM book_closes WHERE status = 'closed' AND (closed_by = proposed_by OR closed_at < proposed_at);
COMMENT ON VIEW inv.l10_closed_by_two IS 'a period is closed by somebody else than who proposed it';

CREATE VIEW inv.i01_earned_is_invoiced AS
    SELECT p.id FROM payouts p JOIN awards a ON a.id = p.award_id LEFT JOIN invoices i ON i.payout_id = p.id GROUP BY p.id, a.fee_cents
    HAVING count(i.id) FILTER (WHERE i.kind = 'invoice') <> CASE WHEN p.status IN ('booked', 'returned') AND a.fee_cents > 0 THEN 1 ELSE 0 END
    OR count(i.id) FILTER (WHERE i.kind = 'credit') <> CASE WHEN p.status = 'returned' AND a.fee_cents > 0 THEN 1 ELSE 0 END
    OR bool_or(i.fee_cents <> a.fee_cents);
COMMENT ON VIEW inv.i01_earned_is_invoiced IS 'a fee that was earned has one invoice, and one credit note if the payout came back';

CREATE VIEW inv.i02_invoices_are_numbered AS
    SELECT year, max(number) AS last FROM invoices GROUP BY year HAVING max(number) <> count(*) OR min(number) <> 1;
COMMENT ON VIEW inv.i02_invoices_are_numbered IS 'the invoices of a year are numbered without a hole';

CREATE VIEW inv.i03_credit_mirrors_its_invoice AS
    SELECT c.id FROM invoices c JOIN invoices i ON i.id = c.credits
    WHERE i.kind <> 'invoice' OR (c.award_id, c.participation_id, c.fee_cents, c.vat_cents, c.rate_bp) <> (i.award_id, i.participation_id, i.fee_cents, i.vat_cents, i.rate_bp) OR c.payout_id IS DISTINCT FROM i.payout_id;
COMMENT ON VIEW inv.i03_credit_mirrors_its_invoice IS 'a credit note takes back what its invoice says';

CREATE VIEW inv.i04_invoice_is_booked AS
    SELECT coalesce(i.journal_id, e.journal_id) AS id FROM (SELECT journal_id, sum(CASE kind WHEN 'invoice' THEN fee_cents ELSE -fee_cents END) AS cents,
            sum(CASE kind WHEN 'invoice' THEN vat_cents ELSE -vat_cents END) AS vat FROM invoices GROUP BY 1) i
    FULL JOIN (SELECT journal_id, -sum(amount_cents) AS cents, coalesce(-sum(amount_cents) FILTER (WHERE account = '2500'), 0) AS vat FROM entries WHERE account IN ('2500', '8000') GROUP BY 1) e ON e.journal_id = i.journal_id
    WHERE i.cents IS DISTINCT FROM e.cents OR i.vat IS DISTINCT FROM e.vat;
COMMENT ON VIEW inv.i04_invoice_is_booked IS 'what a journal books as earned and as VAT is what its invoices say';
GRANT SELECT ON inv.l08_journals_are_numbered, inv.l09_closed_is_closed, inv.l10_closed_by_two, inv.i01_earned_is_invoiced, inv.i02_invoices_are_numbered,
    inv.i03_credit_mirrors_its_invoice, inv.i04_invoice_is_booked TO samenclaim_app;
