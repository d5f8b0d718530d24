package claims

import (
	"context"
	"errors"
	"io"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
)

var errStub = errors.New("not written yet")

// Filter is what a page of the register is asked for.
type Filter struct {
	ClaimID   int64
	Status    string // one state, or "" for all
	FeeOption string // flat or percentage
	Evidence  string // yes, no or later (promised, not there yet)
	Late      string // yes or no: signed after the first annex was frozen
	Mark      string // yes or no: has a mark for staff
	Country   string // two letters, or "other" for outside the Netherlands
	Term      string // number, e-mail address, postcode or part of a name
	AfterID   int64  // the page after this row
	BeforeID  int64  // the page before this row
}

// RegisterRow is one line of the register.
type RegisterRow struct {
	ID        int64
	Number    string
	Name      string
	Email     string
	Status    participants.Status
	FeeOption FeeOption
	Country   string
	Evidence  int64 // pieces that were not taken back
	Late      bool
	Mark      string
	SignedAt  time.Time
}

// RegisterPage is one page of the register.
type RegisterPage struct {
	Rows    []RegisterRow
	More    bool // there are rows after these
	Before  bool // there are rows before these
	Total   int64
	TotalAt time.Time // when it was counted, at most a minute ago
	By      string    // how the term was read: number, email, postcode or name
}

// Register returns a page of fifty, newest first.
func (s *Service) Register(ctx context.Context, f Filter) (RegisterPage, error) {
	return RegisterPage{}, errStub
}

// ExportRegister writes every row of a claim as CSV.
func (s *Service) ExportRegister(ctx context.Context, by audit.Actor, claimID int64, w io.Writer) (rows int64, err error) {
	return 0, errStub
}

// SaveSearch keeps a search term under a key, so that no name stands in a URL.
func (s *Service) SaveSearch(ctx context.Context, staffID int64, term string) (key string, err error) {
	return "", errStub
}

// Search returns the term that a member of staff saved under a key.
func (s *Service) Search(ctx context.Context, staffID int64, key string) (term string, err error) {
	return "", errStub
}

// Dossier is everything staff see of one participation.
type Dossier struct {
	Participation participants.Participation
	Person        participants.Participant
	Address       participants.Address
	AccountEmail  string // of the account used, if another
	Masked        Masked
	Late          bool
	Fee           *ChosenFee
	FeesBefore    []ChosenFee
	Signatures    []Signature
	Consents      []participants.Consent
	Evidence      []Evidence
	Letter        *Letter
	Prepayments   []payments.Prepayment
	Refunds       []payments.Refund
	Award         *Award
	Payouts       []payments.Payout
	PayeeEnding   string // last three digits of the account, or ""
	PayeeUsable   time.Time
	Mails         []MailLine
	Events        []audit.Event
}

// Masked are the fields of a person as they are shown before somebody asks for more.
type Masked struct{ Name, Email, Address, AccountEmail string }

// Signature is one signature in a dossier: which texts, and their hashes.
type Signature struct {
	ID               int64
	MandateVersion   string
	AgreementVersion string
	MandateSHA256    []byte `gorm:"column:mandate_sha256"`
	AgreementSHA256  []byte `gorm:"column:agreement_sha256"`
	RecordSHA256     []byte `gorm:"column:record_sha256"`
	SignedAt         time.Time
}

// MailLine is one mail in a dossier.
type MailLine struct {
	Template  string
	Status    string
	CreatedAt time.Time
	SentAt    *time.Time
}

// View opens a dossier and writes in the log who looked, and why.
func (s *Service) View(ctx context.Context, by audit.Actor, claimID int64, number, reason string) (Dossier, error) {
	return Dossier{}, errStub
}

// Look is one time that somebody looked at a dossier.
type Look struct {
	At     time.Time
	Roles  []string
	Reason string
}

// Looks tells a person who looked at their file, newest first.
func (s *Service) Looks(ctx context.Context, participationID int64) ([]Look, error) {
	return nil, errStub
}

// Figures are the numbers of one claim for the dashboard.
type Figures struct {
	ByStatus      map[participants.Status]int64
	ByFee         map[FeeOption]int64
	SignupsPerDay []DayCount // the last ninety days, oldest first
	Prepayments   []payments.StatusCount
	Refunds       []payments.StatusCount
	WithEvidence  int64
	Late          int64 // signed after the first annex and in no annex yet
	Drafts        int64 // sign-ups that were begun and not finished
	MailsWaiting  int64
	MailsUnsure   int64 // nobody knows whether they arrived; a person decides
}

// DayCount is how many there were on one day.
type DayCount struct {
	Day   time.Time
	Count int64
}

// Figures counts for the dashboard.
func (s *Service) Figures(ctx context.Context, claimID int64) (Figures, error) {
	return Figures{}, errStub
}
