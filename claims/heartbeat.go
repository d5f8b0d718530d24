package claims

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
)

const (
	// LongestSilence is how many days nobody who waits goes without an update.
	LongestSilence = 92
	// warnSilence is after how many days staff are told.
	warnSilence = 78
)

// Heartbeat is a claim in which somebody who waits has heard nothing for long.
type Heartbeat struct {
	ClaimID  int64
	OldestAt time.Time // the last update of whoever waits longest
	Waiting  int64     // how many are near the limit
}

// Until is the last day for an update.
func (h Heartbeat) Until() time.Time { return locale.Today(h.OldestAt).AddDate(0, 0, LongestSilence) }

// DaysLeft is how many days there are until then; below zero it is too late.
func (h Heartbeat) DaysLeft(now time.Time) int { return locale.DaysUntil(h.Until(), now) }

// countSilence finds per claim the last update of whoever waits longest. An update
// is what all or that person were told: news to everybody, a step of the claim, the
// letter that covers them, a transfer. A newsletter is not: it goes to who wants it; nor is news that went to some.
// Who asked for no news does not wait for it.
const countSilence = `INSERT INTO heartbeats (claim_id, oldest_at, waiting, checked_at)
	SELECT claim_id, min(last), count(*) FILTER (WHERE last <= @warn), @now FROM (
		SELECT t.claim_id, greatest(t.signed_at, u.at, l.sent_at, d.recorded_at,
			(SELECT max(coalesce(y.returned_at, y.booked_at)) FROM payouts y WHERE y.participation_id = t.id)) AS last
		FROM participations t JOIN claims c ON c.id = t.claim_id
		LEFT JOIN (SELECT claim_id, max(at) AS at FROM (SELECT claim_id, published_at FROM news WHERE NOT newsletter AND NOT partial
			UNION ALL SELECT claim_id, made_at FROM claim_moves) x (claim_id, at) GROUP BY claim_id) u ON u.claim_id = t.claim_id
		LEFT JOIN letters l ON l.id = t.letter_id LEFT JOIN deliveries d ON d.letter_id = l.id
		WHERE t.status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'estate') AND c.status NOT IN ('draft', 'closed', 'archived')
		AND t.id NOT IN (SELECT participation_id FROM restrictions(@now))
	) x GROUP BY claim_id
	ON CONFLICT (claim_id) DO UPDATE SET oldest_at = excluded.oldest_at, waiting = excluded.waiting, checked_at = excluded.checked_at`

// drainHeartbeat counts, every day, how long people have heard nothing.
func (s *Service) drainHeartbeat(ctx context.Context) (more bool, err error) {
	return false, s.transaction(ctx, func(tx *gorm.DB) error {
		now := tx.NowFunc()
		args := map[string]any{"now": now, "warn": now.AddDate(0, 0, -warnSilence)}
		if err := tx.WithContext(ctx).Exec(countSilence, args).Error; err != nil {
			return fmt.Errorf("count how long people heard nothing: %w", err)
		}
		return tx.WithContext(ctx).Exec(`DELETE FROM heartbeats WHERE checked_at < @now`, args).Error // nobody waits there any more
	})
}

// silentSQL also looks at what all were told since it was counted, so that the
// warning goes when the news is out and not a day later.
const silentSQL = `SELECT * FROM (
		SELECT h.claim_id, h.waiting, greatest(h.oldest_at, (SELECT max(published_at) FROM news n WHERE n.claim_id = h.claim_id AND NOT n.newsletter AND NOT n.partial),
			(SELECT max(made_at) FROM claim_moves m WHERE m.claim_id = h.claim_id)) AS oldest_at
		FROM heartbeats h) x
	WHERE oldest_at <= ? ORDER BY oldest_at, claim_id`

// Silent lists the claims in which somebody is near the limit, the most urgent first.
func (s *Service) Silent(ctx context.Context) (all []Heartbeat, err error) {
	err = s.db.WithContext(ctx).Raw(silentSQL, s.db.NowFunc().AddDate(0, 0, -warnSilence)).Scan(&all).Error
	return all, err
}
