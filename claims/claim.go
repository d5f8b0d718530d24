// Package claims runs the case: joining, evidence, the fee option, the life
// cycle, letter and annex, news, settlement and distribution. It calls on
// payments for money and on participants for people; they never call back.
package claims

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"samenclaim/payments"
)

var (
	// ErrNotFound means that there is no such claim, letter, distribution or file.
	ErrNotFound = errors.New("not found")
	// ErrWrongState means that this is not possible (any more) in the state it is in.
	ErrWrongState = errors.New("not possible in this state")
	// ErrSamePerson means that this takes a second person, another than the first.
	ErrSamePerson = errors.New("this takes another person")
	// ErrNobody means that no participation is covered by an annex, so there is nobody to ask or to pay.
	ErrNobody = errors.New("no participation is covered by an annex")
)

// Status is where a claim stands.
type Status string

// The states of a claim.
const (
	Draft              Status = "draft"
	Open               Status = "open"
	LetterReady        Status = "letter_ready"
	LetterSent         Status = "letter_sent"
	LetterDelivered    Status = "letter_delivered"
	Negotiation        Status = "negotiation"
	Litigation         Status = "litigation"
	Stayed             Status = "stayed"
	SettlementProposed Status = "settlement_proposed"
	Settled            Status = "settled"
	Won                Status = "won"
	Lost               Status = "lost"
	Discontinued       Status = "discontinued"
	Distributing       Status = "distributing"
	Refunding          Status = "refunding"
	Closed             Status = "closed"
	Archived           Status = "archived"
)

// Claim is one collective action against one defendant.
type Claim struct {
	ID               int64
	Slug             string
	NameNL           string `gorm:"column:name_nl"`
	NameEN           string `gorm:"column:name_en"`
	DefendantName    string
	DefendantAddress string
	NumberPrefix     string
	Status           Status
	MaxAwardCents    payments.Cents
	FlatFeeCents     payments.Cents
	RateBP           int64  `gorm:"column:rate_bp"`
	CapBP            int64  `gorm:"column:cap_bp"`
	VATBP            int64  `gorm:"column:vat_bp"`
	ClassNL          string `gorm:"column:class_nl"`
	ClassEN          string `gorm:"column:class_en"`
	PeriodFrom       time.Time
	PeriodTo         time.Time
	Service          string          // of the defendant, that the class is about
	Countries        json.RawMessage // where the class lived: two letters each, or EEA
	KnownOn          *time.Time      // from when people could know; nil: of before this was asked
	LimitationOn     time.Time       // the last day of the first term of limitation
	Articles         string
	DemandNL         string `gorm:"column:demand_nl"`
	DemandEN         string `gorm:"column:demand_en"`
	TermDays         int
	Counters         json.RawMessage
	StayedFrom       *Status
	OpenedAt         *time.Time
	LatePolicy       *LatePolicy // nil: not chosen yet
	LatePriceCents   *payments.Cents
	ClosesPlannedAt  *time.Time // the deadline as it was announced
	ClosesAt         *time.Time // the deadline: as announced, and every minute longer that nobody could sign; nil: not announced
	CutoffAt         *time.Time
	EndedAt          *time.Time
	ClosedAt         *time.Time
	CreatedAt        time.Time
}

// inLanguage picks the Dutch or the English of a pair.
func inLanguage(lang, nl, en string) string {
	if lang == "en" {
		return en
	}
	return nl
}

// Name is what the claim is called in a language.
func (c Claim) Name(lang string) string { return inLanguage(lang, c.NameNL, c.NameEN) }

// Class says who can take part, in a language.
func (c Claim) Class(lang string) string { return inLanguage(lang, c.ClassNL, c.ClassEN) }

// Demand says what is asked of the defendant, in a language.
func (c Claim) Demand(lang string) string { return inLanguage(lang, c.DemandNL, c.DemandEN) }

// TakesSignups reports whether people can join: from the opening until the
// case is decided. After the cut-off they join late, for the next annex.
func (c Claim) TakesSignups() bool { return c.Status.takesSignups() }

func (s Status) takesSignups() bool {
	return slices.Contains([]Status{Open, LetterReady, LetterSent, LetterDelivered, Negotiation, Litigation, Stayed}, s)
}

// Free reports whether the first annex is still open: until then joining is certainly in time.
func (c Claim) Free() bool { return c.CutoffAt == nil }
