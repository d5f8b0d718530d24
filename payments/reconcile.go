package payments

import (
	"context"
	"time"
)

// LastStatement is where the bank says that the account stands.
type LastStatement struct {
	ID           int64
	Account      string
	ClosedOn     time.Time
	ClosingCents Cents
}

// OpenRun is a run that the bank has not carried out completely.
type OpenRun struct {
	RunID, ClaimID int64
	ReleasedAt     time.Time
	Payouts        int64
	TotalCents     Cents
}

// Reconciliation is the bank beside the books, and what explains the difference.
type Reconciliation struct {
	BankCents        Cents // closing balance of the last statement
	LedgerCents      Cents // what the books say is in the bank
	DifferenceCents  Cents
	OpenLines        []Line
	OpenLinesCents   Cents // sum of all open lines
	OpeningCents     Cents // opening balance of the first statement, if it was never booked
	UnexplainedCents Cents // what nothing here explains: must be zero
	OpenRuns         []OpenRun
	LastStatement    *LastStatement
}

// Reconciliation compares the bank with the books.
func (s *Service) Reconciliation(ctx context.Context) (Reconciliation, error) {
	return Reconciliation{}, errTodo
}
