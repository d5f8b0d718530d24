package ui

import "github.com/a-h/templ"

// Task is something that waits for somebody.
type Task struct {
	Text, URL string
}

// ClaimBoard are the figures of one claim.
type ClaimBoard struct {
	Name, Status                                                  string
	Active, Flat, Percentage, WithEvidence, Drafts, Late, Prepaid string
	States                                                        []Definition
	Chart                                                         templ.Component
	Tasks                                                         []Task
	Links                                                         []Link
}

// DashboardPage is the start page of the back office.
type DashboardPage struct {
	View
	Claims                    []ClaimBoard
	MailsWaiting, MailsUnsure int64
}
