package payments

import (
	"fmt"
	"time"

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
	Participant                         string // who it is for, to compare with the sanctions list as well
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
	Replaces    *int64 // the run of which this is what was left

	SanctionsListID *int64 // that its names were compared with
}

// TableName is the table of payout runs.
func (Run) TableName() string { return "payout_runs" }

// Payout is one transfer to one person.
type Payout struct {
	ID              int64
	RunID           int64
	AwardID         int64
	ParticipationID int64
	PayeeAccountID  int64
	Part            int
	EndToEndID      string
	AmountCents     Cents
	Status          string // planned, sent, booked, returned, rejected, cancelled
	BookedAt        *time.Time
	ReturnedAt      *time.Time
	RejectedAt      *time.Time
	ReturnReason    string // also of a rejection
}

// Rejected is a payout that the bank did not carry out.
type Rejected struct {
	PayoutID, ParticipationID int64
	AmountCents               Cents
	Reason                    string // the bank's code; empty if it gave none
	Whole                     bool   // the bank rejected the whole file: nothing is wrong with this one
}

// RunFileInfo is what may be known of a file without opening it.
type RunFileInfo struct {
	RunID      int64
	Part       int
	MessageID  string
	Count      int64
	TotalCents Cents
	SHA256     []byte `gorm:"column:sha256"`
}

// The states of a run.
const (
	RunPrepared  = "prepared"
	RunApproved  = "approved"
	RunReleased  = "released"
	RunBooked    = "booked"
	RunClosed    = "closed"
	RunCancelled = "cancelled"
)

func (r Run) subject() string { return fmt.Sprintf("payout_run:%d", r.ID) }

// The states of a payout.
const (
	PayoutPlanned   = "planned"
	PayoutSent      = "sent"
	PayoutBooked    = "booked"
	PayoutReturned  = "returned"
	PayoutRejected  = "rejected" // the bank did not carry it out
	PayoutCancelled = "cancelled"
)
