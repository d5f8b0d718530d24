package privacy

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
)

// Right is what somebody can ask that takes an answer.
type Right string

// The rights that take an answer. The others are carried out at once.
const (
	Restrict Right = "restrict" // art. 18
	Object   Right = "object"   // art. 21
)

// Mailing is the ground of an objection that nobody weighs: it is granted when it is made (art. 21(3)).
const Mailing = "mailing"

// Grounds are what somebody can base a request on, in the order of the page.
var Grounds = map[Right][]string{
	Restrict: {"accuracy", "unlawful", "needed"},
	Object:   {Mailing, "statistics", "situation"},
}

// The states of a request.
const (
	Open      = "open"
	Granted   = "granted"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// The terms of art. 12(3), in months from the day of the request.
const (
	answerMonths   = 1
	extendedMonths = 3
)

// ErrState means that a request is not in a state for this, or that its first month is over.
var ErrState = errors.New("not possible in this state")

// Request is one request of a person about the use of their data.
type Request struct {
	ID              int64
	Ref             string
	ParticipantID   int64
	ParticipationID int64
	Kind            Right
	Ground          string
	Words           []byte // why, as the person says; sealed as the other texts
	Status          string
	AskedAt         time.Time
	DueOn           time.Time
	ExtendedAt      *time.Time
	ExtendedBy      *audit.Actor
	Extension       []byte
	AnsweredAt      *time.Time
	AnsweredBy      *audit.Actor
	Answer          []byte
	EndedAt         *time.Time // may lie ahead
	EndedBy         *audit.Actor
}

// TableName is the table of the requests.
func (Request) TableName() string { return "rights_requests" }

// InForce reports whether the use of data is restricted by this request.
func (r Request) InForce(now time.Time) bool {
	return r.Status == Open || r.Status == Granted && (r.EndedAt == nil || r.EndedAt.After(now))
}

// MayExtend reports whether the term can still be made longer: once, in the first month.
func (r Request) MayExtend(now time.Time) bool {
	return r.Status == Open && r.ExtendedAt == nil && !locale.Today(now).After(r.DueOn)
}

// Overdue reports whether the last day for an answer has gone by.
func (r Request) Overdue(now time.Time) bool {
	return r.Status == Open && locale.Today(now).After(r.DueOn)
}

// Ask writes a request down. While one is in force, asking again is asking once.
func Ask(ctx context.Context, tx *gorm.DB, r Request) (Request, bool, error) {
	r.Ref, r.AskedAt, r.Status = rand.Text(), tx.NowFunc(), Open
	r.DueOn = After(r.AskedAt, answerMonths)
	if r.Kind == Object && r.Ground == Mailing {
		by := audit.System("rights")
		r.Status, r.AnsweredAt, r.AnsweredBy = Granted, &r.AskedAt, &by
	}
	err := table.Of[Request](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &r)
	return r, r.ID != 0, err
}

// Known reports whether a ground is one of a right.
func Known(right Right, ground string) bool { return slices.Contains(Grounds[right], ground) }

// LockRequest finds a request of a person and keeps others off it. Who also
// locks the person does that first, as an erasure does.
func LockRequest(ctx context.Context, tx *gorm.DB, participantID int64, ref string) (Request, error) {
	return found(table.Of[Request](tx, clause.Locking{Strength: "UPDATE"}).Where("ref = ? AND participant_id = ?", ref, participantID).Take(ctx))
}

// RequestOf finds a request of a person.
func RequestOf(ctx context.Context, db *gorm.DB, participantID int64, ref string) (Request, error) {
	return found(table.Of[Request](db).Where("ref = ? AND participant_id = ?", ref, participantID).Take(ctx))
}

// RequestByRef finds a request for staff, whoever made it.
func RequestByRef(ctx context.Context, db *gorm.DB, ref string) (Request, error) {
	return found(table.Of[Request](db).Where("ref = ?", ref).Take(ctx))
}

// RequestsOf lists what a person asked about one participation, newest first.
func RequestsOf(ctx context.Context, db *gorm.DB, participantID, participationID int64) ([]Request, error) {
	return table.Of[Request](db).Where("participant_id = ? AND participation_id = ?", participantID, participationID).Order("id DESC").Find(ctx)
}

// Answer gives the answer to an open request.
func Answer(ctx context.Context, tx *gorm.DB, r Request, by audit.Actor, status string, answer []byte) error {
	now := tx.NowFunc()
	return change(ctx, tx, r, Request{Status: status, AnsweredAt: &now, AnsweredBy: &by, Answer: answer})
}

// Extend gives an open request two months more, once, in its first month.
func Extend(ctx context.Context, tx *gorm.DB, r Request, by audit.Actor, reason []byte) (due time.Time, err error) {
	now := tx.NowFunc()
	if !r.MayExtend(now) {
		return due, ErrState
	}
	due = After(r.AskedAt, extendedMonths)
	return due, change(ctx, tx, r, Request{DueOn: due, ExtendedAt: &now, ExtendedBy: &by, Extension: reason})
}

// End ends what is in force, at a moment that may lie ahead: an open request is withdrawn.
func End(ctx context.Context, tx *gorm.DB, r Request, by audit.Actor, at time.Time) error {
	next := Request{EndedAt: &at, EndedBy: &by}
	if r.Status == Open {
		next.Status = Withdrawn
	}
	return change(ctx, tx, r, next)
}

// change writes what is different, if the request still stands as it was read.
func change(ctx context.Context, tx *gorm.DB, r, next Request) error {
	if r.Status != Open && (r.Status != Granted || next.EndedAt == nil) {
		return ErrState
	}
	n, err := table.Of[Request](tx).Where("id = ? AND status = ?", r.ID, r.Status).Updates(ctx, next)
	if err == nil && n == 0 {
		return ErrState
	}
	return err
}

// After is the same day so many months later, or the last one of a month that is shorter.
func After(from time.Time, months int) time.Time {
	day := locale.Today(from)
	first := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)-1)
}

func found(r Request, err error) (Request, error) {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNotFound
	}
	return r, err
}
