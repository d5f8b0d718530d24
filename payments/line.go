package payments

import (
	"fmt"
	"time"

	"samenclaim/internal/vault"
)

// Line is one booked movement on a bank statement.
type Line struct {
	ID           int64
	StatementID  int64
	Ordinal      int
	BookedOn     time.Time
	AmountCents  Cents // what came in is positive
	EndToEndID   string
	BatchID      string
	Reference    string // the bank's own
	IsReturn     bool
	ReturnReason string
	Details      []byte     // the three below, sealed
	MatchedAt    *time.Time // empty while it is open
	Counterparty string     `gorm:"-"` // who paid or was paid, as the bank names them
	Account      string     `gorm:"-"` // of the counterparty
	Remittance   string     `gorm:"-"` // what the payer wrote
	Why          string     `gorm:"-"` // why it is still open: one of the words below
}

// TableName is the table of the lines of bank statements.
func (Line) TableName() string { return "statement_lines" }

// lineDetails is what only staff may read of a line.
type lineDetails struct{ Counterparty, Account, Remittance string }

// seal hides who paid or was paid; the same place opens it again.
func (l *Line) seal(v *vault.Vault) (err error) {
	l.Details, err = vault.SealJSON(v, lineDetails{l.Counterparty, l.Account, l.Remittance}, l.place())
	return err
}

func (l *Line) unseal(v *vault.Vault) error {
	if l.Details == nil {
		return nil
	}
	d, err := vault.UnsealJSON[lineDetails](v, l.Details, l.place())
	l.Counterparty, l.Account, l.Remittance = d.Counterparty, d.Account, d.Remittance
	return err
}

func (l *Line) place() string { return fmt.Sprintf("statement_line:%d:%d", l.StatementID, l.Ordinal) }

// Why a line stays open.
const (
	WhyUnknown       = "unknown"        // nothing of ours fits it
	WhyAmount        = "amount"         // our key, another amount
	WhyBookedBefore  = "booked_before"  // the payout or file was on a statement already
	WhyNotSent       = "not_sent"       // the payout was never released
	WhyFilePartly    = "file_partly"    // of the file, some payouts are booked one by one
	WhyNotBooked     = "not_booked"     // it came back, but it was not seen going out
	WhyReturnedTwice = "returned_twice" // it came back before
	WhySeveral       = "several"        // more than one thing of ours fits it
	WhyNotFetched    = "not_fetched"    // it names a transfer of Mollie that we have not read yet
	WhyFits          = "fits_now"       // it fits by now: look at the open lines again
)

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
