package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

var (
	// ErrNumbers means that nobody was picked, or more than one file can name.
	ErrNumbers = errors.New("pick the people to show, by number")
	// ErrNotInAnnex means numbers that aren't in this annex any more or never were; a NotInAnnexError tells which.
	ErrNotInAnnex = errors.New("not all of these numbers are in the annex")
)

// NotInAnnexError tells which numbers were not found.
type NotInAnnexError struct{ Numbers []string }

func (e *NotInAnnexError) Error() string { return fmt.Sprintf("%s: %d", ErrNotInAnnex, len(e.Numbers)) } // not which: they are somebody's

// Unwrap makes it an ErrNotInAnnex.
func (e *NotInAnnexError) Unwrap() error { return ErrNotInAnnex }

// Showing is one time that the names behind some numbers of an annex are shown
// to somebody outside, with the reason.
type Showing struct {
	ID        int64
	LetterID  int64
	Reason    string
	ShownBy   audit.Actor
	ShownAt   time.Time
	Count     int
	RequestID string // marks a form: sent twice it is one showing
}

// ShowNames picks people of the annex of a sent letter, by number, whose names
// are shown to somebody outside. Each of them is told, by mail and in their file.
// Sent twice it is one showing.
func (s *Service) ShowNames(ctx context.Context, by audit.Actor, claimID int64, ordinal int, numbers []string, w Showing) error {
	reason, err := reasonOf(w.Reason)
	if err != nil {
		return err
	}
	picked, err := pickedNumbers(numbers)
	if err != nil {
		return err
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		l, err := take(ctx, letters(tx).Where("claim_id = ? AND ordinal = ?", claimID, ordinal))
		if err != nil {
			return err
		}
		if l.SentAt == nil || w.RequestID == "" {
			return ErrWrongState
		}
		people, err := pickedPeople(ctx, tx, l.ID, picked)
		if err != nil {
			return err
		}
		row := Showing{LetterID: l.ID, Reason: reason, ShownBy: by, ShownAt: tx.NowFunc(), Count: len(people), RequestID: w.RequestID}
		once := clause.OnConflict{Columns: []clause.Column{{Name: "request_id"}}, DoNothing: true}
		if err := table.Of[Showing](tx, once).Create(ctx, &row); err != nil || row.ID == 0 {
			return err
		}
		return writeShowing(ctx, tx, by, l, row, people)
	})
}

// pickedNumbers reads the numbers as typed, each once.
func pickedNumbers(typed []string) ([]string, error) {
	var numbers, wrong []string
	typed = slices.DeleteFunc(slices.Clone(typed), func(t string) bool { return strings.TrimSpace(t) == "" })
	if len(typed) > letter.MostDisclosed {
		return nil, ErrNumbers
	}
	for _, t := range typed {
		n, err := participants.ParseNumber(t)
		if err != nil {
			wrong = append(wrong, t)
		} else if !slices.Contains(numbers, n.String()) {
			numbers = append(numbers, n.String())
		}
	}
	switch {
	case len(wrong) > 0:
		return nil, &NotInAnnexError{wrong}
	case len(numbers) == 0:
		return nil, ErrNumbers
	}
	return numbers, nil
}

// pickedPeople finds who stands behind numbers of an annex and still takes part.
func pickedPeople(ctx context.Context, tx *gorm.DB, letterID int64, numbers []string) ([]Addressee, error) {
	people, err := find[Addressee](ctx, tx, inAnnex+` AND t.number IN ? ORDER BY t.number`, letterID, numbers)
	if err != nil || len(people) == len(numbers) {
		return people, err
	}
	missing := slices.DeleteFunc(slices.Clone(numbers), func(n string) bool {
		return slices.ContainsFunc(people, func(p Addressee) bool { return p.Number == n })
	})
	return nil, &NotInAnnexError{missing}
}

// writeShowing notes whose names are shown, in the log of each of them too, and tells them.
func writeShowing(ctx context.Context, tx *gorm.DB, by audit.Actor, l Letter, w Showing, people []Addressee) error {
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.Fact
		if err := audit.Record(ctx, tx, by, actionShown, participationSubject(p.Fact), map[string]any{"reason": w.Reason, "showing": w.ID}); err != nil {
			return err
		}
	}
	if _, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO shown_people (showing_id, participation_id) SELECT $1, unnest($2::bigint[])`, w.ID, ids); err != nil {
		return fmt.Errorf("note whose names are shown: %w", err)
	}
	nothing := func(Addressee) (map[string]string, error) { return map[string]string{}, nil }
	if err := enqueue(ctx, tx, fmt.Sprintf("name_shown:%d", w.ID), "name_shown", nothing, people); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "names.shown", letterSubject(l.ID), map[string]any{"showing": w.ID, "count": w.Count, "reason": w.Reason})
}

// Showings lists when names of an annex were shown, newest first.
func (s *Service) Showings(ctx context.Context, letterID int64) ([]Showing, error) {
	return table.Of[Showing](s.db).Where("letter_id = ?", letterID).Order("id DESC").Limit(100).Find(ctx)
}

// ShownNames is the file of a showing: the names with a proof of each, which
// anybody checks without us and which says nothing about others in the annex.
// Who was erased since isn't in it any more. The log keeps who took it.
func (s *Service) ShownNames(ctx context.Context, by audit.Actor, claimID int64, ordinal int, id int64) (name string, content []byte, err error) {
	c, l, err := s.claimLetter(ctx, claimID, ordinal)
	if err != nil {
		return "", nil, err
	}
	w, err := take(ctx, table.Of[Showing](s.db).Where("id = ? AND letter_id = ?", id, l.ID))
	if err != nil {
		return "", nil, err
	}
	receipts, err := s.shownReceipts(ctx, l, w)
	if err != nil {
		return "", nil, err
	}
	file, err := letter.NewDisclosure(receipts)
	if err != nil {
		return "", nil, err
	}
	if content, err = file.JSON(); err != nil {
		return "", nil, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, by, "names.taken", letterSubject(l.ID), map[string]any{"showing": w.ID, "count": len(receipts)})
	})
	return fmt.Sprintf("%s-%s-%d-%d.json", inLanguage(l.Lang, "namen", "names"), c.Slug, l.Ordinal, w.ID), content, err
}

// shownReceipts are the receipts of who is shown, in the order of the annex.
func (s *Service) shownReceipts(ctx context.Context, l Letter, w Showing) ([]letter.Receipt, error) {
	people, err := table.Of[participants.Participation](s.db).
		Where("id IN (SELECT participation_id FROM shown_people WHERE showing_id = ?) AND letter_id = ?", w.ID, l.ID).Order("number").Find(ctx)
	if err != nil {
		return nil, err
	}
	receipts := make([]letter.Receipt, 0, len(people))
	for _, p := range people {
		r, err := s.receipt(ctx, l, p)
		if errors.Is(err, ErrNotFound) {
			continue // the salt was destroyed
		}
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, r)
	}
	if len(receipts) == 0 {
		return nil, ErrNotFound
	}
	slices.SortFunc(receipts, func(a, b letter.Receipt) int { return int(a.Index - b.Index) })
	return receipts, nil
}
