package claims

import (
	"context"
	"slices"
	"time"

	"samenclaim/participants"
)

// RegisterRow is one line of the register.
type RegisterRow struct {
	ID         int64
	Number     string
	FirstNames string
	Infix      string
	LastName   string
	Email      string
	Status     participants.Status
	FeeOption  FeeOption
	Country    string
	Evidence   int64 // pieces that were not taken back
	Late       bool
	Mark       string
	Limited    bool // asked us to use their data for less
	SignedAt   time.Time
}

// Name is the full name of the person.
func (r RegisterRow) Name() string {
	return participants.FullName(r.FirstNames, r.Infix, r.LastName)
}

// RegisterPage is one page of the register.
type RegisterPage struct {
	Rows    []RegisterRow
	More    bool // there are rows after these
	Before  bool // there are rows before these
	Total   int64
	TotalAt time.Time // when it was counted, at most a minute ago
	By      string    // how the term was read: number, email, postcode or name
}

// RegisterPageSize is how many rows stand on one page of the register.
const RegisterPageSize = 50

// Register returns a page of the register, newest first. Pages follow each
// other by key, so the hundredth is as fast as the first.
func (s *Service) Register(ctx context.Context, f Filter) (RegisterPage, error) {
	var page RegisterPage
	q, by, err := s.registerQuery(ctx, f)
	if err != nil {
		return page, err
	}
	page.By = by
	if page.Total, page.TotalAt, err = s.total(ctx, f, q); err != nil {
		return page, err
	}
	sql, args := q.page(f)
	if err := s.db.WithContext(ctx).Raw(sql, args...).Scan(&page.Rows).Error; err != nil {
		return page, err
	}
	full := len(page.Rows) > RegisterPageSize
	page.Rows = page.Rows[:min(len(page.Rows), RegisterPageSize)]
	if f.BeforeID > 0 {
		slices.Reverse(page.Rows)
		page.Before, page.More = full, true
	} else {
		page.Before, page.More = f.AfterID > 0, full
	}
	return page, nil
}

// page is the query of one page: first the keys, then what is shown of them.
// One row more than fits tells whether there is a next page.
func (q registerQuery) page(f Filter) (string, []any) {
	where, args, order := q.where, slices.Clone(q.args), "DESC"
	switch {
	case f.BeforeID > 0:
		where, args, order = where+" AND t.id > ?", append(args, f.BeforeID), "ASC"
	case f.AfterID > 0:
		where, args = where+" AND t.id < ?", append(args, f.AfterID)
	}
	args = append(args, RegisterPageSize+1, q.now)
	return `WITH page AS MATERIALIZED (SELECT t.id FROM participations t WHERE ` + where + ` ORDER BY t.id ` + order + ` LIMIT ?)
		SELECT t.id, t.number, p.first_names, p.infix, p.last_name, p.email, t.status, f.option AS fee_option, t.country, t.review_mark AS mark, t.signed_at,
			coalesce(t.signed_at > c.cutoff_at, false) AS late,
			(SELECT count(*) FROM evidence e WHERE e.participation_id = t.id AND e.retracted_at IS NULL) AS evidence, ` + restricted + ` AS limited
		FROM page JOIN participations t ON t.id = page.id JOIN participants p ON p.id = t.participant_id JOIN claims c ON c.id = t.claim_id
		LEFT JOIN fee_options f ON f.participation_id = t.id AND f.superseded_at IS NULL ORDER BY t.id ` + order, args
}

// total counts the rows of a filter; at most a minute ago.
func (s *Service) total(ctx context.Context, f Filter, q registerQuery) (int64, time.Time, error) {
	f.AfterID, f.BeforeID = 0, 0
	now := s.db.NowFunc()
	if c, ok := s.totals.get(f); ok && now.Sub(c.at) <= counterKept {
		return c.active, c.at, nil
	}
	var n int64
	if err := s.db.WithContext(ctx).Raw(`SELECT count(*) FROM participations t WHERE `+q.where, q.args...).Scan(&n).Error; err != nil {
		return 0, now, err
	}
	s.totals.put(f, counted{n, now})
	return n, now, nil
}
