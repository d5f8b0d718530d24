package staff

import (
	"context"
	"encoding/base32"
	"errors"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

var (
	// ErrLogin means that address and password do not fit, or that somebody has
	// to wait after failures. It is the same for accounts that do not exist.
	ErrLogin = errors.New("address and password do not fit")
	// ErrTOTP means that the code of the second step does not fit or was used before.
	ErrTOTP = errors.New("the code does not fit")
	// ErrInvite means that an invitation does not exist, was used, or is too old.
	ErrInvite = errors.New("this invitation does not work any more")
)

// hashing is how passwords are kept: 46 MiB of memory, once through.
var hashing = &argon2id.Params{Memory: 47104, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is compared with when an account does not exist, so that the answer takes as long.
const nobody = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

const aboutTOTP = "staff.totp_secret"

// period is how long one code of the second step lasts.
const period = 30 * time.Second

// CheckPassword is the first step of logging in. It gives the account that may try the second step.
func (s *Service) CheckPassword(ctx context.Context, email, password string) (id int64, err error) {
	r, err := s.find(ctx, s.db, "email = lower(?) AND disabled_at IS NULL AND mfa_at IS NOT NULL", email)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	hash, open := nobody, false
	if r.ID != 0 {
		if open, err = s.tryOnce(ctx, r.ID); err != nil {
			return 0, err
		}
		hash = r.PasswordHash
	}
	fits, err := s.compare(ctx, password, hash)
	if err != nil {
		return 0, err
	}
	if !fits || !open {
		return 0, ErrLogin
	}
	return r.ID, s.forgive(ctx, r.ID)
}

// CheckCode is the second step: a code of this half minute or the ones beside it, each once.
func (s *Service) CheckCode(ctx context.Context, id int64, code string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := s.find(ctx, tx, "id = ? AND disabled_at IS NULL AND mfa_at IS NOT NULL FOR UPDATE", id)
		if err != nil {
			return err
		}
		secret, err := s.vault.Unseal(r.TotpSecret, aboutTOTP)
		if err != nil {
			return err
		}
		step, ok := stepOf(string(secret), code, tx.NowFunc())
		if !ok || step <= r.TotpLastStep {
			return ErrTOTP
		}
		if err := tx.Exec(`UPDATE staff SET totp_last_step = ?, last_login_at = ? WHERE id = ?`, step, tx.NowFunc(), id).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Staff(id), "staff.logged_in", string(audit.Staff(id)), nil)
	})
}

// Secret is what somebody who was invited puts into their app for the second step.
func (s *Service) Secret(token string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.vault.MAC("staff totp", []byte(token))[:20])
}

// Invited tells whose invitation this is, or ErrInvite.
func (s *Service) Invited(ctx context.Context, token string) (Account, error) {
	r, err := s.find(ctx, s.db, "invite_hash = ? AND invite_expires_at > ? AND disabled_at IS NULL", hashed(token), s.db.NowFunc())
	if errors.Is(err, ErrNotFound) {
		err = ErrInvite
	}
	return Account{ID: r.ID, Email: r.Email, Name: r.Name, Roles: rolesOf(r.Roles)}, err
}

// Accept sets password and second step, once: the invitation is used up.
func (s *Service) Accept(ctx context.Context, token, password, code string) error {
	who, err := s.Invited(ctx, token)
	if err != nil {
		return err
	}
	if err := CheckNewPassword(password, who.Name, who.Email); err != nil {
		return err
	}
	step, ok := stepOf(s.Secret(token), code, s.db.NowFunc())
	if !ok {
		return ErrTOTP
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	sealed, err := s.vault.Seal([]byte(s.Secret(token)), aboutTOTP)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now := tx.NowFunc()
		done := tx.Exec(`UPDATE staff SET password_hash = ?, totp_secret = ?, totp_last_step = ?, mfa_at = ?, invite_hash = NULL,
			invite_expires_at = NULL, failures = 0, blocked_until = NULL WHERE invite_hash = ? AND invite_expires_at > ? AND disabled_at IS NULL`,
			hash, sealed, step, now, hashed(token), now)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrInvite
		}
		return audit.Record(ctx, tx, audit.Staff(who.ID), "staff.accepted", string(audit.Staff(who.ID)), nil)
	})
}

// tryOnce takes one turn at guessing, and makes the next one wait: 0, 0, 1, 2, 4 and up to 60 seconds.
func (s *Service) tryOnce(ctx context.Context, id int64) (bool, error) {
	now := s.db.NowFunc()
	done := s.db.WithContext(ctx).Exec(`UPDATE staff SET failures = failures + 1,
		blocked_until = CASE WHEN failures >= 2 THEN ?::timestamptz + least(60, power(2, least(failures, 8) - 2)) * interval '1 second' END
		WHERE id = ? AND (blocked_until IS NULL OR blocked_until <= ?)`, now, id, now)
	return done.RowsAffected == 1, done.Error
}

func (s *Service) forgive(ctx context.Context, id int64) error {
	return s.db.WithContext(ctx).Exec(`UPDATE staff SET failures = 0, blocked_until = NULL WHERE id = ?`, id).Error
}

// stepOf finds the half minute a code belongs to.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	for _, d := range []time.Duration{0, -period, period} {
		at := now.Add(d)
		if want, err := totp.GenerateCode(secret, at); err == nil && want == code {
			return at.Unix() / int64(period/time.Second), true
		}
	}
	return 0, false
}

func (s *Service) compare(ctx context.Context, password, hash string) (bool, error) {
	if err := s.begin(ctx); err != nil {
		return false, err
	}
	defer s.end()
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	defer s.end()
	return argon2id.CreateHash(password, hashing)
}

// begin waits for one of the few places where passwords are checked.
func (s *Service) begin(ctx context.Context) error {
	select {
	case s.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) end() { <-s.busy }
