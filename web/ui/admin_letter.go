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
	Paper       []PaperBlock
	PaperLang   string
	MayEdit     bool
	MayPropose  bool
	MayWithdraw bool
	MaySend     bool
	Own         bool // proposed by the one who is looking
	Proposed    string
	Files       TableProps
	MayDeliver  bool
	Delivery    []Definition
	Channel     string
	Tracking    string
	Date, Time  string
}

// PaperBlock is one part of a letter, as text.
type PaperBlock struct {
	Kind  string
	Text  string
	Lines []Definition
}
