package claims

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
)

var (
	// ErrNextStep means that a next step lacks its words in one of the languages.
	ErrNextStep = errors.New("a next step needs words in both languages")
	// ErrEarliest means that the earliest date of a next step is over already.
	ErrEarliest = errors.New("the earliest date is over")
)

// NextStep is what comes next in a claim, and when at the earliest.
type NextStep struct {
	ID         int64
	ClaimID    int64
	TextNL     string `gorm:"column:text_nl"`
	TextEN     string `gorm:"column:text_en"`
	EarliestOn time.Time
	SetBy      audit.Actor
	SetAt      time.Time
}

// Text says it in a language.
func (n NextStep) Text(lang string) string { return inLanguage(lang, n.TextNL, n.TextEN) }

// SetNextStep says what comes next. The same again changes nothing.
func (s *Service) SetNextStep(ctx context.Context, by audit.Actor, claimID int64, in NextStep) error {
	in.TextNL, in.TextEN = oneLine(in.TextNL), oneLine(in.TextEN)
	switch {
	case in.TextNL == "" || in.TextEN == "":
		return ErrNextStep
	case in.EarliestOn.Before(locale.Today(s.db.NowFunc())):
		return ErrEarliest
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(?, ?)`, lockNews, claimID).Error; err != nil {
			return err
		}
		before, err := nextStep(ctx, tx, claimID)
		if err != nil || before != nil && before.TextNL == in.TextNL && before.TextEN == in.TextEN && before.EarliestOn.Equal(in.EarliestOn) {
			return err
		}
		in.ID, in.ClaimID, in.SetBy, in.SetAt = 0, claimID, by, tx.NowFunc()
		if err := table.Of[NextStep](tx).Create(ctx, &in); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "claim.next_step", claimSubject(claimID), map[string]string{"earliest": in.EarliestOn.Format(time.DateOnly)})
	})
}

// NextStep is what comes next in a claim, or nil when nobody said so.
func (s *Service) NextStep(ctx context.Context, claimID int64) (*NextStep, error) {
	return nextStep(ctx, s.db, claimID)
}

func nextStep(ctx context.Context, db *gorm.DB, claimID int64) (*NextStep, error) {
	n, err := take(ctx, table.Of[NextStep](db).Where("claim_id = ?", claimID).Order("id DESC"))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &n, nil
}
