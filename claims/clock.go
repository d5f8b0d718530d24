package claims

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
	"samenclaim/participants"
)

// Clock tells for every participation of a claim until when it is preserved. All it needs are the
// letters that arrived and the few acts and days that were proven, so a million participations take
// one question, and delivering a letter changes no participation.
type Clock struct {
	known   *time.Time // the day of knowledge that the claim starts from
	first   time.Time  // the last day of its first term
	event   time.Time  // what happened first
	letters map[int64]Act
	all     []Act             // for everybody who had signed before that day, by day
	own     map[int64]ownFact // of one participation
}

// ownFact is what was proven about one participation alone.
type ownFact struct {
	known *time.Time
	acts  []Act
}

// clockFact is a row that a clock is made of.
type clockFact struct {
	Kind            string
	OnDay           time.Time
	LetterID        int64
	Ordinal         int
	ParticipationID int64
}

// standing are the facts that were not taken back.
const standing = ` FROM limitation_facts f WHERE f.kind <> 'withdrawal' AND NOT EXISTS (SELECT FROM limitation_facts w WHERE w.withdraws = f.id)`

// clockSQL asks for the acts by day. A letter counts from the day on which it arrived here.
const clockSQL = `SELECT 'letter' AS kind, date_trunc('day', d.delivered_at AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' AS on_day, l.id AS letter_id, l.ordinal, 0 AS participation_id, 0 AS id
		FROM deliveries d JOIN letters l ON l.id = d.letter_id WHERE l.claim_id = @claim
	UNION ALL SELECT f.kind, f.on_day::timestamp AT TIME ZONE 'UTC', 0, 0, coalesce(f.participation_id, 0), f.id` + standing + ` AND f.claim_id = @claim
		AND (f.participation_id IS NULL OR @one = 0 OR f.participation_id = @one) ORDER BY on_day, id`

// clock reads the clock of a claim, for one participation or, with 0, for all of them.
func clock(ctx context.Context, tx *gorm.DB, c Claim, one int64) (Clock, error) {
	var rows []clockFact
	if err := tx.WithContext(ctx).Raw(clockSQL, map[string]any{"claim": c.ID, "one": one}).Scan(&rows).Error; err != nil {
		return Clock{}, fmt.Errorf("read the clock of claim %d: %w", c.ID, err)
	}
	return clockOf(c, rows), nil
}

// clockOf makes the clock of a claim of its facts, by day.
func clockOf(c Claim, rows []clockFact) Clock {
	k := Clock{known: c.KnownOn, first: c.LimitationOn, event: c.PeriodFrom, letters: map[int64]Act{}, own: map[int64]ownFact{}}
	for _, r := range rows {
		day := r.OnDay.UTC()
		act := Act{ActKind(r.Kind), day, r.Ordinal}
		switch {
		case r.LetterID != 0:
			k.letters[r.LetterID] = act
		case r.ParticipationID == 0:
			k.all = append(k.all, act)
		default:
			own := k.own[r.ParticipationID]
			if r.Kind == factKnowledge {
				own.known = &day
			} else {
				own.acts = append(own.acts, act)
			}
			k.own[r.ParticipationID] = own
		}
	}
	return k
}

// Of tells until when one participation is preserved.
func (k Clock) Of(p participants.Participation) Preserved {
	until, known := k.first, k.known
	own := k.own[p.ID]
	if own.known != nil {
		until, known = FirstTerm(*own.known, k.event), own.known
	}
	acts := slices.Clone(own.acts)
	if p.LetterID != nil {
		if a, ok := k.letters[*p.LetterID]; ok {
			acts = append(acts, a)
		}
	}
	for _, a := range k.all {
		if p.SignedAt.Before(begins(a.On)) && (p.EndedAt == nil || !p.EndedAt.Before(begins(a.On))) {
			acts = append(acts, a)
		}
	}
	out := Runs(until, acts)
	if known != nil {
		out.Known = *known
	}
	return out
}

// begins is the first moment of a day here.
func begins(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, locale.Amsterdam())
}

// cuts are the moments at which it begins to matter when somebody signed, in order.
func (k Clock) cuts() []time.Time {
	cuts := []time.Time{}
	for _, a := range k.all {
		if at := begins(a.On); len(cuts) == 0 || !at.Equal(cuts[len(cuts)-1]) {
			cuts = append(cuts, at)
		}
	}
	return cuts
}

// group tells until when those are preserved who are in one letter (0: in none) and signed between two cuts.
func (k Clock) group(letterID int64, slot int) Preserved {
	p := participants.Participation{}
	if letterID != 0 {
		p.LetterID = &letterID
	}
	cuts := k.cuts()
	if slot > 0 {
		p.SignedAt = cuts[slot-1]
	}
	return k.Of(p)
}

// Preserved tells until when a participation is preserved, and by what.
func (s *Service) Preserved(ctx context.Context, c Claim, p participants.Participation) (Preserved, error) {
	k, err := clock(ctx, s.db, c, p.ID)
	return k.Of(p), err
}
