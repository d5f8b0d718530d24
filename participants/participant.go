// Package participants knows people: how they sign up and log in, what they
// agreed to, and where they can be reached. It knows nothing of a claim's
// course, nor of money.
package participants

import (
	"errors"
	"slices"
	"strings"
	"time"
)

var (
	// ErrNotFound means that there is no such person, participation or draft, or that it belongs to somebody else.
	ErrNotFound = errors.New("not found")
	// ErrWrongState means that this is not possible (any more) in the state it is in.
	ErrWrongState = errors.New("not possible in this state")
	// ErrNumberTaken means that the number made up by chance is that of somebody else: another try gives another one.
	ErrNumberTaken = errors.New("somebody has this number")
	// ErrKnown means that this person takes part in this claim already.
	ErrKnown = errors.New("takes part in this claim already")
)

// What sealed fields are about: the name is part of the seal, so a value never opens in another column.
const (
	aboutAddress = "participants.address"
	aboutUsage   = "participations.usage"
)

// Participant is a person with an account; may take part in several claims.
type Participant struct {
	ID              int64
	Email           string
	EmailKey        string
	FirstNames      string
	Infix           string
	LastName        string
	Lang            string
	EmailVerifiedAt time.Time
	KeyWrapped      []byte
	Address         []byte
	PostcodeIndex   []byte
	PersonIndex     []byte
	Synthetic       bool
	ErasedAt        *time.Time
	CreatedAt       time.Time
}

// Name is the full name as it stands in a letter.
func (p Participant) Name() string {
	return FullName(p.FirstNames, p.Infix, p.LastName)
}

// FullName joins the parts of a name; the infix may be empty.
func FullName(first, infix, last string) string {
	return strings.Join(strings.Fields(first+" "+infix+" "+last), " ")
}

// Address is where a person lives.
type Address struct {
	Postcode    string `json:"postcode"`
	HouseNumber string `json:"house_number"`
	Addition    string `json:"addition,omitempty"`
	Street      string `json:"street"`
	City        string `json:"city"`
	Country     string `json:"country"`
}

// Lines are the address as written on an envelope.
func (a Address) Lines() []string {
	house := strings.Join(strings.Fields(a.Street+" "+a.HouseNumber+" "+a.Addition), " ")
	return []string{house, strings.TrimSpace(a.Postcode + " " + a.City)}
}

// Status is where a participation stands.
type Status string

// The states of a participation. Before it is signed it is a Signup.
const (
	Active       Status = "active"
	Included     Status = "included"
	Entitled     Status = "entitled"
	PayeePending Status = "payee_pending"
	Payable      Status = "payable"
	InRun        Status = "in_run"
	Paid         Status = "paid"
	Withdrawn    Status = "withdrawn"
	OptedOut     Status = "opted_out"
	InEstate     Status = "estate"
	Erased       Status = "erased"
	Unclaimed    Status = "unclaimed"
	ClosedLost   Status = "closed_lost"
)

// live are the states in which somebody still takes part.
var live = []Status{Active, Included, Entitled, PayeePending, Payable, InRun, Paid, InEstate, Unclaimed}

// Live reports whether the person still takes part.
func (s Status) Live() bool { return slices.Contains(live, s) }

// Participation is one participant in one claim.
type Participation struct {
	ID             int64
	Ref            string
	Number         string
	ClaimID        int64
	ParticipantID  int64
	Status         Status
	Country        string
	UsedFor        string
	UsedFrom       *time.Time
	UsedTo         *time.Time
	EvidencePlan   string
	KeyWrapped     []byte
	Usage          []byte
	PersonKey      []byte // who it is about, if another than the holder of the account
	SignedAt       time.Time
	LetterID       *int64
	EndedAt        *time.Time
	ReviewMark     string
	LatePriceCents *int64 // to be paid ahead before a letter covers it, because it was signed late; nil: nothing
	Admitted       bool   // signed late because of an outage: counts as in time
	CreatedAt      time.Time
}

// Text is one version of a text as it was shown to somebody.
type Text struct {
	ID          int64
	Kind        string
	Key         string
	Lang        string
	Version     string
	Title       string
	Body        string
	Source      string
	SourceDate  *time.Time
	SHA256      []byte `gorm:"column:sha256"`
	PublishedAt time.Time
}
