package ui

import (
	"time"

	"github.com/a-h/templ"
)

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

// SilentRow is a claim in which people have waited long: for news, or for a letter that holds them.
type SilentRow struct {
	Claim       string
	Waiting     int64 // people near the limit
	Last, Until time.Time
	Days        int    // until then; below zero it is too late
	URL         string // where the news is written, for who may
}

// DashboardPage is the start page of the back office.
type DashboardPage struct {
	View
	Silent                    []SilentRow  // for news
	Outside                   []SilentRow  // for a letter
	Lapsing                   TableProps   // who lapses within a year
	Docket                    TableProps   // days of collective actions that are near
	Reports                   int64        // about participants, that wait
	Mistakes                  int64        // on pages, that wait for an answer
	Rights                    *RightsBoard // nil: not for this member
	Claims                    []ClaimBoard
	MailsWaiting, MailsUnsure int64
	Alarms                    []Task // payout runs that are not what was approved
	UnsureURL                 string // where to decide about them; "": not for this member
}
