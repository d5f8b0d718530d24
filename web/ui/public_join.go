package ui

import "time"

// JoinPage is what every page of the sign-up has.
type JoinPage struct {
	View
	Bad      Problems
	Back     string
	Return   string // the page to go back to after this one, if not the next
	LaterURL string // where it says that the answers are kept
	Step, Of int    // 0: the number of pages is not known yet
	About    string // of whom a guardian is asked, the child or the guardian
}

// JoinStartPage is what joining is, before anything is asked.
type JoinStartPage struct {
	JoinPage
	Against    string // whom the action is against
	Links      []Link
	Free       Note
	Late       bool
	Deadline   string // until when one is in time, and what follows; "" if nothing was announced
	LatePrice  string // what is paid ahead, because it is late; "" if nothing is
	Limitation time.Time
	FlatCents  int64
	RateBP     int64

	ResumeURL, ElsewhereURL string // to go on in this browser, or with the code from a mail
}

// JoinLaterPage says until when a draft is kept.
type JoinLaterPage struct {
	JoinPage
	Until       time.Time
	ContinueURL string
	Site        string // where another device begins; "" while there is no address to find the draft by
}

// JoinDeadPage says kindly why this road ends here.
type JoinDeadPage struct {
	NewsURL string // empty: there is none yet
	View
	Note           Note
	Back, ClaimURL string
}

// JoinChoicePage is one question with a few answers.
type JoinChoicePage struct {
	JoinPage
	Name, Value, Hint string
	Options           []Option
}

// JoinCountryPage asks where somebody lived.
type JoinCountryPage struct {
	JoinPage
	Where, Country string
	Countries      []Option
	Note           Note
}

// JoinEmailPage asks for an address; Suggestion is what was probably meant.
type JoinEmailPage struct {
	JoinPage
	Email, Suggestion string
	Note              Note
}

// JoinCodePage asks for the code from the mail.
type JoinCodePage struct {
	JoinPage
	Email, AgainURL, OtherURL string
}

// JoinNamePage asks for a name.
type JoinNamePage struct {
	JoinPage
	First, Infix, Last string
	Note               Note
}

// JoinChildPage asks a guardian who the child is.
type JoinChildPage struct {
	JoinPage
	First, Infix, Last, Day, Month, Year, Email string
}

// JoinAddressPage asks for an address.
type JoinAddressPage struct {
	JoinPage
	Postcode, House, Addition, Street, City, Country string
	Countries                                        []Option
	Note                                             Note
}

// JoinPeriodPage asks when and for what the service was used.
type JoinPeriodPage struct {
	JoinPage
	FromMonth, FromYear, ToMonth, ToYear, UsedFor, Account string
	Note                                                   Note
}

// JoinSendPage takes files of evidence.
type JoinSendPage struct {
	JoinPage
	Files   []PortalEvidenceRow
	NextURL string
	Note    Note
}

// JoinFeePage asks which fee somebody chooses.
type JoinFeePage struct {
	JoinPage
	Helper  FeeHelperProps
	Value   string
	Options []CardOption
	Note    Note

	LatePrice string // what is paid ahead, because it is late; "" if nothing is
}

// JoinCheckPage shows all answers once more.
type JoinCheckPage struct {
	JoinPage
	Rows    []SummaryRow
	NextURL string
}

// JoinSignPage shows what is signed, in full.
type JoinSignPage struct {
	JoinPage
	TextLang                       string
	Summary                        Note
	Mandate, Agreement             WrittenText
	MandateLabel, AgreementLabel   string
	MandateTicked, AgreementTicked bool
	Name, SignAs, RequestID, Shown string
	LateCents                      string // what the page says has to be paid ahead, in cents
	Besides                        SignFacts
}

// JoinConsentsPage asks for consents that nobody has to give.
type JoinConsentsPage struct {
	JoinPage
	Options []Option
	Hashes  []Definition // of the texts that are shown
	Changed bool         // a text was replaced while it was read
}

// JoinDonePage says that somebody takes part.
type JoinDonePage struct {
	View
	Number, CaseURL string
	Text            Note
	Late, Flat      bool
	LatePrice       string // what has to be paid ahead; "" if nothing has
	PayURL          string
}
