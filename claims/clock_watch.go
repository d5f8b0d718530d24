package claims

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// limitationDrain counts who lapses when.
const limitationDrain = "limitation"

// drainLimitation counts, for every claim that is not decided, who lapses within a year.
func (s *Service) drainLimitation(ctx context.Context) (more bool, err error) {
	defer s.near.forget()
	all, err := table.Of[Claim](s.db).Where("status <> 'draft' AND ended_at IS NULL").Order("id").Find(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if err := s.transaction(ctx, func(tx *gorm.DB) error { return watch(ctx, tx, c) }); err != nil {
			return false, fmt.Errorf("limitation of claim %d: %w", c.ID, err)
		}
	}
	return false, s.db.WithContext(ctx).Exec(`DELETE FROM limitation_watch WHERE claim_id IN (SELECT id FROM claims WHERE ended_at IS NOT NULL)`).Error
}

// watch counts who lapses in one claim, and tells the log of each day that came nearer than a number of LimitationDays.
func watch(ctx context.Context, tx *gorm.DB, c Claim) error {
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('limitation_watch'), CAST(? AS int))`, c.ID).Error; err != nil {
		return err
	}
	near, err := nearOf(ctx, tx, c)
	if err != nil {
		return err
	}
	before, err := table.Of[NearLimitation](tx).Where("claim_id = ?", c.ID).Find(ctx)
	if err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Exec(`DELETE FROM limitation_watch WHERE claim_id = ?`, c.ID).Error; err != nil {
		return err
	}
	for _, day := range slices.SortedFunc(maps.Keys(near), time.Time.Compare) {
		n := near[day]
		i := slices.IndexFunc(before, func(b NearLimitation) bool { return b.LimitationOn.Equal(day) })
		if i < 0 || before[i].Warned > n.Warned {
			err := audit.Record(ctx, tx, audit.System("limitation"), "limitation.near", claimSubject(c.ID),
				map[string]any{"limitation_on": day.Format(time.DateOnly), "days": n.Warned, "people": n.People})
			if err != nil {
				return err
			}
		}
		if err := table.Of[NearLimitation](tx).Create(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// nearOf counts who lapses within a year in a claim, by day.
func nearOf(ctx context.Context, tx *gorm.DB, c Claim) (map[time.Time]*NearLimitation, error) {
	k, err := clock(ctx, tx, c, 0)
	if err != nil {
		return nil, err
	}
	groups, err := k.groups(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	own, err := k.ownDates(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		groups = append(groups, Lapsing{Ordinal: o.Ordinal, People: 1, Preserved: o.Preserved})
	}
	near, now := map[time.Time]*NearLimitation{}, tx.NowFunc()
	for _, g := range groups {
		at := warning(g.DaysLeft(now))
		if at < 0 {
			continue
		}
		n := near[g.Until]
		if n == nil {
			n = &NearLimitation{ClaimID: c.ID, LimitationOn: g.Until, Warned: at, CheckedAt: now}
			near[g.Until] = n
		}
		n.People += g.People
		if g.Ordinal == 0 {
			n.Outside += g.People
		}
	}
	return near, nil
}

// warning is the last of LimitationDays that was reached with so many days left: 0 when it is too late, -1 when it is far.
func warning(left int) int {
	if left < 0 {
		return 0
	}
	at := -1
	for _, days := range LimitationDays {
		if left <= days {
			at = days
		}
	}
	return at
}

// NearLimitation lists who lapses within a year in claims that are not decided, the first first. It can be a minute old.
func (s *Service) NearLimitation(ctx context.Context) ([]NearLimitation, error) {
	return s.near.get(s.db.NowFunc(), func() ([]NearLimitation, error) {
		return table.Of[NearLimitation](s.db).Order("limitation_on, claim_id").Find(ctx)
	})
}
