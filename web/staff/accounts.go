package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// inviteLife is how long an invitation works.
const inviteLife = 72 * time.Hour

// Invitation is what a new member of staff gets by mail.
type Invitation struct {
	StaffID int64
	Token   string
	Link    string
	Until   time.Time
}

// row is an account as it is stored.
type row struct {
	ID              int64
	Email           string
	Name            string
	Roles           string // with commas
	PasswordHash    string
	TotpSecret      []byte
	TotpLastStep    int64
	MfaAt           *time.Time
	InviteExpiresAt *time.Time
	BlockedUntil    *time.Time
	LastLoginAt     *time.Time
	DisabledAt      *time.Time
	CreatedAt       time.Time
}

const columns = `id, email, name, array_to_string(roles, ',') AS roles, password_hash, totp_secret, totp_last_step, mfa_at,
	invite_expires_at, blocked_until, last_login_at, disabled_at, created_at`

// Member returns who is logged in; a closed account is nobody.
func (s *Service) Member(ctx context.Context, id int64) (Member, error) {
	r, err := s.find(ctx, s.db, "id = ?", id)
	if err == nil && r.DisabledAt != nil {
		err = ErrDisabled
	}
	return Member{ID: r.ID, Email: r.Email, Name: r.Name, Roles: rolesOf(r.Roles)}, err
}

// List returns all accounts, open ones first.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	var rows []row
	err := s.db.WithContext(ctx).Raw(`SELECT ` + columns + ` FROM staff ORDER BY disabled_at IS NOT NULL, name, id`).Scan(&rows).Error
	accounts := make([]Account, len(rows))
	for i, r := range rows {
		accounts[i] = Account{
			ID: r.ID, Email: r.Email, Name: r.Name, Roles: rolesOf(r.Roles), Ready: r.MfaAt != nil,
			InviteExpiresAt: r.InviteExpiresAt, LastLoginAt: r.LastLoginAt, DisabledAt: r.DisabledAt, CreatedAt: r.CreatedAt,
		}
	}
	return accounts, err
}

// Add opens an account and mails an invitation to it. lang is the language of the mail.
func (s *Service) Add(ctx context.Context, by audit.Actor, email, name, lang string, roles []Role) (Invitation, error) {
	var inv Invitation
	address, err := participants.ParseEmail(email)
	if err != nil {
		return inv, ErrEmail
	}
	if name, err = participants.CleanName(name); err != nil {
		return inv, fmt.Errorf("%w: %w", ErrName, err)
	}
	if err := checkRoles(roles); err != nil {
		return inv, err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var id int64
		err := tx.Raw(`INSERT INTO staff (email, name, roles, created_at) VALUES (?, ?, string_to_array(?, ','), ?)
			ON CONFLICT (email) DO NOTHING RETURNING id`, address.Key, name, joined(roles), tx.NowFunc()).Scan(&id).Error
		if err != nil {
			return err
		}
		if id == 0 {
			return ErrExists
		}
		if inv, err = s.invite(ctx, tx, id, address.Key, name, lang); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "staff.added", string(audit.Staff(id)), map[string]any{"roles": roles})
	})
	return inv, err
}

// Invite sends a new invitation, for somebody whose link expired or who lost
// their phone: password and second step have to be set again, and all log-ins end.
func (s *Service) Invite(ctx context.Context, by audit.Actor, id int64, lang string) (Invitation, error) {
	var inv Invitation
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := s.find(ctx, tx, "id = ? FOR UPDATE", id)
		switch {
		case err != nil:
			return err
		case r.DisabledAt != nil:
			return ErrDisabled
		case by == audit.Staff(id):
			return ErrSelf
		}
		if err := tx.Exec(`UPDATE staff SET password_hash = '', totp_secret = NULL, mfa_at = NULL WHERE id = ?`, id).Error; err != nil {
			return err
		}
		if err := endLogins(tx, id); err != nil {
			return err
		}
		if inv, err = s.invite(ctx, tx, id, r.Email, r.Name, lang); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "staff.invited", string(audit.Staff(id)), nil)
	})
	return inv, err
}

// Disable closes an account and ends its log-ins at once. Its name stays where it acted.
func (s *Service) Disable(ctx context.Context, by audit.Actor, id int64) error {
	if by == audit.Staff(id) {
		return ErrSelf
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		done := tx.Exec(`UPDATE staff SET disabled_at = ?, invite_hash = NULL, invite_expires_at = NULL WHERE id = ? AND disabled_at IS NULL`, tx.NowFunc(), id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			_, err := s.find(ctx, tx, "id = ?", id)
			return err // closed before: twice is once
		}
		if err := endLogins(tx, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "staff.disabled", string(audit.Staff(id)), nil)
	})
}

// ByEmail finds an account by its address.
func (s *Service) ByEmail(ctx context.Context, email string) (Account, error) {
	accounts, err := s.List(ctx)
	if err != nil {
		return Account{}, err
	}
	i := slices.IndexFunc(accounts, func(a Account) bool { return strings.EqualFold(a.Email, strings.TrimSpace(email)) })
	if i < 0 {
		return Account{}, ErrNotFound
	}
	return accounts[i], nil
}

func (s *Service) invite(ctx context.Context, tx *gorm.DB, id int64, email, name, lang string) (Invitation, error) {
	token, until := rand.Text(), tx.NowFunc().Add(inviteLife)
	inv := Invitation{StaffID: id, Token: token, Link: s.baseURL + "/" + lang + "/beheer/uitnodiging/" + token, Until: until}
	if err := tx.WithContext(ctx).Exec(`UPDATE staff SET invite_hash = ?, invite_expires_at = ? WHERE id = ?`, hashed(token), until, id).Error; err != nil {
		return inv, err
	}
	return inv, mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("staff_invite:%d:%x", id, hashed(token)[:6]), To: email, Lang: lang, Template: "staff_invite", ExpiresAt: until,
		Data: map[string]string{"Name": name, "Link": inv.Link, "Until": locale.Moment(until, lang)},
	})
}

func (s *Service) find(ctx context.Context, db *gorm.DB, where string, args ...any) (row, error) {
	var r row
	err := db.WithContext(ctx).Raw(`SELECT `+columns+` FROM staff WHERE `+where, args...).Scan(&r).Error
	if err == nil && r.ID == 0 {
		err = ErrNotFound
	}
	return r, err
}

func endLogins(tx *gorm.DB, id int64) error {
	return tx.Exec(`UPDATE logins SET ended_at = ? WHERE staff_id = ? AND ended_at IS NULL`, tx.NowFunc(), id).Error
}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return errors.Join(ErrRole, errors.New("no role was given"))
	}
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return fmt.Errorf("%w: choose from %s", ErrRole, joined(Roles))
		}
	}
	return nil
}

func rolesOf(s string) (roles []Role) {
	for name := range strings.SplitSeq(s, ",") {
		if name != "" {
			roles = append(roles, Role(name))
		}
	}
	return roles
}

func joined(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ",")
}

func hashed(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
