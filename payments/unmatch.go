package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
)

// ErrPeriodClosed means that what is to be taken back was booked in a month that is closed by now.
var ErrPeriodClosed = errors.New("the month in which this was booked is closed")

// MatchedLine is a line that was booked as something that can be taken back.
type MatchedLine struct {
	MatchID, LineID int64
	Kind            string
	BookedOn        time.Time
	AmountCents     Cents
	Reason          string // in words, why it was booked so
	MatchedBy       audit.Actor
	MatchedAt       time.Time
}

// standing are matches that can be taken back: nobody was paid by them, they are not taken back yet, and their month is open.
const standing = `FROM line_matches m JOIN statement_lines l ON l.id = m.line_id JOIN journals j ON j.id = m.journal_id
	WHERE m.kind IN ('settlement', 'costs', 'unknown') AND m.takes_back IS NULL AND NOT EXISTS (SELECT FROM line_matches t WHERE t.takes_back = m.id)`

// Matched gives the last lines of which the match can be taken back, newest first.
func Matched(ctx context.Context, db *gorm.DB) ([]MatchedLine, error) {
	var all []MatchedLine
	err := db.WithContext(ctx).Raw(`SELECT m.id AS match_id, m.line_id, m.kind, l.booked_on, m.amount_cents, m.reason, m.matched_by, m.matched_at ` + standing + ` AND j.booked_on > closed_until() ORDER BY m.id DESC LIMIT 50`).Scan(&all).Error
	return all, wrap(err, "matched lines")
}

// Unmatch takes back what a line was booked as, by a journal that turns the first one around: the line is open
// again. That can be done until the month is closed, and not with money that is distributed already.
func (s *Service) Unmatch(ctx context.Context, tx *gorm.DB, by audit.Actor, matchID int64, reason string) error {
	if err := oneAtATime(ctx, tx); err != nil {
		return err
	}
	if reason = short(strings.TrimSpace(reason), 200); reason == "" {
		return ErrReason
	}
	var m struct {
		ID, LineID, ClaimID int64
		JournalID           int64
		Kind, Event, Key    string
		AmountCents         Cents
		SettlementID        *int64
		Open, Distributed   bool
	}
	err := tx.WithContext(ctx).Raw(`SELECT m.id, m.line_id, m.kind, m.amount_cents, m.settlement_id, m.journal_id, coalesce(j.claim_id, 0) AS claim_id, j.booked_on > closed_until() AS open,
		EXISTS (SELECT FROM distributions d WHERE d.settlement_id = m.settlement_id AND d.status = 'approved') AS distributed `+standing+` AND m.id = ?`, matchID).Scan(&m).Error
	switch {
	case err != nil:
		return fmt.Errorf("unmatch: %w", err)
	case m.ID == 0 || m.Distributed:
		return ErrWrongState
	case !m.Open:
		return ErrPeriodClosed
	}
	now := tx.NowFunc()
	other := map[string]string{matchSettlement: accPot, matchCosts: accPaymentCosts, matchUnknown: accUnclear}[m.Kind]
	if _, err := ledger.Post(ctx, tx, lineTakenBack(m.ID, m.LineID, m.ClaimID, other, m.AmountCents, bookingDay(now))); err != nil {
		return err
	}
	done := tx.WithContext(ctx).Exec(`INSERT INTO line_matches (line_id, kind, amount_cents, settlement_id, reason, journal_id, matched_by, matched_at, takes_back)
		SELECT line_id, kind, -amount_cents, settlement_id, ?, (SELECT id FROM journals WHERE key = 'match:' || m.id || ':taken_back'), ?, ?, id FROM line_matches m WHERE id = ?`, reason, by, now, m.ID)
	if done.Error != nil {
		return fmt.Errorf("unmatch: %w", done.Error)
	}
	open := tx.WithContext(ctx).Exec(`UPDATE statement_lines SET matched_at = NULL WHERE id = ? AND matched_at IS NOT NULL`, m.LineID)
	if open.Error != nil || open.RowsAffected == 0 {
		return orWrongState(open.Error, "bank line")
	}
	return audit.Record(ctx, tx, by, "line.unmatched", fmt.Sprintf("statement_line:%d", m.LineID), map[string]any{"match": m.ID, "kind": m.Kind})
}
