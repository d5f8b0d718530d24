package payments

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/mollie"
)

// Refund is a prepayment that goes back to who paid it.
type Refund struct {
	ID              int64
	Ref             string
	PrepaymentID    int64
	ParticipationID int64 `gorm:"->"` // of the prepayment
	ClaimID         int64 `gorm:"->"`
	AmountCents     Cents
	Reason          string // lost, discontinued, withdrawn, switched, surplus, paid_twice, late
	Status          string // required, requested, queued, pending, processing, refunded, failed, canceled
	ProviderID      *string
	IdempotencyKey  string
	Attempts        int
	NextTryAt       time.Time
	LastError       string
	RefundedAt      *time.Time
	CreatedAt       time.Time
}

// RequireRefund writes down that money has to go back; the bool tells whether that is new.
func RequireRefund(ctx context.Context, tx *gorm.DB, prepaymentID int64, amount Cents, reason string) (Refund, bool, error) {
	return Refund{}, false, errTodo
}

// RequireRefunds writes down that every paid prepayment of a claim has to go back.
func RequireRefunds(ctx context.Context, tx *gorm.DB, claimID int64, reason string) (int64, error) {
	return 0, errTodo
}

// DueRefunds gives the refunds that are to be sent, or asked about, now.
func (s *Service) DueRefunds(ctx context.Context, limit int) ([]Refund, error) {
	return nil, errTodo
}

// AskRefund sends a refund to Mollie or asks how it stands; ok is false when there is nothing to apply.
func (s *Service) AskRefund(ctx context.Context, r Refund) (answer mollie.Refund, ok bool, err error) {
	return mollie.Refund{}, false, errTodo
}

// ApplyRefund books how a refund stands at Mollie; the bool tells whether that changed anything.
func ApplyRefund(ctx context.Context, tx *gorm.DB, refundID int64, m mollie.Refund) (Refund, bool, error) {
	return Refund{}, false, errTodo
}

// DrainRefunds sends what has to go back and asks about what is under way.
func (s *Service) DrainRefunds(ctx context.Context) (changed []Refund, more bool, err error) {
	return nil, false, errTodo
}
