package ui

import (
	"strings"
	"time"
)

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
	FinalOn  string // as typed
	AskProof bool   // a move that can be made needs its document
	AskFinal bool   // or the day on which a judgment became final
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
	Held    []string // keys of the guards that hold
	Freezes []string // keys of what cannot change any more
	Mails   []string // that go out
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
		if after := moveAfter(p.View, m); after != "" {
			hint += " " + after
		}
		options = append(options, Option{Value: m.To, Label: p.T("case.to." + m.To), Hint: hint})
	}
	return options
}

// moveAfter says what a move brings with it: what freezes, and which mails go out.
func moveAfter(v View, m CaseMove) string {
	var parts []string
	if len(m.Freezes) > 0 {
		parts = append(parts, v.T("case.freezes", "What", keyed(v, "case.freezes.", m.Freezes)))
	}
	if len(m.Mails) > 0 {
		parts = append(parts, v.T("case.mails_go", "What", keyed(v, "case.mail.", m.Mails)))
	}
	return strings.Join(parts, " ")
}

// keyed are the words of some keys, in a row.
func keyed(v View, prefix string, keys []string) string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = v.T(prefix + key)
	}
	return strings.Join(words, ", ")
}

// documentHint says whether a move that can be made needs its document.
func documentHint(p CasePage) string {
	if p.AskProof {
		return p.T("case.document_needed")
	}
	return p.T("case.document_hint")
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
