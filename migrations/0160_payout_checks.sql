-- +goose Up

-- A list of people and organisations whose money is frozen, as the European Union publishes it. Every version that was used stays.
CREATE TABLE sanctions_lists (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version     text        NOT NULL CHECK (version <> ''), -- the moment the list was made, as it says itself
    sha256      bytea       NOT NULL UNIQUE CHECK (octet_length(sha256) = 32), -- of the file
    entities    int         NOT NULL CHECK (entities > 0),
    names       int         NOT NULL CHECK (names >= entities),
    imported_by text        NOT NULL,
    imported_at timestamptz NOT NULL
);
CREATE TABLE sanctions_names (
    list_id   bigint NOT NULL REFERENCES sanctions_lists,
    ordinal   int    NOT NULL,
    reference text   NOT NULL, -- of the person or organisation, in the list
    name      text   NOT NULL,
    PRIMARY KEY (list_id, ordinal)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON sanctions_lists FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON sanctions_names FOR EACH ROW EXECUTE FUNCTION append_only();

-- A payee whose name is like one on the list. It holds the money of that one until two people have decided.
CREATE TABLE sanctions_hits (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participation_id bigint      NOT NULL REFERENCES participations,
    payee_account_id bigint      NOT NULL REFERENCES payee_accounts,
    list_id          bigint      NOT NULL REFERENCES sanctions_lists,
    reference        text        NOT NULL,
    name             text        NOT NULL, -- on the list
    found_at         timestamptz NOT NULL,
    proposed         text        CHECK (proposed IN ('other_person', 'same_person')),
    proposed_reason  text        CHECK (proposed_reason <> ''),
    proposed_by      text,
    proposed_at      timestamptz,
    decided          text        CHECK (decided IN ('other_person', 'same_person')),
    decided_by       text        CHECK (decided_by <> proposed_by),
    decided_at       timestamptz,
    CHECK (num_nulls(proposed, proposed_reason, proposed_by, proposed_at) IN (0, 4)),
    CHECK (num_nulls(decided, decided_by, decided_at) IN (0, 3)),
    CHECK (decided IS NULL OR decided = proposed),
    UNIQUE (payee_account_id, reference, name)
);
CREATE INDEX sanctions_hits_open ON sanctions_hits (id) WHERE decided IS NULL;
CREATE INDEX sanctions_hits_participation ON sanctions_hits (participation_id);

ALTER TABLE payout_holds DROP CONSTRAINT payout_holds_kind_check;
ALTER TABLE payout_holds ADD CONSTRAINT payout_holds_kind_check CHECK (kind IN ('security', 'shared_account', 'name', 'sanctions', 'bank'));
ALTER TABLE payout_holds DROP CONSTRAINT payout_holds_lift_reason_check;
ALTER TABLE payout_holds ADD CONSTRAINT payout_holds_lift_reason_check CHECK (lift_reason IN ('called', 'written', 'checked', 'mistake', 'cleared'));
ALTER TABLE payout_holds ADD CONSTRAINT payout_holds_cleared CHECK (lift_reason IS NULL OR (lift_reason = 'cleared') = (kind = 'sanctions'));

-- A run of which people were taken out is replaced by one with the rest, which is approved anew.
ALTER TABLE payout_runs ADD COLUMN replaces bigint UNIQUE REFERENCES payout_runs;
ALTER TABLE payout_runs ADD COLUMN sanctions_list_id bigint REFERENCES sanctions_lists; -- that its names were compared with

-- What a bank says about a run: whose name fits the account, and what was accepted. The file stays, sealed.
CREATE TABLE bank_reports (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     bigint      NOT NULL REFERENCES payout_runs,
    kind       text        NOT NULL CHECK (kind IN ('names', 'status')),
    part       int         CHECK (part >= 1), -- the file of the run it is about; NULL: all
    message_id text        NOT NULL DEFAULT '',
    status     text        NOT NULL DEFAULT '', -- of the file as a whole, in the bank's code
    reason     text        NOT NULL DEFAULT '',
    items      int         NOT NULL CHECK (items >= 0),
    content    bytea       NOT NULL CHECK (is_sealed(content)),
    sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    read_by    text        NOT NULL,
    read_at    timestamptz NOT NULL,
    UNIQUE (run_id, sha256)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON bank_reports FOR EACH ROW EXECUTE FUNCTION append_only();

-- Whether the bank knows the account by the payee's name. The last one of a payout counts.
CREATE TABLE payee_checks (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id     bigint      NOT NULL REFERENCES bank_reports,
    payout_id     bigint      NOT NULL REFERENCES payouts,
    result        text        NOT NULL CHECK (result IN ('match', 'close', 'no_match', 'not_possible')),
    bank_name     bytea       CHECK (is_sealed(bank_name)), -- the name that the bank knows, of a close match
    accepted_by   text,
    accepted_at   timestamptz,
    accept_reason text        CHECK (accept_reason <> ''),
    CHECK (num_nulls(accepted_by, accepted_at, accept_reason) IN (0, 3)),
    CHECK (accepted_by IS NULL OR result = 'close')
);
CREATE INDEX payee_checks_payout ON payee_checks (payout_id, id);
CREATE INDEX payee_checks_report ON payee_checks (report_id);

-- A payout that the bank did not carry out; the money never left.
ALTER TABLE payouts DROP CONSTRAINT payouts_status_check;
ALTER TABLE payouts ADD CONSTRAINT payouts_status_check CHECK (status IN ('planned', 'sent', 'booked', 'returned', 'rejected', 'cancelled'));
ALTER TABLE payouts ADD COLUMN rejected_at timestamptz;
ALTER TABLE payouts ADD CONSTRAINT payouts_rejected_when CHECK ((status = 'rejected') = (rejected_at IS NOT NULL));

-- Something with money was not as it was approved. It stands on the start page until somebody has looked into it.
CREATE TABLE money_alarms (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     bigint      NOT NULL REFERENCES payout_runs,
    during     text        NOT NULL CHECK (during IN ('approve', 'release', 'download', 'night')),
    what       text        NOT NULL CHECK (what <> ''), -- without personal data
    raised_by  text        NOT NULL,
    raised_at  timestamptz NOT NULL,
    ended_by   text,
    ended_at   timestamptz CHECK (ended_at >= raised_at),
    end_reason text        CHECK (end_reason <> ''),
    CHECK (num_nulls(ended_by, ended_at, end_reason) IN (0, 3))
);
CREATE UNIQUE INDEX money_alarms_one_open ON money_alarms (run_id, what) WHERE ended_at IS NULL;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION payout_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.item_count, NEW.total_cents, NEW.items_sha256, NEW.execute_on, NEW.prepared_by, NEW.prepared_at, coalesce(NEW.replaces, 0), coalesce(NEW.sanctions_list_id, 0))
                          = (OLD.claim_id, OLD.item_count, OLD.total_cents, OLD.items_sha256, OLD.execute_on, OLD.prepared_by, OLD.prepared_at, coalesce(OLD.replaces, 0), coalesce(OLD.sanctions_list_id, 0))
       AND (OLD.approved_at IS NULL OR (NEW.approved_at = OLD.approved_at AND NEW.approved_by = OLD.approved_by))
       AND (OLD.released_at IS NULL OR (NEW.released_at = OLD.released_at AND NEW.released_by = OLD.released_by)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payout run % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE OR REPLACE VIEW inv.p11_account_waited AS
    SELECT p.id FROM payouts p JOIN payee_accounts a ON a.id = p.payee_account_id JOIN payout_runs r ON r.id = p.run_id
    WHERE p.status IN ('sent', 'booked', 'returned', 'rejected') AND a.usable_from > r.released_at;

CREATE OR REPLACE VIEW inv.p12_sent_only_if_released AS
    SELECT p.id FROM payouts p JOIN payout_runs r ON r.id = p.run_id
    WHERE (p.status IN ('sent', 'booked', 'returned', 'rejected')) <> (r.status IN ('released', 'booked', 'closed')) OR (p.status = 'cancelled') <> (r.status = 'cancelled');

CREATE OR REPLACE VIEW inv.p13_booked_is_on_the_statement AS
    SELECT p.id FROM payouts p
    LEFT JOIN line_matches m ON m.kind = 'payout' AND m.payout_id = p.id OR m.kind = 'payout_file' AND m.run_id = p.run_id AND m.part = p.part AND p.status <> 'rejected'
    LEFT JOIN payout_files f ON m.kind = 'payout_file' AND f.run_id = m.run_id AND f.part = m.part
    LEFT JOIN (SELECT run_id, part, sum(amount_cents) AS cents FROM payouts WHERE status = 'rejected' GROUP BY 1, 2) x ON m.kind = 'payout_file' AND x.run_id = m.run_id AND x.part = m.part
    GROUP BY p.id HAVING count(m.id) <> CASE WHEN p.status IN ('booked', 'returned') THEN 1 ELSE 0 END
    OR bool_or(m.amount_cents <> -CASE WHEN m.kind = 'payout' THEN p.amount_cents ELSE f.total_cents - coalesce(x.cents, 0) END);

CREATE OR REPLACE VIEW inv.p18_nothing_sent_under_hold AS
    SELECT p.id FROM payouts p JOIN payout_runs r ON r.id = p.run_id JOIN payout_holds h ON h.participation_id = p.participation_id
    WHERE p.status IN ('sent', 'booked', 'returned', 'rejected') AND h.placed_at < r.released_at AND (h.lifted_at IS NULL OR h.lifted_at > r.released_at);

CREATE VIEW inv.p19_nothing_sent_to_another_name AS
    SELECT p.id FROM payouts p JOIN payout_runs r ON r.id = p.run_id
    JOIN LATERAL (SELECT c.result, c.accepted_at FROM payee_checks c JOIN bank_reports b ON b.id = c.report_id WHERE c.payout_id = p.id AND b.read_at <= r.released_at ORDER BY c.id DESC LIMIT 1) c ON true
    WHERE p.status IN ('sent', 'booked', 'returned', 'rejected') AND (c.result = 'no_match' OR c.result = 'close' AND (c.accepted_at IS NULL OR c.accepted_at > r.released_at));
COMMENT ON VIEW inv.p19_nothing_sent_to_another_name IS 'no money went to an account that the bank knows by another name';

CREATE VIEW inv.p20_sanctions_are_decided_by_two AS
    SELECT h.id FROM sanctions_hits h WHERE h.decided IS NOT NULL AND (h.decided_by = h.proposed_by OR h.decided <> h.proposed)
    UNION ALL SELECT h.id FROM sanctions_hits h WHERE h.decided IS DISTINCT FROM 'other_person'
    AND NOT EXISTS (SELECT FROM payout_holds o WHERE o.participation_id = h.participation_id AND o.kind = 'sanctions' AND o.lifted_at IS NULL);
COMMENT ON VIEW inv.p20_sanctions_are_decided_by_two IS 'who is like a name on the sanctions list gets no money until two people said that it is somebody else';

GRANT SELECT ON inv.p19_nothing_sent_to_another_name, inv.p20_sanctions_are_decided_by_two TO samenclaim_app;
GRANT SELECT, INSERT ON sanctions_lists, sanctions_names, bank_reports TO samenclaim_app;
GRANT SELECT, INSERT, UPDATE ON sanctions_hits, payee_checks, money_alarms TO samenclaim_app;
