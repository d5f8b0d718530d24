-- +goose Up

-- A link to take a participation over works for a time; staff can send another.
ALTER TABLE takeovers ADD COLUMN link_until timestamptz;
UPDATE takeovers SET link_until = coalesce(accepted_at, proposed_at) + interval '30 days' WHERE token_hash IS NOT NULL;
ALTER TABLE takeovers ADD CHECK (token_hash IS NULL OR link_until IS NOT NULL);

CREATE VIEW inv.h07_takeover_link_ends AS
    SELECT id FROM takeovers WHERE token_hash IS NOT NULL AND (link_until IS NULL OR link_until > greatest(accepted_at, inv.clock()) + interval '30 days')
    OR signed_at > link_until;
COMMENT ON VIEW inv.h07_takeover_link_ends IS 'no link to take a participation over works longer than thirty days, and nobody signed behind one that was over';
GRANT SELECT ON inv.h07_takeover_link_ends TO samenclaim_app;
