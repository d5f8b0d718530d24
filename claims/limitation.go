package claims

import (
	"cmp"
	"slices"
	"time"

	"samenclaim/internal/locale"
)

const (
	// limitationYears is how long a term of limitation is: of a claim for damages from the day on which
	// somebody knew of both damage and who is liable (art. 3:310(1) BW), and of a new one after an interruption at most (art. 3:319(1) BW).
	limitationYears = 5
	// longStopYears is how long after the event the first term ends anyhow (art. 3:310(1) BW).
	longStopYears = 20
)

// ActKind is what can interrupt limitation.
type ActKind string

// The acts that interrupt limitation.
const (
	ByLetter          ActKind = "letter"          // a demand with a reservation of rights has arrived (art. 3:317(1) BW)
	ByWrit            ActKind = "writ"            // a writ was served (art. 3:316(1) BW)
	ByAcknowledgement ActKind = "acknowledgement" // the defendant acknowledged the claim (art. 3:318 BW)
)

// What else stands among the facts of limitation.
const (
	factKnowledge  = "knowledge"  // the day on which one person knew
	factWithdrawal = "withdrawal" // a fact that was taken back
)

// Act is one act that interrupts limitation, with proof.
type Act struct {
	Kind    ActKind
	On      time.Time // a day
	Ordinal int       // of the letter
}

// Preserved tells until when a claim is preserved.
type Preserved struct {
	Known time.Time // the day of knowledge from which the first term runs; zero when it is not recorded
	Until time.Time // the last day
	By    *Act      // what moved it there; nil: the first term runs
}

// Lapsed reports whether the last day has gone by.
func (p Preserved) Lapsed(now time.Time) bool { return p.DaysLeft(now) < 0 }

// DaysLeft is how many days there are until the last one; below zero it has gone by.
func (p Preserved) DaysLeft(now time.Time) int { return locale.DaysUntil(p.Until, now) }

// Runs is the rule of limitation: the first term ends on its last day, and each act that comes no
// later than the end of the term that runs begins a new one on the next day, of five years (art. 3:319(1)
// BW). A new term never ends before the old one would have, and what has lapsed no act brings back.
// Terms in years are not lengthened by a Sunday (art. 4 Algemene termijnenwet). A writ counts as any other act: that
// limitation stands still during the case (art. 3:316(2), 3:324 BW) is left out, so that a date is rather too early.
func Runs(lastDay time.Time, acts []Act) Preserved {
	p := Preserved{Until: lastDay}
	acts = slices.Clone(acts)
	slices.SortStableFunc(acts, func(a, b Act) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Kind, b.Kind)) })
	for _, a := range acts {
		if until := years(a.On, limitationYears); !a.On.After(p.Until) && until.After(p.Until) {
			p.Until, p.By = until, &a
		}
	}
	return p
}

// FirstTerm is the last day of the first term: five years from the day of
// knowledge, and never more than twenty from the event.
func FirstTerm(known, event time.Time) time.Time {
	five, twenty := years(known, limitationYears), years(event, longStopYears)
	if twenty.Before(five) {
		return twenty
	}
	return five
}

// years is the last day of a term of n years that begins on the day after a day.
func years(day time.Time, n int) time.Time { return day.AddDate(0, 0, 1).AddDate(n, 0, -1) }
