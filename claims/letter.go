package claims

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments"
)

// ErrNoSignOff means that a letter with the root only waits for a second lawyer.
var ErrNoSignOff = errors.New("a letter without its annex needs the sign-off of a second lawyer first")

// ErrLint means that the letter lacks something it must say; a LintError tells what.
var ErrLint = errors.New("the letter lacks a clause")

// LintError tells what a letter lacks.
type LintError struct{ Misses []letter.Miss }

func (e *LintError) Error() string {
	text := ErrLint.Error()
	for _, m := range e.Misses {
		text += " " + m.Clause
	}
	return text
}

// Unwrap makes it an ErrLint.
func (e *LintError) Unwrap() error { return ErrLint }

// The states of a letter.
const (
	LetterDrafted  = "draft"
	LetterProposed = "proposed"
	LetterWasSent  = "sent"
	LetterArrived  = "delivered"
)

// Letter is a claim letter: the first, or a supplementary one for who came later.
type Letter struct {
	ID          int64
	ClaimID     int64
	Ordinal     int // 1 is the claim letter
	Lang        string
	Status      string
	Fields      LetterFields `gorm:"serializer:json"`
	DraftedBy   audit.Actor
	ProposedBy  *audit.Actor
	ProposedAt  *time.Time
	SignOff     `gorm:"embedded"`
	ApprovedBy  *audit.Actor // the first of the board
	ApprovedAt  *time.Time
	SentBy      *audit.Actor // the second of the board
	SentAt      *time.Time   // also the cut-off of its annex
	Count       *int64       // of participations in the annex
	Root        []byte
	DeliveredAt *time.Time
	CreatedAt   time.Time
}

// SignOff is a lawyer, other than who proposed the letter, agreeing in words that only the root goes out.
type SignOff struct {
	SignedOffBy    *audit.Actor
	SignedOffName  string // as it was then
	SignedOffWords string
	SignedOffAt    *time.Time
}

// Open reports whether the letter can still be changed.
func (l Letter) Open() bool { return l.Status == LetterDrafted || l.Status == LetterProposed }

// LetterFields is what a lawyer can word in a letter; the foundation, the date
// and the annex come of themselves. Addresses and articles have one line each.
type LetterFields struct {
	Reference        string
	AddresseeName    string
	AddresseeFor     string
	AddresseeAddress string
	Capacity         string
	Class            string
	PeriodFrom       time.Time
	PeriodTo         time.Time
	Events           []letter.Event
	Articles         string
	DemandCents      payments.Cents
	DemandForm       string
	TermDays         int
	ConsultBy        string
	ConsultIn        int
	Prose            letter.Prose
	Verify           string
	Names            string
	Mode             letter.Mode // what of the annex goes with the letter; it rests once the letter is proposed
	SignatoryName    string
	SignatoryRole    string
	Place            string
	DeliveryBy       string

	// What the letter says of others is kept with it once it is sent, so that
	// letter, annex and receipts stay the same when those change.
	Claim    string        // name of the claim
	Sender   letter.Sender // the foundation as it stood on the paper
	Template string        // version of the template it was made from
	SignedBy string        // whom the certificate speaks of that the PDF is signed with; empty: it isn't signed
}

// letters asks for letters without their trees, which can be large.
func letters(db *gorm.DB) table.Query[Letter] {
	return table.Of[Letter](db.Session(&gorm.Session{QueryFields: true}))
}

// openLetter returns the letter of a claim that is being worked on, or ErrNotFound.
func openLetter(ctx context.Context, tx *gorm.DB, claimID int64) (Letter, error) {
	return take(ctx, letters(tx).Where("claim_id = ? AND status IN ('draft', 'proposed')", claimID))
}
