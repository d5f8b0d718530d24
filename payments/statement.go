package payments

import (
	"context"
	"io"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// StatementPreview is what a bank file says, before anything is booked.
type StatementPreview struct {
	Ref        string
	FileName   string
	UploadedBy audit.Actor
	UploadedAt time.Time
	BookedAt   *time.Time
	Statements []PreviewStatement
	Warnings   []string
}

// PreviewStatement is one statement in a bank file.
type PreviewStatement struct {
	BankID, Account, Currency  string
	OpenedOn, ClosedOn         time.Time
	OpeningCents, ClosingCents Cents
	Lines                      int
	Ties                       bool // opening and lines make the closing balance
	Ours                       bool // it is the foundation's own account
	Known                      bool // the very same statement is booked already
	Follows                    bool // it opens with the balance the last one closed with
	Expected                   []ExpectedMatches
	Warnings                   []string
}

// ExpectedMatches is what lines of one kind will be booked as.
type ExpectedMatches struct {
	Kind       string // "payout", "payout_file", "return", "settlement", or "" for lines that stay open
	Lines      int
	TotalCents Cents
}

// Returned is a payout that came back.
type Returned struct {
	PayoutID, ParticipationID, AwardID int64
	Reason                             string // the bank's code, "AC04"
	AmountCents                        Cents  // what came back; may be less than was sent
	SentCents                          Cents
}

// Received is settlement money that came in.
type Received struct {
	SettlementID, ClaimID int64
	AmountCents           Cents
}

// Booked is what a bank file, or a match by hand, changed.
type Booked struct {
	Lines, New, Matched int
	PaidParticipations  []int64
	Returned            []Returned
	Settlements         []Received
	Runs                []int64 // runs of which the bank has now carried out everything
}

// Upload keeps a bank file, sealed, to be looked at; nothing is booked.
func (s *Service) Upload(ctx context.Context, by audit.Actor, fileName string, r io.Reader) (ref string, err error) {
	return "", errTodo
}

// Preview tells what booking the file would do.
func (s *Service) Preview(ctx context.Context, ref string) (StatementPreview, error) {
	return StatementPreview{}, errTodo
}

// Book writes a bank file into the books: statements, lines, matches and journals.
func (s *Service) Book(ctx context.Context, tx *gorm.DB, by audit.Actor, ref string) (Booked, error) {
	return Booked{}, errTodo
}

// Match says by hand what an open line is.
func (s *Service) Match(ctx context.Context, tx *gorm.DB, by audit.Actor, lineID int64, kind string, targetID int64) (Booked, error) {
	return Booked{}, errTodo
}
