package claims

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// SendLetter freezes the annex and sends the letter, in one transaction: who
// signed before this moment is in it, with the fee option of this moment; who
// signs later comes in the next letter. It takes a third person, beside the one
// who proposed it and the one who approved it. Nothing outside the database is called.
func (s *Service) SendLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) (err error) {
	told, err := s.reporter(ctx, by, claimID, ordinal)
	if err != nil {
		return err
	}
	var a annex
	defer func() { told.end(int64(len(a.rows)), err) }()
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		if err := told.begin(ctx, tx); err != nil {
			return err
		}
		c, l, f, err := sendable(ctx, tx, by, claimID, ordinal)
		if err != nil {
			return err
		}
		if s.certificate != nil {
			if err := s.certificate.ValidAt(tx.NowFunc()); err != nil {
				return err // before the long work
			}
			l.Fields.SignedBy = s.certificate.Name()
		}
		a, err = s.freeze(ctx, tx, l, told)
		if err != nil {
			return err
		}
		facts := l.facts(a.cutOff, l.annexFacts(a.cutOff, a.tree.Count, a.tree.Root))
		if misses := letter.LintFrozen(facts); len(misses) > 0 {
			return &LintError{misses}
		}
		told.say(StepFiles, a.tree.Count, a.tree.Count)
		made := make(chan error, 1)
		var files []letterFile
		go func() { // printing is our work, marking the database's: beside each other
			var err error
			files, err = s.makeFiles(l, facts, f.LawyerRecipient, &a)
			made <- err
		}()
		err = errors.Join(markSent(ctx, tx, by, l, &a), tellSent(ctx, tx, l, a.cutOff), <-made)
		if err != nil {
			return err
		}
		if err := s.storeFiles(ctx, tx, l.ID, files); err != nil {
			return err
		}
		if ordinal == 1 {
			if err := endFree(ctx, tx, by, c); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, "letter.sent", letterSubject(l.ID), map[string]any{"count": a.tree.Count, "root": fmt.Sprintf("%x", a.tree.Root), "signed_by": l.Fields.SignedBy})
	})
}

// endFree moves the claim on with its first letter. Where no deadline was announced, this moment is it, and outages add to it.
func endFree(ctx context.Context, tx *gorm.DB, by audit.Actor, c Claim) error {
	if err := follow(ctx, tx, by, c, LetterSent, "letter sent"); err != nil {
		return err
	}
	c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", c.ID))
	if err != nil {
		return err
	}
	return moveDeadline(ctx, tx, c)
}

// sendable reads an approved letter for somebody who may send it. The lock on
// the claim waits for the signatures that are under way.
func sendable(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, ordinal int) (c Claim, l Letter, f Foundation, err error) {
	if l, err = lockLetter(ctx, tx, claimID, ordinal); err != nil {
		return c, l, f, err
	}
	if c, err = take(ctx, table.Of[Claim](tx).Where("id = ?", claimID)); err != nil {
		return c, l, f, err
	}
	switch {
	case l.Status != LetterProposed || l.ApprovedBy == nil || ordinal == 1 && c.Status != LetterReady || !takesLetter(c.Status, ordinal):
		return c, l, f, ErrWrongState
	case *l.ProposedBy == by || *l.ApprovedBy == by:
		return c, l, f, ErrSamePerson
	case ordinal == 1 && c.ClosesAt != nil && tx.NowFunc().Before(*c.ClosesAt):
		return c, l, f, ErrBeforeDeadline
	}
	if stale, err := staleFacts(ctx, tx, l); err != nil || len(stale) > 0 {
		return c, l, f, cmp.Or(err, error(&LintError{stale}))
	}
	f, err = take(ctx, table.Of[Foundation](tx).Where("true"))
	return c, l.presented(c, f), f, err
}

// markSent locks the fee options, moves everybody in the annex on, and makes the letter final.
func markSent(ctx context.Context, tx *gorm.DB, by audit.Actor, l Letter, a *annex) error {
	locked, included, err := takeAlong(ctx, tx, l, a.cutOff)
	if err != nil {
		return err
	}
	if locked != a.tree.Count || included != a.tree.Count {
		return fmt.Errorf("%w: %d in the annex, %d included, %d fee options locked", ErrStale, a.tree.Count, included, locked)
	}
	fields, err := json.Marshal(l.Fields)
	if err != nil {
		return fmt.Errorf("keep letter %d: %w", l.ID, err)
	}
	done := tx.WithContext(ctx).Exec(`UPDATE letters SET status = 'sent', fields = ?, sent_by = ?, sent_at = ?, count = ?, root = ?, tree = ?
		WHERE id = ? AND status = 'proposed' AND approved_by IS NOT NULL`, string(fields), by, a.cutOff, a.tree.Count, a.tree.Root[:], a.tree.Hashes, l.ID)
	if done.Error == nil && done.RowsAffected != 1 {
		return ErrWrongState
	}
	return done.Error
}

// takeAlong locks the fee options of everybody in the annex and moves them on, and counts both.
func takeAlong(ctx context.Context, tx *gorm.DB, l Letter, at time.Time) (locked, included int64, err error) {
	// Rows that this transaction has written have no statistics: the planner expects ten of them in
	// the annex, and would walk through all of them once for each fee option.
	db := tx.WithContext(ctx)
	if err := db.Exec(`SET LOCAL enable_nestloop = off`).Error; err != nil {
		return 0, 0, err
	}
	done := db.Exec(`UPDATE fee_options f SET locked_at = ? FROM annex_rows a
		WHERE a.letter_id = ? AND f.id = a.fee_option_id AND f.superseded_at IS NULL AND f.locked_at IS NULL`, at, l.ID)
	if done.Error != nil {
		return 0, 0, fmt.Errorf("lock the fee options: %w", done.Error)
	}
	if included, err = participants.Include(ctx, tx, l.ID); err != nil {
		return 0, 0, fmt.Errorf("include everybody in the annex: %w", err)
	}
	return done.RowsAffected, included, db.Exec(`SET LOCAL enable_nestloop = on`).Error
}

// tellSent sends everybody in the annex the news that the letter is out.
func tellSent(ctx context.Context, tx *gorm.DB, l Letter, at time.Time) error {
	_, err := tell(ctx, tx, "letter_sent", "letter_sent", func(a Addressee) (map[string]string, error) {
		data := map[string]string{"Date": locale.Day(at, a.Lang)}
		if l.Fields.Mode == letter.Named {
			data["Named"] = "yes"
		}
		return data, nil
	}, inAnnex, l.ID)
	return err
}

// inAnnex selects who is covered by a letter and still takes part.
const inAnnex = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
	FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.letter_id = ?` + takesPart

// takesPart keeps those in an annex who still take part.
const takesPart = ` AND t.status IN ('included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid')`
