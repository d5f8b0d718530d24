package claims

import (
	"strings"
	"time"

	"samenclaim/participants"
)

// The marks that a participation can have, for staff to look at. None of them
// keeps anybody out: two people can share a name and a house.
const (
	MarkTrap = "trap" // a field was filled in that nobody sees
	MarkFast = "fast" // signed faster than people read
	MarkTwin = "twin" // another participation has the same name, postcode and house number
)

// humanTime is the least that a person needs for a whole sign-up.
const humanTime = 20 * time.Second

// Marks are the marks of a participation, each a word of its own.
func Marks(p participants.Participation) []string { return strings.Fields(p.ReviewMark) }
