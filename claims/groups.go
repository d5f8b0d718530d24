package claims

// The groups of people that news can be for.
const (
	GroupSigned   = "signed"   // in no letter yet
	GroupIncluded = "included" // in a letter
	GroupAwarded  = "awarded"  // gets money
	GroupPaid     = "paid"
	GroupLeft     = "left" // no longer takes part: may still want the newsletter
)

// Groups are the groups in the order in which they are offered.
var Groups = []string{GroupSigned, GroupIncluded, GroupAwarded, GroupPaid, GroupLeft}

// groupStates are the states of the participations in each group. An estate and who was erased are in none.
var groupStates = map[string][]string{
	GroupSigned: {"active"}, GroupIncluded: {"included"}, GroupAwarded: {"entitled", "payee_pending", "payable", "in_run"}, GroupPaid: {"paid"},
	GroupLeft: {"withdrawn", "opted_out", "unclaimed", "closed_lost"},
}
