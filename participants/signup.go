package participants

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// DraftLife is how long an unfinished sign-up is kept.
const DraftLife = 30 * 24 * time.Hour

// Answers are what somebody has filled in so far, page by page.
type Answers struct {
	Used         string          `json:"used,omitempty"`  // yes, no or unsure
	Adult        string          `json:"adult,omitempty"` // yes or no
	Country      string          `json:"country,omitempty"`
	Email        string          `json:"email,omitempty"`
	FirstNames   string          `json:"first_names,omitempty"`
	Infix        string          `json:"infix,omitempty"`
	LastName     string          `json:"last_name,omitempty"`
	Address      Address         `json:"address,omitzero"`
	UsedFrom     string          `json:"used_from,omitempty"` // 2020-03, empty when not known
	UsedTo       string          `json:"used_to,omitempty"`
	UsedFor      string          `json:"used_for,omitempty"` // private, work, school or care
	AccountEmail string          `json:"account_email,omitempty"`
	Evidence     string          `json:"evidence,omitempty"` // now, later or no
	FeeOption    string          `json:"fee_option,omitempty"`
	Ward         Ward            `json:"ward,omitzero"`      // who somebody of age signs up, if not themselves
	Trapped      bool            `json:"trapped,omitempty"`  // a field that nobody sees was filled in
	Takeover     int64           `json:"takeover,omitempty"` // which participation is taken over, if no new one is begun
	Asked        map[string]bool `json:"asked,omitempty"`    // the pages that were answered
}

// Signup is a sign-up that is not finished, or the trace of one that is.
type Signup struct {
	ID              int64
	TokenHash       []byte
	ClaimID         int64
	Lang            string
	Status          string
	KeyWrapped      []byte
	Sealed          []byte `gorm:"column:answers"`
	EmailIndex      []byte
	EmailProvenAt   *time.Time
	ParticipationID *int64
	OutageID        *int64     // that kept somebody from signing
	AdmittedBy      *string    // who let it in
	AdmittedUntil   *time.Time // until then it counts as in time
	Version         int
	CreatedAt       time.Time
	UpdatedAt       time.Time
	ExpiresAt       time.Time
	Answers         Answers    `gorm:"-"`
	Key             *vault.Key `gorm:"-"`
}

// The states of a sign-up. "known" leads to the page of a finished one
// without telling whether it is: the mail does.
const (
	SignupDraft          = "draft"
	SignupEmailPending   = "email_pending"
	SignupMandatePending = "mandate_pending"
	SignupSigned         = "signed"
)

const aboutAnswers = "signups.answers"

// StartSignup opens a draft for a browser and returns the secret for its cookie.
func (s *Service) StartSignup(ctx context.Context, claimID int64, lang string) (token string, su Signup, err error) {
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return "", su, err
	}
	sealed, err := vault.SealJSON(key, Answers{}, aboutAnswers)
	if err != nil {
		return "", su, err
	}
	token, now := rand.Text(), s.db.NowFunc()
	su = Signup{
		TokenHash: hashToken(token), ClaimID: claimID, Lang: lang, Status: SignupDraft, KeyWrapped: wrapped, Sealed: sealed,
		Version: 1, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(DraftLife), Key: key,
	}
	return token, su, table.Of[Signup](s.db).Create(ctx, &su)
}

// Signup returns the draft of a browser.
func (s *Service) Signup(ctx context.Context, claimID int64, token string) (Signup, error) {
	return findSignup(ctx, s.db, s.vault, claimID, token)
}

// LockSignup returns the draft of a browser and keeps other requests off it until the transaction ends.
func LockSignup(ctx context.Context, tx *gorm.DB, v *vault.Vault, claimID int64, token string) (Signup, error) {
	return findSignup(ctx, tx, v, claimID, token, clause.Locking{Strength: "UPDATE"})
}

func findSignup(ctx context.Context, db *gorm.DB, v *vault.Vault, claimID int64, token string, opts ...clause.Expression) (Signup, error) {
	su, err := take(ctx, table.Of[Signup](db, opts...).Where("token_hash = ? AND claim_id = ? AND expires_at > ?", hashToken(token), claimID, db.NowFunc()))
	if err != nil {
		return su, err
	}
	if su.Key, err = v.OpenKey(su.KeyWrapped); err != nil {
		return su, err
	}
	su.Answers, err = vault.UnsealJSON[Answers](su.Key, su.Sealed, aboutAnswers)
	return su, err
}

// Answer changes what a draft says. A signed one stays as it was signed.
func (s *Service) Answer(ctx context.Context, claimID int64, token string, change func(*Answers)) (Signup, error) {
	var su Signup
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) (err error) {
		if su, err = LockSignup(ctx, tx, s.vault, claimID, token); err != nil {
			return err
		}
		if su.Status == SignupSigned {
			return ErrWrongState
		}
		before := su.Answers.Email
		if su.Answers.Asked == nil {
			su.Answers.Asked = map[string]bool{}
		}
		change(&su.Answers)
		if su.Answers.Email != before { // another address has to be proven again, with a code of its own
			su.Status, su.EmailProvenAt, su.EmailIndex = SignupDraft, nil, nil
		}
		return s.keep(ctx, tx, &su)
	})
	return su, err
}

// keep writes a changed draft back, sealed.
func (s *Service) keep(ctx context.Context, tx *gorm.DB, su *Signup) (err error) {
	if su.Sealed, err = vault.SealJSON(su.Key, su.Answers, aboutAnswers); err != nil {
		return err
	}
	su.Version++
	su.UpdatedAt = tx.NowFunc()
	n, err := table.Of[Signup](tx).Where("id = ? AND status <> ?", su.ID, SignupSigned).
		Select("Sealed", "Status", "EmailProvenAt", "EmailIndex", "Version", "UpdatedAt").Updates(ctx, *su)
	if err == nil && n == 0 {
		return ErrWrongState
	}
	return err
}

// WipeSignups removes the drafts that nobody came back to, and the codes nobody can use any more.
// Evidence sent with such a draft is returned by its storage name, to be removed from the store afterwards.
func (s *Service) WipeSignups(ctx context.Context, now time.Time) (files []string, n int64, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		const old = `SELECT id FROM signups WHERE expires_at <= ? AND status <> 'signed' ORDER BY id LIMIT 1000`
		var ids []int64
		if err := tx.Raw(old+" FOR UPDATE SKIP LOCKED", now).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if err := tx.Raw(`DELETE FROM evidence WHERE signup_id IN ? RETURNING coalesce(storage_name, '')`, ids).Scan(&files).Error; err != nil {
			return err
		}
		done := tx.Exec(`DELETE FROM signups WHERE id IN ?`, ids)
		n = done.RowsAffected
		return done.Error
	})
	if err == nil {
		err = s.db.WithContext(ctx).Exec(`DELETE FROM login_codes WHERE expires_at < ?`, now.Add(-24*time.Hour)).Error
	}
	return files, n, err
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// FinishSignup ends a draft with the participation it became. What was filled
// in is wiped: the record of the signature holds it. Evidence that was sent
// moves along, or goes if the person chose in the end to send none; the sweep
// for orphans removes its files.
func FinishSignup(ctx context.Context, tx *gorm.DB, su Signup, participationID int64) error {
	sealed, err := vault.SealJSON(su.Key, Answers{FeeOption: su.Answers.FeeOption, Evidence: su.Answers.Evidence}, aboutAnswers)
	if err != nil {
		return err
	}
	done, err := tx.Statement.ConnPool.ExecContext(ctx, finishSQL, su.ID, sealed, participationID, tx.NowFunc(), su.Answers.Evidence == "now")
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrWrongState, err)
	}
	return nil
}

const finishSQL = `
WITH moved AS (
	UPDATE evidence SET participation_id = $3, signup_id = NULL WHERE signup_id = $1 AND $5
), dropped AS (
	DELETE FROM evidence WHERE signup_id = $1 AND NOT $5
)
UPDATE signups SET answers = $2, status = 'signed', participation_id = $3, updated_at = $4 WHERE id = $1 AND status = 'mandate_pending'`

// ForChild reports whether a guardian fills this in for a child.
func (a Answers) ForChild() bool { return a.Adult == "no" }
