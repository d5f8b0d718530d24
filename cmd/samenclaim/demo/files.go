// Package demo holds a fictitious foundation, two claims and people who do not exist, for the demo and the tests.
// Another foundation puts files of the same form in a folder of its own; nothing here is known to the program.
package demo

import "embed"

// Files holds foundation.json, its logo, claims/zoom.json and claims/fitband.json with their texts, and the key
// that opens the demo's sealed annexes.
//
//go:embed foundation.json logo.svg lawyer.agekey claims
var Files embed.FS
