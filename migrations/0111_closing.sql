-- +goose Up
-- Who began and did not sign is told when signing ends: fourteen, three and one day before, each once.
ALTER TABLE signups ADD COLUMN told_days int CHECK (told_days IN (14, 3, 1));
CREATE INDEX signups_unfinished ON signups (claim_id, id) WHERE status = 'mandate_pending';
