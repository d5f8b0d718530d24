package claims

import "sync"

// Filter is what a page of the register is asked for.
type Filter struct {
	ClaimID   int64
	Status    string // one state, or "" for all
	FeeOption string // flat or percentage
	Evidence  string // yes, no or later (promised, not there yet)
	Late      string // yes or no: signed after the first annex was frozen
	Mark      string // yes or no: has a mark for staff
	Limited   string // yes or no: asked us to use their data for less
	Country   string // two letters, or "other" for outside the Netherlands
	Term      string // number, e-mail address, postcode or part of a name
	AfterID   int64  // the page after this row
	BeforeID  int64  // the page before this row
}

// totals keeps for a minute how many rows a filter finds, so that leafing through does not count a million rows each time.
type totals struct {
	mu   sync.Mutex
	seen map[Filter]counted
}

const totalsKept = 1000

func (t *totals) get(f Filter) (counted, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.seen[f]
	return c, ok
}

func (t *totals) put(f Filter, c counted) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen) >= totalsKept {
		t.seen = map[Filter]counted{}
	}
	t.seen[f] = c
}
