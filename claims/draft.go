package claims

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

var (
	// ErrLetterOpen means that another letter is being worked on; it goes first.
	ErrLetterOpen = errors.New("another letter is being worked on")
	// ErrNoLawyerKey means that there is nobody to seal the annex with names for.
	ErrNoLawyerKey = errors.New("the public key of the lawyer is not known: the annex with names cannot be sealed")
)

// Letters lists the letters of a claim, in order.
func (s *Service) Letters(ctx context.Context, claimID int64) ([]Letter, error) {
	return letters(s.db).Where("claim_id = ?", claimID).Order("ordinal").Find(ctx)
}

// Letter finds one letter of a claim.
func (s *Service) Letter(ctx context.Context, claimID int64, ordinal int) (Letter, error) {
	return take(ctx, letters(s.db).Where("claim_id = ? AND ordinal = ?", claimID, ordinal))
}

// takesLetter reports whether the letter with this ordinal can be written now:
// the first one while the claim is open, a supplementary one until the case is decided.
func takesLetter(s Status, ordinal int) bool {
	if ordinal == 1 {
		return s == Open || s == LetterReady
	}
	return slices.Contains([]Status{LetterSent, LetterDelivered, Negotiation, Litigation, Stayed}, s)
}

// DraftLetter begins the next letter of a claim, filled in with all that is
// known. Of a letter that is being worked on it returns that one.
func (s *Service) DraftLetter(ctx context.Context, by audit.Actor, claimID int64, lang string) (Letter, error) {
	if lang != "nl" && lang != "en" {
		return Letter{}, ErrNotFound
	}
	var l Letter
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if l, err = openLetter(ctx, tx, c.ID); !errors.Is(err, ErrNotFound) {
			return err
		}
		before, err := letters(tx).Where("claim_id = ?", c.ID).Count(ctx, "id")
		if err != nil {
			return err
		}
		l = Letter{ClaimID: c.ID, Ordinal: int(before) + 1, Lang: lang, Status: LetterDrafted, DraftedBy: by, CreatedAt: tx.NowFunc()}
		if !takesLetter(c.Status, l.Ordinal) {
			return ErrWrongState
		}
		if l.Fields, err = newFields(ctx, tx, c, l); err != nil {
			return err
		}
		if err := table.Of[Letter](tx).Create(ctx, &l); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "letter.drafted", letterSubject(l.ID), nil)
	})
	return l, err
}

// newFields fills a new letter in.
func newFields(ctx context.Context, tx *gorm.DB, c Claim, l Letter) (LetterFields, error) {
	f, err := take(ctx, table.Of[Foundation](tx).Where("true"))
	if err != nil {
		return LetterFields{}, err
	}
	texts, err := currentTexts(ctx, tx, c.ID, l.Lang, letterTexts...)
	if err != nil {
		return LetterFields{}, err
	}
	facts, err := publishedFacts(ctx, tx, c.ID)
	if err != nil {
		return LetterFields{}, err
	}
	body := func(key string) string { return texts[key].Body }
	return firstFields(c, f, facts, l.Lang, l.Ordinal, body, tx.NowFunc().Format("2006")), nil
}

// RenewFacts takes the facts of the claim over into a draft as they are now.
func (s *Service) RenewFacts(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		facts, err := publishedFacts(ctx, tx, claimID)
		if err != nil {
			return err
		}
		l.Fields.Events = events(facts, l.Lang)
		return saveFields(ctx, tx, by, l)
	})
}

// SaveLetter keeps what the lawyer worded. A proposed letter is taken back first.
func (s *Service) SaveLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int, f LetterFields) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		l.Fields = f
		return saveFields(ctx, tx, by, l)
	})
}

// saveFields keeps the fields of a letter that is still a draft.
func saveFields(ctx context.Context, tx *gorm.DB, by audit.Actor, l Letter) error {
	if l.Status != LetterDrafted {
		return ErrWrongState
	}
	fields, err := json.Marshal(l.Fields)
	if err != nil {
		return fmt.Errorf("save letter %d: %w", l.ID, err)
	}
	if err := tx.WithContext(ctx).Exec(`UPDATE letters SET fields = ? WHERE id = ? AND status = 'draft'`, string(fields), l.ID).Error; err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "letter.saved", letterSubject(l.ID), nil)
}

// lockLetter keeps others off a letter; the claim first, as everywhere.
func lockLetter(ctx context.Context, tx *gorm.DB, claimID int64, ordinal int) (Letter, error) {
	if _, err := lockClaim(ctx, tx, claimID); err != nil {
		return Letter{}, err
	}
	return take(ctx, table.Of[Letter](tx.Session(&gorm.Session{QueryFields: true}), clause.Locking{Strength: "UPDATE"}).
		Where("claim_id = ? AND ordinal = ?", claimID, ordinal))
}

// ProposeLetter offers a letter for sending. From here on it does not change,
// and two others have to approve and send it.
func (s *Service) ProposeLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", claimID))
		if err != nil {
			return err
		}
		if l.Status != LetterDrafted || !takesLetter(c.Status, ordinal) {
			return ErrWrongState
		}
		if err := complete(ctx, tx, c, l); err != nil {
			return err
		}
		now := tx.NowFunc()
		if _, err := table.Of[Letter](tx).Where("id = ? AND status = 'draft'", l.ID).
			Updates(ctx, Letter{Status: LetterProposed, ProposedBy: &by, ProposedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "letter.proposed", letterSubject(l.ID), nil)
	})
}

// complete refuses a letter that lacks a clause, or somebody to seal the names for.
func complete(ctx context.Context, tx *gorm.DB, c Claim, l Letter) error {
	misses, err := lintLetter(ctx, tx, c, l)
	if err != nil {
		return err
	}
	if len(misses) > 0 {
		return &LintError{misses}
	}
	f, err := take(ctx, table.Of[Foundation](tx).Where("true"))
	if err != nil {
		return err
	}
	if letter.CheckRecipient(f.LawyerRecipient) != nil {
		return ErrNoLawyerKey
	}
	return nil
}

// WithdrawProposal takes a proposed letter back, to be worked on again; an
// approval goes with it, because it was of this wording.
func (s *Service) WithdrawProposal(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		if l.Status != LetterProposed {
			return ErrWrongState
		}
		err = tx.WithContext(ctx).Exec(`UPDATE letters SET status = 'draft', proposed_by = NULL, proposed_at = NULL, approved_by = NULL, approved_at = NULL,
			signed_off_by = NULL, signed_off_name = '', signed_off_words = '', signed_off_at = NULL WHERE id = ? AND status = 'proposed'`, l.ID).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "letter.withdrawn", letterSubject(l.ID), nil)
	})
}

func letterSubject(id int64) string { return fmt.Sprintf("letter:%d", id) }
