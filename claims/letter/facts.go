package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Facts is everything a claim letter says that differs from letter to letter.
// Texts are in the language of the letter.
type Facts struct {
	Version    string // of the template; empty is the newest
	Reference  string // our reference
	Sender     Sender
	Capacity   string // in which the foundation writes: foundation of art. 3:305a BW and attorney of the participants
	Addressee  Addressee
	Claim      string // name of the claim
	Class      string // who belongs to the class
	From, To   time.Time
	Events     []Event
	Articles   []string // breached, one a line: "artikel 13 AVG (informatie)"
	Demand     Demand
	TermDays   int    // to answer, from receipt
	ConsultBy  string // who to call for the consultation: name, e-mail address, telephone number
	ConsultIn  int    // days within which the talks can begin
	Prose      Prose
	Annex      AnnexFacts
	Signatory  Signatory
	Place      string
	Date       time.Time
	DeliveryBy string // how it is sent: "Per aangetekende post en per e-mail"
}

// Addressee is the entity the letter is addressed to.
type Addressee struct {
	Name    string
	For     string // to the attention of
	Address []string
}

// Event is one fact with where it comes from.
type Event struct {
	ID        string // F01: what later letters can refer to; may be empty
	Version   int    // of the fact, as it was when the letter was written
	Statement string
	Source    string
	Date      string // as the source has it: a day, or "voorjaar 2020"
	Grade     string // reported, self-declared, verified: in the words of the letter
}

// Demand is what is asked for each participant.
type Demand struct {
	MaxCents int64  // at most, per person
	Form     string // "een vergoeding in geld voor immateriële schade"
}

// Prose is what the claim itself says in each part of the letter. A part left
// empty gets the template's own sentences. Paragraphs are separated by a blank line.
type Prose struct {
	Opening, Capacity, Facts, Breaches, Demand, Term, Consultation, Reservation, Annex, DataRequest, Closing string
}

// AnnexFacts ties the letter to its annex. Count, Root and CutOff are known
// once the annex is frozen; before that the letter can only be a draft.
type AnnexFacts struct {
	Ordinal int // 1 is the claim letter, 2 and on are supplementary letters
	Count   int64
	Root    [32]byte
	CutOff  time.Time
	Verify  string // where and how to check the annex
	Names   string // how to obtain the names
	Mode    Mode   // what of the annex goes with the letter; empty is Pseudonymous
}

// Mode says what of the annex goes with the letter. The root in the letter is the same in all of them.
type Mode string

// The modes. Whatever goes along, a list with names is sealed for the lawyer.
const (
	Pseudonymous Mode = "pseudonymous" // the list of numbers and codes
	Named        Mode = "named"        // that list, and one with names
	RootOnly     Mode = "root_only"    // no list: count and root stand in the letter only
)

// Modes are all modes, in the order in which they are offered.
var Modes = []Mode{Pseudonymous, Named, RootOnly}

// Signatory is who signs for the foundation.
type Signatory struct{ Name, Role string }

// Frozen says whether the annex is known.
func (f Facts) Frozen() bool {
	return f.Annex.Count > 0 && f.Annex.Root != [32]byte{} && !f.Annex.CutOff.IsZero()
}

// Head is what letter, annex and receipts have in common.
func (f Facts) Head() Head {
	return Head{
		Foundation: oneLine(f.Sender.legal()), Defendant: oneLine(f.Addressee.Name), Claim: oneLine(f.Claim),
		Ordinal: f.Annex.Ordinal, Date: f.Date, CutOff: f.Annex.CutOff, Count: f.Annex.Count, Root: f.Annex.Root,
	}
}

// Head names one annex: of which letter, of whom to whom, and what it covers.
type Head struct {
	Foundation, Defendant, Claim string
	Ordinal                      int
	Date                         time.Time // of the letter: a day in the Netherlands
	CutOff                       time.Time // who signed later is not in it; to the second
	Count                        int64
	Root                         [32]byte
}

// Canonical writes the head in one way, a "name=value" a line.
func (h Head) Canonical() string {
	var b strings.Builder
	b.WriteString("samenclaim/letter/1\n")
	for _, f := range [][2]string{
		{"foundation", oneLine(h.Foundation)}, {"defendant", oneLine(h.Defendant)}, {"claim", oneLine(h.Claim)},
		{"ordinal", strconv.Itoa(h.Ordinal)}, {"date", isoDay(h.Date)}, {"cut-off", isoMoment(h.CutOff)},
		{"count", strconv.FormatInt(h.Count, 10)}, {"root", hex.EncodeToString(h.Root[:])},
	} {
		b.WriteString(f[0] + "=" + f[1] + "\n")
	}
	return b.String()
}

// mark is written into the PDF of the letter, so that a receipt and a letter
// that speak of different things can be told apart by a program.
func (h Head) mark() string {
	return fmt.Sprintf("samenclaim-letter-1-%x", sha256.Sum256([]byte(h.Canonical())))
}
