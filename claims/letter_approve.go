package claims

import (
	"context"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// ApproveLetter is the first of two members of the board agreeing that a
// proposed letter goes out. It freezes nothing: the second one does, with
// SendLetter. Who proposed the letter can't be either of them.
func (s *Service) ApproveLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		switch {
		case l.Status != LetterProposed:
			return ErrWrongState
		case *l.ProposedBy == by || l.ApprovedBy != nil && *l.ApprovedBy == by:
			return ErrSamePerson
		case l.ApprovedBy != nil:
			return ErrWrongState // it waits for who sends it
		case l.lacksSignOff():
			return ErrNoSignOff
		}
		now := tx.NowFunc()
		if _, err := table.Of[Letter](tx).Where("id = ?", l.ID).Updates(ctx, Letter{ApprovedBy: &by, ApprovedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "letter.approved", letterSubject(l.ID), nil)
	})
}
