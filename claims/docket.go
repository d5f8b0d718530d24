package claims

import (
	"slices"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
)

// Step is something that happens in a collective action before the court.
type Step string

// The steps of a collective action, in their order.
const (
	Served       Step = "served"         // the writ was served
	Registered   Step = "registered"     // it stands in the central register
	Prolonged    Step = "prolonged"      // the court gave others longer to join
	Exclusive    Step = "exclusive"      // the court chose who represents all
	OptOut       Step = "opt_out"        // people in the Netherlands may step out until a day
	OptIn        Step = "opt_in"         // people abroad may step in until a day
	SecondOptOut Step = "second_opt_out" // a settlement was approved, and people may step out of it until a day
)

// DocketSteps are all steps, in their order.
var DocketSteps = []Step{Served, Registered, Prolonged, Exclusive, OptOut, OptIn, SecondOptOut}

// Entry is one step with its document, as somebody recorded it.
type Entry struct {
	ID             int64
	ClaimID        int64
	Step           Step
	OnDay          time.Time
	Until          *time.Time // the last day that the court set
	Organisation   string     // who represents all exclusively
	Note           string
	Document       []byte
	DocumentType   string
	DocumentSHA256 []byte `gorm:"column:document_sha256"`
	RecordedBy     audit.Actor
	RecordedAt     time.Time
	RequestID      string // marks a form: sent twice it is one entry
}

// TableName is where the entries stand.
func (Entry) TableName() string { return "docket_entries" }

// docketTerm is a day that follows from a step.
type docketTerm struct {
	Key          string
	From         Step
	Days, Months int    // from that step; neither: until the day that the court set
	Done         Step   // the step that does it; "": the day goes by itself
	Law          string // where it stands
	Warn         int    // how many days before staff are reminded
}

// docketTerms is every day that follows from a step, with its source. There are no others. Days are
// counted as they come: that a weekend or a holiday may lengthen a term (Algemene termijnenwet) is not
// relied on. Source: the Code of Civil Procedure, title 14A, as far as product.md could verify it.
var docketTerms = []docketTerm{
	{"register", Served, 2, 0, Registered, "art. 1018c lid 2 Rv", 2},
	{"ask_longer", Registered, 0, 1, "", "art. 1018d lid 2 Rv", 7},
	{"others", Registered, 0, 3, "", "art. 1018d lid 1 Rv", 14},
	{"others_longer", Prolonged, 0, 0, "", "art. 1018d lid 2 Rv", 14},
	{"opt_out", OptOut, 0, 0, "", "art. 1018f lid 1 Rv", 14},
	{"opt_in", OptIn, 0, 0, "", "art. 1018f lid 5 Rv", 14},
	{"second_opt_out", SecondOptOut, 0, 0, "", "art. 1018h lid 5 Rv", 14},
}

const (
	// optMonths is how long people have at least to step out or in (art. 1018f, 1018h Rv).
	optMonths = 1
	// longestProlonged is within how many months of the registration others join at the latest (art. 1018d lid 2 Rv).
	longestProlonged = 6
)

// Deadline is a day that follows from a step.
type Deadline struct {
	ClaimID int64
	Term    string // key of its words
	Law     string
	DueOn   time.Time
	Done    *Entry // by which it was done
	warn    int
	ours    bool
}

// DaysLeft is how many days there are until then; below zero it has gone by.
func (d Deadline) DaysLeft(now time.Time) int { return locale.DaysUntil(d.DueOn, now) }

// Ours reports whether we have to do something by then; other days go by themselves.
func (d Deadline) Ours() bool { return d.ours }

// Due reports whether staff are to be reminded: what is ours until it is done, another day from when it is near until it has gone by.
func (d Deadline) Due(now time.Time) bool {
	left := d.DaysLeft(now)
	if d.ours {
		return d.Done == nil && left <= d.warn
	}
	return left >= 0 && left <= d.warn
}

// deadlines are the days that follow from the entries of a claim, which come in the order in which they were recorded.
func deadlines(entries []Entry) (all []Deadline) {
	last := map[Step]*Entry{}
	for i, e := range entries {
		last[e.Step] = &entries[i]
	}
	for _, t := range docketTerms {
		from := last[t.From]
		if from == nil || t.Key == "others" && last[Prolonged] != nil {
			continue
		}
		d := Deadline{ClaimID: from.ClaimID, Term: t.Key, Law: t.Law, warn: t.Warn, ours: t.Done != "", DueOn: from.OnDay.AddDate(0, 0, t.Days)}
		switch {
		case t.Months > 0:
			d.DueOn = months(from.OnDay, t.Months)
		case t.Days == 0:
			d.DueOn = *from.Until
		}
		if t.Done != "" {
			d.Done = last[t.Done]
		}
		all = append(all, d)
	}
	slices.SortStableFunc(all, func(a, b Deadline) int { return a.DueOn.Compare(b.DueOn) })
	return all
}

// months is the same day some months later, or the last day of that month if it has no such day.
func months(day time.Time, n int) time.Time {
	last := time.Date(day.Year(), day.Month()+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	return time.Date(last.Year(), last.Month(), min(day.Day(), last.Day()), 0, 0, 0, 0, time.UTC)
}
