package ui

// RegisterPage is the register of a claim: search, filters, and fifty rows.
type RegisterPage struct {
	View
	Bad       Problems
	Base      string
	Term      string
	TermKey   string
	ReadAs    string // how the term was read: number, email, postcode or name
	Filters   []GroupProps
	Chips     []Chip
	Total     string
	Table     TableProps
	Pager     PagerProps
	ExportURL string
}

// ParticipantPage is one participation as staff see it: masked until a reason is given.
type ParticipantPage struct {
	View
	Bad         Problems
	Base        string
	Number      string
	StatusKind  string
	Status      string
	Shown       bool // the fields are not masked
	Marks       []string
	ClearURL    string // where the marks are taken away, for who may
	Reason      string
	Reasons     []Option
	PackURL     string // empty: this member may not take the evidence pack
	Facts       []Definition
	Fee         []Definition
	Signatures  TableProps
	Consents    TableProps
	Evidence    TableProps
	Money       TableProps
	Mails       TableProps
	Timeline    []TimelineItem
	TakeoverURL string // who represents this person
	MessagesURL string // what was written to and by this person; empty: this member may not read it
	EmailURL    string // another address for who lost the old one; empty: this member may not ask for it
	Held        []HeldRow
	Restricted  string // what the person asked us not to do with their data, in words; empty: nothing
}

// HeldRow is an open hold on the payouts of a participation; LiftURL "" is for who may not lift it.
type HeldRow struct {
	Text, LiftURL string
	Reasons       []Option
}
