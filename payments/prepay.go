package payments

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments/mollie"
)

var errTodo = errors.New("not written yet")

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

// Change is what news from Mollie did to a prepayment.
type Change struct {
	Prepayment
	Was, Now string
	Changed  bool
	Refund   *Refund // made because the fee was paid twice
}

// OpenPrepayment writes down that somebody is going to prepay; asking again gives the one that is under way.
func OpenPrepayment(ctx context.Context, tx *gorm.DB, participationID, claimID int64, amount Cents) (Prepayment, error) {
	return Prepayment{}, errTodo
}

// StartPrepayment opens the payment at Mollie and returns it with the address to pay at.
func (s *Service) StartPrepayment(ctx context.Context, p Prepayment, description, lang, returnURL string) (Prepayment, error) {
	return Prepayment{}, errTodo
}

// AskPrepayment asks Mollie how one of our payments stands; about others nobody is asked.
func (s *Service) AskPrepayment(ctx context.Context, providerID string) (mollie.Payment, error) {
	return mollie.Payment{}, errTodo
}

// ApplyPrepayment books how a payment stands at Mollie, once, in whatever order the news comes.
func ApplyPrepayment(ctx context.Context, tx *gorm.DB, m mollie.Payment) (Change, error) {
	return Change{}, errTodo
}

// UnsurePrepayments gives the payments that Mollie has to be asked about.
func (s *Service) UnsurePrepayments(ctx context.Context, olderThan time.Time, limit int) ([]Prepayment, error) {
	return nil, errTodo
}
