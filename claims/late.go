package claims

import (
	"time"

	"samenclaim/payments"
)

// Late is the late policy of a claim; "" while none was chosen.
func (c Claim) Late() LatePolicy {
	if c.LatePolicy == nil {
		return ""
	}
	return *c.LatePolicy
}

// Deadline is until when signing is in time: the announced moment with what
// outages added to it, or else the moment at which the first letter was sent.
// Nil: as long as the claim is open. The deadline itself is too late.
func (c Claim) Deadline() *time.Time {
	if c.ClosesAt != nil {
		return c.ClosesAt
	}
	return c.CutoffAt
}

// TooLate reports whether who signs at a moment is late: the deadline is past
// and the first letter is out. Before it is sent everybody is in time.
func (c Claim) TooLate(t time.Time) bool {
	if c.CutoffAt == nil && c.Late() != LateClosed {
		return false
	}
	d := c.Deadline()
	return d != nil && !t.Before(*d)
}

// OpenAt reports whether people can join at a moment.
func (c Claim) OpenAt(t time.Time) bool {
	return c.TakesSignups() && (c.Late() != LateClosed || !c.TooLate(t))
}

// LatePrice is what somebody pays ahead who signs at a moment; nothing for who is in time.
func (c Claim) LatePrice(t time.Time) payments.Cents {
	if c.Late() != LatePaid || c.LatePriceCents == nil || !c.TooLate(t) {
		return 0
	}
	return *c.LatePriceCents
}

// CountryList is where the class lived: two letters each, or EEA.
func (c Claim) CountryList() []string { return read[string](c.Countries) }
