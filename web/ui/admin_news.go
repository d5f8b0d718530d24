package ui

// NewsPage lists what was written and published, and says what comes next.
type NewsPage struct {
	View
	Bad                      Problems
	NewURL, StepURL          string
	StepNL, StepEN, Earliest string // what comes next, and when at the earliest
	Table                    TableProps
}

// NewsFormPage is where news is written, and whom it is for is chosen.
type NewsFormPage struct {
	View
	Bad                              Problems
	Action, Back, RequestID, Version string
	TitleNL, TitleEN, BodyNL, BodyEN string // as typed
	Kind, Reads                      string
	Groups                           []string
	GroupOptions                     []Option
	FieldsNL, FieldsEN               string // that a text may have
}

// NewsItemPage is one item with its steps.
type NewsItemPage struct {
	View
	Bad                              Problems
	Headline, State, StateKind       string
	Base, Back, Version              string
	Steps                            []StepItem
	MayEdit, MayTakeBack, MayApprove bool
	Audience                         []Definition
	Sample                           TableProps
	Mails                            []NewsMail
	Mailing, MailingKind             string // "": nothing was mailed yet
	Total, Done                      int64
	Ends                             TableProps
	MayPause, MayResume, MayStop     bool
}

// NewsMail is the mail as somebody would get it who does not exist.
type NewsMail struct {
	Lang, Label, Subject, Text, URL string
}

// ReachListPage is whom our mail does not reach.
type ReachListPage struct {
	View
	Table TableProps
}

// ReachPage is one of them; Action "" means that they were reached.
type ReachPage struct {
	View
	Bad                             Problems
	Back, PersonURL, Number, Action string
	Note                            string // as typed
	Told                            string
	Facts                           []Definition
}
