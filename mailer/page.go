package mailer

// Sender is the foundation as its mails show it.
type Sender struct {
	// Name of the foundation.
	Name string
	// From is the address that mails come from; its domain is also that of the Message-ID.
	From string
	// BaseURL is where the site is, without a slash at the end. Links in mails begin with it.
	BaseURL string
	// Email and Phone are how to reach the foundation; Phone may be left out.
	Email string
	Phone string
	// Address is the postal address in one line; it may be left out.
	Address string
}

// piece is one block with its values filled in.
type piece struct {
	Kind        kind
	Text        string
	Target      string
	First, Last bool // of a list
}

// page is a mail with its values filled in.
type page struct {
	Sender Sender
	Footer footer
	Number string // in words; empty if the mail is nobody's in particular
	Pieces []piece
}

// footer is the foot of every mail.
type footer struct{ Reach, Check, Number string }

var footers = map[string]footer{
	"nl": {"Vragen? Mail of bel ons.", "Twijfelt u of deze mail van ons is? Klik dan niet. Ga zelf naar onze site en log in.", "Uw deelnemersnummer"},
	"en": {"Questions? Mail or call us.", "Not sure that this mail is from us? Do not click. Go to our site yourself and log in.", "Your participant number"},
}
