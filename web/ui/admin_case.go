package ui

import "time"

// CasePage is the life cycle of a claim: where it stands, what can follow, and what went before.
type CasePage struct {
	View
	Bad      Problems
	Base     string // path of the claim in the back office
	Claim    string
	Status   string // key
	Facts    []Definition
	Waiting  *WaitingMove
	MayMove  bool
	Moves    []CaseMove
	Reason   string
	Chosen   string
	History  []TimelineItem
	ByItself []string // states that another act brings about
}

// WaitingMove is a move that waits for a second person.
type WaitingMove struct {
	To, Reason, By string
	At             time.Time
	MayApprove     bool
	Own            bool // proposed by the one who is looking
}

// CaseMove is a move that can follow.
type CaseMove struct {
	To      string
	Two     bool
	Allowed bool
	Why     []string
}

func anyAllowed(moves []CaseMove) bool {
	for _, m := range moves {
		if m.Allowed {
			return true
		}
	}
	return false
}

func moveOptions(p CasePage) (options []Option) {
	for _, m := range p.Moves {
		if !m.Allowed {
			continue
		}
		hint := p.T("case.one_person")
		if m.Two {
			hint = p.T("case.two_people")
		}
		options = append(options, Option{Value: m.To, Label: p.T("case.to." + m.To), Hint: hint})
	}
	return options
}

// statusKind is the colour of a claim's state.
func statusKind(status string) string {
	switch status {
	case "lost", "discontinued", "refunding":
		return "warn"
	case "settled", "won", "distributing":
		return "good"
	case "closed", "archived":
		return "done"
	}
	return "info"
}
