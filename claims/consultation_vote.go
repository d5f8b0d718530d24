package claims

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// The choices in a consultation.
const (
	VoteFor     = "for"
	VoteAgainst = "against"
	VoteNone    = "none"
)

// Choices are all choices, in the order of the page.
var Choices = []string{VoteFor, VoteAgainst, VoteNone}

var (
	// ErrChoice means a vote that is none of the choices.
	ErrChoice = errors.New("a vote is in favour, against or without an opinion")
	// ErrVoteLate means that the consultation was over when the vote came in.
	ErrVoteLate = errors.New("the consultation is over")
)

// Vote is what one participation said in a consultation.
type Vote struct {
	ConsultationID  int64
	ParticipationID int64
	Choice          *string // nil: erased
	Salt            []byte
	Leaf            []byte
	CastAt          time.Time
	Position        *int64 // in the tree; nil: not over yet, or not counted
}

// TableName is the table of votes.
func (Vote) TableName() string { return "consultation_votes" }

// ConsultationOf is the latest consultation that a participation may know of, with its vote; nil without one.
func (s *Service) ConsultationOf(ctx context.Context, p participants.Participation) (*Consultation, *Vote, error) {
	var row struct {
		Consultation
		Vote Vote `gorm:"embedded;embeddedPrefix:vote_"`
	}
	err := s.db.WithContext(ctx).Raw(`SELECT c.id, c.claim_id, c.ordinal, c.status, c.title_nl, c.title_en, c.body_nl, c.body_en, c.closes_at, c.request_id, c.written_by, c.written_at,
			c.opened_by, c.opened_at, c.dropped_at, c.closed_at, c.mandates, c.votes_for, c.votes_against, c.votes_none, c.root,
			v.consultation_id AS vote_consultation_id, v.participation_id AS vote_participation_id, v.choice AS vote_choice, v.salt AS vote_salt, v.leaf AS vote_leaf, v.cast_at AS vote_cast_at, v.position AS vote_position
		FROM consultations c LEFT JOIN consultation_votes v ON v.consultation_id = c.id AND v.participation_id = ?
		WHERE c.claim_id = ? AND c.status IN ('open', 'closed') ORDER BY c.ordinal DESC LIMIT 1`, p.ID, p.ClaimID).Scan(&row).Error
	switch {
	case err != nil || row.ID == 0:
		return nil, nil, err
	case row.Vote.ConsultationID == 0:
		return &row.Consultation, nil, nil
	}
	return &row.Consultation, &row.Vote, nil
}

// MayVote reports whether the mandate of a participation is one that has a vote.
func MayVote(p participants.Participation) bool {
	return p.Status == participants.Active || p.Status == participants.Included
}

// CastVote keeps what a participation says in the open consultation of its claim.
// Until the end it can be changed; the last one counts, and each has a receipt of
// its own. received is when the server got it. The log notes that somebody voted,
// not what.
func (s *Service) CastVote(ctx context.Context, by audit.Actor, p participants.Participation, choice string, received time.Time) error {
	if !slices.Contains(Choices, choice) {
		return ErrChoice
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		// The participation first: leaving and voting wait for each other, and so do two votes of one.
		p, err := take(ctx, table.Of[participants.Participation](tx, clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ? AND participant_id = ?", p.ID, p.ParticipantID))
		if err != nil {
			return err
		}
		// Shared: voters do not wait for each other, but the end waits for them.
		c, err := take(ctx, consultations(tx, clause.Locking{Strength: "SHARE"}).Where("claim_id = ? AND status IN ('open', 'closed')", p.ClaimID).Order("ordinal DESC"))
		switch {
		case errors.Is(err, ErrNotFound) || err == nil && !MayVote(p):
			return ErrWrongState
		case err != nil:
			return err
		case !c.OpenAt(received):
			return ErrVoteLate
		}
		return keepVote(ctx, tx, by, c, p, choice)
	})
}

// keepVote writes a vote down; the same choice again changes nothing.
func keepVote(ctx context.Context, tx *gorm.DB, by audit.Actor, c Consultation, p participants.Participation, choice string) error {
	of, err := take(ctx, table.Of[Claim](tx).Where("id = ?", c.ClaimID))
	if err != nil {
		return err
	}
	salt := make([]byte, letter.SaltSize)
	_, _ = rand.Read(salt) // never fails
	leaf := letter.Vote{Claim: of.Slug, Ordinal: c.Ordinal, Number: p.Number, Choice: choice, Salt: hex.EncodeToString(salt)}.Leaf()
	n, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO consultation_votes (consultation_id, participation_id, choice, salt, leaf, cast_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (consultation_id, participation_id) DO UPDATE SET choice = excluded.choice, salt = excluded.salt, leaf = excluded.leaf, cast_at = excluded.cast_at
		WHERE consultation_votes.choice <> excluded.choice`, c.ID, p.ID, choice, salt, leaf[:], tx.NowFunc())
	if err != nil {
		return fmt.Errorf("keep a vote: %w", err)
	}
	if changed, err := n.RowsAffected(); err != nil || changed == 0 {
		return err
	}
	return audit.Record(ctx, tx, by, "consultation.voted", participationSubject(p.ID), map[string]int64{"consultation": c.ID})
}

// VoteReceipt is the proof, for who voted, that the vote was kept, and once the
// consultation is over that it was counted. ErrNotFound means that there is no vote.
func (s *Service) VoteReceipt(ctx context.Context, p participants.Participation) ([]byte, error) {
	c, v, err := s.ConsultationOf(ctx, p)
	if err != nil {
		return nil, err
	}
	if v == nil || v.Choice == nil {
		return nil, ErrNotFound
	}
	of, err := s.Claim(ctx, p.ClaimID)
	if err != nil {
		return nil, err
	}
	f, err := s.Foundation(ctx)
	if err != nil {
		return nil, err
	}
	r := letter.NewVoteReceipt(letter.Vote{Foundation: f.LegalName, Claim: of.Slug, Ordinal: c.Ordinal, Number: p.Number, Choice: *v.Choice, Salt: hex.EncodeToString(v.Salt)})
	if v.Position != nil {
		count := *c.VotesFor + *c.VotesAgainst + *c.VotesNone
		proof, err := s.prove(ctx, voteTree, c.ID, count, *v.Position)
		if err != nil {
			return nil, err
		}
		if r, err = r.Counted([32]byte(c.Root), count, *v.Position, proof); err != nil {
			return nil, err
		}
	}
	return r.JSON()
}

// voteTree reads hashes of the tree of a consultation by their offsets.
const voteTree = `SELECT string_agg(substring(l.tree FROM (32 * x.at + 1)::int FOR 32), ''::bytea ORDER BY x.ord)
	FROM consultations l, unnest($2::bigint[]) WITH ORDINALITY AS x(at, ord) WHERE l.id = $1`
