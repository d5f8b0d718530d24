package privacy

import "time"

// Kept is one kind of data that stays after an erasure.
type Kept struct {
	Key    string    // of the words: what it is
	Ground string    // of the words: the law that lets or makes us keep it
	Until  time.Time // the last day; zero: AfterCase counts
	// AfterCase is how many years after the end of the case it goes, when that end is not known yet.
	AfterCase int
}

// Facts are what decides which kinds of data stay.
type Facts struct {
	LastBooking time.Time // of money of this person; zero: there never was any
	Paid        bool      // money went out: the bank's files hold name and account
	InLetter    bool      // the number stands in the annex of a letter that was sent
	Named       bool      // a sealed list with names was made for the lawyer
	CaseClosed  time.Time // zero: the case is not closed yet
	Now         time.Time
}

// The terms, in years.
const (
	booksYears = 7 // art. 52 AWR, 2:10 BW: after the end of the book year
	claimYears = 5 // art. 3:310 BW: claims against us, after the end of the case
	logYears   = 7 // with the books
)

// retention is every kind of data that can stay, and when it does. What is not here goes.
var retention = []struct {
	key, ground string
	stays       func(Facts) bool
	until       func(Facts) (time.Time, int)
}{
	{"books", "books", func(f Facts) bool { return !f.LastBooking.IsZero() }, func(f Facts) (time.Time, int) { return yearEnd(f.LastBooking, booksYears), 0 }},
	{"bank", "books", func(f Facts) bool { return f.Paid }, func(f Facts) (time.Time, int) { return yearEnd(f.LastBooking, booksYears), 0 }},
	{"annex", "claims", func(f Facts) bool { return f.InLetter }, afterCase},
	{"named", "claims", func(f Facts) bool { return f.InLetter && f.Named }, afterCase},
	{"proof", "claims", func(Facts) bool { return true }, afterCase},
	{"log", "account", func(Facts) bool { return true }, func(f Facts) (time.Time, int) { return yearEnd(f.Now, logYears), 0 }},
}

// Stays lists what is kept of somebody who is erased, in the order of the page.
func Stays(f Facts) []Kept {
	var out []Kept
	for _, r := range retention {
		if r.stays(f) {
			k := Kept{Key: r.key, Ground: r.ground}
			k.Until, k.AfterCase = r.until(f)
			out = append(out, k)
		}
	}
	return out
}

func afterCase(f Facts) (time.Time, int) {
	if f.CaseClosed.IsZero() {
		return time.Time{}, claimYears
	}
	return f.CaseClosed.AddDate(claimYears, 0, 0), 0
}

// yearEnd is the last day of the book year that is this many years later.
func yearEnd(at time.Time, years int) time.Time {
	return time.Date(at.Year()+years, time.December, 31, 0, 0, 0, 0, time.UTC)
}
