package payments

import "time"

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

// prepaymentMoves is every move a prepayment can make. Money that comes late is
// still money, so "paid" can follow an end that Mollie told of before.
var prepaymentMoves = []struct{ From, To string }{
	{PrepaymentCreated, PrepaymentOpen},
	{PrepaymentOpen, PrepaymentPaid}, {PrepaymentOpen, PrepaymentFailed}, {PrepaymentOpen, PrepaymentCanceled}, {PrepaymentOpen, PrepaymentExpired},
	{PrepaymentFailed, PrepaymentPaid}, {PrepaymentCanceled, PrepaymentPaid}, {PrepaymentExpired, PrepaymentPaid},
	{PrepaymentPaid, PrepaymentChargedBack},
}

func canMove(from, to string) bool {
	for _, m := range prepaymentMoves {
		if m.From == from && m.To == to {
			return true
		}
	}
	return false
}

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

// refundStep tells how far a refund is; it only goes forward, but a bank can
// send back what Mollie called refunded. The end of a refund has no number.
var refundStep = map[string]int{
	RefundRequired: 1, RefundRequested: 2, RefundQueued: 3, RefundPending: 4, RefundProcessing: 5, RefundRefunded: 6,
}

// liveRefund is every state in which money is going back, or went back.
const liveRefund = "status NOT IN ('failed', 'canceled')"
