-- +goose Up

-- An outage that is counted afterwards can move a deadline past somebody who was told to be late: who had not
-- begun to pay owes nothing ahead any more; who had keeps the advance on the fee.
CREATE OR REPLACE VIEW inv.d04_late_is_priced AS
    SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id
    WHERE c.late_policy = 'paid' AND NOT p.admitted AND p.signed_at >= c.closes_at AND p.signed_at > c.cutoff_at AND p.late_price_cents IS NULL
    UNION ALL SELECT p.id FROM participations p JOIN claims c ON c.id = p.claim_id WHERE p.late_price_cents IS NOT NULL
    AND (p.admitted OR c.late_policy <> 'paid' OR NOT coalesce(p.signed_at >= c.closes_planned_at AND p.signed_at > c.cutoff_at, false)
        OR p.signed_at < c.closes_at AND NOT EXISTS (SELECT FROM prepayments y WHERE y.participation_id = p.id));
COMMENT ON VIEW inv.d04_late_is_priced IS 'who signs late pays ahead where the claim says so, and nobody else';
