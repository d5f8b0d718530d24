package claims

// What only tests need to see.
var (
	Orientation   = orientation
	CleanFileName = cleanFileName
	Holdings      = holdings
	Elsewhere     = elsewhere
)
