package participants

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// CodeLife is how old a code may be, also one that confirms something that matters.
const CodeLife = 10 * time.Minute

const codeTries = 5

var (
	// ErrCodeWrong means that the six digits are not the ones in the mail; a CodeError says how many tries are left.
	ErrCodeWrong = errors.New("wrong code")
	// ErrCodeExpired means that the code was not typed within ten minutes, or was used already.
	ErrCodeExpired = errors.New("the code has expired")
	// ErrCodeTries means that the code is void because it was guessed at too often.
	ErrCodeTries = errors.New("too many tries")
)

// CodeError is a wrong code, with the number of tries that are left.
type CodeError struct{ Left int }

func (e *CodeError) Error() string { return ErrCodeWrong.Error() }

// Is makes a CodeError an ErrCodeWrong.
func (e *CodeError) Is(target error) bool { return target == ErrCodeWrong }

// loginCode is a mailed code, bound to the browser that asked for it.
type loginCode struct {
	ID            int64
	Purpose       string
	EmailIndex    []byte
	ParticipantID *int64
	ClaimID       *int64 // of a sign-up
	BrowserHash   []byte
	LinkHash      []byte // of the link in the same mail
	CodeMAC       []byte `gorm:"column:code_mac"`
	Tries         int
	CreatedAt     time.Time
	ExpiresAt     time.Time
	UsedAt        *time.Time
}

func (loginCode) TableName() string { return "login_codes" }

// nobody stands where a code has nobody to go to: its mail expires at once and is dropped.
const nobody = "niemand@niemand.invalid"

// sendCode makes a code and puts it in the outbox. Without an address to send
// it to the same rows are made, so that the time it takes does not tell who is known.
func (s *Service) sendCode(ctx context.Context, tx *gorm.DB, c loginCode, mail mailer.Mail) error {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return err
	}
	code, link, now := fmt.Sprintf("%06d", n), rand.Text(), tx.NowFunc()
	c.CreatedAt, c.ExpiresAt = now, now.Add(CodeLife)
	c.CodeMAC, c.LinkHash = s.codeMAC(c.BrowserHash, code), hashToken(link)
	if err := table.Of[loginCode](tx).Create(ctx, &c); err != nil {
		return err
	}
	mail.Key = fmt.Sprintf("code:%d", c.ID)
	switch mail.Template {
	case "code":
		mail.Policy, mail.ExpiresAt, mail.Data = mailer.Resend, c.ExpiresAt, map[string]string{"Code": code, "Token": link}
	case "confirm", "email_code", "report_code":
		mail.Policy, mail.ExpiresAt, mail.Data = mailer.Resend, c.ExpiresAt, map[string]string{"Code": code}
	}
	if mail.To == "" {
		mail.To, mail.ExpiresAt = nobody, now
	}
	return mailer.Enqueue(ctx, tx, mail)
}

// tryCode spends one try on the newest code of a browser. The try counts
// even if what comes after it fails, so it is not part of a transaction.
func (s *Service) tryCode(ctx context.Context, purpose string, browser []byte, code string) (loginCode, error) {
	var c loginCode
	now := s.db.NowFunc()
	err := s.db.WithContext(ctx).Raw(`UPDATE login_codes SET tries = tries + 1
		WHERE id = (SELECT id FROM login_codes WHERE browser_hash = ? AND purpose = ? ORDER BY id DESC LIMIT 1)
		  AND used_at IS NULL AND tries < ? AND expires_at > ?
		RETURNING *`, browser, purpose, codeTries, now).Scan(&c).Error
	if err != nil {
		return c, err
	}
	if c.ID == 0 {
		return c, s.whyNoCode(ctx, purpose, browser)
	}
	if subtle.ConstantTimeCompare(c.CodeMAC, s.codeMAC(browser, code)) != 1 {
		if c.Tries >= codeTries {
			return c, ErrCodeTries
		}
		return c, &CodeError{Left: codeTries - c.Tries}
	}
	return c, nil
}

// spend marks a code used; whoever comes second finds it used.
func spend(ctx context.Context, tx *gorm.DB, c loginCode) error {
	now := tx.NowFunc()
	n, err := table.Of[loginCode](tx).Where("id = ? AND used_at IS NULL AND expires_at >= ?", c.ID, now).Updates(ctx, loginCode{UsedAt: &now})
	if err == nil && n == 0 {
		return ErrCodeExpired
	}
	return err
}

func (s *Service) whyNoCode(ctx context.Context, purpose string, browser []byte) error {
	c, err := take(ctx, table.Of[loginCode](s.db).Where("browser_hash = ? AND purpose = ?", browser, purpose).Order("id DESC"))
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrCodeExpired
	case err != nil:
		return err
	case c.UsedAt == nil && c.Tries >= codeTries && c.ExpiresAt.After(s.db.NowFunc()):
		return ErrCodeTries
	}
	return ErrCodeExpired
}

func (s *Service) codeMAC(browser []byte, code string) []byte {
	return s.vault.MAC("code", append(append([]byte{}, browser...), code...))
}
