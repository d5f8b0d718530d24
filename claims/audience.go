package claims

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Audience is whom a draft goes to, as it stands now.
type Audience struct {
	Dutch, English int64
	Sample         []SampleRow `gorm:"-"` // a few of them, the same each time
}

// Count is how many people it is.
func (a Audience) Count() int64 { return a.Dutch + a.English }

// SampleRow is somebody in an audience.
type SampleRow struct {
	Number, Lang, Status string
}

// toNews are the people whom news is mailed to: who take part and did not ask us not to use their data for it.
const toNews = ` FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = @claim AND t.status IN @states AND (@lang = '' OR p.lang = @lang)
	AND t.id NOT IN (SELECT participation_id FROM restrictions(@now))`

// toNewsletter are the people who want the newsletter. Who allowed it after they asked us not to use their data, wants it (art. 18(2)).
const toNewsletter = ` FROM consents c JOIN participations t ON t.id = c.participation_id JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = @claim AND t.status IN @states AND (@lang = '' OR p.lang = @lang)
	AND c.kind = 'newsletter' AND c.withdrawn_at IS NULL AND p.erased_at IS NULL
	AND NOT EXISTS (SELECT FROM restrictions(@now) r WHERE r.participation_id = t.id AND r.since >= c.given_at)`

// people is the query of the audience, and what it is asked with.
func (d DraftNews) people(now time.Time) (from string, args map[string]any) {
	var states []string
	for _, g := range d.Groups {
		if d.Newsletter || g != GroupLeft {
			states = append(states, groupStates[g]...)
		}
	}
	args = map[string]any{"claim": d.ClaimID, "states": states, "lang": d.Lang, "now": now}
	if d.Newsletter {
		return toNewsletter, args
	}
	return toNews, args
}

// partial reports whether some of those who take part are left out.
func (d DraftNews) partial() bool {
	return d.Lang != "" || slices.ContainsFunc(Groups, func(g string) bool { return g != GroupLeft && !slices.Contains(d.Groups, g) })
}

// sampled is how many people a sample shows.
const sampled = 5

// AudienceOf counts whom a draft goes to now, and shows some of them. By chance, but the same each time: by the reference, which is chance itself.
func (s *Service) AudienceOf(ctx context.Context, d DraftNews) (a Audience, err error) {
	from, args := d.people(s.db.NowFunc())
	db := s.db.WithContext(ctx)
	if err := db.Raw(`SELECT count(*) FILTER (WHERE p.lang = 'nl') AS dutch, count(*) FILTER (WHERE p.lang = 'en') AS english`+from, args).Scan(&a).Error; err != nil {
		return a, err
	}
	args["few"] = sampled
	return a, db.Raw(`SELECT t.number, p.lang, t.status`+from+` ORDER BY t.ref LIMIT @few`, args).Scan(&a.Sample).Error
}

// recipients is the query by which a mailing writes its recipients down.
func (d DraftNews) recipients(tx *gorm.DB, named bool) (query string, args map[string]any) {
	from, args := d.people(tx.NowFunc())
	fact, subscription := "t.id", "NULL"
	if d.Newsletter {
		fact, subscription = "c.id", "c.ref"
	}
	args["named"] = named
	return `SELECT ` + fact + ` AS fact, p.id AS participant_id, p.email AS recipient, p.lang,
		jsonb_strip_nulls(jsonb_build_object('Number', t.number, 'Subscription', ` + subscription + `,
			'Name', CASE WHEN @named THEN concat_ws(' ', p.first_names, nullif(p.infix, ''), p.last_name) END)) AS data` +
		from + ` AND ` + fact + ` > @after ORDER BY ` + fact + ` LIMIT @most`, args
}
