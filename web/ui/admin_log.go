package ui

// LogRow is one line of the log.
type LogRow struct {
	At, Who, What, Action, Subject, Detail string
}

// LogPage shows who did what.
type LogPage struct {
	View
	Lines               []LogRow
	Sealed              []Definition // the head of its chain of seals, if there is one
	OlderURL, NewestURL string
}
