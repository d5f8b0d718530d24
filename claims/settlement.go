package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/payments"
)

var (
	// ErrTermsRecorded means that the terms of this claim's settlement stand already; they do not change.
	ErrTermsRecorded = errors.New("the terms of the settlement are recorded already")
	// ErrTerms means that terms cannot be right: no amount, no reference, or a day to come.
	ErrTerms = errors.New("these terms of a settlement cannot be right")
)

// Settlement is what the defendant pays, by agreement or by judgment.
type Settlement struct {
	ID            int64
	ClaimID       int64
	Kind          string // settlement or judgment
	Reference     string // what the defendant writes on the transfer
	PotCents      payments.Cents
	CourtCapCents *payments.Cents // highest fee per person that the court allows, if it spoke about that
	AgreedOn      time.Time
	Note          string
	RecordedBy    audit.Actor
	RecordedAt    time.Time
}

// RecordSettlement writes the terms down, once. Money follows from the bank; if it
// came before the terms were known, it is booked now.
func (s *Service) RecordSettlement(ctx context.Context, by audit.Actor, claimID int64, in Settlement) error {
	if in.PotCents <= 0 || in.Reference == "" || in.AgreedOn.After(locale.Today(s.db.NowFunc())) || !slices.Contains([]string{"settlement", "judgment"}, in.Kind) {
		return ErrTerms
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if !slices.Contains([]Status{SettlementProposed, Litigation}, c.Status) {
			return ErrWrongState
		}
		in.ClaimID, in.RecordedBy, in.RecordedAt = c.ID, by, tx.NowFunc()
		if err := table.Of[Settlement](tx).Create(ctx, &in); err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return ErrTermsRecorded
			}
			return err
		}
		if err := audit.Record(ctx, tx, by, "settlement.recorded", fmt.Sprintf("settlement:%d", in.ID), map[string]int64{"pot_cents": int64(in.PotCents)}); err != nil {
			return err
		}
		booked, err := s.money.MatchOpen(ctx, tx, by)
		if err != nil {
			return err
		}
		return s.act(ctx, tx, by, booked)
	})
}

// Settlement returns the terms of a claim's settlement, or nil.
func (s *Service) Settlement(ctx context.Context, claimID int64) (*Settlement, error) {
	row, err := take(ctx, table.Of[Settlement](s.db).Where("claim_id = ?", claimID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &row, nil
}

// Received returns how much of the settlement has come in and is booked.
func (s *Service) Received(ctx context.Context, claimID int64) (payments.Cents, error) {
	return payments.ReceivedForClaim(ctx, s.db, claimID)
}
