package payments

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Prepayment is the flat fee paid before there is a result; until it settles a fee it is owed to who paid it.
type Prepayment struct {
	ID              int64
	Ref             string
	ParticipationID int64
	ClaimID         int64
	AmountCents     Cents
	Status          string // created, open, paid, failed, canceled, expired, charged_back
	Mismatch        bool   // Mollie tells another amount than we asked
	ProviderID      *string
	IdempotencyKey  string
	CheckoutURL     string
	UsedCents       Cents // what of it settled a fee
	PaidAt          *time.Time
	AskedAt         *time.Time
	CreatedAt       time.Time
}

// The states of a prepayment.
const (
	PrepaymentCreated     = "created"
	PrepaymentOpen        = "open"
	PrepaymentPaid        = "paid"
	PrepaymentFailed      = "failed"
	PrepaymentCanceled    = "canceled"
	PrepaymentExpired     = "expired"
	PrepaymentChargedBack = "charged_back"
)

// Refund is a prepayment that goes back to who paid it.
type Refund struct {
	ID              int64
	Ref             string
	PrepaymentID    int64
	ParticipationID int64 `gorm:"->"` // of the prepayment
	ClaimID         int64 `gorm:"->"` // of the prepayment
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

// The states of a refund.
const (
	RefundRequired   = "required"
	RefundRequested  = "requested"
	RefundQueued     = "queued"
	RefundPending    = "pending"
	RefundProcessing = "processing"
	RefundRefunded   = "refunded"
	RefundFailed     = "failed"
	RefundCanceled   = "canceled"
)

// liveRefund is every state in which money is going back, or went back.
const liveRefund = "status NOT IN ('failed', 'canceled')"

// Change is what news from Mollie did to a prepayment.
type Change struct {
	Prepayment
	Was, Now string
	Changed  bool
	Refund   *Refund // made because the fee was paid twice
}

// WasPaid tells whether the money had been with us before: a bank only gave back what it took.
func (c Change) WasPaid() bool { return c.Was == PrepaymentPaid || c.Was == PrepaymentChargedBack }

// prepaymentGuard is what keeps two pieces of news at once from both being
// booked; a test takes it away, and sees the fee booked twice.
type prepaymentGuard struct {
	lock clause.Expression
	mark func(ctx context.Context, tx *gorm.DB, p, next Prepayment) (int, error)
}
