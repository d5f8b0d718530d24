package ui

// HomePage lists the claims.
type HomePage struct {
	View
}
