-- +goose Up

-- A match that was taken back: a row with the opposite amount and a journal of its own, so that every sum over matches stays right.
ALTER TABLE line_matches ADD COLUMN takes_back bigint UNIQUE REFERENCES line_matches;
ALTER TABLE line_matches ADD CONSTRAINT line_matches_taken_back CHECK (takes_back IS NULL OR kind IN ('settlement', 'costs', 'unknown'));

CREATE OR REPLACE VIEW inv.p14_line_is_used_once AS
    SELECT l.id FROM statement_lines l LEFT JOIN line_matches m ON m.line_id = l.id GROUP BY l.id
    HAVING (l.matched_at IS NOT NULL) <> (count(m.id) FILTER (WHERE m.takes_back IS NULL) > count(m.takes_back))
    OR count(m.id) > 0 AND sum(m.amount_cents) <> CASE WHEN l.matched_at IS NULL THEN 0 ELSE l.amount_cents END;

CREATE VIEW inv.b04_taken_back_whole AS
    SELECT m.id FROM line_matches m JOIN line_matches o ON o.id = m.takes_back
    WHERE m.amount_cents <> -o.amount_cents OR m.line_id <> o.line_id OR m.kind <> o.kind OR m.settlement_id IS DISTINCT FROM o.settlement_id OR o.takes_back IS NOT NULL;
COMMENT ON VIEW inv.b04_taken_back_whole IS 'a match is taken back whole, once';
GRANT SELECT ON inv.b04_taken_back_whole TO samenclaim_app;
