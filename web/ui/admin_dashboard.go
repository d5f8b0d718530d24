package ui

// DashboardPage is the start page of the back office.
type DashboardPage struct {
	View
}
