package claims

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
)

var (
	// ErrGuard means that something has to be true before this move, and is not.
	ErrGuard = errors.New("this move is not possible yet")
	// ErrReason means that a move has no reason written with it.
	ErrReason = errors.New("a move needs a reason")
	// ErrRole means that this move is made by somebody with another role.
	ErrRole = errors.New("this move belongs to another role")
	// ErrMoveProof means that this move needs the document it rests on, as a PDF, JPEG or PNG of at most ten megabytes.
	ErrMoveProof = errors.New("this move needs the document it rests on")
	// ErrNotFinal means that a judgment ends a claim only from the day on which nobody can appeal any more.
	ErrNotFinal = errors.New("the judgment is not final yet")
	// ErrMoveWaits means that another move waits for its second person.
	ErrMoveWaits = errors.New("another move waits for approval")
)

// ClaimMove is one move of a claim: proposed, and made once nobody else is needed.
type ClaimMove struct {
	ID         int64
	ClaimID    int64
	FromStatus Status
	ToStatus   Status
	Reason     string
	ProposedBy audit.Actor
	ProposedAt time.Time
	ApprovedBy *audit.Actor
	MadeAt     *time.Time
	DroppedAt  *time.Time

	FinalOn        *time.Time // of a judgment: since when nobody can appeal
	Document       []byte     // what the move rests on, sealed
	DocumentType   *string    // media type, found from the bytes
	DocumentSHA256 []byte     `gorm:"column:document_sha256"`
}

// Proposal is a move as somebody proposes it.
type Proposal struct {
	To       Status
	Reason   string
	FinalOn  *time.Time // of a judgment: since when nobody can appeal
	Document []byte     // a PDF, JPEG or PNG; empty: none
}

// Move is a move as it is offered: possible or not, and why.
type Move struct {
	To      Status
	By      []string // roles that may propose it
	Two     bool     // needs a second person, of the board
	Allowed bool
	Why     []string // keys of the guards that do not hold
	Held    []string // keys of the guards that hold
	Freezes []string // keys of what cannot change any more once it is made
	Mails   []string // that go out with it
	Proven  bool     // needs the document that it rests on
	Final   bool     // needs the day since which nobody can appeal
}

// Moves lists what can follow for a claim, also what cannot yet, with the reason.
func (s *Service) Moves(ctx context.Context, c Claim) ([]Move, error) {
	var moves []Move
	for _, m := range lifecycle {
		if m.From != c.Status || len(m.By) == 0 {
			continue
		}
		why, err := m.failing(ctx, s.db, c)
		if err != nil {
			return nil, err
		}
		e := effects[m.To]
		moves = append(moves, Move{
			To: m.To, By: m.By, Two: m.Two, Allowed: len(why) == 0, Why: why, Held: m.holding(why),
			Freezes: e.Freezes, Mails: e.Mails, Proven: m.proven(), Final: m.final(),
		})
	}
	return moves, nil
}

// OpenMove returns the move that waits for a second person, or nil.
func (s *Service) OpenMove(ctx context.Context, claimID int64) (*ClaimMove, error) {
	m, err := take(ctx, table.Of[ClaimMove](s.db).Where("claim_id = ? AND made_at IS NULL AND dropped_at IS NULL", claimID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &m, nil
}

// History lists the moves that a claim made, newest first.
func (s *Service) History(ctx context.Context, claimID int64) ([]ClaimMove, error) {
	return table.Of[ClaimMove](s.db).Where("claim_id = ? AND made_at IS NOT NULL", claimID).Omit("document").Order("made_at DESC, id DESC").Find(ctx)
}

// MoveDocument opens what a move of a claim rests on; the log keeps who looked.
func (s *Service) MoveDocument(ctx context.Context, by audit.Actor, claimID, moveID int64) (mediaType string, document []byte, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		m, err := take(ctx, table.Of[ClaimMove](tx).Where("id = ? AND claim_id = ? AND document IS NOT NULL", moveID, claimID))
		if err != nil {
			return err
		}
		if document, err = s.vault.Unseal(m.Document, aboutMove(claimID)); err != nil {
			return err
		}
		mediaType = *m.DocumentType
		return audit.Record(ctx, tx, by, "claim.document_viewed", claimSubject(claimID), map[string]int64{"move": moveID})
	})
	return mediaType, document, err
}

func aboutMove(claimID int64) string { return fmt.Sprintf("claim_moves.document:%d", claimID) }

// ProposeMove makes a move that takes one person, or writes it down for the second one to approve.
func (s *Service) ProposeMove(ctx context.Context, by audit.Actor, roles []string, claimID int64, p Proposal) error {
	if strings.TrimSpace(p.Reason) == "" {
		return ErrReason
	}
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		m := findMove(c.Status, p.To)
		switch {
		case m == nil || len(m.By) == 0:
			return ErrWrongState
		case !slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(m.By, r) }):
			return ErrRole
		}
		if err := m.check(ctx, tx, c); err != nil {
			return err
		}
		row := ClaimMove{ClaimID: c.ID, FromStatus: c.Status, ToStatus: p.To, Reason: p.Reason, ProposedBy: by, ProposedAt: tx.NowFunc()}
		if err := s.rest(m, &row, p); err != nil {
			return err
		}
		if err := table.Of[ClaimMove](tx).Create(ctx, &row); err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return ErrMoveWaits
			}
			return err
		}
		if m.Two {
			return audit.Record(ctx, tx, by, "claim.move_proposed", claimSubject(c.ID), map[string]any{"to": p.To, "reason": p.Reason})
		}
		return s.make(ctx, tx, by, c, row)
	})
}

// rest puts in a move what it rests on: its document, and since when a judgment is final.
func (s *Service) rest(m *move, row *ClaimMove, p Proposal) (err error) {
	if m.final() {
		if p.FinalOn == nil || p.FinalOn.After(locale.Today(row.ProposedAt)) {
			return ErrNotFinal
		}
		row.FinalOn = p.FinalOn
	}
	if len(p.Document) == 0 && !m.proven() {
		return nil
	}
	media, ok := sniffProof(p.Document)
	if !ok {
		return ErrMoveProof
	}
	hash := sha256.Sum256(p.Document)
	row.DocumentType, row.DocumentSHA256 = &media, hash[:]
	row.Document, err = s.vault.Seal(p.Document, aboutMove(row.ClaimID))
	return err
}

// ApproveMove makes the move that waits. It takes somebody else than who proposed it.
func (s *Service) ApproveMove(ctx context.Context, by audit.Actor, claimID int64) error {
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		c, row, err := waiting(ctx, tx, claimID)
		switch {
		case err != nil:
			return err
		case row.ProposedBy == by:
			return ErrSamePerson
		case row.FromStatus != c.Status:
			return ErrWrongState
		}
		m := findMove(c.Status, row.ToStatus)
		if m == nil {
			return ErrWrongState
		}
		if err := m.check(ctx, tx, c); err != nil {
			return err
		}
		row.ApprovedBy = &by
		return s.make(ctx, tx, by, c, row)
	})
}

// DropMove takes back the move that waits.
func (s *Service) DropMove(ctx context.Context, by audit.Actor, claimID int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		_, row, err := waiting(ctx, tx, claimID)
		if err != nil {
			return err
		}
		now := tx.NowFunc()
		if _, err := table.Of[ClaimMove](tx).Where("id = ?", row.ID).Updates(ctx, ClaimMove{DroppedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "claim.move_dropped", claimSubject(claimID), map[string]any{"to": row.ToStatus})
	})
}

func waiting(ctx context.Context, tx *gorm.DB, claimID int64) (Claim, ClaimMove, error) {
	c, err := lockClaim(ctx, tx, claimID)
	if err != nil {
		return c, ClaimMove{}, err
	}
	row, err := take(ctx, table.Of[ClaimMove](tx, clause.Locking{Strength: "UPDATE"}).Where("claim_id = ? AND made_at IS NULL AND dropped_at IS NULL", claimID))
	return c, row, err
}

func (m move) check(ctx context.Context, tx *gorm.DB, c Claim) error {
	why, err := m.failing(ctx, tx, c)
	if err == nil && len(why) > 0 {
		return fmt.Errorf("%w: %v", ErrGuard, why)
	}
	return err
}

// make carries out a move that is written down: state, moments, and what follows from it.
func (s *Service) make(ctx context.Context, tx *gorm.DB, by audit.Actor, c Claim, row ClaimMove) error {
	now := tx.NowFunc()
	if _, err := table.Of[ClaimMove](tx).Where("id = ?", row.ID).Updates(ctx, ClaimMove{MadeAt: &now, ApprovedBy: row.ApprovedBy}); err != nil {
		return err
	}
	if err := setStatus(ctx, tx, c, row.ToStatus); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, by, "claim.moved", claimSubject(c.ID), map[string]any{"from": c.Status, "to": row.ToStatus, "reason": row.Reason}); err != nil {
		return err
	}
	if c.Status == SettlementProposed && row.ToStatus != Settled {
		if err := withdrawConsultation(ctx, tx, by, c.ID); err != nil {
			return err
		}
	}
	switch row.ToStatus {
	case Settled, Won:
		return s.tellResult(ctx, tx, c, row.ToStatus)
	case Lost, Discontinued:
		return s.lose(ctx, tx, c, row.ToStatus)
	case Closed:
		if err := s.closeRuns(ctx, tx, by, c); err != nil {
			return err
		}
		return earnLast(ctx, tx, c)
	}
	return nil
}

// closeRuns ends the payout runs that the bank has carried out: with the claim, nothing in them can change any more.
func (s *Service) closeRuns(ctx context.Context, tx *gorm.DB, by audit.Actor, c Claim) error {
	runs, err := payments.Runs(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Status != payments.RunBooked {
			continue
		}
		if _, err := s.money.Close(ctx, tx, by, run.ID); err != nil {
			return err
		}
	}
	return nil
}

// earnLast books the fees out of awards that left nothing to transfer: no line of the bank does that.
func earnLast(ctx context.Context, tx *gorm.DB, c Claim) error {
	var id int64
	err := tx.WithContext(ctx).Raw(`SELECT id FROM distributions WHERE claim_id = ? AND status = 'approved'`, c.ID).Scan(&id).Error
	if err != nil || id == 0 {
		return err
	}
	_, err = payments.PostZeroAwards(ctx, tx, id)
	return err
}

// follow makes a move that another act brings with it, and writes it in the history.
func follow(ctx context.Context, tx *gorm.DB, by audit.Actor, c Claim, to Status, reason string) error {
	if findMove(c.Status, to) == nil {
		return fmt.Errorf("%w: %s to %s", ErrWrongState, c.Status, to)
	}
	now := tx.NowFunc()
	row := ClaimMove{ClaimID: c.ID, FromStatus: c.Status, ToStatus: to, Reason: reason, ProposedBy: by, ProposedAt: now, MadeAt: &now}
	if err := table.Of[ClaimMove](tx).Create(ctx, &row); err != nil {
		return err
	}
	if err := setStatus(ctx, tx, c, to); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "claim.moved", claimSubject(c.ID), map[string]any{"from": c.Status, "to": to, "reason": reason})
}

// setStatus is the only place where a claim gets another state, with the moments that belong to it.
func setStatus(ctx context.Context, tx *gorm.DB, c Claim, to Status) error {
	done := tx.WithContext(ctx).Exec(`UPDATE claims SET status = @to,
		opened_at = CASE WHEN @to = 'open' THEN coalesce(opened_at, @now) ELSE opened_at END,
		cutoff_at = CASE WHEN @to = 'letter_sent' THEN coalesce(cutoff_at, @now) ELSE cutoff_at END,
		closes_planned_at = CASE WHEN @to = 'letter_sent' THEN coalesce(closes_planned_at, @now) ELSE closes_planned_at END,
		closes_at = CASE WHEN @to = 'letter_sent' THEN coalesce(closes_at, @now) ELSE closes_at END,
		ended_at = CASE WHEN @to IN ('settled', 'won', 'lost', 'discontinued') THEN @now ELSE ended_at END,
		closed_at = CASE WHEN @to = 'closed' THEN @now ELSE closed_at END,
		stayed_from = CASE WHEN @to = 'stayed' THEN CAST(@from AS text) END
		WHERE id = @id AND status = @from`, map[string]any{"to": string(to), "from": string(c.Status), "id": c.ID, "now": tx.NowFunc()})
	if done.Error == nil && done.RowsAffected != 1 {
		return ErrWrongState
	}
	return done.Error
}

// lose gives every prepayment back, once, tells everybody, and lets nobody wait for a decision: no cure, no pay.
func (s *Service) lose(ctx context.Context, tx *gorm.DB, c Claim, as Status) error {
	if _, err := payments.RequireRefunds(ctx, tx, c.ID, string(as)); err != nil {
		return err
	}
	if err := s.tellLost(ctx, tx, c); err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Exec(`UPDATE estates SET ended_at = ?, outcome = 'lost', ended_by = 'system:claims' WHERE ended_at IS NULL
		AND participation_id IN (SELECT id FROM participations WHERE claim_id = ?)`, tx.NowFunc(), c.ID).Error; err != nil {
		return err
	}
	for _, from := range []participants.Status{participants.Active, participants.Included, participants.InEstate} {
		if _, err := participants.MoveAll(ctx, tx, from, participants.ClosedLost, "claim_id = ?", c.ID); err != nil {
			return err
		}
	}
	c.Status = as
	return follow(ctx, tx, audit.System("claims"), c, Refunding, "every prepayment goes back")
}

func claimSubject(id int64) string { return fmt.Sprintf("claim:%d", id) }

// ByItself lists the states that another act brings a claim to: sending the letter, its delivery, approving the distribution.
func ByItself(from Status) (to []string) {
	for _, m := range lifecycle {
		if m.From == from && len(m.By) == 0 {
			to = append(to, string(m.To))
		}
	}
	return to
}
