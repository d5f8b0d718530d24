package payments

import "time"

// Line is one booked movement on a bank statement.
type Line struct {
	ID           int64
	StatementID  int64
	BookedOn     time.Time
	AmountCents  Cents
	EndToEndID   string
	BatchID      string
	Reference    string
	IsReturn     bool
	ReturnReason string
	Counterparty string // who paid or was paid, as the bank names them
	Account      string // of the counterparty
	Remittance   string // what the payer wrote
	Why          string // why it is still open: a word of the table of reasons
}

// The kinds of a match of a bank line.
const (
	matchPayoutFile = "payout_file"
	matchPayout     = "payout"
	matchReturn     = "return"
	matchSettlement = "settlement"
	matchMollie     = "mollie"
	matchCosts      = "costs"
	matchUnknown    = "unknown"
)
