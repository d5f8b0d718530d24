package claims

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Opening is one time that somebody wants the sealed annex with names of a
// letter. It takes a reason and a second person; then who asked takes it, once.
type Opening struct {
	ID         int64
	LetterID   int64
	Reason     string
	AskedBy    audit.Actor
	AskedAt    time.Time
	ApprovedBy *audit.Actor
	ApprovedAt *time.Time
	EndedBy    *audit.Actor
	EndedAt    *time.Time // taken, or dropped
	Taken      bool
}

// TableName is the table of openings.
func (Opening) TableName() string { return "deposit_openings" }

// MostReason is how long a reason can be, in letters.
const MostReason = 500

// reasonOf is a reason as it is kept; ErrReason means there is none, or a story.
func reasonOf(typed string) (string, error) {
	reason := oneLine(typed)
	if reason == "" || utf8.RuneCountInString(reason) > MostReason || !utf8.ValidString(reason) || strings.ContainsRune(reason, 0) {
		return "", ErrReason
	}
	return reason, nil
}

// Openings lists the openings of the sealed annex of a letter, newest first.
func (s *Service) Openings(ctx context.Context, letterID int64) ([]Opening, error) {
	return table.Of[Opening](s.db).Where("letter_id = ?", letterID).Order("id DESC").Limit(100).Find(ctx)
}

// AskOpening asks to open the sealed annex of a sent letter. While one is open there is no other.
func (s *Service) AskOpening(ctx context.Context, by audit.Actor, claimID int64, ordinal int, reason string) error {
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		open, err := table.Of[Opening](tx).Where("letter_id = ? AND ended_at IS NULL", l.ID).Count(ctx, "id")
		if err != nil {
			return err
		}
		if l.SentAt == nil || open > 0 {
			return ErrWrongState
		}
		o := Opening{LetterID: l.ID, Reason: reason, AskedBy: by, AskedAt: tx.NowFunc()}
		if err := table.Of[Opening](tx).Create(ctx, &o); err != nil {
			return err
		}
		return recordOpening(ctx, tx, by, "asked", o)
	})
}

// ApproveOpening is the second person agreeing that the sealed annex is opened.
func (s *Service) ApproveOpening(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.onOpening(ctx, claimID, ordinal, func(tx *gorm.DB, o Opening) error {
		switch {
		case o.AskedBy == by:
			return ErrSamePerson
		case o.ApprovedBy != nil:
			return ErrWrongState
		}
		now := tx.NowFunc()
		if _, err := table.Of[Opening](tx).Where("id = ?", o.ID).Updates(ctx, Opening{ApprovedBy: &by, ApprovedAt: &now}); err != nil {
			return err
		}
		return recordOpening(ctx, tx, by, "approved", o)
	})
}

// DropOpening ends an opening in which nothing was taken.
func (s *Service) DropOpening(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.onOpening(ctx, claimID, ordinal, func(tx *gorm.DB, o Opening) error {
		now := tx.NowFunc()
		if _, err := table.Of[Opening](tx).Where("id = ?", o.ID).Updates(ctx, Opening{EndedBy: &by, EndedAt: &now}); err != nil {
			return err
		}
		return recordOpening(ctx, tx, by, "dropped", o)
	})
}

// TakeNamed gives the sealed annex with names to who asked for it, once a second
// person approved that, and once only. We cannot open it: the lawyer's key does.
func (s *Service) TakeNamed(ctx context.Context, by audit.Actor, claimID int64, ordinal int) (name string, content []byte, err error) {
	c, l, err := s.claimLetter(ctx, claimID, ordinal)
	if err != nil {
		return "", nil, err
	}
	err = s.onOpening(ctx, claimID, ordinal, func(tx *gorm.DB, o Opening) error {
		if o.ApprovedBy == nil || o.AskedBy != by {
			return ErrWrongState
		}
		now := tx.NowFunc()
		if _, err := table.Of[Opening](tx).Where("id = ?", o.ID).Updates(ctx, Opening{EndedBy: &by, EndedAt: &now, Taken: true}); err != nil {
			return err
		}
		if err := recordOpening(ctx, tx, by, "taken", o); err != nil {
			return err
		}
		content, _, err = takeFile(ctx, tx, by, l.ID, FileNamed)
		return err
	})
	return fileName(c, l, FileNamed), content, err
}

// onOpening does something with the opening of a letter that is not over, and keeps others off it.
func (s *Service) onOpening(ctx context.Context, claimID int64, ordinal int, do func(tx *gorm.DB, o Opening) error) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := take(ctx, letters(tx).Where("claim_id = ? AND ordinal = ?", claimID, ordinal))
		if err != nil {
			return err
		}
		o, err := take(ctx, table.Of[Opening](tx, clause.Locking{Strength: "UPDATE"}).Where("letter_id = ? AND ended_at IS NULL", l.ID))
		if errors.Is(err, ErrNotFound) {
			return ErrWrongState // it is over, or was never asked for
		}
		if err != nil {
			return err
		}
		return do(tx, o)
	})
}

func recordOpening(ctx context.Context, tx *gorm.DB, by audit.Actor, what string, o Opening) error {
	return audit.Record(ctx, tx, by, "deposit."+what, letterSubject(o.LetterID), map[string]string{"opening": fmt.Sprint(o.ID), "reason": o.Reason})
}
