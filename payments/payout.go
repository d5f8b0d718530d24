package payments

import (
	"context"
	"iter"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// Debtor is the account that payouts are made from.
type Debtor struct{ Name, IBAN, BIC string }

// Payee is one person in a run that is being prepared.
type Payee struct {
	AwardID, ParticipationID, AccountID int64
	Number                              string
	AmountCents                         Cents
	FeeCents                            Cents
	Name                                string
	IBAN                                string
}

// Run is a set of payouts that go to the bank together.
type Run struct {
	ID          int64
	ClaimID     int64
	Status      string // prepared, approved, released, booked, closed, cancelled
	ItemCount   int64
	TotalCents  Cents
	ItemsSHA256 []byte `gorm:"column:items_sha256"`
	ExecuteOn   time.Time
	PreparedBy  audit.Actor
	PreparedAt  time.Time
	ApprovedBy  *audit.Actor
	ApprovedAt  *time.Time
	ReleasedBy  *audit.Actor
	ReleasedAt  *time.Time
	BookedAt    *time.Time
	ClosedAt    *time.Time
	CancelledBy *audit.Actor
}

// TableName is the table of payout runs.
func (Run) TableName() string { return "payout_runs" }

// Prepare writes down a run, its payouts and the files for the bank; no money moves yet.
func (s *Service) Prepare(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, debtor Debtor, execute time.Time, payees iter.Seq2[Payee, error]) (Run, error) {
	return Run{}, errTodo
}
