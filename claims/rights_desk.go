package claims

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

// ErrReasonTold means that a person is refused something, or waits longer, without being told why.
var ErrReasonTold = errors.New("the person is told why")

// liftNotice is how long before its end people hear that a restriction ends (art. 18(3)).
const liftNotice = 7 * 24 * time.Hour

// RightsLine is one request in the list of staff: one that waits for an answer,
// or one that was carried out when it was made.
type RightsLine struct {
	Ref     string // "" where there is nothing to open
	Kind    string // restrict, object, copy or erase
	Status  string // open, granted, refused, withdrawn or done
	Number  string // of a participation of who asked; "" of who was erased
	AskedAt time.Time
	DueOn   time.Time
	DoneAt  *time.Time
	Longer  bool // the term was extended
}

// Overdue reports whether the last day for an answer has gone by.
func (l RightsLine) Overdue(now time.Time) bool {
	return l.DoneAt == nil && locale.Today(now).After(l.DueOn)
}

// rightsShown is how many lines the list shows at most: all that wait, and the latest that do not.
const rightsShown = 300

const rightsSQL = `SELECT x.* FROM (
	SELECT r.ref, r.kind, r.status, t.number, r.asked_at, r.due_on, coalesce(r.answered_at, CASE WHEN r.status = 'withdrawn' THEN r.ended_at END) AS done_at,
		r.extended_at IS NOT NULL AS longer FROM rights_requests r JOIN participations t ON t.id = r.participation_id
	UNION ALL SELECT '', 'copy', CASE WHEN e.status = 'wanted' THEN 'open' ELSE 'done' END, coalesce((SELECT min(t.number) FROM participations t WHERE t.participant_id = e.participant_id), ''),
		e.wanted_at, ((e.wanted_at AT TIME ZONE 'Europe/Amsterdam')::date + interval '1 month')::date, CASE WHEN e.status <> 'wanted' THEN coalesce(e.ready_at, e.wanted_at) END, false FROM data_exports e
	UNION ALL SELECT '', 'erase', 'done', '', e.made_at, ((e.made_at AT TIME ZONE 'Europe/Amsterdam')::date + interval '1 month')::date, e.made_at, false FROM erasures e) x
	ORDER BY x.done_at IS NOT NULL, CASE WHEN x.done_at IS NULL THEN x.due_on END, x.done_at DESC, x.asked_at LIMIT ?`

// Rights lists what was asked about rights: what waits first, by the last day for an answer.
func (s *Service) Rights(ctx context.Context) (lines []RightsLine, err error) {
	err = s.db.WithContext(ctx).Raw(rightsSQL, rightsShown).Scan(&lines).Error
	return lines, err
}

// RightsWaiting is how many requests wait, how many too long, and the next last day.
type RightsWaiting struct {
	Open, Late int64
	Next       *time.Time
}

// RightsWaiting counts what the privacy officer has to answer.
func (s *Service) RightsWaiting(ctx context.Context) (w RightsWaiting, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT count(*) AS open, count(*) FILTER (WHERE due_on < ?) AS late, min(due_on) AS next FROM rights_requests WHERE status = 'open'`,
		locale.Today(s.db.NowFunc())).Scan(&w).Error
	return w, err
}

// OpenRight shows a member of staff what was asked, and in whose case. The look
// stands in the log before anything is shown, and the person can see it.
func (s *Service) OpenRight(ctx context.Context, by audit.Actor, ref string) (r RightsRequest, p participants.Participation, claim Claim, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		row, err := privacy.RequestByRef(ctx, tx, ref)
		if err != nil {
			return err
		}
		r.Request = row
		return audit.Record(ctx, tx, by, actionViewed, participationSubject(row.ParticipationID), map[string]string{"reason": "request"})
	})
	if err != nil {
		return r, p, claim, err
	}
	if p, err = participants.Find(ctx, s.db, r.ParticipationID); err != nil {
		return r, p, claim, err
	}
	person, err := s.people.Participant(ctx, r.ParticipantID)
	if err != nil {
		return r, p, claim, err
	}
	if claim, err = s.Claim(ctx, p.ClaimID); err != nil {
		return r, p, claim, err
	}
	r, err = s.openRight(r.Request, person)
	return r, p, claim, err
}

// AnswerRight grants or refuses a request. A refusal says why; the mail only
// says that there is an answer.
func (s *Service) AnswerRight(ctx context.Context, by audit.Actor, ref string, granted bool, answer string) error {
	status := privacy.Refused
	if granted {
		status = privacy.Granted
	}
	return s.tellingRight(ctx, by, ref, "right_answered", aboutAnswer, answer, granted, func(tx *gorm.DB, r privacy.Request, sealed []byte) (time.Time, error) {
		return time.Time{}, privacy.Answer(ctx, tx, r, by, status, sealed)
	})
}

// ExtendRight takes two months more for an answer, once, in the first month, and tells why.
func (s *Service) ExtendRight(ctx context.Context, by audit.Actor, ref, reason string) error {
	return s.tellingRight(ctx, by, ref, "right_extended", aboutExtension, reason, false, func(tx *gorm.DB, r privacy.Request, sealed []byte) (time.Time, error) {
		return privacy.Extend(ctx, tx, r, by, sealed)
	})
}

// LiftRight ends what was granted, a week after the person was told.
func (s *Service) LiftRight(ctx context.Context, by audit.Actor, ref string) error {
	return s.tellingRight(ctx, by, ref, "right_ends", "", "", true, func(tx *gorm.DB, r privacy.Request, _ []byte) (time.Time, error) {
		if r.Status != privacy.Granted || r.Ground == privacy.Mailing || r.EndedAt != nil {
			return time.Time{}, ErrWrongState
		}
		at := tx.NowFunc().Add(liftNotice)
		return at, privacy.End(ctx, tx, r, by, at)
	})
}

// tellingRight changes a request, seals what is told about it, mails that there is something to read, and logs it.
func (s *Service) tellingRight(ctx context.Context, by audit.Actor, ref, template, about, text string, mayBeEmpty bool, do func(tx *gorm.DB, r privacy.Request, sealed []byte) (time.Time, error)) error {
	text, err := wordsOf(text)
	switch {
	case err != nil:
		return err
	case text == "" && !mayBeEmpty:
		return ErrReasonTold
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		r, err := privacy.RequestByRef(ctx, tx, ref)
		if err != nil {
			return err
		}
		person, key, err := s.keyOf(ctx, tx, r.ParticipantID)
		if errors.Is(err, ErrNotFound) {
			return ErrWrongState // erased: there is nobody to tell
		}
		if err != nil {
			return err
		}
		if r, err = privacy.LockRequest(ctx, tx, person.ID, ref); err != nil {
			return err
		}
		var sealed []byte
		if text != "" {
			if sealed, err = key.Seal([]byte(text), about); err != nil {
				return err
			}
		}
		until, err := do(tx, r, sealed)
		if errors.Is(err, privacy.ErrState) {
			return ErrWrongState
		}
		if err != nil {
			return err
		}
		p, err := participants.Find(ctx, tx, r.ParticipationID)
		if err != nil {
			return err
		}
		data := map[string]string{}
		if !until.IsZero() {
			data["Until"] = locale.Day(until, person.Lang)
		}
		if err := tellRight(ctx, tx, template, r, person, p.Number, data); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, strings.Replace(template, "_", ".", 1), participationSubject(p.ID), map[string]any{"request": r.ID})
	})
}
