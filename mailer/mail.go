// Package mailer writes mails to an outbox and sends them later, so that a mail
// goes out if, and only if, the change it tells of was committed.
package mailer

import (
	"encoding/json"
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// Policy says what happens to a mail of which nobody knows whether it was handed over.
type Policy string

const (
	// Hold leaves the decision to a person: a second copy would confuse.
	Hold Policy = "hold"
	// Resend hands it over once more under the same Message-ID: a second copy does no harm.
	Resend Policy = "resend"
)

// Mail is one mail to one person.
type Mail struct {
	// Key is made from the fact ("welcome:12"): the same key twice is one mail.
	Key string
	// To is a bare address.
	To string
	// Lang is "nl" or "en".
	Lang string
	// Template names the words, Data what is filled in. Data are values only: they are never read as a template.
	Template string
	Data     map[string]string
	// Policy is Hold if left out.
	Policy Policy
	// ExpiresAt is when it is no longer worth sending; zero is never. What expires goes first.
	ExpiresAt time.Time
	// ParticipantID is whose mail it is; zero is nobody's.
	ParticipantID int64
	// Forget takes the address away as soon as the mail has ended, well or not.
	Forget bool
}

var (
	// ErrUnknownTemplate means that there are no words for a mail, in that language.
	ErrUnknownTemplate = errors.New("there is no such mail")
	// ErrMissingData means that a mail lacks a value that its words need.
	ErrMissingData = errors.New("the mail lacks a value")
	// ErrBadAddress means that an address cannot be written to, or hides more than an address.
	ErrBadAddress = errors.New("the address cannot be written to")
	// ErrBadMail means that a mail is not described well: no key, a language or policy that does not exist, a value with line breaks.
	ErrBadMail = errors.New("the mail is not described well")
)

// row is one mail in the outbox.
type row struct {
	ID            int64
	Key           string
	Recipient     string
	Lang          string
	Template      string
	Data          json.RawMessage
	Policy        Policy
	Status        status
	Attempts      int
	NextTryAt     time.Time
	ExpiresAt     *time.Time
	MessageID     string
	SentAt        *time.Time
	LastError     string
	ParticipantID *int64
	CreatedAt     time.Time
	Forget        bool
	MailingID     *int64
	BouncedAt     *time.Time

	words map[string]string // of its mailing, in its language
}

// TableName is the table of the outbox.
func (row) TableName() string { return "outbox" }

// status is where a mail is on its way.
type status string

const (
	queued  status = "queued"
	sending status = "sending" // handed over right now; next_try_at is when that was too long ago
	sent    status = "sent"
	bounced status = "bounced" // it was handed over and came back
	failed  status = "failed"
	unknown status = "unknown" // nobody knows whether it was handed over; a person decides
	dropped status = "dropped" // it was no longer worth sending
)

// checkAddress accepts one bare address and nothing that could become a header
// line, a second recipient or a command to the mail server.
func checkAddress(to string) error {
	a, err := mail.ParseAddress(to)
	if err != nil || a.Address != to || a.Name != "" || len(to) > 254 || hasControl(to) {
		return ErrBadAddress
	}
	local, domain := to[:strings.LastIndex(to, "@")], to[strings.LastIndex(to, "@")+1:]
	if len(local) > 64 || strings.ContainsAny(to, `"<>()[],;: `) || !strings.Contains(domain, ".") {
		return ErrBadAddress
	}
	return nil
}

// hasControl tells whether a text has line breaks or other signs that are not to be seen.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}
