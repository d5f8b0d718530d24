-- +goose Up

-- A code may also open a draft on another device, and its mail holds a link that works in the browser that asked.
ALTER TABLE login_codes DROP CONSTRAINT login_codes_purpose_check;
ALTER TABLE login_codes ADD CONSTRAINT login_codes_purpose_check CHECK (purpose IN ('signup', 'login', 'resume'));
ALTER TABLE login_codes ADD COLUMN link_hash bytea UNIQUE;
ALTER TABLE login_codes ADD COLUMN claim_id bigint REFERENCES claims; -- of a sign-up
ALTER TABLE login_codes ADD CONSTRAINT login_codes_claim CHECK ((purpose = 'login') <= (claim_id IS NULL));

-- Drafts are found back by the address that was filled in.
CREATE INDEX signups_email ON signups (email_index, claim_id) WHERE status <> 'signed' AND email_index IS NOT NULL;
