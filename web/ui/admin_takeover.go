package ui

// TakeoverPage is who represents a participation, and what staff can do about it.
type TakeoverPage struct {
	View
	Bad                                                 Problems
	Base, Number                                        string
	Facts                                               []Definition
	MayReport, MayPropose, MayAccept, MayRefuse, MayEnd bool
	MaySend                                             bool // another link
	Date, Name, Email, Until, Scope                     string
	Kind                                                string // heir or representative
}
