package claims

import (
	"context"
	"time"
)

// Counter returns how many people take part in a claim, and when that was counted; at most a minute ago.
func (s *Service) Counter(ctx context.Context, claimID int64) (active int64, at time.Time, err error) {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	if c, ok := s.counts.seen[claimID]; ok && s.db.NowFunc().Sub(c.at) <= counterKept {
		return c.active, c.at, nil
	}
	err = s.db.WithContext(ctx).Raw(`SELECT count(*) FROM participations
		WHERE claim_id = ? AND status NOT IN ('withdrawn', 'opted_out', 'erased')`, claimID).Scan(&active).Error
	if err != nil {
		return 0, at, err
	}
	if s.counts.seen == nil {
		s.counts.seen = map[int64]counted{}
	}
	at = s.db.NowFunc()
	s.counts.seen[claimID] = counted{active, at}
	return active, at, nil
}
