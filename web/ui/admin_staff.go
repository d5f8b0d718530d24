package ui

// StaffDoorPage is where staff log in.
type StaffDoorPage struct {
	View
	Bad     Problems
	Email   string
	Expired bool
}

// StaffSecondPage asks for the code from the app.
type StaffSecondPage struct {
	View
	Bad Problems
}

// StaffInvitePage is where somebody who was invited sets password and second step.
type StaffInvitePage struct {
	View
	Bad                 Problems
	Name, Email, Secret string
}

// AccountRow is one account.
type AccountRow struct {
	Name, Email, Roles, Kind, State, LastLogin, InviteURL, CloseURL string
}

// StaffPage is where accounts are added and closed.
type StaffPage struct {
	View
	Bad         Problems
	Name, Email string
	Roles       []string
	AllRoles    []Option
	Accounts    []AccountRow
}

// StaffClosePage asks once more before an account is closed.
type StaffClosePage struct {
	View
	Name, CloseURL string
}
