package letter

import _ "embed"

// OfflinePage is the page with which anybody checks a receipt on their own
// machine, without us and without a network: one file that holds all it needs.
// It says what VerifyFile says.
//
//go:embed verifier.html
var OfflinePage []byte
