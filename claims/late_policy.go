package claims

import "slices"

// LatePolicy is what happens to who signs after the deadline. It is set before a claim opens.
type LatePolicy string

// The late policies.
const (
	LateClosed   LatePolicy = "closed"   // nobody joins any more
	LateWaitlist LatePolicy = "waitlist" // free, for the next letter: what a claim has unless it says otherwise
	LatePaid     LatePolicy = "paid"     // for the next letter, once an advance on the fee was paid
)

// LatePolicies are all of them.
var LatePolicies = []LatePolicy{LateClosed, LateWaitlist, LatePaid}

func (p LatePolicy) valid() bool { return slices.Contains(LatePolicies, p) }
