package ui

// LettersPage lists the letters of a claim.
type LettersPage struct {
	View
	Bad      Problems
	Base     string
	Table    TableProps
	MayDraft bool
}

// LetterPage is one letter: words, preview, what is missing, and what can be done with it.
type LetterPage struct {
	View
	Bad         Problems
	Base        string // path of this letter
	Heading     string
	StatusKind  string
	Status      string
	Facts       []Definition
	Misses      []string
	Fields      []FieldProps // one line each
	Texts       []FieldProps // several lines
	Mode        GroupProps   // what of the annex goes along
	RootOnly    bool         // nothing of it does
	Paper       []PaperBlock
	PaperLang   string
	MayRenew    bool // facts it cites were corrected since
	MayEdit     bool
	MayPropose  bool
	MayWithdraw bool
	MayApprove  bool // as the first of the board
	MaySend     bool // as the second of the board
	MaySignOff  bool // as a second lawyer, that only the root goes out
	Own         bool // proposed or approved by the one who is looking
	Proposed    string
	Approved    string // by the first of the board
	GoesOn      string // where to see how far it is, while it is being sent

	LacksSignOff bool         // the second lawyer goes first
	SignOffWords string       // as typed
	NamesFiles   []Definition // names and addresses of the files that name people

	Deposit    *Deposit // nil: not sent, or not for this member
	NamesURL   string   // "": not sent, or not for this member
	Files      TableProps
	MayDeliver bool
	Delivery   []Definition
	ProofURL   string // of the delivery
	Channel    string
	Tracking   string
	Date, Time string
}

// LetterProgressPage tells how far the freezing of a letter is: "sent", "going", "ending", "failed" or "none".
type LetterProgressPage struct {
	View
	Heading, State, Step, Since string
	Done, Total                 int64
	Back, Again                 string
}

// Deposit is how the sealed annex with names stands.
type Deposit struct {
	Waiting, Reason                      string // who asked to open it, and why; "" nobody; what was typed
	MayAsk, MayApprove, MayDrop, MayTake bool
	Before                               []Definition
}

// PaperBlock is one part of a letter, as text.
type PaperBlock struct {
	Kind  string
	Text  string
	Lines []Definition
}
