package main

import "samenclaim/web/ui"

// demoStartPage is the start of the demo.
type demoStartPage struct {
	ui.View
	Say                   func(key string) string
	Other                 ui.Link
	Places, People, Staff []ui.Row
}

// demoMailsPage lists delivered mails.
type demoMailsPage struct {
	ui.View
	Say        func(key string) string
	Action, To string
	Rows       []ui.Row
}

// demoMailPage is one delivered mail.
type demoMailPage struct {
	ui.View
	Say                                func(key string) string
	Back, From, To, At, ID, Text, HTML string
	Links                              []ui.Link
}
