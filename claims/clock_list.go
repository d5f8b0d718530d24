package claims

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// Lapsing are the people in a claim who are in one letter, or in none, and whose term ends on the same day by the same act.
type Lapsing struct {
	LetterID int64 // 0: in no letter
	Ordinal  int   // of the letter
	Slot     int   // between which acts for everybody they signed
	People   int64
	Preserved
}

// LapsingOne is one participation with its date.
type LapsingOne struct {
	participants.Participation
	Ordinal int
	Preserved
}

// waits are those whose claim can still lapse.
const waits = ` AND t.status IN ('active', 'included', 'estate')`

// provenApart are those about whom alone something was proven.
const provenApart = `(SELECT f.participation_id` + standing + ` AND f.claim_id = t.claim_id AND f.participation_id IS NOT NULL)`

// together selects those in a claim who have no date of their own.
const together = ` FROM participations t WHERE t.claim_id = $1` + waits + ` AND NOT EXISTS (SELECT` + standing + ` AND f.participation_id = t.id)`

// Lapsing lists the groups of people in a claim by the day on which their term ends, the first first; and who has a date of their own.
func (s *Service) Lapsing(ctx context.Context, c Claim) (groups []Lapsing, own []LapsingOne, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		k, err := clock(ctx, tx, c, 0)
		if err != nil {
			return err
		}
		if groups, err = k.groups(ctx, tx, c.ID); err != nil {
			return err
		}
		own, err = k.ownDates(ctx, tx, c.ID)
		return err
	})
	return groups, own, err
}

// groups counts who is in which letter and signed between which cuts.
func (k Clock) groups(ctx context.Context, tx *gorm.DB, claimID int64) (groups []Lapsing, err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT coalesce(t.letter_id, 0), coalesce(min(l.ordinal), 0), width_bucket(t.signed_at, $2::timestamptz[]), count(*)
		FROM (SELECT t.letter_id, t.signed_at`+together+`) t LEFT JOIN letters l ON l.id = t.letter_id GROUP BY 1, 3`, claimID, k.cuts())
	if err != nil {
		return nil, fmt.Errorf("count who lapses when: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var g Lapsing
		if err := rows.Scan(&g.LetterID, &g.Ordinal, &g.Slot, &g.People); err != nil {
			return nil, err
		}
		g.Preserved = k.group(g.LetterID, g.Slot)
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b Lapsing) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Ordinal, b.Ordinal), cmp.Compare(a.Slot, b.Slot))
	})
	return groups, rows.Err()
}

// ownDates are those about whom alone something was proven: each by hand, so never many.
func (k Clock) ownDates(ctx context.Context, tx *gorm.DB, claimID int64) (own []LapsingOne, err error) {
	var rows []struct {
		participants.Participation
		Ordinal int
	}
	err = tx.WithContext(ctx).Raw(`SELECT t.*, coalesce(l.ordinal, 0) AS ordinal FROM participations t LEFT JOIN letters l ON l.id = t.letter_id
		WHERE t.claim_id = ?`+waits+` AND t.id IN `+provenApart, claimID).Scan(&rows).Error
	for _, r := range rows {
		own = append(own, LapsingOne{r.Participation, r.Ordinal, k.Of(r.Participation)})
	}
	slices.SortFunc(own, func(a, b LapsingOne) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.ID, b.ID)) })
	return own, err
}

// lapsingPage is how many people a page shows.
const lapsingPage = 100

// LapsingPeople lists the people of one group after a participation, by key, and whether there are more.
func (s *Service) LapsingPeople(ctx context.Context, c Claim, ordinal, slot int, after int64) (g Lapsing, people []LapsingOne, more bool, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		k, err := clock(ctx, tx, c, 0)
		if err != nil {
			return err
		}
		if slot < 0 || slot > len(k.cuts()) {
			return ErrNotFound
		}
		g = Lapsing{Ordinal: ordinal, Slot: slot}
		if ordinal != 0 {
			l, err := take(ctx, letters(tx).Where("ordinal = ? AND claim_id = ?", ordinal, c.ID))
			if err != nil {
				return err
			}
			g.LetterID = l.ID
		}
		g.Preserved = k.group(g.LetterID, slot)
		err = k.each(ctx, tx, c.ID, g, after, lapsingPage+1, func(one LapsingOne) error {
			people = append(people, one)
			return nil
		})
		return err
	})
	if len(people) > lapsingPage {
		people, more = people[:lapsingPage], true
	}
	return g, people, more, err
}

// each reads the people of a group in order of their key; most 0 is all.
func (k Clock) each(ctx context.Context, tx *gorm.DB, claimID int64, g Lapsing, after, most int64, do func(LapsingOne) error) (err error) {
	where, args := ` AND t.letter_id IS NULL`, []any{claimID, after}
	if g.LetterID != 0 {
		where, args = ` AND t.letter_id = $3`, append(args, g.LetterID)
	}
	if cuts := k.cuts(); len(cuts) > 0 {
		args = append(args, cuts, g.Slot)
		where += fmt.Sprintf(` AND width_bucket(t.signed_at, $%d::timestamptz[]) = $%d`, len(args)-1, len(args))
	}
	limit := ""
	if most > 0 {
		limit = " LIMIT " + strconv.FormatInt(most, 10)
	}
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT t.id, t.number, t.status, t.signed_at`+together+` AND t.id > $2`+where+` ORDER BY t.id`+limit, args...)
	if err != nil {
		return fmt.Errorf("read who lapses: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one := LapsingOne{Ordinal: g.Ordinal, Preserved: g.Preserved}
		if err := rows.Scan(&one.ID, &one.Number, &one.Status, &one.SignedAt); err != nil {
			return err
		}
		if err := do(one); err != nil {
			return err
		}
	}
	return rows.Err()
}

var lapsingColumns = []string{"number", "status", "letter", "known_on", "act", "act_on", "limitation_on", "days_left"}

// ExportLapsing writes who lapses within a number of days (below zero: all), the first first, and ends with a line that
// says how many there are. It names nobody. The log has it before the first row leaves.
func (s *Service) ExportLapsing(ctx context.Context, by audit.Actor, c Claim, days int, w io.Writer) (n int64, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		k, err := clock(ctx, tx, c, 0)
		if err != nil {
			return err
		}
		groups, err := k.groups(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		own, err := k.ownDates(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		now := tx.NowFunc()
		far := func(p Preserved) bool { return days >= 0 && p.DaysLeft(now) > days }
		groups = slices.DeleteFunc(groups, func(g Lapsing) bool { return far(g.Preserved) })
		own = slices.DeleteFunc(own, func(o LapsingOne) bool { return far(o.Preserved) })
		want := int64(len(own))
		for _, g := range groups {
			want += g.People
		}
		err = s.transaction(ctx, func(log *gorm.DB) error {
			return audit.Record(ctx, log, by, "limitation.exported", claimSubject(c.ID), map[string]int64{"rows": want})
		})
		if err != nil {
			return err
		}
		if n, err = k.write(ctx, tx, c.ID, groups, own, w); err == nil && n != want {
			err = fmt.Errorf("%w: %d rows of %d", ErrExport, n, want)
		}
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}) // counted and written from the same moment
	return n, err
}

// write writes those with a date of their own, and then group by group.
func (k Clock) write(ctx context.Context, tx *gorm.DB, claimID int64, groups []Lapsing, own []LapsingOne, w io.Writer) (n int64, err error) {
	out, now := csv.NewWriter(w), tx.NowFunc()
	line := func(one LapsingOne) error {
		n++
		return out.Write(one.cells(now))
	}
	if err := out.Write(lapsingColumns); err != nil {
		return 0, err
	}
	for _, one := range own {
		if err := line(one); err != nil {
			return n, err
		}
	}
	for _, g := range groups {
		if err := k.each(ctx, tx, claimID, g, 0, 0, line); err != nil {
			return n, err
		}
	}
	if err := out.Write([]string{"rows", strconv.FormatInt(n, 10)}); err != nil {
		return n, err
	}
	out.Flush()
	return n, out.Error()
}

func (o LapsingOne) cells(now time.Time) []string {
	letter, known, act, on := "", "", "", ""
	if o.Ordinal > 0 {
		letter = strconv.Itoa(o.Ordinal)
	}
	if !o.Known.IsZero() {
		known = o.Known.Format(time.DateOnly)
	}
	if o.By != nil {
		act, on = string(o.By.Kind), o.By.On.Format(time.DateOnly)
	}
	return []string{o.Number, string(o.Status), letter, known, act, on, o.Until.Format(time.DateOnly), strconv.Itoa(o.DaysLeft(now))}
}
