package claims

import (
	"context"
	"fmt"
	"time"
)

// Representation is for how many people the foundation speaks, in one group: a
// country, a month of signing, or all of them. It is what a court asks of who
// brings a collective action (art. 3:305a DCC).
type Representation struct {
	Country  string     // "" in the groups of months and in all
	Month    *time.Time // the first day; nil in the groups of countries and in all
	Signed   int64      // ever signed a mandate
	Active   int64      // have not stopped, been erased or died
	Reached  int64      // active, and the last mail to them was taken; every address was proven before signing
	InClass  int64      // active, and used the service within the period of the class, as they declare
	Unknown  int64      // active, and do not know when they used it
	Evidence int64      // active, and sent evidence
	Marked   int64      // active, with a mark that staff have to look into
}

const representation = `SELECT country, month, count(*) AS signed, count(*) FILTER (WHERE live) AS active, count(*) FILTER (WHERE live AND taken) AS reached,
		count(*) FILTER (WHERE live AND used_from <= period_to AND coalesce(used_to, used_from) >= period_from) AS in_class,
		count(*) FILTER (WHERE live AND used_from IS NULL) AS unknown,
		count(*) FILTER (WHERE live AND evidence) AS evidence, count(*) FILTER (WHERE live AND review_mark <> '') AS marked
	FROM (SELECT t.country, date_trunc('month', t.signed_at AT TIME ZONE 'Europe/Amsterdam')::date AS month, t.used_from, t.used_to, t.review_mark, c.period_from, c.period_to,
			t.status NOT IN ('withdrawn', 'opted_out', 'erased', 'estate') AS live, coalesce((SELECT o.status FROM outbox o WHERE o.participant_id = t.participant_id AND o.status NOT IN ('queued', 'sending') ORDER BY o.id DESC LIMIT 1), 'sent') = 'sent' AS taken,
			EXISTS (SELECT FROM evidence e WHERE e.participation_id = t.id AND e.retracted_at IS NULL) AS evidence
		FROM participations t JOIN claims c ON c.id = t.claim_id WHERE t.claim_id = ?) x
	GROUP BY GROUPING SETS ((), (country), (month)) ORDER BY country IS NULL, month IS NULL, month, count(*) DESC, country`

// Representativeness counts for how many people the foundation speaks: by
// country, by month of signing, and last all together.
func (s *Service) Representativeness(ctx context.Context, claimID int64) (groups []Representation, err error) {
	err = s.db.WithContext(ctx).Raw(representation, claimID).Scan(&groups).Error
	if err != nil {
		return nil, fmt.Errorf("count representativeness of claim %d: %w", claimID, err)
	}
	return groups, nil
}
