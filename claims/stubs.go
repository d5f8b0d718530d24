package claims

import (
	"context"
	"errors"
	"io"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
)

var errStub = errors.New("not written yet")

func lintLetter(ctx context.Context, tx *gorm.DB, c Claim, l Letter) ([]letter.Miss, error) {
	return nil, errStub
}

// Letters lists the letters of a claim, in order.
func (s *Service) Letters(ctx context.Context, claimID int64) ([]Letter, error) { return nil, errStub }

// Letter finds one letter of a claim.
func (s *Service) Letter(ctx context.Context, claimID int64, ordinal int) (Letter, error) {
	return Letter{}, errStub
}

// DraftLetter begins the next letter of a claim.
func (s *Service) DraftLetter(ctx context.Context, by audit.Actor, claimID int64, lang string) (Letter, error) {
	return Letter{}, errStub
}

// SaveLetter keeps what the lawyer worded.
func (s *Service) SaveLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int, f LetterFields) error {
	return errStub
}

// PreviewLetter shows the letter as it would be sent now, and what it lacks.
func (s *Service) PreviewLetter(ctx context.Context, claimID int64, ordinal int) (letter.Document, []letter.Miss, error) {
	return letter.Document{}, nil, errStub
}

// PreviewLetterPDF prints the letter as it would be sent now.
func (s *Service) PreviewLetterPDF(ctx context.Context, claimID int64, ordinal int) ([]byte, error) {
	return nil, errStub
}

// ProposeLetter offers a letter for sending.
func (s *Service) ProposeLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return errStub
}

// WithdrawProposal takes a proposed letter back to a draft.
func (s *Service) WithdrawProposal(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return errStub
}

// SendLetter freezes the annex and sends the letter, in one transaction.
func (s *Service) SendLetter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return errStub
}

// LetterFileInfo describes one file of a sent letter.
type LetterFileInfo struct {
	Kind   string // letter_pdf, annex_csv, annex_pdf or annex_named
	Name   string
	Bytes  int64
	SHA256 []byte `gorm:"column:sha256"`
}

// LetterFiles lists the files of a sent letter.
func (s *Service) LetterFiles(ctx context.Context, claimID int64, ordinal int) ([]LetterFileInfo, error) {
	return nil, errStub
}

// LetterFile returns one file of a sent letter; the log keeps who took it.
func (s *Service) LetterFile(ctx context.Context, by audit.Actor, claimID int64, ordinal int, kind string) (name string, bytes []byte, sha256 []byte, err error) {
	return "", nil, nil, errStub
}

// Delivery is how and when a letter arrived, with the proof.
type Delivery struct {
	Channel     string // registered_post, bailiff, email or portal
	Tracking    string
	DeliveredAt time.Time
	ProofType   string // media type, found from the bytes
	Proof       []byte
	ProofSHA256 []byte
	RecordedBy  audit.Actor
	RecordedAt  time.Time
}

// Deliver records that a letter arrived.
func (s *Service) Deliver(ctx context.Context, by audit.Actor, claimID int64, ordinal int, d Delivery) error {
	return errStub
}

// DeliveryOf returns how a letter arrived, without the proof, or nil.
func (s *Service) DeliveryOf(ctx context.Context, claimID int64, ordinal int) (*Delivery, error) {
	return nil, errStub
}

// DeliveryProof opens the proof of a delivery; the log keeps who looked.
func (s *Service) DeliveryProof(ctx context.Context, by audit.Actor, claimID int64, ordinal int) (mediaType string, proof []byte, err error) {
	return "", nil, errStub
}

// Receipt is the proof, for its owner, that a participation is in an annex.
func (s *Service) Receipt(ctx context.Context, p participants.Participation) (jsonBytes []byte, err error) {
	return nil, errStub
}

// NewsItem is news about a claim, in both languages.
type NewsItem struct {
	ID          int64
	ClaimID     int64
	TitleNL     string `gorm:"column:title_nl"`
	TitleEN     string `gorm:"column:title_en"`
	BodyNL      string `gorm:"column:body_nl"`
	BodyEN      string `gorm:"column:body_en"`
	WrittenBy   audit.Actor
	PublishedAt time.Time
	Recipients  int64
	RequestID   string
}

// TableName is the table of the news.
func (NewsItem) TableName() string { return "news" }

// PublishNews publishes news and mails it to everybody who takes part.
func (s *Service) PublishNews(ctx context.Context, by audit.Actor, claimID int64, in NewsItem) (recipients int64, err error) {
	return 0, errStub
}

// News lists the latest news of a claim.
func (s *Service) News(ctx context.Context, claimID int64, limit int) ([]NewsItem, error) {
	return nil, errStub
}

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
