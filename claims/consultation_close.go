package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
)

// voteGrace is how long after its end a consultation is counted: a vote that came in in time may still be on its way to the database.
const voteGrace = time.Minute

// drainConsultations counts a consultation that is over.
func (s *Service) drainConsultations(ctx context.Context) (more bool, err error) {
	err = s.afterwards(ctx, "public-accounts", func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		now := tx.NowFunc()
		c, err := take(ctx, consultations(tx, clause.Locking{Strength: "UPDATE"}).Where("status = 'open' AND closes_at <= ?", now.Add(-voteGrace)).Order("closes_at"))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		return closeConsultation(ctx, tx, c, now)
	})
	return more, err
}

// counting gives each vote of an active mandate its place, in order of leaf hash: the place says nothing about who or when.
const counting = `UPDATE consultation_votes v SET position = x.at FROM (
		SELECT v.participation_id, row_number() OVER (ORDER BY v.leaf) - 1 AS at
		FROM consultation_votes v JOIN participations t ON t.id = v.participation_id
		WHERE v.consultation_id = @id AND v.choice IS NOT NULL AND t.status IN ('active', 'included')) x
	WHERE v.consultation_id = @id AND v.participation_id = x.participation_id`

// closeConsultation counts the votes, and fixes them under one root.
func closeConsultation(ctx context.Context, tx *gorm.DB, c Consultation, now time.Time) error {
	db := tx.WithContext(ctx)
	if err := db.Exec(counting, map[string]any{"id": c.ID}).Error; err != nil {
		return fmt.Errorf("count the votes: %w", err)
	}
	tree, err := treeOfVotes(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	done := db.Exec(`UPDATE consultations SET status = 'closed', closed_at = @now, root = @root, tree = @tree,
			mandates = (SELECT count(*) FROM participations WHERE claim_id = @claim AND status IN ('active', 'included')),
			votes_for = n.ayes, votes_against = n.noes, votes_none = n.none
		FROM (SELECT count(*) FILTER (WHERE choice = 'for') AS ayes, count(*) FILTER (WHERE choice = 'against') AS noes, count(*) FILTER (WHERE choice = 'none') AS none
			FROM consultation_votes WHERE consultation_id = @id AND position IS NOT NULL) n
		WHERE id = @id AND status = 'open'`, map[string]any{"now": now, "root": rootOrNil(tree), "tree": hashesOrNil(tree), "claim": c.ClaimID, "id": c.ID})
	if done.Error != nil {
		return fmt.Errorf("close consultation %d: %w", c.ID, done.Error)
	}
	if done.RowsAffected != 1 {
		return ErrWrongState
	}
	return audit.Record(ctx, tx, audit.System("consultations"), "consultation.closed", consultationSubject(c.ID), map[string]any{"votes": tree.Count, "root": fmt.Sprintf("%x", tree.Root)})
}

// treeOfVotes hashes the votes that count; an empty tree if there are none.
func treeOfVotes(ctx context.Context, tx *gorm.DB, id int64) (t letter.Tree, err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT leaf FROM consultation_votes WHERE consultation_id = $1 AND position IS NOT NULL ORDER BY position`, id)
	if err != nil {
		return t, fmt.Errorf("read the votes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var broken error
	t, err = letter.VoteTree(func(yield func([32]byte) bool) {
		var leaf []byte
		for rows.Next() {
			if broken = rows.Scan(&leaf); broken != nil || !yield([32]byte(leaf)) {
				return
			}
		}
	})
	if errors.Is(err, letter.ErrNoLeaves) {
		err = nil
	}
	return t, errors.Join(err, broken, rows.Err())
}

func rootOrNil(t letter.Tree) []byte {
	if t.Count == 0 {
		return nil
	}
	return t.Root[:]
}

func hashesOrNil(t letter.Tree) []byte {
	if t.Count == 0 {
		return nil
	}
	return t.Hashes
}
