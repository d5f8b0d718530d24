package ui

import "time"

// NewsPage is where news is written, and what was published.
type NewsPage struct {
	View
	Base                             string
	Bad                              Problems
	TitleNL, TitleEN, BodyNL, BodyEN string
	StepNL, StepEN, Earliest         string // what comes next, and when at the earliest
	RequestID                        string
	Newsletter                       bool
	Recipients                       int64
	Items                            []NewsRow
}

// NewsRow is one published item.
type NewsRow struct {
	Title, Body, By string
	At              time.Time
	Recipients      int64
}
