-- +goose Up

-- Who asked not to use their data and then allows the newsletter again, wants it (art. 18(2)): the consent that came later counts.
DROP FUNCTION restrictions(timestamptz);
CREATE FUNCTION restrictions(at timestamptz) RETURNS TABLE (participation_id bigint, everything boolean, since timestamptz) LANGUAGE sql STABLE
    AS $$ SELECT r.participation_id, bool_or(r.ground <> 'mailing'), max(r.asked_at) FROM rights_requests r
        JOIN participations t ON t.id = r.participation_id AND t.participant_id = r.participant_id
        WHERE r.status IN ('open', 'granted') AND r.asked_at <= at AND (r.ended_at IS NULL OR r.ended_at > at) GROUP BY r.participation_id $$;
GRANT EXECUTE ON FUNCTION restrictions(timestamptz) TO samenclaim_app;

CREATE OR REPLACE VIEW inv.r02_no_news_while_restricted AS
    SELECT o.id FROM outbox o LEFT JOIN consents c ON o.template = 'newsletter' AND c.id = split_part(o.key, ':', 3)::bigint
    JOIN rights_requests r ON r.participation_id = CASE o.template WHEN 'news' THEN split_part(o.key, ':', 3)::bigint ELSE c.participation_id END
        AND r.participant_id = o.participant_id
    WHERE o.template IN ('news', 'newsletter') AND o.key ~ '^news:\d+:\d+$' AND o.created_at > r.asked_at
    AND o.created_at < coalesce(CASE WHEN r.status = 'refused' THEN r.answered_at END, r.ended_at, 'infinity')
    AND (c.given_at IS NULL OR c.given_at <= r.asked_at);
