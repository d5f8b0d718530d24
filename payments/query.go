package payments

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/ledger"
)

// PrepaymentsOf gives the prepayments of one participation, newest first.
func PrepaymentsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Prepayment, error) {
	return nil, errTodo
}

// PrepaymentByRef gives the prepayment that a return address names.
func PrepaymentByRef(ctx context.Context, db *gorm.DB, ref string) (Prepayment, error) {
	return Prepayment{}, errTodo
}

// PaidPrepayments gives, for each participation of a claim, what is prepaid and neither used nor going back.
func PaidPrepayments(ctx context.Context, db *gorm.DB, claimID int64) (map[int64]Cents, error) {
	return nil, errTodo
}

// StatusCount is how many stand in one state, and for how much.
type StatusCount struct {
	Status     string
	Count      int64
	TotalCents Cents
}

// Refunds counts the refunds of a claim by state.
func Refunds(ctx context.Context, db *gorm.DB, claimID int64) ([]StatusCount, error) {
	return nil, errTodo
}

// RefundsOf gives the refunds of one participation, newest first.
func RefundsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Refund, error) {
	return nil, errTodo
}

// Runs gives the payout runs of a claim, newest first.
func Runs(ctx context.Context, db *gorm.DB, claimID int64) ([]Run, error) {
	return nil, errTodo
}

// RunByID gives one payout run.
func RunByID(ctx context.Context, db *gorm.DB, id int64) (Run, error) {
	return Run{}, errTodo
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

// RunFiles gives the files of a run.
func RunFiles(ctx context.Context, db *gorm.DB, runID int64) ([]RunFileInfo, error) {
	return nil, errTodo
}

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
	Status          string // planned, sent, booked, returned, cancelled
	BookedAt        *time.Time
	ReturnedAt      *time.Time
	ReturnReason    string
}

// PayoutsOf gives the payouts of one participation, newest first.
func PayoutsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Payout, error) {
	return nil, errTodo
}

// ReceivedForClaim is the settlement money that came in and was booked.
func ReceivedForClaim(ctx context.Context, db *gorm.DB, claimID int64) (Cents, error) {
	return 0, errTodo
}

// Import is a bank file that was uploaded.
type Import struct {
	ID         int64
	Ref        string
	FileName   string
	UploadedBy string
	UploadedAt time.Time
	BookedBy   *string
	BookedAt   *time.Time
	DroppedAt  *time.Time
}

// Imports gives the last bank files that were uploaded, newest first.
func Imports(ctx context.Context, db *gorm.DB, limit int) ([]Import, error) {
	return nil, errTodo
}

// Balance is one line of the trial balance.
type Balance = ledger.Balance

// TrialBalance gives every account with its turnover up to and including a day; the zero day is all of it.
func (s *Service) TrialBalance(ctx context.Context, until time.Time) ([]Balance, error) {
	return nil, errTodo
}

// BookedLine is one account in a journal, the lines about single participations added up.
type BookedLine struct {
	JournalID   int64
	Account     string
	NameNL      string
	NameEN      string
	AmountCents Cents // debit is positive
	Count       int64 // how many lines were added up
}

// BookedJournal is one event in the books.
type BookedJournal struct {
	ID                       int64
	Key, Event, Source, Text string
	BookedOn                 time.Time
	CreatedAt                time.Time
	Lines                    []BookedLine `gorm:"-"`
}

// Journals gives a page of journals, newest first: those with a number below before (zero is the newest).
func (s *Service) Journals(ctx context.Context, before int64, limit int) ([]BookedJournal, error) {
	return nil, errTodo
}
