-- +goose Up

-- The books. Debit is positive, credit negative; a journal sums to zero.
CREATE TABLE accounts (
    code         text    NOT NULL PRIMARY KEY CHECK (code ~ '^[0-9]{4}$'),
    name_nl      text    NOT NULL,
    name_en      text    NOT NULL,
    kind         text    NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense')),
    client_money boolean NOT NULL -- held for participants, apart from the foundation's own
);
INSERT INTO accounts VALUES
    ('1000', 'Bank, derdengelden',              'Bank, client account',           'asset',     true),
    ('1100', 'Te ontvangen van Mollie',         'Due from Mollie',                'asset',     true),
    ('2000', 'Vooruitbetaalde vergoedingen',    'Prepaid fees',                   'liability', true),
    ('2050', 'Terug te betalen aan deelnemers', 'Refunds owed to participants',   'liability', true),
    ('2100', 'Ontvangen schikkingsgeld',        'Settlement money received',      'liability', true),
    ('2110', 'Uit te betalen aan deelnemers',   'Owed to participants',           'liability', true),
    ('2120', 'Vergoeding, nog niet verdiend',   'Fees not yet earned',            'liability', true),
    ('2200', 'Uitbetalingen onderweg',          'Payouts in transit',             'liability', true),
    ('2500', 'Af te dragen btw',                'VAT payable',                    'liability', false),
    ('2900', 'Ontvangsten nog uit te zoeken',   'Receipts to be looked into',     'liability', true),
    ('4100', 'Betaalkosten',                    'Payment costs',                  'expense',   false),
    ('4900', 'Afrondingsverschillen',           'Rounding differences',           'expense',   false),
    ('8000', 'Verdiende vergoedingen',          'Fees earned',                    'income',    false);

CREATE TABLE journals (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text        NOT NULL UNIQUE, -- made from the fact: booking it twice is impossible
    event      text        NOT NULL,
    source     text        NOT NULL, -- the row it tells of: "payout_run:3"
    text       text        NOT NULL,
    claim_id   bigint      REFERENCES claims,
    booked_on  date        NOT NULL,
    created_at timestamptz NOT NULL,
    xact       xid8        NOT NULL DEFAULT pg_current_xact_id()
);
CREATE TABLE entries (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journal_id       bigint NOT NULL REFERENCES journals,
    account          text   NOT NULL REFERENCES accounts,
    amount_cents     bigint NOT NULL CHECK (amount_cents <> 0),
    participation_id bigint
);
CREATE INDEX entries_journal ON entries (journal_id);
CREATE INDEX entries_account ON entries (account, id);
CREATE INDEX entries_participation ON entries (participation_id, id) WHERE participation_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journals FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION append_only();

-- At commit every new journal balances; its lines come in the same transaction, so it balances for ever.
-- +goose StatementBegin
CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) < 2 OR sum(amount_cents) <> 0 FROM entries WHERE journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % does not balance', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON journals DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_balances();
-- +goose StatementBegin
CREATE FUNCTION entries_come_with_their_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT journal_id FROM added) a JOIN journals j ON j.id = a.journal_id WHERE j.xact <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a booked journal takes no more lines' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER entries_come_with_their_journal AFTER INSERT ON entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_come_with_their_journal();

CREATE TABLE prepayments (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref              text        NOT NULL UNIQUE, -- goes to Mollie as metadata and stands in the return address
    participation_id bigint      NOT NULL REFERENCES participations,
    claim_id         bigint      NOT NULL REFERENCES claims,
    amount_cents     bigint      NOT NULL CHECK (amount_cents > 0),
    status           text        NOT NULL CHECK (status IN ('created', 'open', 'paid', 'failed', 'canceled', 'expired', 'charged_back')),
    mismatch         boolean     NOT NULL DEFAULT false, -- Mollie tells another amount than we asked
    provider_id      text        UNIQUE,
    idempotency_key  text        NOT NULL UNIQUE,
    checkout_url     text        NOT NULL DEFAULT '',
    used_cents       bigint      NOT NULL DEFAULT 0 CHECK (used_cents BETWEEN 0 AND amount_cents), -- settled a fee
    paid_at          timestamptz,
    asked_at         timestamptz,
    created_at       timestamptz NOT NULL,
    CHECK ((status IN ('paid', 'charged_back')) = (paid_at IS NOT NULL)),
    CHECK (status = 'created' OR provider_id IS NOT NULL)
);
CREATE UNIQUE INDEX prepayments_one_live ON prepayments (participation_id) WHERE status IN ('created', 'open');
CREATE INDEX prepayments_participation ON prepayments (participation_id, id);
CREATE INDEX prepayments_unsure ON prepayments (created_at) WHERE status IN ('created', 'open');

CREATE TABLE refunds (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref             text        NOT NULL UNIQUE,
    prepayment_id   bigint      NOT NULL REFERENCES prepayments,
    amount_cents    bigint      NOT NULL CHECK (amount_cents > 0),
    reason          text        NOT NULL CHECK (reason IN ('lost', 'discontinued', 'withdrawn', 'switched', 'surplus', 'paid_twice', 'late')),
    status          text        NOT NULL CHECK (status IN ('required', 'requested', 'queued', 'pending', 'processing', 'refunded', 'failed', 'canceled')),
    provider_id     text        UNIQUE,
    idempotency_key text        NOT NULL UNIQUE,
    attempts        int         NOT NULL DEFAULT 0,
    next_try_at     timestamptz NOT NULL,
    last_error      text        NOT NULL DEFAULT '',
    refunded_at     timestamptz,
    created_at      timestamptz NOT NULL,
    CHECK ((status = 'refunded') = (refunded_at IS NOT NULL)),
    CHECK (status NOT IN ('queued', 'pending', 'processing', 'refunded') OR provider_id IS NOT NULL)
);
CREATE UNIQUE INDEX refunds_one_live ON refunds (prepayment_id) WHERE status NOT IN ('failed', 'canceled');
CREATE INDEX refunds_due ON refunds (next_try_at, id) WHERE status IN ('required', 'requested', 'queued', 'pending', 'processing');

CREATE TABLE settlements (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL UNIQUE REFERENCES claims,
    kind         text        NOT NULL CHECK (kind IN ('settlement', 'judgment')),
    reference    text        NOT NULL UNIQUE CHECK (reference <> ''), -- what the defendant writes on the transfer
    pot_cents    bigint      NOT NULL CHECK (pot_cents > 0),
    court_cap_cents bigint   CHECK (court_cap_cents >= 0), -- highest fee per person the court allows
    agreed_on    date        NOT NULL,
    note         text        NOT NULL DEFAULT '',
    recorded_by  text        NOT NULL,
    recorded_at  timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON settlements FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE distributions (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id       bigint      NOT NULL REFERENCES claims,
    settlement_id  bigint      NOT NULL REFERENCES settlements,
    status         text        NOT NULL CHECK (status IN ('calculated', 'approved', 'dropped')),
    pot_cents      bigint      NOT NULL CHECK (pot_cents > 0),
    count          bigint      NOT NULL CHECK (count > 0),
    fee_cents      bigint      NOT NULL,
    vat_cents      bigint      NOT NULL,
    prepaid_cents  bigint      NOT NULL,
    payout_cents   bigint      NOT NULL,
    sha256         bytea       NOT NULL CHECK (octet_length(sha256) = 32), -- over all awards in order of number
    calculated_by  text        NOT NULL,
    calculated_at  timestamptz NOT NULL,
    approved_by    text        CHECK (approved_by <> calculated_by),
    approved_at    timestamptz,
    CHECK ((status = 'approved') = (approved_at IS NOT NULL AND approved_by IS NOT NULL)),
    CHECK (payout_cents = pot_cents - fee_cents + prepaid_cents)
);
CREATE UNIQUE INDEX distributions_one_live ON distributions (claim_id) WHERE status <> 'dropped';

CREATE TABLE awards (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    distribution_id  bigint NOT NULL REFERENCES distributions,
    participation_id bigint NOT NULL REFERENCES participations,
    number           text   NOT NULL COLLATE "C",
    fee_option       text   NOT NULL CHECK (fee_option IN ('flat', 'percentage')),
    gross_cents      bigint NOT NULL CHECK (gross_cents >= 0),
    fee_cents        bigint NOT NULL CHECK (fee_cents BETWEEN 0 AND gross_cents),
    vat_cents        bigint NOT NULL CHECK (vat_cents BETWEEN 0 AND fee_cents), -- within the fee
    net_cents        bigint NOT NULL,
    prepaid_cents    bigint NOT NULL CHECK (prepaid_cents BETWEEN 0 AND fee_cents), -- of the fee, paid before
    payout_cents     bigint NOT NULL,
    CHECK (net_cents = gross_cents - fee_cents),
    CHECK (payout_cents = net_cents + prepaid_cents),
    UNIQUE (distribution_id, participation_id)
);
CREATE INDEX awards_participation ON awards (participation_id);
CREATE UNIQUE INDEX awards_number ON awards (distribution_id, number);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON awards FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE payout_runs (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id     bigint      NOT NULL REFERENCES claims,
    status       text        NOT NULL CHECK (status IN ('prepared', 'approved', 'released', 'booked', 'closed', 'cancelled')),
    item_count   bigint      NOT NULL CHECK (item_count > 0),
    total_cents  bigint      NOT NULL CHECK (total_cents > 0),
    items_sha256 bytea       NOT NULL CHECK (octet_length(items_sha256) = 32),
    execute_on   date        NOT NULL,
    prepared_by  text        NOT NULL,
    prepared_at  timestamptz NOT NULL,
    approved_by  text        CHECK (approved_by <> prepared_by),
    approved_at  timestamptz,
    released_by  text        CHECK (released_by <> prepared_by),
    released_at  timestamptz CHECK (released_at >= approved_at),
    booked_at    timestamptz,
    closed_at    timestamptz,
    cancelled_by text,
    CHECK ((approved_at IS NULL) = (approved_by IS NULL) AND (released_at IS NULL) = (released_by IS NULL)),
    CHECK (status NOT IN ('approved', 'released', 'booked', 'closed') OR approved_at IS NOT NULL),
    CHECK ((status IN ('released', 'booked', 'closed')) = (released_at IS NOT NULL)),
    CHECK ((status IN ('booked', 'closed')) = (booked_at IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancelled_by IS NOT NULL))
);
CREATE INDEX payout_runs_claim ON payout_runs (claim_id, id);

CREATE TABLE payouts (
    id               bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id           bigint NOT NULL REFERENCES payout_runs,
    award_id         bigint NOT NULL REFERENCES awards,
    participation_id bigint NOT NULL REFERENCES participations,
    payee_account_id bigint NOT NULL REFERENCES payee_accounts,
    part             int    NOT NULL CHECK (part >= 1), -- which of the run's files
    end_to_end_id    text   NOT NULL UNIQUE CHECK (end_to_end_id ~ '^[A-Z0-9-]{1,35}$'),
    amount_cents     bigint NOT NULL CHECK (amount_cents > 0),
    status           text   NOT NULL CHECK (status IN ('planned', 'sent', 'booked', 'returned', 'cancelled')),
    booked_at        timestamptz,
    returned_at      timestamptz,
    return_reason    text   NOT NULL DEFAULT '',
    CHECK ((status IN ('booked', 'returned')) = (booked_at IS NOT NULL)),
    CHECK ((status = 'returned') = (returned_at IS NOT NULL))
);
CREATE UNIQUE INDEX payouts_one_live ON payouts (award_id) WHERE status IN ('planned', 'sent', 'booked'); -- nobody is paid twice
CREATE INDEX payouts_run ON payouts (run_id, part, id);
CREATE INDEX payouts_participation ON payouts (participation_id, id);

-- The exact bytes for the bank, sealed: they hold names and accounts.
CREATE TABLE payout_files (
    run_id      bigint NOT NULL REFERENCES payout_runs,
    part        int    NOT NULL CHECK (part >= 1),
    message_id  text   NOT NULL UNIQUE, -- also the id of the batch on the statement
    count       bigint NOT NULL CHECK (count > 0),
    total_cents bigint NOT NULL CHECK (total_cents > 0),
    content     bytea  NOT NULL CHECK (is_sealed(content)),
    sha256      bytea  NOT NULL CHECK (octet_length(sha256) = 32), -- of the bytes the bank gets
    PRIMARY KEY (run_id, part)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payout_files FOR EACH ROW EXECUTE FUNCTION append_only();

-- What was prepared stays as it was: only states and their moments move.
-- +goose StatementBegin
CREATE FUNCTION payout_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.run_id, NEW.award_id, NEW.participation_id, NEW.payee_account_id, NEW.part, NEW.end_to_end_id, NEW.amount_cents)
                          = (OLD.id, OLD.run_id, OLD.award_id, OLD.participation_id, OLD.payee_account_id, OLD.part, OLD.end_to_end_id, OLD.amount_cents) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payout % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION payout_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.item_count, NEW.total_cents, NEW.items_sha256, NEW.execute_on, NEW.prepared_by, NEW.prepared_at)
                          = (OLD.claim_id, OLD.item_count, OLD.total_cents, OLD.items_sha256, OLD.execute_on, OLD.prepared_by, OLD.prepared_at)
       AND (OLD.approved_at IS NULL OR (NEW.approved_at = OLD.approved_at AND NEW.approved_by = OLD.approved_by))
       AND (OLD.released_at IS NULL OR (NEW.released_at = OLD.released_at AND NEW.released_by = OLD.released_by)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payout run % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER payout_frozen BEFORE UPDATE OR DELETE ON payouts FOR EACH ROW EXECUTE FUNCTION payout_frozen();
CREATE TRIGGER payout_run_frozen BEFORE UPDATE OR DELETE ON payout_runs FOR EACH ROW EXECUTE FUNCTION payout_run_frozen();

-- A bank file as it came in: looked at first, booked by a person.
CREATE TABLE statement_imports (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref         text        NOT NULL UNIQUE,
    file_name   text        NOT NULL,
    content     bytea       NOT NULL CHECK (is_sealed(content)),
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    uploaded_by text        NOT NULL,
    uploaded_at timestamptz NOT NULL,
    booked_by   text,
    booked_at   timestamptz,
    dropped_at  timestamptz,
    CHECK ((booked_at IS NULL) = (booked_by IS NULL))
);
CREATE UNIQUE INDEX statement_imports_once ON statement_imports (sha256) WHERE dropped_at IS NULL;

CREATE TABLE statements (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    import_id     bigint      NOT NULL REFERENCES statement_imports,
    account       text        NOT NULL,
    bank_id       text        NOT NULL, -- the bank's own id: information, not a key
    sequence      text        NOT NULL DEFAULT '',
    opened_on     date        NOT NULL,
    closed_on     date        NOT NULL CHECK (closed_on >= opened_on),
    opening_cents bigint      NOT NULL,
    closing_cents bigint      NOT NULL,
    line_count    bigint      NOT NULL,
    UNIQUE (account, opened_on, closed_on, opening_cents, closing_cents, line_count)
);
CREATE INDEX statements_order ON statements (account, closed_on, id);
CREATE TABLE statement_lines (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement_id  bigint      NOT NULL REFERENCES statements,
    ordinal       int         NOT NULL,
    booked_on     date        NOT NULL,
    amount_cents  bigint      NOT NULL,
    end_to_end_id text        NOT NULL DEFAULT '',
    batch_id      text        NOT NULL DEFAULT '',
    reference     text        NOT NULL DEFAULT '', -- the bank's reference of the entry
    is_return     boolean     NOT NULL DEFAULT false,
    return_reason text        NOT NULL DEFAULT '',
    details       bytea       CHECK (is_sealed(details)), -- counterparty and remittance, sealed
    matched_at    timestamptz,
    UNIQUE (statement_id, ordinal)
);
CREATE INDEX statement_lines_open ON statement_lines (id) WHERE matched_at IS NULL;
CREATE INDEX statement_lines_e2e ON statement_lines (end_to_end_id) WHERE end_to_end_id <> '';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION append_only();

-- What a line turned out to be, and the journal that books it.
CREATE TABLE line_matches (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    line_id       bigint      NOT NULL REFERENCES statement_lines,
    kind          text        NOT NULL CHECK (kind IN ('payout_file', 'payout', 'return', 'settlement', 'mollie', 'costs', 'unknown')),
    amount_cents  bigint      NOT NULL,
    run_id        bigint      REFERENCES payout_runs,
    part          int,
    payout_id     bigint      REFERENCES payouts,
    settlement_id bigint      REFERENCES settlements,
    reason        text        NOT NULL, -- why, in words: "same amount, same reference"
    journal_id    bigint      NOT NULL REFERENCES journals,
    matched_by    text        NOT NULL,
    matched_at    timestamptz NOT NULL,
    CHECK ((kind = 'payout_file') = (run_id IS NOT NULL AND part IS NOT NULL)),
    CHECK ((kind IN ('payout', 'return')) = (payout_id IS NOT NULL)),
    CHECK ((kind = 'settlement') = (settlement_id IS NOT NULL)),
    FOREIGN KEY (run_id, part) REFERENCES payout_files
);
CREATE UNIQUE INDEX line_matches_return_once ON line_matches (payout_id) WHERE kind = 'return';
CREATE UNIQUE INDEX line_matches_payout_once ON line_matches (payout_id) WHERE kind = 'payout';
CREATE UNIQUE INDEX line_matches_file_once ON line_matches (run_id, part) WHERE kind = 'payout_file';
CREATE INDEX line_matches_line ON line_matches (line_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON line_matches FOR EACH ROW EXECUTE FUNCTION append_only();

GRANT SELECT ON accounts TO samenclaim_app;
GRANT SELECT, INSERT ON journals, entries, settlements, awards, payout_files, statements, line_matches TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE ON prepayments, refunds, distributions, payout_runs, payouts, statement_imports, statement_lines TO samenclaim_app;
