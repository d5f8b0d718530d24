package ui

// ErrorPage says what went wrong and what can be done.
type ErrorPage struct {
	View
	Text string
	Code string // to quote when asking for help
}
