package claims

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/clamav"
	"samenclaim/internal/files"
	"samenclaim/internal/table"
	"samenclaim/internal/tsa"
	"samenclaim/internal/vault"
	"samenclaim/participants"
	"samenclaim/payments"
)

// Service runs the case.
type Service struct {
	db     *gorm.DB
	vault  *vault.Vault
	files  *files.Store
	people *participants.Service
	money  *payments.Service
	wake   func(drain string)
	counts counter
	totals totals
	near   keeper[NearLimitation]
	docket keeper[Deadline]

	shelves   shelves
	authority Authority // for time stamps; nil: there is none

	certificate *letter.Certificate // that letters are signed with; nil: they are not

	foundation foundationCache
	scanner    *clamav.Client // nil: there is none

	mailBase, mailAddress string // as mails show them
}

// ScanWith has every file scanned for viruses before anybody can open it.
func (s *Service) ScanWith(scanner *clamav.Client) { s.scanner = scanner }

// SignLettersWith has every letter signed when it is sent. It is set once, before the work begins.
func (s *Service) SignLettersWith(c *letter.Certificate) { s.certificate = c }

// LetterCertificate is what letters are signed with; nil: they are not.
func (s *Service) LetterCertificate() *letter.Certificate { return s.certificate }

// New returns the claims of a database. wake is called after a commit that
// left work for a drain; a lost call costs seconds, because drains also run by the clock.
func New(db *gorm.DB, v *vault.Vault, f *files.Store, people *participants.Service, money *payments.Service, wake func(drain string)) *Service {
	return &Service{db: db, vault: v, files: f, people: people, money: money, wake: wake}
}

// transaction runs fn in one transaction.
func (s *Service) transaction(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.db.WithContext(ctx).Transaction(fn)
}

// afterwards runs fn in one transaction and, once it is committed, wakes a drain and the mail.
func (s *Service) afterwards(ctx context.Context, drain string, fn func(tx *gorm.DB) error) error {
	if err := s.transaction(ctx, fn); err != nil {
		return err
	}
	s.wake(drain)
	s.wake("mail")
	return nil
}

// patient gives a large job the time it takes, also while it prints; pages have a few seconds.
func patient(ctx context.Context, tx *gorm.DB) error {
	return tx.WithContext(ctx).Exec(`SELECT set_config('statement_timeout', '10min', true), set_config('idle_in_transaction_session_timeout', '10min', true)`).Error
}

// take returns the one row a query finds, or ErrNotFound.
func take[T any](ctx context.Context, q table.Query[T]) (T, error) {
	row, err := q.Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, ErrNotFound
	}
	return row, err
}

// ignoreNotFound is for what may be missing.
func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Claims lists all claims, newest first.
func (s *Service) Claims(ctx context.Context) ([]Claim, error) {
	return table.Of[Claim](s.db).Order("id DESC").Find(ctx)
}

// Claim finds a claim by its id.
func (s *Service) Claim(ctx context.Context, id int64) (Claim, error) {
	return take(ctx, table.Of[Claim](s.db).Where("id = ?", id))
}

// ClaimBySlug finds a claim by the word in its address.
func (s *Service) ClaimBySlug(ctx context.Context, slug string) (Claim, error) {
	return take(ctx, table.Of[Claim](s.db).Where("slug = ?", slug))
}

// CaseOf finds a participation and its claim, for staff.
func (s *Service) CaseOf(ctx context.Context, participationID int64) (participants.Participation, Claim, error) {
	p, err := participants.Find(ctx, s.db, participationID)
	if err != nil {
		return p, Claim{}, err
	}
	claim, err := s.Claim(ctx, p.ClaimID)
	return p, claim, err
}

// Authority gives time stamps. It is somebody else: never asked in a transaction.
type Authority interface {
	Stamp(ctx context.Context, message []byte) (tsa.Stamp, error)
}
