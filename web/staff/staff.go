// Package staff knows who works here, how they log in, and what each role may do.
package staff

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
)

var (
	// ErrNotFound means that there is no such account or invitation.
	ErrNotFound = errors.New("there is no such staff account")
	// ErrExists means that somebody has an account with this address already.
	ErrExists = errors.New("there is a staff account with this address already")
	// ErrRole means that a role does not exist, or that none was given.
	ErrRole = errors.New("this is not a role")
	// ErrName means that a name is empty or cannot be used.
	ErrName = errors.New("this is not a name")
	// ErrEmail means that this is not an e-mail address.
	ErrEmail = errors.New("this is not an e-mail address")
	// ErrSelf means that nobody may close or change their own account.
	ErrSelf = errors.New("somebody else has to do this to your own account")
	// ErrDisabled means that the account was closed.
	ErrDisabled = errors.New("this account is closed")
)

// Role is what somebody is here for; it decides what they may do.
type Role string

// Member is a member of staff who is logged in.
type Member struct {
	ID    int64
	Email string
	Name  string
	Roles []Role
}

// Actor names the member in the log.
func (m Member) Actor() audit.Actor { return audit.Staff(m.ID) }

// Account is a member of staff as the administrator sees it.
type Account struct {
	ID              int64
	Email           string
	Name            string
	Roles           []Role
	Ready           bool       // password and second step are set
	InviteExpiresAt *time.Time // set while an invitation is open
	LastLoginAt     *time.Time
	DisabledAt      *time.Time
	CreatedAt       time.Time
}

// Service keeps the accounts of staff.
type Service struct {
	db      *gorm.DB
	vault   *vault.Vault
	baseURL string
	busy    chan struct{} // how many passwords are checked at once
}

// atOnce bounds the memory that password checks take: 46 MiB each.
const atOnce = 4

// New returns the accounts of a database. Links in invitations begin with baseURL.
func New(db *gorm.DB, v *vault.Vault, baseURL string) *Service {
	return &Service{db: db, vault: v, baseURL: baseURL, busy: make(chan struct{}, atOnce)}
}
