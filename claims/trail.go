package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"samenclaim/claims/letter"
	"samenclaim/participants"
)

// clockGrain is how far a moment in a record and its column may differ: the database counts in microseconds.
const clockGrain = time.Microsecond

// trail is what happened with the signatures of a participation, from the rows that tell of it.
func (s *Service) trail(ctx context.Context, p participants.Participation) ([]letter.PackEvent, error) {
	var rows []struct {
		At     time.Time
		Event  string
		Detail string
	}
	err := s.db.WithContext(ctx).Raw(trailSQL, map[string]any{"id": p.ID, "person": p.ParticipantID}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("trail of participation %d: %w", p.ID, err)
	}
	events := make([]letter.PackEvent, len(rows))
	for i, r := range rows {
		events[i] = letter.PackEvent{At: r.At.UTC(), Event: r.Event, Detail: json.RawMessage(r.Detail)}
	}
	return events, nil
}

// sortEvents puts the oldest first; what happened at the same moment keeps its order.
func sortEvents(events []letter.PackEvent) {
	slices.SortStableFunc(events, func(a, b letter.PackEvent) int { return a.At.Compare(b.At) })
}

// trailSQL gathers the trail. Members of staff are not in it: who looked at a file stands in the portal.
const trailSQL = `
WITH signed AS (SELECT * FROM mandates WHERE participation_id = @id),
read AS (SELECT mandate_text_id AS id FROM signed UNION SELECT agreement_text_id FROM signed UNION SELECT text_id FROM consents WHERE participation_id = @id)
SELECT at, event, detail::text FROM (
	SELECT t.published_at AS at, 1 AS rank, 'text_published' AS event,
		jsonb_build_object('text', t.id, 'key', t.key, 'version', t.version, 'lang', t.lang, 'sha256', encode(t.sha256, 'hex')) AS detail FROM texts t JOIN read USING (id)
	UNION ALL SELECT signed_at, 3, 'signed', jsonb_build_object('mandate_text', mandate_text_id, 'agreement_text', agreement_text_id, 'record_sha256', encode(record_sha256, 'hex')) FROM signed
	UNION ALL SELECT chosen_at, 4, 'fee_chosen', jsonb_build_object('option', option) FROM fee_options WHERE participation_id = @id
	UNION ALL SELECT superseded_at, 2, 'fee_superseded', jsonb_build_object('option', option) FROM fee_options WHERE participation_id = @id AND superseded_at IS NOT NULL
	UNION ALL SELECT locked_at, 9, 'fee_locked', jsonb_build_object('option', option) FROM fee_options WHERE participation_id = @id AND locked_at IS NOT NULL
	UNION ALL SELECT s.made_at, 7, 'fixed', jsonb_build_object('record_sha256', encode(m.record_sha256, 'hex'), 'root', encode(s.root, 'hex'), 'index', r.position, 'count', s.count)
		FROM signed m JOIN stamp_rows r ON r.mandate_id = m.id JOIN stamps s ON s.id = r.stamp_id
	UNION ALL SELECT s.token_at, 8, 'time_stamped', jsonb_build_object('root', encode(s.root, 'hex'))
		FROM signed m JOIN stamp_rows r ON r.mandate_id = m.id JOIN stamps s ON s.id = r.stamp_id WHERE s.token_at IS NOT NULL
	UNION ALL SELECT given_at, 5, 'consent_given', jsonb_build_object('kind', kind, 'text', text_id) FROM consents WHERE participation_id = @id
	UNION ALL SELECT withdrawn_at, 6, 'consent_withdrawn', jsonb_build_object('kind', kind, 'text', text_id) FROM consents WHERE participation_id = @id AND withdrawn_at IS NOT NULL
	UNION ALL SELECT sent_at, 6, 'mail_accepted', jsonb_build_object('mail', template, 'message_id', message_id) FROM outbox
		WHERE participant_id = @person AND sent_at IS NOT NULL AND key IN (SELECT 'welcome:' || CAST(@id AS bigint) UNION SELECT 'fee_changed:' || id FROM signed)
	UNION ALL SELECT l.sent_at, 10, 'in_annex', jsonb_build_object('letter', l.ordinal, 'position', a.position, 'root', encode(l.root, 'hex'))
		FROM annex_rows a JOIN letters l ON l.id = a.letter_id WHERE a.participation_id = @id AND l.sent_at IS NOT NULL
	UNION ALL SELECT ended_at, 11, 'ended', jsonb_build_object('as', status) FROM participations WHERE id = @id AND ended_at IS NOT NULL
) e ORDER BY at, rank`
