package claims

import (
	"context"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// MostSignOff is how long the words of a sign-off can be, in letters.
const MostSignOff = 2000

// SignOffLetter is a second lawyer agreeing, in their own words, that a proposed
// letter goes out with the root of its annex only: the defendant could say that it
// does not know who claims. The board can't approve such a letter before. The name
// and the words stay with the letter; a proposal that is taken back drops them.
func (s *Service) SignOffLetter(ctx context.Context, by audit.Actor, name string, claimID int64, ordinal int, typed string) error {
	words := strings.TrimSpace(typed)
	if words == "" || utf8.RuneCountInString(words) > MostSignOff || !utf8.ValidString(words) || strings.ContainsRune(words, 0) {
		return ErrReason
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		switch {
		case l.Status != LetterProposed || l.Fields.Mode != letter.RootOnly || l.SignedOffBy != nil:
			return ErrWrongState
		case *l.ProposedBy == by:
			return ErrSamePerson
		}
		now := tx.NowFunc()
		_, err = table.Of[Letter](tx).Where("id = ? AND status = 'proposed'", l.ID).
			Updates(ctx, Letter{SignOff: SignOff{SignedOffBy: &by, SignedOffName: name, SignedOffWords: words, SignedOffAt: &now}})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "letter.signed_off", letterSubject(l.ID), map[string]string{"words": words})
	})
}

// lacksSignOff reports whether a second lawyer still has to agree with the root only.
func (l Letter) lacksSignOff() bool { return l.Fields.Mode == letter.RootOnly && l.SignedOffBy == nil }
