package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gorm.io/gorm"

	"samenclaim/internal/vault"
	"samenclaim/payments/mollie"
	"samenclaim/payments/sanctions"
	"samenclaim/payments/sepa"
)

var (
	// ErrNotFound means there is no such prepayment, refund, run, file, statement or line.
	ErrNotFound = errors.New("this payment does not exist")
	// ErrNotOurs means a payment at the provider was not made by us.
	ErrNotOurs = errors.New("this payment is not ours")
	// ErrWrongState means it has been done already, or cannot be done yet.
	ErrWrongState = errors.New("this cannot be done now: somebody was faster, or it is not its turn yet")
	// ErrSamePerson means that money needs a second pair of eyes.
	ErrSamePerson = errors.New("somebody else has to do this than who prepared it")
	// ErrTotal means the total that was typed is not the total of the run.
	ErrTotal = errors.New("the total that was typed is not the total of this run")
	// ErrTampered means that what is stored is not what was approved.
	ErrTampered = errors.New("what is stored is not what was prepared: nothing was released")
	// ErrAlreadyPaid means the fee was paid before.
	ErrAlreadyPaid = errors.New("this fee is already paid")
	// ErrProviderDown means Mollie gives no clear answer now; trying again later is safe.
	ErrProviderDown = errors.New("the payment provider does not answer now")
	// ErrNoToken means that Mollie's settlements and balance are not open to us: there is no access token.
	ErrNoToken = errors.New("there is no access token for Mollie: its settlements and balance cannot be read")
	// ErrProviderRefused means Mollie answered that it will not do this.
	ErrProviderRefused = errors.New("the payment provider refuses this")
	// ErrPayee means a payout is not what was awarded, or not to the account of the one it was awarded to.
	ErrPayee = errors.New("a payout does not fit its award or its account")
	// ErrPayeeTwice means that somebody would be paid twice.
	ErrPayeeTwice = errors.New("somebody in this run is already being paid")
	// ErrAccountChanged means a payee's account was changed, or must still wait, since the run was prepared.
	ErrAccountChanged = errors.New("the account of a payee was changed after the run was prepared")
	// ErrDayLimit means that a run would bring a day over what may go out on it.
	ErrDayLimit = errors.New("this is more than may go out on one day")
	// ErrNothingToPay means the run would be empty.
	ErrNothingToPay = errors.New("there is nobody to pay now")
	// ErrUntrusted means a bank file contradicts itself or cannot be read; the text behind it says why.
	ErrUntrusted = errors.New("this bank file cannot be trusted")
	// ErrFileSize means a bank file is empty or too large.
	ErrFileSize = errors.New("this bank file is empty or too large")
	// ErrAlreadyBooked means the bank file, or the line, was booked before.
	ErrAlreadyBooked = errors.New("this was booked before")
	// ErrGap means that a statement between the last booked one and this one is missing.
	ErrGap = errors.New("a statement before this one is missing: its opening balance is not the last closing balance")
	// ErrNoMatch means the line cannot be what it was said to be.
	ErrNoMatch = errors.New("this line cannot be that: the amount or the direction differs")
)

// Config is what the money side must be told.
type Config struct {
	BaseURL    string       // where people come back to after paying
	WebhookURL string       // where Mollie tells that something happened; empty when it cannot reach us
	FilePart   int          // how many transfers go into one file for the bank; zero is 10,000
	Format     sepa.Version // of the files for the bank; empty is the edition of today
	Reference  bool         // payees get a structured reference instead of a text
	DayLimit   Cents        // the most that goes out for one day of payment; zero is no limit
	CheckNames bool         // nothing is released before the bank has said whose names fit
}

// Service is the money side: it begins transactions and speaks to Mollie.
type Service struct {
	db     *gorm.DB
	vault  *vault.Vault
	mollie *mollie.Client
	cfg    Config
	listed struct { // the sanctions list that was used last
		sync.Mutex
		id    int64
		index *sanctions.Index
	}
}

// New puts the money side together.
func New(db *gorm.DB, v *vault.Vault, m *mollie.Client, cfg Config) *Service {
	if cfg.FilePart <= 0 {
		cfg.FilePart = 10_000
	}
	return &Service{db: db, vault: v, mollie: m, cfg: cfg}
}

// rowsAtOnce is how many rows go to the database in one statement.
const rowsAtOnce = 20_000

// patient gives a large booking the time it takes; pages have a few seconds.
func patient(ctx context.Context, tx *gorm.DB) error {
	if err := tx.WithContext(ctx).Exec(`SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '64MB'`).Error; err != nil {
		return fmt.Errorf("set the time limit: %w", err)
	}
	return nil
}

// short cuts a text to the longest that is kept.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
