package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"samenclaim/participants"
)

// Event is one thing that happened in somebody's case.
type Event struct {
	At   time.Time
	Kind string // the key of its words
	Args map[string]string
}

// EventKinds are all kinds of events a time line can hold; a page has words for each.
var EventKinds = []string{
	"signed", "consent_given", "consent_withdrawn", "evidence_sent", "evidence_retracted", "fee_changed", "prepaid", "refund_required",
	"refund_done", "letter_sent", "letter_delivered", "news", "claim_moved", "awarded", "payee_set", "payout_sent", "payout_booked",
	"payout_returned", "left", "revoked", "ended", "opted_out",
}

// Timeline tells what happened in somebody's case, newest first. Amounts stand
// in Args as cents, moments as RFC 3339: whoever shows them chooses the words.
func (s *Service) Timeline(ctx context.Context, p participants.Participation) ([]Event, error) {
	var rows []struct {
		At   time.Time
		Kind string
		Args []byte
	}
	err := s.db.WithContext(ctx).Raw(timelineSQL, map[string]any{"id": p.ID, "claim": p.ClaimID, "letter": p.LetterID, "signed": p.SignedAt, "now": s.db.NowFunc()}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("time line: %w", err)
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = Event{At: r.At, Kind: r.Kind}
		if err := json.Unmarshal(r.Args, &events[i].Args); err != nil {
			return nil, fmt.Errorf("time line: %w", err)
		}
	}
	return events, nil
}

// timelineSQL gathers the moments from the rows that hold them: nothing is told that is not so.
const timelineSQL = `
WITH mine AS (SELECT * FROM participations WHERE id = @id),
told (at, nr, kind, args) AS (
	SELECT signed_at, 1, 'signed', '{}'::jsonb FROM mine
	UNION ALL SELECT given_at, 2, 'consent_given', jsonb_build_object('kind', kind) FROM consents WHERE participation_id = @id
	UNION ALL SELECT withdrawn_at, 3, 'consent_withdrawn', jsonb_build_object('kind', kind) FROM consents WHERE participation_id = @id
	UNION ALL SELECT created_at, 2, 'evidence_sent', jsonb_build_object('kind', kind) FROM evidence WHERE participation_id = @id
	UNION ALL SELECT retracted_at, 3, 'evidence_retracted', jsonb_build_object('kind', kind) FROM evidence WHERE participation_id = @id
	UNION ALL SELECT f.chosen_at, 4, 'fee_changed', jsonb_build_object('option', f.option) FROM fee_options f
		WHERE f.participation_id = @id AND EXISTS (SELECT FROM fee_options o WHERE o.participation_id = @id AND o.id < f.id)
	UNION ALL SELECT paid_at, 5, 'prepaid', jsonb_build_object('cents', amount_cents::text) FROM prepayments WHERE participation_id = @id
	UNION ALL SELECT r.created_at, 6, 'refund_required', jsonb_build_object('cents', r.amount_cents::text, 'reason', r.reason, 'status', r.status)
		FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id WHERE p.participation_id = @id
	UNION ALL SELECT r.refunded_at, 7, 'refund_done', jsonb_build_object('cents', r.amount_cents::text)
		FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id WHERE p.participation_id = @id
	UNION ALL SELECT sent_at, 8, 'letter_sent', jsonb_build_object('ordinal', ordinal::text) FROM letters WHERE id = @letter
	UNION ALL SELECT delivered_at, 9, 'letter_delivered', jsonb_build_object('ordinal', ordinal::text) FROM letters WHERE id = @letter
	UNION ALL SELECT published_at, 10, 'news', jsonb_build_object('title_nl', title_nl, 'title_en', title_en, 'id', id::text)
		FROM news WHERE claim_id = @claim AND published_at >= @signed
	UNION ALL SELECT made_at, 11, 'claim_moved', jsonb_build_object('from', from_status, 'to', to_status)
		FROM claim_moves WHERE claim_id = @claim AND made_at > @signed
	UNION ALL SELECT d.approved_at, 12, 'awarded', jsonb_build_object('cents', a.gross_cents::text, 'payout_cents', a.payout_cents::text)
		FROM awards a JOIN distributions d ON d.id = a.distribution_id WHERE a.participation_id = @id AND d.status = 'approved'
	UNION ALL SELECT set_at, 13, 'payee_set', jsonb_build_object('usable_from', to_char(usable_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
		FROM payee_accounts WHERE participation_id = @id
	UNION ALL SELECT r.released_at, 14, 'payout_sent', jsonb_build_object('cents', o.amount_cents::text)
		FROM payouts o JOIN payout_runs r ON r.id = o.run_id WHERE o.participation_id = @id AND o.status IN ('sent', 'booked', 'returned')
	UNION ALL SELECT booked_at, 15, 'payout_booked', jsonb_build_object('cents', amount_cents::text) FROM payouts WHERE participation_id = @id
	UNION ALL SELECT returned_at, 16, 'payout_returned', jsonb_build_object('cents', amount_cents::text, 'reason', return_reason)
		FROM payouts WHERE participation_id = @id
	UNION ALL SELECT ended_at, 17, 'left', '{}' FROM mine WHERE status IN ('withdrawn', 'opted_out', 'erased') AND NOT EXISTS (SELECT FROM exits WHERE participation_id = @id)
	UNION ALL SELECT made_at, 17, kind, jsonb_build_object('fee_stays', fee_stays::text) FROM exits WHERE participation_id = @id
)
SELECT at, kind, args FROM told WHERE at <= @now ORDER BY at DESC, nr DESC`
